import { existsSync } from 'node:fs';

const hook = (file) => (existsSync(new URL(file, import.meta.url)) ? `<rootDir>/${file}` : undefined);
const globalSetup = hook('tests/testkit/global-setup.ts');
const globalTeardown = hook('tests/testkit/global-teardown.ts');

/**
 * Processes that are killed, floods, many questions over a whole graph: what takes long, and rarely fails alone.
 * `npm test` leaves them out, `npm run test:slow` runs them alone, and WEFT_TEST_SLOW=too with all others.
 */
const slow = [
  'cli/tests/database-commands',
  'cli/tests/demo-calls-nobody',
  'subgraphs/audit-and-builds/tests/findings',
  'subgraphs/audit-and-builds/tests/git/*',
  'subgraphs/evidence-and-features/tests/queue-fire',
  'subgraphs/platform/tests/webhook-flood',
  'subgraphs/scanning-and-wallets/tests/credit',
  'subgraphs/workflow/tests/{crashes,invoices,schedules}',
  'tests/conformance/cases/{exact-numbers,slow-parts}',
  'tests/conformance/differential/*',
  'tests/database/{derived,orders,prefetch}',
  'tests/durability/**/*',
  'tests/federation/{exports,resuming-subscriber}',
  'tests/federation/audit-and-builds/*',
  'tests/federation/scenarios/*',
  'tests/trail/*',
].map((path) => `**/${path}.test.ts`);
const { WEFT_TEST_SLOW: wanted } = process.env;

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['cli', 'gateway', 'prisma', 'schema', 'subgraphs', 'tests'].map((room) => `<rootDir>/${room}`),
  testMatch: wanted === 'only' ? slow : ['**/*.test.ts', ...(wanted === 'too' ? [] : slow.map((path) => `!${path}`))],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  ...(globalSetup && { globalSetup }),
  ...(globalTeardown && { globalTeardown }),
  // Only ever reached by what hangs, also on a machine that others keep busy.
  testTimeout: 60_000,
  maxWorkers: 2,
  forceExit: false,
};
