import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type DataFolder, takeDataFolder } from '../../subgraphs/kernel/db/data-folder.js';
import { examine } from './examine.js';

let folder: string;
let taken: DataFolder;
let gateway: Server;
let status: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weft-doctor-'));
  taken = takeDataFolder(folder, 18);
  mkdirSync(join(folder, 'database'));
  gateway = createServer((_request, response) => void response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
});

afterEach(() => {
  gateway.close();
  taken.release();
  rmSync(folder, { recursive: true });
});

const database = async () => {
  const { port } = gateway.address() as AddressInfo;
  return (await examine({ WEFT_DATA_DIR: folder, PORT: String(port) })).find(({ name }) => name === 'database');
};

test('a store that a gateway has open and is well with is no failure', async () => {
  status = 200;
  expect(await database()).toMatchObject({
    status: 'skipped',
    detail: expect.stringMatching(
      /^not opened, a gateway is up at http:\/\/127\.0\.0\.1:\d+ and says that it is ready$/,
    ),
    advice: expect.stringMatching(/is in use by this process\./),
  });
});

test('a store in use is a failure when no gateway says that it is ready', async () => {
  status = 503;
  expect(await database()).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/is in use by this process/),
  });
});
