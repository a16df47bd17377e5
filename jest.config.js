import { existsSync } from 'node:fs';

const hook = (file) => (existsSync(new URL(file, import.meta.url)) ? `<rootDir>/${file}` : undefined);
const globalSetup = hook('tests/testkit/global-setup.ts');
const globalTeardown = hook('tests/testkit/global-teardown.ts');

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['cli', 'gateway', 'prisma', 'schema', 'subgraphs', 'tests'].map((room) => `<rootDir>/${room}`),
  testMatch: ['**/*.test.ts'],
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
