import { afterAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { StartupError } from '../errors/index.js';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';
import { assertCapable } from './startup-errors.js';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));
const log = { warn: () => undefined };

/** A server that answers the first message with an error of PostgreSQL's protocol; null says nothing at all. */
async function serverThatSays(code: string | null): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (code === null) return;
      const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno: password "hunter2"\0\0`);
      const header = Buffer.alloc(5);
      header.write('E');
      header.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([header, fields]));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function refusal(url: string): Promise<string> {
  const error: unknown = await openDatabase({ url, log, connectTimeoutMs: 200 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartupError);
  return (error as Error).message;
}

test.each([
  ['28P01', 'refused the user or the password'],
  ['28000', 'refused the user or the password'],
  ['3D000', 'has no database of that name'],
  ['53300', 'has no connection left'],
  ['57P03', 'is still starting up'],
  ['XX000', 'refused the connection (SQLSTATE XX000)'],
])('a server that answers %s: the message says what to do, and no password', async (code, expected) => {
  const port = await serverThatSays(code);
  const message = await refusal(`postgresql://weft:hunter2@127.0.0.1:${port}/shop`);
  expect(message).toContain(`PostgreSQL at 127.0.0.1:${port}/shop as weft ${expected}`);
  expect(message).not.toContain('hunter2');
});

test('a server that is not there, and one that does not answer, are unreachable', async () => {
  expect(await refusal('postgresql://u:hunter2@127.0.0.1:1/x')).toContain(
    "127.0.0.1:1/x as u can't be reached (ECONNREFUSED)",
  );
  const port = await serverThatSays(null);
  expect(await refusal(`postgresql://127.0.0.1:${port}/x`)).toContain("can't be reached (no answer in time)");
});

/** A server as it describes itself. */
function serverOf(server: number, installed: string | null, available: string | null): Database {
  return {
    query: () => Promise.resolve([{ server, version: `${server}.4`, installed, available }]),
  } as unknown as Database;
}

test.each([
  ['an old server', serverOf(14, '0.8.0', '0.8.0'), 'PostgreSQL 14.4, and PostgreSQL 15 or newer is needed'],
  ['no pgvector', serverOf(17, null, null), 'does not have pgvector, and 0.7 or newer is needed'],
  ['an old pgvector to install', serverOf(17, null, '0.6.2'), 'offers pgvector 0.6.2, and 0.7 or newer'],
  ['an old pgvector in the database', serverOf(17, '0.5.1', '0.8.0'), 'alter extension vector update'],
])('%s is refused with what is needed', async (_name, database, expected) => {
  await expect(assertCapable(database)).rejects.toThrow(expected);
  await expect(assertCapable(database)).rejects.toBeInstanceOf(StartupError);
});

test.each([
  [15, '0.7.0', '0.7.0'],
  [17, null, '0.8.0'],
  [18, '0.10.0', '0.10.0'],
  [18, '1.0.0', '1.0.0'],
])('PostgreSQL %s with pgvector %s, %s available, is accepted', async (server, installed, available) => {
  await expect(assertCapable(serverOf(server, installed, available))).resolves.toBeUndefined();
});
