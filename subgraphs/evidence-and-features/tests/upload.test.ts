import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestDatabase, startProgram, type TestDatabase } from '../../../tests/testkit/index.js';
import { DocumentStore, isStorePath, sweepFiles } from '../upload/index.js';
import { hashOf, openStore } from './queue-fixture.js';
import { TestSubgraph } from './subgraph-fixture.js';
import { startUploadServer, type UploadServer } from './upload-server.js';

const maxBytes = 2_000_000;
let opened: TestDatabase;
let files: Awaited<ReturnType<typeof openStore>>;
let server: UploadServer;

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(async () => {
  files = await openStore();
  server = await startUploadServer(opened.database, files.store, maxBytes);
});
afterEach(async () => {
  await server.close();
  await files.close();
  await opened.database.script('delete from evidence.documents');
});

interface Answer {
  readonly status: number;
  readonly body: any;
}

async function send(body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(server.url, {
    method: 'POST',
    body,
    headers: { authorization: 'evidence:write', ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, body: answer.status === 599 ? text : JSON.parse(text) };
}

function form(
  content: string | Uint8Array<ArrayBuffer>,
  filename: string,
  fields: Record<string, string> = {},
): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([content]), filename);
  return data;
}

const upload = (content: string | Uint8Array<ArrayBuffer>, filename: string, fields = {}): Promise<Answer> =>
  send(form(content, filename, fields));

/** Every file of the data folder, whatever it is. */
async function stored(): Promise<string[]> {
  const entries = await readdir(files.folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

const documents = (): Promise<
  { filename: string; file_type: string; file_path: string; repository_full_name: string | null }[]
> => opened.database.query('select filename, file_type, file_path, repository_full_name from evidence.documents');

async function nothingIsLeft(): Promise<void> {
  expect(await stored()).toEqual([]);
  expect(await documents()).toEqual([]);
}

describe('an upload', () => {
  test('is kept by the hash of its bytes and queued for the built-in worker', async () => {
    const content = '# Pump\n\nIt must beep.\n';
    const { status, body } = await upload(content, '../../etc/Wünsche.md', { repositoryId: 'Repository:Acme/API' });
    expect([status, body]).toEqual([
      201,
      {
        document: { id: expect.stringMatching(/^Document:/), fileType: 'MD' },
        processingJob: { id: expect.stringMatching(/^ProcessingJob:/) },
        isDuplicate: false,
      },
    ]);
    const hash = hashOf(content);
    const path = `documents/${hash.slice(0, 2)}/${hash}`;
    expect(await documents()).toEqual([
      { filename: 'Wünsche.md', file_type: 'md', file_path: path, repository_full_name: 'acme/api' },
    ]);
    expect(await readFile(join(files.folder, path), 'utf8')).toBe(content);
    expect(await stored()).toEqual([hash]);
    const jobs = await opened.database.query('select handler, status from evidence.processing_jobs');
    expect(jobs).toEqual([{ handler: 'built_in', status: 'pending' }]);
  });

  test('of the same content again answers the document that is there, also when both come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => upload('the same text', `${n}.md`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.document.id)).size).toBe(1);
    expect(await stored()).toHaveLength(1);
  });

  test.each<[string, string, string | Uint8Array<ArrayBuffer>, string]>([
    ['a PDF', 'pdf', '%PDF-1.7 \u0000\u0001', 'notes.md'],
    ['a picture', 'image', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), 'a.json'],
    ['JSON', 'json', ' {"openapi": "3.0.0"}', 'a.pdf'],
    ['OpenAPI in YAML', 'yaml', '# ours\nopenapi: 3.1.0\npaths: {}', 'a.txt'],
    ['other YAML', 'yaml', '---\nname: x\n', 'a.yml'],
    ['a Jira export', 'csv', 'Summary,Issue key,Issue Type\nx,A-1,Bug\n', 'export'],
    ['another CSV', 'csv', 'name;age\nann;42\n', 'people.csv'],
    ['Markdown with front matter', 'md', '---\ntitle: x\n---\n# A', 'a.md'],
    ['Markdown that begins with a link', 'md', '[here](https://example.com) it must be', 'a'],
  ])('is taken for %s by its content', async (_name, fileType, content, filename) => {
    expect((await upload(content, filename)).body).toMatchObject({ document: { fileType: fileType.toUpperCase() } });
    expect(await documents()).toMatchObject([{ file_type: fileType, filename }]);
  });
});

