import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { isSignedBy } from '../../subgraphs/kernel/trail/index.js';
import { runCli } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-trail-'));
afterAll(() => rmSync(folder, { recursive: true }));
const vector = (name: string): string => fileURLToPath(new URL(`../../verifier/vectors/${name}`, import.meta.url));

async function run(...args: string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await runCli(args, { print: (line) => out.push(line), printError: (line) => errors.push(line) });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('weft trail key makes a key, and says beside it whom to give which part', async () => {
  const made = await run('trail', 'key', '--name', 'log.example/weft');
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^PRIVATE\+KEY\+log\.example\/weft\+[0-9a-f]{8}\+/),
  });
  expect(made.errors).toMatch(/given: log\.example\/weft\+[0-9a-f]{8}\+A[\w+/]+=*$/);
  expect((await run('trail', 'key', '--name', 'with space')).code).toBe(1);
});

test('weft verify says what holds, and exits with 1 for what does not', async () => {
  const [{ keys }] = JSON.parse(readFileSync(vector('cases.json'), 'utf8')) as [{ keys: string[] }];
  const keyFile = join(folder, 'key.txt');
  writeFileSync(keyFile, `${keys[0] ?? ''}\n`);
  const checkpoint = vector('checkpoint-260.txt');
  expect(isSignedBy(readFileSync(checkpoint, 'utf8'), keys)).toBe(true);
  const good = await run('verify', vector('whole.ndjson'), '--checkpoint', checkpoint, '--key', keyFile);
  expect(good).toMatchObject({ code: 0, out: expect.stringContaining('260 of 260 entries') });
  const bad = await run('verify', vector('forked.ndjson'), '--checkpoint', checkpoint, '--json');
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out)).toMatchObject({ faults: [{ code: 'FORKED' }] });
});

test.each([
  [['verify', 'missing.ndjson'], 'there is no such file'],
  [['verify', vector('whole.ndjson'), '--key', 'nonsense'], '--key can'],
])('%j is refused with its reason', async (args, reason) => {
  expect(await run(...args)).toMatchObject({ code: 1, errors: expect.stringContaining(reason) });
});
