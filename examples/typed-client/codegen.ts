/** Types of every operation under src/, from the graph's committed schema. */
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema/api.graphql',
  documents: ['src/**/*.ts', '!src/generated/**'],
  ignoreNoDocuments: false,
  generates: {
    './src/generated/': {
      preset: 'client',
      // Fragment masking is for component trees; a script reads what it asked for.
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        // A scalar that is not named here is unknown, never any: reading it needs a check.
        defaultScalarType: 'unknown',
        scalars: {
          DateTime: 'string',
          UUID: 'string',
          URL: 'string',
          NonNegativeInt: 'number',
          BigInt: 'number | string',
        },
      },
    },
  },
};

export default config;