describe('refused, with nothing left of it', () => {
  const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), deflateRawSync(Buffer.alloc(5_000_000))]);

  test.each<[string, number, string, string | Uint8Array<ArrayBuffer>]>([
    ['a zip bomb named .json', 415, 'UNSUPPORTED_MEDIA_TYPE', new Uint8Array(zip)],
    ['a gzip bomb named .json', 415, 'UNSUPPORTED_MEDIA_TYPE', new Uint8Array(gzipSync(Buffer.alloc(5_000_000)))],
    ['invalid UTF-8', 415, 'UNSUPPORTED_MEDIA_TYPE', new Uint8Array([...Buffer.from('a'.repeat(100_000)), 0xc3, 0x28])],
    [
      'UTF-8 that ends in the middle of a character',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      new Uint8Array([...Buffer.from('long enough a'), 0xe2, 0x82]),
    ],
    ['a program', 415, 'UNSUPPORTED_MEDIA_TYPE', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0])],
    ['an empty file', 415, 'UNSUPPORTED_MEDIA_TYPE', ''],
    ['more than the limit', 413, 'LIMIT_EXCEEDED', 'a'.repeat(maxBytes + 1)],
  ])('%s', async (_name, status, code, content) => {
    const answer = await upload(content, 'a.json');
    expect(answer).toMatchObject({ status, body: { errors: [{ message: expect.any(String), extensions: { code } }] } });
    await nothingIsLeft();
  });

  test('200 MB that do not say how many they are: it ends at the limit', async () => {
    let sent = 0;
    const status = await new Promise<number>((resolve, reject) => {
      const boundary = 'xyz';
      const outgoing = request(
        server.url,
        {
          method: 'POST',
          headers: { authorization: 'evidence:write', 'content-type': `multipart/form-data; boundary=${boundary}` },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      // The server closes its end once it has answered.
      outgoing.on('error', (error) => (sent > maxBytes ? undefined : reject(error)));
      outgoing.write(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.md"\r\n\r\n`);
      const chunk = Buffer.alloc(1_000_000, 'a');
      const more = (): void => {
        while (sent < 200_000_000 && !outgoing.destroyed) {
          sent += chunk.length;
          if (!outgoing.write(chunk)) return void outgoing.once('drain', more);
        }
      };
      more();
    });
    expect(status).toBe(413);
    expect(sent).toBeLessThan(60_000_000);
    await nothingIsLeft();
  });

  test('a caller without the scope, or without a name', async () => {
    expect(await send(form('text', 'a.md'), { authorization: 'evidence:work' })).toEqual({
      status: 599,
      body: 'FORBIDDEN',
    });
    const anonymous = await fetch(server.url, { method: 'POST', body: form('text', 'a.md') });
    expect(await anonymous.text()).toBe('UNAUTHENTICATED');
    await nothingIsLeft();
  });

  test.each<[string, () => [BodyInit, Record<string, string>], number]>([
    ['no form', () => ['{}', { 'content-type': 'application/json' }], 415],
    ['a form without a boundary', () => ['x', { 'content-type': 'multipart/form-data; charset=utf-8' }], 400],
    [
      'a form that ends too early',
      () => [
        '--x\r\ncontent-disposition: form-data; name="f"; filename="a.md"\r\n\r\nabc',
        { 'content-type': 'multipart/form-data; boundary=x' },
      ],
      400,
    ],
    [
      'a form without a file',
      () => {
        const data = new FormData();
        data.append('a', 'b');
        return [data, {}];
      },
      400,
    ],
    [
      'two files',
      () => {
        const data = form('one', 'a.md');
        data.append('file', new Blob(['two']), 'b.md');
        return [data, {}];
      },
      400,
    ],
    ['a repository that is none', () => [form('text', 'a.md', { repositoryId: 'Repository:none' }), {}], 400],
  ])('%s', async (_name, make, status) => {
    const [body, headers] = make();
    const answer = await send(body, headers);
    expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code: expect.any(String) } }] } });
    await nothingIsLeft();
  });

  test('a file whose document could not be stored', async () => {
    const broken = await startUploadServer(
      { transaction: () => Promise.reject(new Error('down')) } as never,
      files.store,
      maxBytes,
    );
    const answer = await fetch(broken.url, {
      method: 'POST',
      body: form('text', 'a.md'),
      headers: { authorization: 'evidence:write' },
    });
    await broken.close();
    expect(answer.status).toBe(599);
    await nothingIsLeft();
  });

  test('a sender that goes away', async () => {
    const outgoing = request(server.url, {
      method: 'POST',
      headers: {
        authorization: 'evidence:write',
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': '100000',
      },
    });
    outgoing.on('error', () => undefined);
    outgoing.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.md"\r\n\r\nbegun');
    while ((await stored()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    outgoing.destroy();
    while ((await stored()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    await nothingIsLeft();
  });
});

describe('the store', () => {
  test('killed in the middle of an upload, leaves a file that is swept away', async () => {
    const program = startProgram(
      ['subgraphs', 'evidence-and-features', 'tests', 'interrupted-upload.fixture.ts'],
      [files.folder],
    );
    const { value: url } = await program.lines.next();
    const outgoing = request(url as string, {
      method: 'POST',
      headers: {
        authorization: 'evidence:write',
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': '100000',
      },
    });
    outgoing.on('error', () => undefined);
    outgoing.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.md"\r\n\r\nbegun');
    while ((await stored()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await program.kill();
    outgoing.destroy();
    expect(await sweepFiles(opened.database, files.store)).toBe(0);
    for (const name of await stored()) await utimes(join(files.folder, 'documents', '.incoming', name), 0, 0);
    expect(await sweepFiles(opened.database, files.store)).toBe(1);
    expect(await stored()).toEqual([]);
  });

  test('keeps a file as long as a document has it: removal and sweep take only what nobody has', async () => {
    const subgraph = new TestSubgraph(opened.database, { store: files.store });
    const { body: kept } = await upload('kept', 'a.md');
    const { body: removed } = await upload('removed', 'b.md');
    const { documentId } = await subgraph.mutate(
      'documentRemove',
      { documentId: removed.document.id },
      'documentId',
      'writer',
    );
    expect(documentId).toBe(removed.document.id);
    expect(await stored()).toEqual([hashOf('kept')]);
    await opened.database.query('delete from evidence.documents where id <> $1', [
      kept.document.id.slice('Document:'.length),
    ]);
    expect(await sweepFiles(opened.database, files.store, 0)).toBe(0);
    await opened.database.query('delete from evidence.documents');
    expect(await sweepFiles(opened.database, files.store, 0)).toBe(1);
    await nothingIsLeft();
  });

  test('with a field that is not known is refused, and nothing of it is left', async () => {
    const { status, body } = await upload('# Text', 'a.md', { repositoryID: 'Repository:acme/api' });
    expect([status, body.errors[0].message]).toEqual([
      400,
      'The form has a field that is not known; known are repositoryId.',
    ]);
    await nothingIsLeft();
  });

  test('reads what is in it and nothing else: no path and no link leads out', async () => {
    const { folder } = files;
    await mkdir(join(folder, 'documents', 'aa'), { recursive: true });
    await writeFile(join(folder, 'secret.json'), '{}');
    await writeFile(join(folder, 'documents', 'aa', 'inside.json'), '{}');
    await symlink(join(folder, 'secret.json'), join(folder, 'documents', 'aa', 'link.json'));
    await symlink(folder, join(folder, 'documents', 'bb'));
    const store = DocumentStore.inside(folder);
    const read = async (path: string): Promise<boolean> => (await store.read(opened.database, path, 100)) !== null;
    expect(await read('documents/aa/inside.json')).toBe(true);
    for (const path of [
      'secret.json',
      '../secret.json',
      'documents/../secret.json',
      'documents/aa/../../secret.json',
      'documents/aa/link.json',
      'documents/bb/secret.json',
      'documents/aa',
      'documents/none',
      join(folder, 'secret.json'),
      'documents/aa/inside.json/x',
    ]) {
      expect([path, await read(path)]).toEqual([path, false]);
    }
    expect(await store.read(opened.database, 'documents/aa/inside.json', 1)).toBeNull();
    expect(['documents/a', 'documents/.incoming/x', 'documents/..', 'documents'].map(isStorePath)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
