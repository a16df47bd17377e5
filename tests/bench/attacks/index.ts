/**
 * What a caller who does nothing wrong feels of attacks: its p99 during each, as a ratio to its p99 when nobody attacks. An
 * attack is a steady background of parallel requests; the victim asks one at a time over one connection that is kept.
 * On WEFT_TEST_DATABASE_URL, on a database that holds data already (WEFT_BENCH_DATABASE_URL), or else on the embedded
 * engine, without the attack on its connections: npm run bench -- attacks
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { engine, openTestDatabase } from '../../testkit/database.js';
import { siblingProgram } from '../sibling-program.js';

import { attacks } from './list.js';
import type { Served } from './served.js';

/** Each measurement. */
const milliseconds = 5_000;
const between = 15;

function start(name: string, args: readonly string[] = []) {
  const { path, execArgv } = siblingProgram(name, import.meta.url);
  return fork(path, [...args], { execArgv: [...execArgv] });
}

const given = process.env['WEFT_BENCH_DATABASE_URL'];
const opened = given === undefined && engine === 'postgres' ? await openTestDatabase() : null;
const url = given ?? opened?.url ?? null;
const served = start('served', url === null ? [] : [url]);
const [{ target, victimsToken }] = (await once(served, 'message')) as [Served];
const pool = new Pool(target.url, { connections: 1 });
const query = '{ requirements(first: 5) { nodes { id title repository { fullName } } } }';

async function ask(): Promise<number> {
  const from = performance.now();
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${victimsToken}` },
    body: JSON.stringify({ query }),
  });
  const text = await body.text();
  if (statusCode !== 200 || text.includes('"errors"')) throw new Error(`${statusCode} ${text.slice(0, 300)}`);
  return performance.now() - from;
}

/** One request at a time, as somebody who looks at a page. */
async function victim(): Promise<{ p50: number; p99: number; failed: number }> {
  const taken: number[] = [];
  let failed = 0;
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    try {
      taken.push(await ask());
    } catch {
      failed += 1;
    }
    await pause(between);
  }
  taken.sort((one, other) => one - other);
  const at = (share: number): number => taken[Math.floor(taken.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), failed };
}

for (let warm = 0; warm < 300; warm += 1) await ask();
const idle = await victim();
const table = [{ attack: 'none', p50: idle.p50.toFixed(1), p99: idle.p99.toFixed(1), ratio: '1', failed: idle.failed }];
for (const { name, needsServer = false } of attacks) {
  if (needsServer && url === null) {
    console.log(`${name}: left out, the embedded engine has one connection`);
    continue;
  }
  const attacker = start('attacker');
  attacker.send({ name, target });
  // What a process loads and compiles with the first request of a kind, it does once.
  await pause(3_000);
  const { p50, p99, failed } = await victim();
  attacker.kill('SIGKILL');
  await pause(1_000);
  table.push({ attack: name, p50: p50.toFixed(1), p99: p99.toFixed(1), ratio: (p99 / idle.p99).toFixed(1), failed });
}
console.table(table);
await pool.close();
served.kill('SIGKILL');
await once(served, 'exit');
await opened?.close();
