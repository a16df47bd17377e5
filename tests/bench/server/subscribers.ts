/** What subscribers cost: memory of 1,000 idle WebSockets, and 1,000 events to each of 100 subscribers, in order and none lost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import WebSocket from 'ws';
import { siblingProgram } from '../sibling-program.js';

const idleSockets = 1_000;
const subscribers = 100;
const events = 1_000;

const { path, execArgv } = siblingProgram('gateway-process', import.meta.url);
const server = fork(path, { execArgv: ['--expose-gc', ...execArgv] });
const [{ url }] = (await once(server, 'message')) as [{ url: string }];

async function usage(): Promise<{ rss: number; heap: number; cpu: number }> {
  server.send('usage');
  const [answer] = (await once(server, 'message')) as [{ rss: number; heap: number; cpu: number }];
  return answer;
}

/** Resolves once the subscription has its first event. */
async function subscribe(
  query: string,
  onData: (data: Record<string, { number: number }>) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (message: Buffer) => {
    const { type, payload } = JSON.parse(message.toString()) as { type: string; payload: { data: never } };
    if (type === 'next') onData(payload.data);
    if (type === 'complete') socket.emit('completed');
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  return socket;
}

const before = await usage();
const idle: WebSocket[] = [];
for (let i = 0; i < idleSockets; i += 1) {
  let first: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (first = resolve));
  idle.push(await subscribe('subscription { endless { number } }', () => first()));
  await started;
}
const after = await usage();
const perSocket = (name: 'rss' | 'heap') => Math.round((after[name] - before[name]) / idleSockets / 102.4) / 10;
console.log(`${idleSockets} idle subscribers: ${perSocket('heap')} KB heap each, ${perSocket('rss')} KB resident each`);
for (const socket of idle) socket.close();

let received = 0;
let misplaced = 0;
const start = performance.now();
await Promise.all(
  Array.from({ length: subscribers }, async () => {
    let last = 0;
    const socket = await subscribe(`subscription { ticks(count: ${events}) { number } }`, ({ ticks }) => {
      received += 1;
      if (ticks?.number !== last + 1) misplaced += 1;
      last = ticks?.number ?? 0;
    });
    await once(socket, 'completed');
    socket.close();
  }),
);
const seconds = (performance.now() - start) / 1000;
const spent = (await usage()).cpu - after.cpu;
console.log(
  `${subscribers} subscribers × ${events} events: ${received} received, ${misplaced} out of order, ` +
    `${Math.round(received / seconds)} events/s, ${Math.round((spent / received) * 1000)} µs of CPU in the gateway each`,
);
server.disconnect();
if (received !== subscribers * events || misplaced > 0) process.exitCode = 1;
