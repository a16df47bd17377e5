/** CPU of a request in the gateway, beside one schema on Apollo Server and beside no GraphQL at all; plans; memory. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { parse } from 'graphql';
import { Pool } from 'undici';
import { composeFixture, createContext, createFixtureExecutor } from '../../conformance/compose-fixture.js';
import { readSupergraph } from '../../../gateway/supergraph/index.js';
import { siblingProgram } from '../sibling-program.js';
import { benchQuery, benchSubgraphs } from './graph.js';

const warmUp = 600;
const measured = 2_000;
const concurrency = 8;

async function startServer(...args: string[]): Promise<{ child: ChildProcess; answer: string }> {
  const { path, execArgv } = siblingProgram('serve', import.meta.url);
  const child = fork(path, args, {
    execArgv: [...execArgv],
    env: { ...process.env, NODE_ENV: 'production', WEFT_EXPLORER: 'on' },
  });
  const [answer] = (await once(child, 'message')) as [string];
  return { child, answer };
}

async function cpuOf(child: ChildProcess): Promise<number> {
  const answered = once(child, 'message');
  child.send('cpu');
  const [{ user, system }] = (await answered) as [NodeJS.CpuUsage];
  return user + system;
}

async function load(url: string, requests: number): Promise<number> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: concurrency });
  const body = JSON.stringify({ query: benchQuery });
  let left = requests;
  let bytes = 0;
  const worker = async () => {
    while (left-- > 0) {
      const response = await pool.request({
        path: pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const answer = await response.body.text();
      if (response.statusCode !== 200 || answer.includes('"errors"')) throw new Error(answer.slice(0, 500));
      bytes = answer.length;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  await pool.close();
  return bytes;
}

async function measureServer(name: string, ...args: string[]): Promise<void> {
  const { child, answer } = await startServer(...args);
  await load(answer, warmUp);
  const before = await cpuOf(child);
  const bytes = await load(answer, measured);
  const milliseconds = ((await cpuOf(child)) - before) / measured / 1_000;
  console.log(`${name.padEnd(46)} ${milliseconds.toFixed(2)} ms CPU a request (${bytes} bytes)`);
  child.disconnect();
}

async function measureExecutor(): Promise<void> {
  const executor = createFixtureExecutor(benchSubgraphs);
  const document = parse(benchQuery);
  const run = async (count: number) => {
    for (let i = 0; i < count; i++) await executor.execute({ document, source: benchQuery, context: createContext() });
  };
  await run(warmUp);
  const before = process.cpuUsage();
  await run(measured);
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${'executor alone, in-process subgraphs included'.padEnd(46)} ${((user + system) / measured / 1_000).toFixed(2)} ms CPU a request`,
  );
}

function measurePlans(): void {
  const { planner } = readSupergraph(composeFixture(benchSubgraphs));
  const count = 2_000;
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) planner.plan(benchQuery.replace('Products', `P${i}`), undefined, new Set(), 0);
  const { user, system } = process.cpuUsage(before);
  console.log(`${'plans a second, cold, one core'.padEnd(46)} ${Math.round((count * 1e6) / (user + system))}`);
}

async function measureColdOperations(): Promise<void> {
  const executor = createFixtureExecutor(benchSubgraphs);
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1024 / 1024;
  };
  const run = async (from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      const source = benchQuery.replace('stars', `stars s${i}: stars`);
      await executor.execute({ document: parse(source), source, context: createContext() });
    }
  };
  await run(0, 2_000);
  const before = heap();
  const cpu = process.cpuUsage();
  await run(2_000, 10_000);
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${'heap after 2,000 distinct operations'.padEnd(46)} ${before.toFixed(1)} MB`);
  console.log(`${'heap after 12,000 distinct operations'.padEnd(46)} ${heap().toFixed(1)} MB`);
  console.log(
    `${'an operation never seen before, whole'.padEnd(46)} ${((user + system) / 10_000 / 1_000).toFixed(2)} ms CPU`,
  );
}

await measureExecutor();
const subgraphs = await startServer('subgraphs');
await measureServer('gateway, subgraphs in-process', 'in-process');
await measureServer('gateway, subgraphs over HTTP', 'over-http', subgraphs.answer);
await measureServer('(a) one schema on Apollo Server 5', 'merged');
await measureServer('(b) precomputed JSON from bare node:http', 'precomputed');
subgraphs.child.disconnect();
measurePlans();
await measureColdOperations();
