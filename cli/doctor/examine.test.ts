import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DataFolder, takeDataFolder } from '../../subgraphs/kernel/db/data-folder.js';
import { examine } from './examine.js';
import { formatFinding } from './finding.js';

let folder: string;
let answer: RequestListener;
let server: Server;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weft-doctor-'));
  server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function finding(name: string, environment: Record<string, string> = {}) {
  const findings = await examine({ WEFT_DATA_DIR: folder, PORT: new URL(url).port, ...environment });
  return findings.find((one) => one.name === name);
}

const gateway =
  (readiness: number): RequestListener =>
  ({ url: path }, response) =>
    void response
      .writeHead(path === '/health/ready' ? readiness : 200, { 'content-type': 'application/json' })
      .end('{}');

describe('a store that another process has open', () => {
  let taken: DataFolder;
  beforeEach(() => {
    taken = takeDataFolder(folder, 18);
    mkdirSync(join(folder, 'database'));
  });
  afterEach(() => taken.release());

  test('is no failure while a gateway is well with it', async () => {
    answer = gateway(200);
    expect(await finding('database')).toMatchObject({
      status: 'skipped',
      detail: `not opened, a gateway is up at ${url} and says that it is ready`,
      advice: 'Stop it to have its store looked into',
    });
    expect(await finding('port')).toMatchObject({ status: 'ok', detail: expect.stringContaining('a gateway answers') });
  });

  test('is a failure when no gateway says that it is ready', async () => {
    answer = gateway(503);
    expect(await finding('database')).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/is in use by/),
    });
  });
});

test('a port that something else has is a failure that says which setting to change', async () => {
  answer = (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end();
  expect(await finding('port')).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/the port is taken\. Stop what listens there, or set PORT\.$/),
  });
});

describe('token keys', () => {
  const jwt = (settings: Record<string, string>) => ({
    WEFT_AUTH: 'jwt',
    WEFT_JWT_ISSUER: 'issuer',
    WEFT_JWT_AUDIENCE: 'weft',
    PORT: '0',
    ...settings,
  });
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  const keys = (...list: object[]) => JSON.stringify({ keys: list });
  const atUrl = async (text: string, { status = 200, secondsOff = 0 } = {}) => {
    answer = (_request, response) =>
      void response.writeHead(status, { date: new Date(Date.now() + secondsOff * 1_000).toUTCString() }).end(text);
    return examine({ WEFT_DATA_DIR: folder, ...jwt({ WEFT_JWKS_URL: `${url}/jwks.json` }) });
  };

  test('that are to be had are counted', async () => {
    expect(await atUrl(keys(publicKey))).toContainEqual({ name: 'token keys', status: 'ok', detail: '1 public key' });
  });

  test.each([
    ['is missing', '', 404, 'answers 404 and no keys'],
    ['is no JSON', '<html>', 200, 'is not JSON'],
    ['is no key set', '{}', 200, 'is not a JSON Web Key Set'],
    ['is empty', keys(), 200, 'holds no key'],
    ['is secret', keys({ kty: 'oct', k: 'c2VjcmV0' }), 200, 'holds a private or symmetric key'],
  ])('an answer that %s is a failure', async (_name, text, status, expected) => {
    expect(await atUrl(text, { status })).toContainEqual(
      expect.objectContaining({ name: 'token keys', status: 'failed', detail: expect.stringContaining(expected) }),
    );
  });

  test('nobody at the URL is a failure', async () => {
    expect(await finding('token keys', jwt({ WEFT_JWKS_URL: 'http://127.0.0.1:1/jwks.json' }))).toMatchObject({
      status: 'failed',
      detail: 'http://127.0.0.1:1/jwks.json gives no answer',
    });
  });

  test('a clock that differs from the issuer’s by more than the leeway of tokens is a warning', async () => {
    const found = async (secondsOff: number) =>
      (await atUrl(keys(publicKey), { secondsOff })).find(({ name }) => name === 'issuer clock');
    expect(await found(0)).toMatchObject({ status: 'ok' });
    for (const secondsOff of [-60, 60]) {
      expect(await found(secondsOff)).toMatchObject({ status: 'warning', advice: expect.stringContaining('5 s') });
    }
  });

  test('of a file are looked at as a start would', async () => {
    const file = join(folder, 'keys.json');
    expect(await finding('token keys', jwt({ WEFT_JWKS_FILE: file }))).toMatchObject({
      status: 'failed',
      detail: `the JWKS file ${file} can't be read (ENOENT)`,
    });
    writeFileSync(file, keys(publicKey));
    expect(await finding('token keys', jwt({ WEFT_JWKS_FILE: file }))).toMatchObject({ status: 'ok' });
  });
});

describe('the data folder', () => {
  const of = (path: string) => finding('data folder', { WEFT_DATA_DIR: path, PORT: '0' });

  test('may be still to be made', async () => {
    expect(await of(join(folder, 'not', 'yet'))).toMatchObject({
      status: expect.stringMatching(/ok|warning/),
      detail: expect.stringMatching(new RegExp(`to be made in ${folder}, \\d+ MiB free$`)),
    });
  });

  test('that is a file is a failure', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await of(join(folder, 'file'))).toMatchObject({
      status: 'failed',
      advice: expect.stringContaining('WEFT_DATA_DIR'),
    });
  });

  test('that every user may write is a warning', async () => {
    chmodSync(folder, 0o777);
    expect(await of(folder)).toMatchObject({ status: 'warning', advice: `Take that away: chmod o-w ${folder}` });
  });
});

test('each finding is one line of signs, what was found and what to do', () => {
  const finding = { name: 'port', status: 'failed', detail: 'it is taken', advice: 'Set PORT' } as const;
  expect(formatFinding(finding)).toBe('FAILED   port: it is taken. Set PORT.');
});
