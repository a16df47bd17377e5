import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTrustedDocuments } from '../../gateway/index.js';
import { startGateway, transports, type TestGateway, type Transport } from './graph/index.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });
const byTransport = Object.entries(transports) as [Transport, (typeof transports)[Transport]][];

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'weft-documents-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function manifest(content: unknown): Promise<string> {
  const file = join(folder, 'manifest.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('automatic persisted queries', () => {
  let gateway: TestGateway;
  beforeAll(async () => void (gateway = await startGateway({ production: true })));
  afterAll(() => gateway.close());
  const query = '{ hello }';

  test('an unknown hash is asked for its text once, and then is enough, by GET as well', async () => {
    const { POST, GET } = transports;
    const first = await POST(gateway, { extensions: persisted(query) });
    expect(first.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
    expect((await POST(gateway, { query, extensions: persisted(query) })).errors).toEqual([]);
    for (const ask of [POST, GET]) {
      expect((await ask(gateway, { extensions: persisted(query) })).results).toEqual([
        { data: { hello: 'hello world' } },
      ]);
    }
  });

  test('a hash that is not the text’s is refused', async () => {
    const { status, errors } = await transports.POST(gateway, { query: '{ whoami }', extensions: persisted(query) });
    expect([status, errors.length]).toEqual([400, 1]);
  });
});

describe.each(byTransport)('trusted documents over %s', (name, ask) => {
  let gateway: TestGateway;
  const hello = 'query Hello($n: String) { hello(name: $n) }';
  const ticks = 'subscription { ticks(count: 1) { number } }';
  beforeAll(async () => {
    const file = await manifest({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [hello, ticks].map((body) => ({ id: sha256(body), name: 'Any', type: 'query', body })),
    });
    gateway = await startGateway({ trustedDocuments: await readTrustedDocuments(file) });
  });
  afterAll(() => gateway.close());

  test('a registered operation runs by its hash, its id or its text', async () => {
    const asked = [{ extensions: persisted(hello) }, { documentId: sha256(hello) }, { query: hello }];
    for (const question of asked) {
      const { results, errors } = await ask(gateway, { query: '', ...question, variables: { n: 'Ada' } });
      expect(errors).toEqual([]);
      expect(results[0]?.data).toEqual({ hello: 'hello Ada' });
    }
  });

  test('anything else is refused', async () => {
    const other = '{ whoami }';
    const asked = [{ query: other }, { query: other, extensions: persisted(other) }, { query: '', documentId: 'x' }];
    for (const question of asked) {
      const { results, errors } = await ask(gateway, question);
      expect(results.filter(({ data }) => data != null)).toEqual([]);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', reason: 'DOCUMENT_NOT_TRUSTED' } }]);
    }
  });

  if (name === 'WebSocket' || name === 'server-sent events') {
    test('a registered subscription runs', async () => {
      const { results } = await ask(gateway, { query: '', extensions: persisted(ticks) });
      expect(results).toEqual([{ data: { ticks: { number: 1 } } }]);
    });
  }
});

describe('a manifest of trusted documents', () => {
  test('may be a map of hashes to texts', async () => {
    const documents = await readTrustedDocuments(await manifest({ [sha256('{ hello }')]: '{ hello }' }));
    expect(documents.find(sha256('{ hello }'))).toBe('{ hello }');
  });

  test.each<[string, unknown, RegExp]>([
    ['is not JSON', '{', /can't be read as JSON/],
    ['is a list', [], /malformed/],
    ['holds what is no text', { abc: 1 }, /malformed/],
    ['has a text that its hash is not of', { [sha256('a')]: '{ hello }' }, /altered/],
  ])('that %s stops the start', async (_name, content, message) => {
    await expect(readTrustedDocuments(await manifest(content))).rejects.toThrow(message);
  });
});
