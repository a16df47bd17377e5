import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { loadConfig } from '../../kernel/config/index.js';
import { DocumentStore, openDocumentStore, releaseFile, sweepFiles } from '../upload/index.js';
import { startBucketServer, type BucketServer } from './bucket-server.js';
import { createWorker, hashOf } from './queue-fixture.js';
import { startUploadServer, type UploadServer } from './upload-server.js';

let opened: TestDatabase;
let bucket: BucketServer;
beforeAll(async () => {
  opened = await openTestDatabase();
  bucket = await startBucketServer();
});
afterAll(async () => {
  await bucket.close();
  await opened.close();
});

const places: [string, (folder: string) => URL][] = [
  ['a folder', (folder) => pathToFileURL(join(folder, 'shared papers'))],
  ['the database', () => new URL('database:')],
  ['a bucket', () => bucket.url],
];

describe.each(places)('documents in %s', (_name, urlIn) => {
  let folder: string;
  let server: UploadServer;
  let store: DocumentStore;
  /** What another process would open. */
  const openAgain = () =>
    openDocumentStore(
      loadConfig({
        ...bucket.credentials,
        WEFT_DOCUMENTS_URL: urlIn(folder).href,
        WEFT_DATA_DIR: join(folder, 'data'),
      }),
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-places-'));
    store = await openAgain();
    server = await startUploadServer(opened.database, store, 5_000_000);
  });
  afterEach(async () => {
    await server.close();
    await opened.database.script('delete from evidence.documents');
    await sweepFiles(opened.database, store, 0);
    await rm(folder, { recursive: true, force: true });
  });

  async function upload(
    content: Uint8Array<ArrayBuffer>,
    filename = 'Größe 1.md',
  ): Promise<{ id: string; status: number }> {
    const form = new FormData();
    form.append('file', new Blob([content]), filename);
    const answer = await fetch(server.url, {
      method: 'POST',
      body: form,
      headers: { authorization: 'evidence:write' },
    });
    const { document } = (await answer.json()) as { document: { id: string } };
    return { id: document.id, status: answer.status };
  }

  const download = (id: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${server.url}/${id}`, { method, headers: { authorization: 'any', ...headers } });

  const pathOf = (hash: string): string => `documents/${hash.slice(0, 2)}/${hash}`;
  const holds = async (content: Uint8Array): Promise<boolean> =>
    (await (await openAgain()).read(opened.database, pathOf(hashOf(content)), 5_000_000)) !== null;

  /** Of several parts, each byte telling its place. */
  const long = Buffer.from(Array.from({ length: 2_500_000 }, (_, at) => 97 + (at % 23)));

  test('are read by every process that has the same setting, whole and once', async () => {
    const { id, status } = await upload(long);
    expect(status).toBe(201);
    const read = await (await openAgain()).read(opened.database, pathOf(hashOf(long)), 5_000_000);
    expect(read !== null && Buffer.compare(read, long)).toBe(0);
    expect(await upload(long, 'again.md')).toEqual({ id, status: 200 });
    expect(await store.read(opened.database, pathOf(hashOf(long)), 1_000)).toBeNull();
    expect(await readdir(join(folder, 'data', 'documents', '.incoming')).catch(() => [])).toEqual([]);
  });

  test('are handed out whole or in part, under the name and type that they came with', async () => {
    const { id } = await upload(long);
    const whole = await download(id);
    expect(whole.status).toBe(200);
    expect(Buffer.compare(Buffer.from(await whole.arrayBuffer()), long)).toBe(0);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'text/markdown',
      'content-length': '2500000',
      'content-disposition': `attachment; filename="Gr??e 1.md"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.md`,
      etag: `"${hashOf(long)}"`,
      'accept-ranges': 'bytes',
    });
    // Over the border between two parts.
    const part = await download(id, { range: 'bytes=1048570-1048585' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1048570-1048585/2500000']);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(long.subarray(1_048_570, 1_048_586));
    const end = await download(id, { range: 'bytes=-5' });
    expect(await end.text()).toBe(long.subarray(-5).toString());
    const beyond = await download(id, { range: 'bytes=2500000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */2500000']);
    const changed = await download(id, { range: 'bytes=0-1', 'if-range': '"other"' });
    expect(changed.status).toBe(200);
    await changed.body?.cancel();
    expect((await download(id, { 'if-none-match': `"x", "${hashOf(long)}"` })).status).toBe(304);
    const head = await download(id, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '2500000', '']);
  });

  test('are read by the worker', async () => {
    await upload(Buffer.from('# Pumps\n\nThe pump shall stop when the door opens.\n'), 'pumps.md');
    await createWorker(opened.database, await openAgain()).drain();
    const facts = await opened.database.query('select content from evidence.evidence');
    expect(facts).toEqual([{ content: expect.stringContaining('The pump shall stop when the door opens.') }]);
  });

  test('are gone with their document, and with the upload that nothing came of', async () => {
    const [kept, left] = [Buffer.from('# kept'), Buffer.from('# left behind')];
    await upload(kept);
    const { id } = await upload(left);
    await opened.database.query('delete from evidence.documents where id = $1', [id.replace('Document:', '')]);
    expect(await sweepFiles(opened.database, store, 3_600_000)).toBe(0);
    expect(await holds(left)).toBe(true);
    expect(await sweepFiles(opened.database, store, 0)).toBe(1);
    expect([await holds(kept), await holds(left)]).toEqual([true, false]);
    // A document has it: nothing is removed.
    await releaseFile(opened.database, store, hashOf(kept));
    expect(await holds(kept)).toBe(true);
    await opened.database.script('delete from evidence.documents');
    await releaseFile(opened.database, store, hashOf(kept));
    expect(await holds(kept)).toBe(false);
  });
});

test('while the bucket does not answer an upload is refused whole, and a job waits', async () => {
  const own = await startBucketServer();
  const folder = await mkdtemp(join(tmpdir(), 'weft-places-'));
  const store = await openDocumentStore(
    loadConfig({ ...own.credentials, WEFT_DOCUMENTS_URL: own.url.href, WEFT_DATA_DIR: folder }),
  );
  const server = await startUploadServer(opened.database, store, 1_000);
  const send = async (content: string): Promise<Response> => {
    const form = new FormData();
    form.append('file', new Blob([content]), 'a.md');
    return fetch(server.url, { method: 'POST', body: form, headers: { authorization: 'evidence:write' } });
  };
  expect((await send('# There before')).status).toBe(201);
  await own.close();
  expect(await (await send('# While it is away')).text()).toBe('DOCUMENTS_UNAVAILABLE');
  await createWorker(opened.database, store).drain();
  expect(
    await opened.database.query(
      `select d.status, j.status as job, j.retry_count as tries from evidence.documents d
       join evidence.processing_jobs j on j.document_id = d.id`,
    ),
  ).toEqual([{ status: 'processing', job: 'pending', tries: 1 }]);
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('what is not there, not in the store, or not for strangers is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-places-'));
  const server = await startUploadServer(opened.database, DocumentStore.inside(folder), 1_000);
  const [row] = await opened.database.query<{ id: string }>(
    `insert into evidence.documents (filename, file_type, file_path, file_hash) values ('a.md', 'md', '/srv/a.md', repeat('a', 64)) returning id`,
  );
  const code = async (id: string, headers: Record<string, string> = { authorization: 'any' }): Promise<string> =>
    (await fetch(`${server.url}/${id}`, { headers })).text();
  expect(await code(`Document:${row?.id ?? ''}`, {})).toBe('UNAUTHENTICATED');
  expect(await code(`Document:${row?.id ?? ''}`)).toBe('NOT_FOUND');
  expect(await code('Document:00000000-0000-4000-8000-000000000000')).toBe('NOT_FOUND');
  expect(await code('nonsense')).toBe('BAD_USER_INPUT');
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
