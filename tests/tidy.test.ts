import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import {
  environmentFaults,
  fileNameFaults,
  lengthFaults,
  machineFaults,
  medianLines,
  openingFaults,
  sqlPlaceFaults,
  unfinishedFaults,
  vagueNameFaults,
} from './tidy/files.js';
import { type Exceptions, type LockFile, isPermissive, licenceFaults, resolvedFaults } from './tidy/lock-file.js';
import { namedPathFaults } from './tidy/named-paths.js';
import { resolverNameFaults, roomFaults } from './tidy/rooms.js';
import { type Fault, type Tree, readTree } from './tidy/tree.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = readTree(root);
const planted = (files: Record<string, string>): Tree => new Map(Object.entries(files));

const domain = (name: string, extra: Record<string, string> = {}): Record<string, string> => {
  const folder = `subgraphs/${name}`;
  return {
    [`${folder}/README.md`]: '# A domain with a `worker/`',
    [`${folder}/schema.graphql`]: 'type Query { a: Int } type Mutation { thingAdd: Int } type Thing { a: Int }',
    [`${folder}/entities.ts`]: '',
    [`${folder}/index.ts`]: '/** Owns things. */',
    [`${folder}/process.ts`]: '/** Does things. */',
    [`${folder}/domain/rules.ts`]: '',
    [`${folder}/repository/things.ts`]: '',
    [`${folder}/resolvers/mutation/thingAdd.ts`]: '',
    ...extra,
  };
};
const house = (extra: Record<string, string> = {}): Record<string, string> => ({
  ...domain('workflow'),
  ...domain('platform'),
  ...extra,
});

interface Rule {
  readonly rule: string;
  readonly faults: (tree: Tree) => Fault[];
  readonly bad: readonly Record<string, string>[];
  readonly good: Record<string, string>;
}

const rules: readonly Rule[] = [
  {
    rule: 'every domain has the same rooms, and names any other in its README',
    faults: roomFaults,
    bad: [{ 'subgraphs/workflow/index.ts': '' }, house({ 'subgraphs/workflow/attic/box.ts': '' })],
    good: house({ 'subgraphs/workflow/worker/loop.ts': '', 'subgraphs/workflow/tests/a.test.ts': '' }),
  },
  {
    rule: 'a resolver file carries the exact name of what it resolves',
    faults: resolverNameFaults,
    bad: [
      house({ 'subgraphs/workflow/resolvers/mutation/thing-add.ts': '' }),
      house({ 'subgraphs/workflow/resolvers/thingAdd.ts': '' }),
    ],
    good: house({
      'subgraphs/workflow/resolvers/a.ts': '',
      'subgraphs/workflow/resolvers/Thing.ts': '',
      'subgraphs/workflow/resolvers/Thing.test.ts': '',
    }),
  },
  {
    rule: 'files and folders are kebab-case',
    faults: fileNameFaults,
    bad: [{ 'gateway/planCache.ts': '' }, { 'gateway/Plan/cache.ts': '' }, { 'cli/plan_cache.js': '' }],
    good: { 'gateway/plan-cache.test.ts': '', '.ci/prepare.js': '', '.dependency-cruiser.cjs': '' },
  },
  {
    rule: 'no file or folder is named utils, common or helpers',
    faults: vagueNameFaults,
    bad: [{ 'gateway/utils/a.ts': '' }, { 'cli/helpers.ts': '' }],
    good: { 'gateway/common-fields.ts': '' },
  },
  {
    rule: 'no code file is longer than 400 lines',
    faults: lengthFaults,
    bad: [{ 'cli/a.ts': 'x\n'.repeat(401) }],
    good: { 'cli/a.ts': 'x\n'.repeat(400), 'prisma/a.sql': 'x\n'.repeat(999) },
  },
  {
    rule: 'every index.ts opens with one sentence of what its room owns',
    faults: openingFaults,
    bad: [
      { 'cli/index.ts': 'export {};' },
      { 'cli/index.ts': '/** Owns this. And that. */' },
      { 'cli/index.ts': '/** the door */' },
    ],
    good: {
      'cli/index.ts': '/** Owns ids: `Type:key`,\n * e.g. `Account:x`. */',
      'gateway/index.ts': '// Owns the plan.\n',
    },
  },
  {
    rule: 'nothing but kernel/config reads the environment',
    faults: environmentFaults,
    bad: [{ 'gateway/a.ts': 'const port = process.env.PORT;' }, { 'cli/a.ts': 'process["env"]' }],
    good: { 'subgraphs/kernel/config/a.ts': 'process.env', 'tests/testkit/a.ts': 'process.env' },
  },
  {
    rule: 'nothing is left unfinished, and every test is run',
    faults: unfinishedFaults,
    bad: [
      { 'cli/a.ts': '// TODO later' },
      { 'cli/a.test.ts': 'test.skip("x")' },
      { 'cli/a.test.ts': 'describe.only("x")' },
    ],
    good: { 'cli/a.ts': "list.only(); const states = ['TODO', 'DONE'];" },
  },
  {
    rule: 'SQL stands in repositories, entity maps and the kernel',
    faults: sqlPlaceFaults,
    bad: [
      { 'subgraphs/workflow/resolvers/Run.ts': 'sql`/* workflow.run */ select 1`' },
      { 'gateway/a.ts': 'query("select a from b where c = 1")' },
    ],
    good: { 'subgraphs/workflow/repository/run.ts': 'sql`select 1`', 'gateway/a.ts': '// select a node from the plan' },
  },
  {
    rule: 'no file names a path of one machine or a package registry',
    faults: machineFaults,
    bad: [
      { 'cli/a.ts': "read('/home/someone/file')" },
      { '.ci/run': 'cd /work/main' },
      { '.npmrc': 'registry=https://registry.example.com/' },
    ],
    good: { 'cli/a.ts': "import '../work/orders.js'; // see https://www.npmjs.com/package/pg" },
  },
  {
    rule: 'every path that documents and scripts name is there',
    faults: namedPathFaults,
    bad: [
      { 'README.md': 'see `cli/missing.ts`' },
      { 'package.json': '{"a": "tsx schema/gone.ts"}' },
      { 'docs/a.md': '`cli/{main,other}.ts`', 'cli/main.ts': '' },
    ],
    good: {
      'README.md': 'see `cli/main.ts`, `cli/*.ts`, cli/, `subgraphs/<name>/index.ts` and [this](./docs/a.md).',
      'cli/main.ts': '',
      'docs/a.md': 'https://example.com/cli/elsewhere',
      'subgraphs/workflow/index.ts': '',
      'subgraphs/workflow/README.md': 'its `domain/` and `subgraphs/kernel/db/prisma-client/`',
      'subgraphs/workflow/domain/a.ts': '',
    },
  },
];

