import { describe, expect, test } from '@jest/globals';
import { verdictOf, type CheckResult } from '../../domain/audit/index.js';
import { file, judged, outcome, tree, verdict } from './judged.js';

describe('A0, syntax', () => {
  test.each([
    ['src/a.ts', 'const a: number = 1;\nfunction ( {', 'FAIL: src/a.ts:2 Identifier expected.'],
    ['src/a.tsx', 'export const A = () => <p>{(</p>;', 'FAIL: src/a.tsx:1 Expression expected.'],
    ['src/a.mjs', 'export const a = 1;\nexport const b = ;\n', 'FAIL: src/a.mjs:2 Expression expected.'],
    ['app/a.py', 'def f(:\n    pass\n', 'FAIL: app/a.py:1 Expected ")".'],
    ['app/a.py', 'def f():\nreturn 1\n', 'FAIL: app/a.py:1 An indented block is expected.'],
    ['app/a.py', 'def f():\n    a = 1\n      b = 2\n', 'FAIL: app/a.py:3 The indentation fits no block.'],
    ['app/a.py', 'a = 1\n  b = 2\n', 'FAIL: app/a.py:2 The indentation fits no block.'],
    ['app/a.py', 'print "old"\n', 'FAIL: app/a.py:1 print is no statement of Python 3.'],
  ])('%s with %j is judged by line', async (path, content, expected) => {
    expect(await verdict('A0', { files: [file(path, content)] })).toBe(expected);
  });

  test.each([
    ['src/a.ts', 'using x = f(); const y = a satisfies B; enum E { A } export type { T } from "./t.js";'],
    ['src/a.js', '#!/usr/bin/env node\nconst el = <p/>; await import("./x.js");'],
    ['src/a.js', '/* @flow */\nopaque type A = ?string; type B = {| a: 1 |};'],
    [
      'app/a.py',
      'match x:\n    case {"a": [1, *_]}: y = 2\ntype A[T] = list[T]\nprint(f"{x!r:>{w}} {\'a\'}", file=f)\n',
    ],
    ['app/a.py', 'class A: pass\nif a: b = 1; c = 2\nelse:\n\td = 3\n\te = (1,\n2)\n'],
    ['tests/fixtures/broken.py', 'def f(:\n'],
    ['node_modules/x/a.js', 'const = ;'],
    ['{{cookiecutter.name}}/a.py', 'import {{ name }}\n'],
    ['notes.md', 'function ('],
  ])('%s with %j is a PASS', async (path, content) => {
    expect((await outcome('A0', { files: [file(path, content)] })).result).toBe('PASS');
  });

  test('what nests deeper than a parser can go is at fault by itself', async () => {
    const deep = [
      '['.repeat(200_000),
      '!'.repeat(200_000),
      'a=>'.repeat(100_000),
      '`${'.repeat(50_000),
      `${'a+'.repeat(200_000)}a`,
    ];
    const files = [
      ...deep.map((content, index) => file(`src/${index}.ts`, content)),
      file('a.py', '('.repeat(200_000)),
      file('b.ts', ';'),
    ];
    const { result, findings } = await outcome('A0', { files });
    expect(result).toBe('FAIL');
    expect(findings.map(({ path }) => path)).toEqual(['src/0.ts', 'src/1.ts', 'src/2.ts', 'src/3.ts', 'a.py']);
  });
});

