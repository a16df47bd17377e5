import { describe, expect, test } from '@jest/globals';
import { checks, runChecks, verdictOf, type AuditSubject, type CheckResult } from './index.js';

const file = (path: string, content = '') => ({ path, content });
const nothing: AuditSubject = { files: [], changedPaths: null, boundaries: null, physics: null };

function run(code: string, subject: Partial<AuditSubject>): { result: CheckResult; detail: string | null } {
  const outcome = runChecks({ ...nothing, ...subject }).find((each) => each.code === code);
  if (outcome === undefined) throw new Error(`there is no check ${code}`);
  return { result: outcome.result, detail: outcome.detail };
}

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
  ])('%s is a FAIL by line', (content, detail) => {
    expect(run('A4', { boundaries, files: [...db, file('src/domain/a.ts', content)] })).toEqual({
      result: 'FAIL',
      detail,
    });
  });

  test.each([
    [`import type { T } from '../db/types.js';`],
    [`// import x from '../db/index.js';\n/* require('pg') */`],
    [`import { x } from 'pg-format';`],
    [`const text = 'http://x//y'; import { x } from './b.js';`],
  ])('%s is a PASS', (content) => {
    expect(run('A4', { boundaries, files: [...db, file('src/domain/a.ts', content)] }).result).toBe('PASS');
  });

  test('imports of Python are modules by path', () => {
    const rules = 'forbidden:\n  - { from: "app/rules/**", to: "app/db/**" }';
    const files = [file('app/db/session.py'), file('app/rules/a.py', 'import os\nfrom ..db.session import s\n')];
    expect(run('A4', { boundaries: rules, files }).detail).toBe('app/rules/a.py:2 imports app/db/session.py');
  });

  test('without a contract, or with one of prose alone, it warns; with one that can not be read it is an ERROR', () => {
    expect(run('A4', {}).result).toBe('WARN');
    expect(run('A4', { boundaries: '# Be good\n' }).result).toBe('WARN');
    for (const broken of [
      '```yaml\nforbidden: [\n```',
      'forbidden: yes',
      'forbidden:\n  - from: a',
      'forbidden:\n  - { from: a, to: [1] }',
      'forbidden: &a\n  - { from: x, to: y }\nmore: *a',
    ]) {
      expect([broken, run('A4', { boundaries: broken }).result]).toEqual([broken, 'ERROR']);
    }
  });
});

describe('A9, tests of what changed', () => {
  test('a changed source needs a test that names or imports it', () => {
    const source = file('src/sign.ts');
    const judge = (...tests: { path: string; content: string }[]) =>
      run('A9', { files: [source, ...tests], changedPaths: ['src/sign.ts'] });
    expect(judge().detail).toBe('src/sign.ts changed without a test');
    expect(judge(file('src/sign.test.ts')).result).toBe('PASS');
    expect(judge(file('tests/all.test.ts', `import { sign } from '../src/sign.js';`)).result).toBe('PASS');
    expect(judge(file('src/tests/other.test.ts'))).toEqual({
      result: 'WARN',
      detail: 'src/sign.ts is not named by the tests beside it',
    });
    expect(judge(file('elsewhere/other.test.ts')).result).toBe('FAIL');
  });

  test('what did not change, was deleted, or is no source needs none', () => {
    const files = [file('src/a.ts'), file('README.md'), file('src/types.d.ts'), file('vite.config.ts')];
    const changedPaths = ['README.md', 'src/types.d.ts', 'vite.config.ts', 'src/gone.ts'];
    expect(run('A9', { files, changedPaths })).toEqual({ result: 'PASS', detail: 'No source has changed.' });
    expect(run('A9', { files }).detail).toBe('src/a.ts changed without a test');
    expect(run('A9', {}).result).toBe('ERROR');
  });
});

describe('W1, the surface', () => {
  const physics = '```yaml\npaths:\n  /pumps/{id}:\n    get: {}\n    parameters: []\ngraphql:\n  Query: [pump]\n```';
  const route = file('src/server.ts', `app.get('/pumps/:id', show);`);
  const sdl = file('schema.graphql', 'extend type Query { pump: Int }\ntype Pump { id: ID }');

  test('as in the contract it is a PASS, short of it a FAIL, beyond it a WARN', () => {
    expect(run('W1', { physics, files: [route, sdl] })).toEqual({ result: 'PASS', detail: null });
    expect(run('W1', { physics, files: [sdl] }).detail).toBe('GET /pumps/{} is in the contract and not in the code');
    const more = file('src/more.py', '@app.post("/pumps/<id>/journal")');
    expect(run('W1', { physics, files: [route, sdl, more] })).toEqual({
      result: 'WARN',
      detail: 'POST /pumps/{}/journal is not in the contract',
    });
    expect(run('W1', { physics, files: [route, sdl, file('tests/fake.ts', `app.get('/x', f)`)] }).result).toBe('PASS');
  });

  test('without a contract it warns, and one that can not be read is an ERROR', () => {
    expect(run('W1', {}).result).toBe('WARN');
    for (const broken of ['paths: 3', 'paths: { /x: 1 }', 'graphql: [Query]', 'graphql: { Query: [1] }']) {
      expect([broken, run('W1', { physics: broken }).result]).toEqual([broken, 'ERROR']);
    }
  });
});

test('checks are pluggable, and one that breaks is an ERROR of its own and tells nothing of its inside', () => {
  const broken = { code: 'X1', name: 'Broken', run: () => JSON.parse('{ secret') as never };
  const outcomes = runChecks({ ...nothing, files: [file('a.md')] }, [...checks, broken]);
  expect(outcomes.map(({ code, result }) => [code, result])).toEqual([
    ['A4', 'WARN'],
    ['A9', 'PASS'],
    ['W1', 'WARN'],
    ['X1', 'ERROR'],
  ]);
  expect(outcomes[3]?.detail).toBe('The check itself is at fault.');
});

test('a check that takes too long is an ERROR of its own', () => {
  const boundaries = JSON.stringify({ forbidden: [{ from: '**', to: `${'*a'.repeat(12)}b` }] });
  const files = [{ path: 'a.ts', content: `import '${'a'.repeat(60)}';` }];
  const [outcome] = runChecks({ ...nothing, files, boundaries }, checks, 50);
  expect(outcome).toMatchObject({ code: 'A4', result: 'ERROR', detail: expect.stringContaining('took too long') });
});

test.each([
  ['imports', 'a.ts', 'import "a";\n'],
  ['comments without an end', 'a.ts', '/* '],
  ['texts without an end', 'a.ts', '"\\'],
  ['dots', 'a.py', '.'],
])('takes time by the length of a file, whatever it is full of: %s', (_what, path, text) => {
  const content = `from ${text.repeat(200_000 / text.length)}`;
  const boundaries = JSON.stringify({ forbidden: [{ from: '**', to: 'b' }] });
  const outcomes = runChecks({ ...nothing, files: [{ path, content }], boundaries }, checks, 1_000);
  expect(outcomes.map(({ detail }) => detail)).not.toContainEqual(expect.stringContaining('took too long'));
});

test('the verdict is ERROR before FAIL before PASS, and a WARN is a PASS', () => {
  const verdict = (...results: CheckResult[]) => verdictOf(results.map((result) => ({ result })));
  expect([verdict('PASS', 'WARN'), verdict('FAIL', 'PASS'), verdict('FAIL', 'ERROR'), verdict()]).toEqual([
    'PASS',
    'FAIL',
    'ERROR',
    'PASS',
  ]);
});
