import graphql from '@graphql-eslint/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const environmentReaders = ['subgraphs/kernel/config/**', 'tests/testkit/**', 'tests/bench/**'];
const tests = ['**/*.test.ts', 'tests/**'];

const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only subgraphs/kernel/config reads the environment: take what you need from the Config.',
};
// `'select … ' + value` and `select … ${value}` in an untagged template: the sql tag parameterises, these do not.
const sqlStart = '/^\\s*(\\/\\*.*\\*\\/\\s*)?(select|insert into|update|delete from|with)\\s/i';
const noAssembledSql = [
  {
    selector: `BinaryExpression[operator='+'] > Literal[value=${sqlStart}]`,
    message: 'SQL is never concatenated: use the sql tag of kernel/db, or sql.raw for identifiers from code.',
  },
  {
    selector: `:not(TaggedTemplateExpression) > TemplateLiteral[expressions.length>0] > TemplateElement:first-child[value.raw=${sqlStart}]`,
    message:
      'SQL is never assembled in a plain template: use the sql tag of kernel/db, or sql.raw for identifiers from code.',
  },
];

export default defineConfig(
  {
    ignores: [
      'dist/',
      'examples/typed-client/',
      'tests/examples/client-tools/',
      'coverage/',
      '**/generated/',
      'subgraphs/kernel/db/prisma-client/',
      '.weft/',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: true, considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A `??` on an indexed read or a parsed message is a real guard: the types behind it are promises of others.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `() => emitter.off(…)` is plain where the value is not used.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Interfaces here are met by object literals, which have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      // Overflows the stack on recursive types, such as those of graphql-js.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // graphql-js declares `Kind` as an enum and documents its values as strings.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      // `[...text]` is how one walks code points.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // Interfaces that promise a promise are met by functions with nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-control-regex': 'error',
      'no-restricted-syntax': ['error', noEnvironment, ...noAssembledSql],
    },
  },
  // What a person reads in a terminal is these rooms' output.
  {
    files: ['cli/**', 'schema/compose.ts', 'prisma/**', 'tests/**', '.ci/**'],
    rules: { 'no-console': 'off' },
  },
  // The kernel makes SQL of entity maps; every value goes through its parameters.
  { files: ['subgraphs/kernel/**'], rules: { 'no-restricted-syntax': ['error', noEnvironment] } },
  {
    files: tests,
    rules: {
      // Tests read answers of unknown shape on purpose, plant faults, and assemble SQL of their own.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      'no-restricted-syntax': ['error', noEnvironment],
    },
  },
  { files: environmentReaders, rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['subgraphs/*/schema.graphql', 'schema/shared.graphql'],
    languageOptions: { parser: graphql.parser },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      // Descriptions are looked for in the composed API, since some are derived: schema/tests/api.test.ts.
      '@graphql-eslint/no-hashtag-description': 'error',
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          Argument: 'camelCase',
          DirectiveDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
        },
      ],
      '@graphql-eslint/unique-enum-value-names': 'error',
      '@graphql-eslint/unique-field-definition-names': 'error',
      '@graphql-eslint/unique-input-field-names': 'error',
      '@graphql-eslint/unique-type-names': 'error',
      '@graphql-eslint/require-deprecation-reason': 'error',
    },
  },
);
