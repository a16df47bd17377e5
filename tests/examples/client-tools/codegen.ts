export default {
  schema: 'schema.graphql',
  documents: ['src/codegen/*.ts'],
  generates: { './src/codegen/gql/': { preset: 'client' } },
};