describe('A4, boundaries', () => {
  const boundaries =
    '# Boundaries\n\n```yaml\nforbidden:\n  - from: src/domain/**\n    to: [src/db/**, pg]\n    except: src/db/types.ts\n    because: rules are pure\n```\n';
  const db = [file('src/db/index.ts'), file('src/db/types.ts')];

  test.each([
    [`import { query } from '../db/index.js';`, 'src/domain/a.ts:1 imports src/db/index.ts: rules are pure'],
    [`// why\nexport * from "../db";`, 'src/domain/a.ts:2 imports src/db/index.ts: rules are pure'],
    [`const pg = require('pg');`, 'src/domain/a.ts:1 imports pg: rules are pure'],
    [`await import('pg/lib/client');`, 'src/domain/a.ts:1 imports pg/lib/client: rules are pure'],
    [`import '../db/index.js';`, 'src/domain/a.ts:1 imports src/db/index.ts: rules are pure'],
    [
      'import {\n  a,\n  b,\n} from `../db/index.js`;'.replaceAll('`', "'"),
      'src/domain/a.ts:4 imports src/db/index.ts: rules are pure',
    ],
    [`let x: import('../db/index.js').T;`, 'src/domain/a.ts:1 imports src/db/index.ts: rules are pure'],
  ])('%s is a FAIL by line', async (content, detail) => {
    expect(await verdict('A4', { boundaries, files: [...db, file('src/domain/a.ts', content)] })).toBe(
      `FAIL: ${detail}`,
    );
  });

  test.each([
    [`import type { T } from '../db/types.js';`],
    [`// import x from '../db/index.js';\n/* require('pg') */`],
    [`import { x } from 'pg-format';`],
    [`const text = "import x from 'pg'"; import { x } from './b.js';`],
  ])('%s is a PASS', async (content) => {
    expect(await verdict('A4', { boundaries, files: [...db, file('src/domain/a.ts', content)] })).toBe('PASS');
  });

  test('layers forbid patterns in the text of their files, in the form that builders write', async () => {
    const layers = {
      layers: [
        {
          name: 'routers',
          glob: 'app/api/routers/*.py',
          forbidden: [
            { pattern: '\\bSELECT\\b.*\\bFROM\\b', reason: 'Raw SQL belongs in repos' },
            { pattern: '(?i)asyncpg', reason: 'No database here' },
            { pattern: '^import (?!os)', reason: 'Only os' },
            'eval\\(',
          ],
        },
      ],
    };
    const files = tree({
      'app/api/routers/users.py': 'import os\nq = "SELECT a FROM b"\nimport AsyncPG\n',
      'app/api/routers/v1/items.py': 'x = eval("1")\n',
      'app/repos/users.py': 'q = "SELECT a FROM b"\n',
    });
    expect(await verdict('A4', { boundaries: JSON.stringify(layers), files })).toBe(
      [
        'FAIL: app/api/routers/users.py:2 has what layer routers may not have, \\bSELECT\\b.*\\bFROM\\b: Raw SQL belongs in repos',
        'app/api/routers/users.py:3 has what layer routers may not have, (?i)asyncpg: No database here',
        'app/api/routers/users.py:3 has what layer routers may not have, ^import (?!os): Only os',
        'app/api/routers/v1/items.py:1 has what layer routers may not have, eval\\(',
      ].join('\n'),
    );
  });

  test('without a contract, or with one of prose alone, it warns; with one that can not be read it is an ERROR', async () => {
    expect((await outcome('A4', {})).result).toBe('WARN');
    expect((await outcome('A4', { boundaries: '# Be good\n' })).result).toBe('WARN');
    for (const broken of [
      '```yaml\nforbidden: [\n```',
      'forbidden: yes',
      'forbidden:\n  - from: a',
      'forbidden:\n  - { from: a, to: [1] }',
      'forbidden: &a\n  - { from: x, to: y }\nmore: *a',
      'layers: 3',
      'layers: [{ name: a }]',
      '{"layers":[{"glob":"*","forbidden":[{"pattern":"("}]}]}',
    ]) {
      expect([broken, (await outcome('A4', { boundaries: broken })).result]).toEqual([broken, 'ERROR']);
    }
  });
});

describe('T1, tests of what changed', () => {
  test('a changed source needs a test that names or imports it', async () => {
    const source = file('src/sign.ts');
    const judge = (...tests: { path: string; content: string }[]) =>
      verdict('T1', { files: [source, ...tests], changedPaths: ['src/sign.ts'] });
    expect(await judge()).toBe('FAIL: src/sign.ts changed without a test');
    expect(await judge(file('src/sign.test.ts'))).toBe('PASS');
    expect(await judge(file('tests/all.test.ts', `import { sign } from '../src/sign.js';`))).toBe('PASS');
    expect(await judge(file('src/tests/other.test.ts'))).toBe('WARN: src/sign.ts is not named by the tests beside it');
    expect(await judge(file('elsewhere/other.test.ts'))).toBe('FAIL: src/sign.ts changed without a test');
  });

  test('what did not change, was deleted, or is no source needs none', async () => {
    const files = [file('src/a.ts'), file('README.md'), file('src/types.d.ts'), file('vite.config.ts')];
    const changedPaths = ['README.md', 'src/types.d.ts', 'vite.config.ts', 'src/gone.ts'];
    expect(await verdict('T1', { files, changedPaths })).toBe('PASS: No source has changed.');
    expect(await verdict('T1', { files })).toBe('FAIL: src/a.ts changed without a test');
    expect(await verdict('T1', {})).toBe('ERROR: There are no files to judge.');
  });
});

