import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagePath } from '../../subgraphs/kernel/config/index.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A real process, with nothing in its environment but `environment`. */
function weft(args: readonly string[], environment: Record<string, string> = { WEFT_DATA_DIR: join(folder, 'store') }) {
  const main = [
    ...['--import', packagePath('node_modules', 'tsx', 'dist', 'loader.mjs')],
    packagePath('cli', 'main.ts'),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...main, ...args], {
    encoding: 'utf8',
    env: environment,
  });
  return { code: status, lines: stdout.trim().split('\n'), err: stderr.trim() };
}

describe('the commands over an embedded store', () => {
  test('doctor makes no store to look at, and says so', () => {
    const { code, lines } = weft(['doctor']);
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain('skipped  database: no embedded store yet');
  });

  // One process after the other on one store: each opens it anew, which is most of what this costs.
  test('migrate applies and undoes, status and doctor tell what is pending, seed brings the rest and the demo company, and query asks it', () => {
    const first = weft(['migrate']);
    expect(first).toMatchObject({ code: 0, err: '' });
    const applied = first.lines.map((line) => line.replace('applied ', ''));
    expect(applied.length).toBeGreaterThan(1);
    const [last, kept] = [applied.at(-1) ?? '', applied.at(-2) ?? ''];
    expect(weft(['migrate', '--down-to', kept])).toEqual({ code: 0, lines: [`undid ${last}`], err: '' });
    const status = weft(['migrate', '--status']);
    expect(status).toMatchObject({ code: 1, err: '' });
    expect(status.lines.slice(-2)).toEqual([`applied ${kept}`, `pending ${last}`]);
    const { code, lines } = weft(['doctor']);
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain(`warning  migrations: 1 of ${applied.length} pending`);
    const inside = expect.stringMatching(/^the demo company is in: \d,\d{3} rows in /);
    expect(weft(['seed'])).toEqual({ code: 0, lines: [inside], err: '' });
    // The store is asked itself: no gateway answers on this port.
    writeFileSync(join(folder, 'repositories.graphql'), '{ repositories { nodes { fullName } } }');
    const environment = { WEFT_DATA_DIR: join(folder, 'store'), PORT: '1' };
    const rows = weft(['query', join(folder, 'repositories.graphql'), '--format', 'ndjson'], environment);
    expect(rows).toMatchObject({ code: 0, err: expect.stringMatching(/^3 rows, 0\.1 kB in /) });
    expect(rows.lines).toContain('{"fullName":"meridian/dose-portal"}');
  }, 120_000);
});

describe('what the operator got wrong', () => {
  test('every setting at fault is named at once, and nothing runs', () => {
    const { code, err } = weft(['migrate'], { WEFT_SEDE: 'on', PORT: 'abc' });
    expect(code).toBe(1);
    expect(err).toContain('WEFT_SEDE');
    expect(err).toContain('PORT');
  });

  test('a server that can’t be reached is named without its password', () => {
    const { code, err } = weft(['migrate'], { DATABASE_URL: 'postgresql://me:sesame@127.0.0.1:1/nowhere' });
    expect(code).toBe(1);
    expect(err).toMatch(/^weft: PostgreSQL at 127\.0\.0\.1:1\/nowhere .*can't be reached.*$/);
    expect(err).not.toContain('sesame');
  });

  test('doctor fails on it, with the same words, and goes on with what it can check', () => {
    const { code, lines } = weft(['doctor'], { PORT: 'abc' });
    expect(code).toBe(1);
    expect(lines[0]).toContain('FAILED   configuration');
    expect(lines.join('\n')).toContain('supergraph');
  });

  test('a data folder that is a file is refused with advice', () => {
    writeFileSync(join(folder, 'file'), '');
    const { code, err } = weft(['migrate'], { WEFT_DATA_DIR: join(folder, 'file') });
    expect(code).toBe(1);
    expect(err).toContain('WEFT_DATA_DIR');
    expect(err.split('\n')).toHaveLength(1);
  });
});

describe('weft token', () => {
  test('prints the token alone on standard output, and how to verify it beside it', () => {
    const { code, lines, err } = weft(['token', '--subject', 'me', '--scope', 'evidence:write']);
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split('.')).toHaveLength(3);
    expect(err).toContain('WEFT_JWKS_FILE=');
  });

  test('is refused in production', () => {
    const { code, err } = weft(['token', '--subject', 'me'], { NODE_ENV: 'production', WEFT_DATA_DIR: folder });
    expect(code).toBe(1);
    expect(err).toContain('NODE_ENV=production');
  });
});
