import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { UploadedFile } from '../../../gateway/executor/fetch/uploaded-file.js';
import { createContext, createFixtureExecutor } from '../compose-fixture.js';
import { startForeignGateway, type ForeignGateway } from '../foreign-gateway.js';

const typeDefs = `scalar Upload
  input Attachment { title: String file: Upload }
  type Query { a: String } type Mutation { up(file: Upload, more: [Upload!], in: Attachment): String }`;
const answer = ({ text }: { text: string }) => {
  // The gateway gives a mutation's field a name of its own.
  const key = /(\w+): ?up\(/.exec(text)?.[1] ?? 'up';
  return { body: JSON.stringify({ data: { [key]: 'done', a: 'a' } }) };
};
let gateway: ForeignGateway;
let without: ForeignGateway;

beforeAll(async () => {
  gateway = await startForeignGateway(
    { files: { typeDefs, answer } },
    { server: { http: { maxBodyBytes: 20_000, maxIngestBytes: 20_000 } } },
  );
  without = await startForeignGateway({ plain: { typeDefs: 'type Query { a: String }', answer } });
});
afterAll(() => Promise.all([gateway.close(), without.close()]));

const preflight: Record<string, string> = { 'apollo-require-preflight': 'true' };
const one = { query: 'mutation($f: Upload) { up(file: $f) }', variables: { f: null } };

async function send(
  operations: unknown,
  map: unknown,
  files: Record<string, string>,
  { to = gateway, headers = preflight } = {},
) {
  const form = new FormData();
  form.set('operations', typeof operations === 'string' ? operations : JSON.stringify(operations));
  form.set('map', typeof map === 'string' ? map : JSON.stringify(map));
  for (const [name, content] of Object.entries(files)) {
    form.set(name, new Blob([content], { type: 'text/plain' }) as never, `${name} "ü".txt`);
  }
  const response = await fetch(to.url, { method: 'POST', body: form, headers });
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  return { status: response.status, data, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
}

/** What the subgraph was sent last, as a form. */
async function received(): Promise<{ operations: { variables: unknown }; map: unknown; form: FormData }> {
  const asked = gateway.asked['files']?.at(-1);
  const headers = { 'content-type': asked?.headers['content-type'] ?? '' };
  const form = await new Response(asked?.body as never, { headers }).formData();
  const json = (name: string) => JSON.parse(form.get(name) as string) as never;
  return { operations: json('operations'), map: json('map'), form };
}

describe('a file', () => {
  test('reaches the subgraph that takes it, with its name and type, in the form it came in', async () => {
    expect(await send(one, { 0: ['variables.f'] }, { 0: 'hello' })).toMatchObject({
      status: 200,
      data: { up: 'done' },
    });
    const { operations, map, form } = await received();
    expect(operations.variables).toEqual({ f: null });
    expect(map).toEqual({ 0: ['variables.f'] });
    const file = form.get('0') as unknown as { name: string; type: string; text: () => Promise<string> };
    expect([file.name, file.type, await file.text()]).toEqual(['0 "ü".txt', 'text/plain', 'hello']);
  });

  test('may stand in lists and input objects, and one in several places', async () => {
    const query = 'mutation($m: [Upload!], $i: Attachment) { up(more: $m, in: $i) }';
    const variables = { m: [null, null], i: { title: 't', file: null } };
    const map = { x: ['variables.m.0', 'variables.i.file'], y: ['variables.m.1'] };
    expect(await send({ query, variables }, map, { x: 'X', y: 'Y' })).toMatchObject({ data: { up: 'done' } });
    const sent = await received();
    expect(sent.operations.variables).toEqual(variables);
    const places = Object.values(sent.map as Record<string, string[]>).map((paths) => paths.toSorted());
    expect(places).toEqual([['variables.i.file', 'variables.m.0'], ['variables.m.1']]);
  });
});

describe('a form is refused, and nothing is asked', () => {
  test.each<[string, () => ReturnType<typeof send>, number, string]>([
    [
      'that a foreign page could send',
      () => send(one, { 0: ['variables.f'] }, { 0: 'x' }, { headers: {} }),
      400,
      'BAD_REQUEST',
    ],
    [
      'to a graph without files',
      () => send({ query: '{ a }' }, {}, {}, { to: without }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['that is too large', () => send(one, { 0: ['variables.f'] }, { 0: 'x'.repeat(30_000) }), 413, 'LIMIT_EXCEEDED'],
    [
      'with too many files',
      () => send(one, {}, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, 'x']))),
      400,
      'LIMIT_EXCEEDED',
    ],
    ['whose operations are no JSON', () => send('{', {}, {}), 400, 'BAD_REQUEST'],
    ['whose map is no object', () => send(one, '[]', {}), 400, 'BAD_REQUEST'],
    [
      'whose map names a file that is not there',
      () => send(one, { 1: ['variables.f'] }, { 0: 'x' }),
      400,
      'BAD_REQUEST',
    ],
    ['whose map names no variable', () => send(one, { 0: ['variables.g'] }, { 0: 'x' }), 400, 'BAD_REQUEST'],
    [
      'whose map names no null',
      () => send({ ...one, variables: { f: 1 } }, { 0: ['variables.f'] }, { 0: 'x' }),
      400,
      'BAD_REQUEST',
    ],
    ['whose map leaves the variables', () => send(one, { 0: ['query'] }, { 0: 'x' }), 400, 'BAD_REQUEST'],
    ['whose map names a prototype', () => send(one, { 0: ['variables.__proto__.f'] }, { 0: 'x' }), 400, 'BAD_REQUEST'],
  ])('%s', async (_, sending, status, code) => {
    const before = gateway.asked['files']?.length;
    expect(await sending()).toMatchObject({ status, code });
    expect(gateway.asked['files']).toHaveLength(before ?? 0);
  });
});

test.each(['hel', 'hel\r\n', 'hel\r\n--X'])(
  'a form that ends within a file is refused, and the server goes on: %j',
  async (content) => {
    const body = `--XX\r\ncontent-disposition: form-data; name="0"; filename="a"\r\n\r\n${content}`;
    const headers = { ...preflight, 'content-type': 'multipart/form-data; boundary=XX' };
    const { status, text } = await gateway.post(body, headers);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect((await gateway.post({ query: '{ a }' })).status).toBe(200);
  },
);

test('a subgraph in this process takes no file, and the caller is told so', async () => {
  const executor = createFixtureExecutor({ files: { typeDefs, resolvers: { Mutation: { up: () => 'never' } } } });
  const result = await executor.execute({
    document: parse(one.query),
    source: one.query,
    variables: { f: new UploadedFile('a.txt', 'text/plain', Buffer.from('x')) },
    context: createContext({ hasFiles: true }),
  });
  expect(result).toMatchObject({
    data: { up: null },
    errors: [{ path: ['up'], extensions: { code: 'BAD_USER_INPUT' } }],
  });
});