describe('P1, the surface', () => {
  const physics = '```yaml\npaths:\n  /pumps/{id}:\n    get: {}\n    parameters: []\ngraphql:\n  Query: [pump]\n```';
  const route = file('src/server.ts', `app.get('/pumps/:id', show);`);
  const sdl = file('schema.graphql', 'extend type Query { pump: Int }\ntype Pump { id: ID }');

  test('as in the contract it is a PASS, short of it a FAIL, beyond it a WARN', async () => {
    expect(await verdict('P1', { physics, files: [route, sdl] })).toBe('PASS');
    expect(await verdict('P1', { physics, files: [sdl] })).toBe(
      'FAIL: GET /pumps/{} is in the contract and not in the code',
    );
    const more = file('src/more.py', '@app.post("/pumps/<id>/journal")\ndef add(): ...\n');
    expect(await verdict('P1', { physics, files: [route, sdl, more] })).toBe(
      'WARN: src/more.py:1 POST /pumps/{}/journal is not in the contract',
    );
    expect(await verdict('P1', { physics, files: [route, sdl, file('tests/fake.ts', `app.get('/x', f)`)] })).toBe(
      'PASS',
    );
  });

  test('without a contract it warns, and one that can not be read is an ERROR', async () => {
    expect((await outcome('P1', {})).result).toBe('WARN');
    for (const broken of ['paths: 3', 'paths: { /x: 1 }', 'graphql: [Query]', 'graphql: { Query: [1] }']) {
      expect([broken, (await outcome('P1', { physics: broken })).result]).toEqual([broken, 'ERROR']);
    }
  });
});

describe('the configuration of a repository', () => {
  const configured = (yaml: string, files: Record<string, string>) =>
    judged({ files: tree({ '.weft/audit.yaml': yaml, ...files }) });

  test('adds checks of its own, leaves files out, and accepts findings by their fingerprints', async () => {
    const own =
      'checks:\n  - name: No print\n    files: "**/*.py"\n    severity: warning\n    forbidden: [{ pattern: "^\\\\s*print\\\\(", reason: use the log }]\n';
    const files = { 'app/a.py': 'print(1)\n', 'legacy/b.py': 'print(2)\ndef f(:\n' };
    const first = await configured(own, files);
    expect(first.find(({ code }) => code === 'PROJECT')).toMatchObject({
      name: 'No print',
      result: 'WARN',
      detail: 'app/a.py:1 use the log\nlegacy/b.py:1 use the log',
    });
    const ignoring = await configured(`${own}ignore: [legacy/**]\n`, files);
    expect(ignoring.find(({ code }) => code === 'A0')?.result).toBe('PASS');
    const finding = first.find(({ code }) => code === 'A0')?.findings[0];
    const accepting = await configured(
      `accepted:\n  - { finding: '${finding?.fingerprint}', because: nobody runs it }\n`,
      files,
    );
    expect(accepting.find(({ code }) => code === 'A0')).toMatchObject({
      result: 'PASS',
      detail: '1 accepted finding left out',
      findings: [],
    });
  });

  test('that can not be read is an ERROR, and nothing else is left unjudged', async () => {
    for (const broken of [
      'check: []',
      'checks: [{ name: a }]',
      'checks: [',
      'accepted: [x]',
      'checks: [{name: a, files: "*", forbidden: "("}]',
    ]) {
      const outcomes = await configured(broken, { 'a.py': 'def f(:\n' });
      expect([broken, ...outcomes.filter(({ result }) => result === 'ERROR').map(({ code }) => code)]).toEqual([
        broken,
        'PROJECT',
      ]);
      expect(outcomes.find(({ code }) => code === 'A0')?.result).toBe('FAIL');
    }
  });
});

test('a finding keeps its fingerprint when its line moves, and equal ones are told apart by their number', async () => {
  const findings = async (content: string) =>
    (await outcome('A9', { files: tree({ 'package.json': '{}', 'a.ts': content, 'b.py': content }) })).findings;
  const [before] = await findings(`import x from 'x';`);
  const [after] = await findings(`\n\n// more\nimport x from 'x';`);
  expect([after?.line, after?.fingerprint]).toEqual([4, before?.fingerprint]);
  const twice = await outcome('A9', { files: [file('a.py', 'from os import *\nfrom os import *\n')] });
  expect(new Set(twice.findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test('what is told of a file holds no secret and no line end, whatever the file is called or imports', async () => {
  const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  const files = tree({
    'a\nb.ts': `import x from 'https://user:${secret}@host/x'; import y from '${secret.toLowerCase()}';\n`,
  });
  const outcomes = await judged({ files, boundaries: 'forbidden: [{from: "**", to: "**"}]' });
  const text = JSON.stringify(outcomes.map(({ findings, detail }) => [findings, detail]));
  expect(text).toContain('a\ufffdb.ts');
  expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
  expect(outcomes.find(({ code }) => code === 'W1')?.result).toBe('FAIL');
});

test('the verdict is ERROR before FAIL before PASS, and a WARN is a PASS', () => {
  const of = (...results: CheckResult[]) => verdictOf(results.map((result) => ({ result })));
  expect([of('PASS', 'WARN'), of('FAIL', 'PASS'), of('FAIL', 'ERROR'), of()]).toEqual([
    'PASS',
    'FAIL',
    'ERROR',
    'PASS',
  ]);
});