describe.each(rules)('$rule', ({ faults, bad, good }) => {
  test('in the whole project', () => {
    expect(faults(tree)).toEqual([]);
  });

  test.each(bad.map((files, index) => ({ index, files })))('planted violation $index is found', ({ files }) => {
    expect(faults(planted(files))).not.toEqual([]);
  });

  test('and what is fine is left alone', () => {
    expect(faults(planted(good))).toEqual([]);
  });
});

test('half the product’s files have fewer than 100 lines', () => {
  expect(medianLines(tree)).toBeLessThan(100);
  expect(medianLines(planted({ 'cli/a.ts': 'x\n'.repeat(120), 'cli/a.test.ts': '', 'tests/b.ts': '' }))).toBe(120);
});

describe('the lock file', () => {
  const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as LockFile;

  /** Why these are fine although their licence is not on the list. */
  const exceptions: Exceptions = {
    'graceful-fs': { license: 'BlueOak-1.0.0', reason: 'as permissive as MIT, in plain words' },
    'lru-cache': { license: 'BlueOak-1.0.0', reason: 'as permissive as MIT, in plain words' },
    postgres: { license: 'Unlicense', reason: 'public domain; part of the Prisma CLI, nothing of ours loads it' },
    'robust-predicates': {
      license: 'Unlicense',
      reason: 'public domain; part of Prisma Studio, nothing of ours loads it',
    },
    elkjs: {
      license: 'EPL-2.0',
      reason: 'part of Prisma Studio, an optional peer that the image prunes; nothing of ours loads it',
    },
  };

  test('has no addresses', () => {
    expect(resolvedFaults(lock)).toEqual([]);
    expect(resolvedFaults({ packages: { 'node_modules/a': { resolved: 'https://example.com/a.tgz' } } })).toHaveLength(
      1,
    );
  });

  test('has only permissive licences in production, or an exception with its reason', () => {
    expect(licenceFaults(lock, exceptions, statedLicence)).toEqual([]);
  });

  test('planted licences are found: Elastic, copyleft, none at all, and an exception that is of no use', () => {
    const faults = (license: string, dev = false): Fault[] =>
      licenceFaults({ packages: { 'node_modules/a': { license, dev } } }, {}, () => '');
    expect(faults('Elastic-2.0')).toEqual(['a is in production under Elastic-2.0']);
    expect(faults('GPL-3.0')).toHaveLength(1);
    expect(faults('Elastic-2.0', true)).toEqual([]);
    expect(licenceFaults({ packages: { 'node_modules/a': {} } }, {}, () => '')).toEqual([
      'a is in production under no licence',
    ]);
    expect(licenceFaults({ packages: {} }, { gone: { license: 'X', reason: 'y' } }, () => '')).toHaveLength(1);
  });

  test('licence expressions are read as SPDX means them', () => {
    expect(isPermissive('(MIT OR GPL-3.0)')).toBe(true);
    expect(isPermissive('MIT AND GPL-3.0')).toBe(false);
    expect(isPermissive('(MIT AND BSD-3-Clause)')).toBe(true);
    expect(isPermissive('')).toBe(false);
  });
});

/** Of a package whose package.json says nothing: the title of its licence file. */
function statedLicence(path: string): string {
  const file = `${root}/${path}/LICENSE`;
  return existsSync(file) && /^\W*The MIT License/.test(readFileSync(file, 'utf8')) ? 'MIT' : '';
}
