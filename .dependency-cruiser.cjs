/** Who may import whom, as ARCHITECTURE.md says. */
const domain = '^subgraphs/(?!kernel/)([^/]+)/';
/** Those whose transactions stand in operations/ already. */
const domainWithOperations = '^subgraphs/(evidence-and-features|scanning-and-wallets|traceability|workflow|platform)/';
const testFiles = '[.]test[.]ts$|(^|/)tests/';
/** Build-time rooms: they may use development dependencies, and nothing that runs imports them. */
const buildTime = '^schema/(composition|compose)[.]ts$|^prisma/(?!seed)|^prisma[.]config[.]ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    // Types alone: there is nothing in it to resolve.
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@octokit/types$' },
    },
    {
      name: 'kernel-imports-no-domain',
      comment: 'The kernel is what every domain needs and none owns.',
      severity: 'error',
      from: { path: '^subgraphs/kernel/' },
      to: { path: '^(subgraphs/(?!kernel/)|gateway/|cli/|schema/)' },
    },
    {
      name: 'domain-imports-no-domain',
      comment: 'Not even types: a @key stub or an event instead.',
      severity: 'error',
      from: { path: domain },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/(kernel|$1)/' },
    },
    {
      name: 'domain-imports-neither-gateway-nor-cli',
      severity: 'error',
      from: { path: '^subgraphs/' },
      to: { path: '^(gateway|cli)/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'domain/ holds rules without I/O: the kernel’s errors, ids, URLs and YAML, and libraries.',
      severity: 'error',
      from: { path: `${domain}domain/`, pathNot: testFiles },
      to: {
        path: '^(subgraphs|gateway|cli|schema|prisma|tests)/',
        pathNot: '^subgraphs/(kernel/(errors|ids|urls|yaml)/|$1/domain/)',
      },
    },
    {
      name: 'rules-do-no-io',
      severity: 'error',
      from: { path: `${domain}domain/`, pathNot: testFiles },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|util|path|path/posix|assert|vm)$' },
    },
    {
      name: 'sql-stays-in-the-repository',
      comment: 'A resolver parses, authorises, calls, shapes; statements are named in repository/.',
      severity: 'error',
      from: { path: `${domain}resolvers/`, pathNot: testFiles },
      to: { path: '^subgraphs/kernel/db/|node_modules/(pg|@prisma|@electric-sql)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'repository-knows-no-resolver',
      severity: 'error',
      from: { path: `${domain}repository/` },
      to: { path: '^subgraphs/[^/]+/(resolvers|operations)/' },
    },
    {
      name: 'transactions-are-operations',
      comment: 'A use case is one transaction, in operations/; repository/ holds the statements that it is made of.',
      severity: 'error',
      from: { path: `${domainWithOperations}repository/`, pathNot: testFiles },
      to: { path: '^subgraphs/kernel/write/(?!canonical-json)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'operations-hold-no-sql',
      severity: 'error',
      from: { path: `${domain}operations/`, pathNot: testFiles },
      to: { path: '^subgraphs/kernel/db/|node_modules/(pg|@prisma|@electric-sql)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'gateway-holds-no-domain-code',
      severity: 'error',
      from: { path: '^gateway/', pathNot: testFiles },
      to: {
        path: '^(subgraphs|cli|schema|prisma|tests)/',
        pathNot: '^subgraphs/kernel/(config|auth|log|errors)/',
      },
    },
    {
      name: 'one-entry-point-per-domain',
      comment: 'The composition root enters a domain by its index.ts, and runs it by its process.ts.',
      severity: 'error',
      from: { path: '^(cli|schema)/', pathNot: `${testFiles}|^cli/(checkout|evidence)/` },
      to: { path: domain, pathNot: '^subgraphs/[^/]+/(index|process)[.]ts$' },
    },
    {
      name: 'a-process-loads-its-domain-when-needed',
      comment: 'process.ts is loaded by every process, whatever that serves.',
      severity: 'error',
      from: { path: `${domain}process[.]ts$` },
      to: { path: '^subgraphs/(?!kernel/)', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'a-process-knows-no-domain-by-name',
      severity: 'error',
      from: { path: '^cli/graph/', pathNot: testFiles },
      to: { path: domain },
    },
    {
      name: 'only-the-composition-root-imports-cli',
      severity: 'error',
      from: { path: '^(subgraphs|gateway|schema|prisma)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      from: { path: '^(cli|gateway|prisma|schema|subgraphs)/', pathNot: testFiles },
      to: { path: testFiles },
    },
    {
      name: 'nothing-of-development-runs',
      comment: 'What ships is installed by npm ci --omit=dev.',
      severity: 'error',
      from: { path: '^(cli|gateway|prisma/seed|schema|subgraphs)', pathNot: `${testFiles}|${buildTime}` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'composition-is-a-build-step',
      comment:
        'The composer’s licence does not allow shipping it: it is only reached by a dynamic import of a development command.',
      severity: 'error',
      from: { path: '^(cli|gateway|subgraphs)/', pathNot: testFiles },
      to: { path: '^schema/(composition|compose)[.]ts$', dependencyTypesNot: ['dynamic-import'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^subgraphs/kernel/db/prisma-client/|/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.cjs', '.mjs', '.d.ts'],
    },
  },
};
