import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { GraphQLError } from 'graphql';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { readTrustedDocuments } from '../../index.js';
import { items, startExportedGraph, type ExportedGraph } from './exported-graph.js';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const ndjson = 'application/x-ndjson';
const turn = () => new Promise(setImmediate);

let graph: ExportedGraph;
beforeAll(async () => void (graph = await startExportedGraph({ http: { bodyIdleMilliseconds: 50 } })));
afterAll(() => graph.close());
beforeEach(() => {
  graph.asked.length = 0;
  graph.onPage = () => undefined;
});

const cursors = () => graph.asked.map(({ after }) => after);
const linesOf = async (response: Response) => (await response.text()).split(/\r?\n/).slice(0, -1);
const metric = async (line: string) => {
  const text = await (await fetch(`${graph.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(line))
      ?.split(' ')[1] ?? 0,
  );
};

describe('an export', () => {
  test('has every row of a connection once, page by page, without the edges', async () => {
    const response = await graph.rows(
      '{ items { edges { cursor node { id } } pageInfo { hasNextPage } totalCount } }',
      ndjson,
    );
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="items.ndjson"');
    expect(await linesOf(response)).toEqual(items.map(({ id }) => JSON.stringify({ id })));
    expect(cursors()).toEqual([null, '100', '200']);
  });

  test('has as many rows as "first" says, however many pages that takes, after "after"', async () => {
    const query = 'query ($n: Int = 120, $from: String) { items(first: $n, after: $from) { nodes { id } } }';
    const body = JSON.stringify({ query, variables: { from: '30' } });
    const ids = (await linesOf(await graph.rows(body, ndjson))).map((line) => JSON.parse(line).id);
    expect(ids).toEqual(items.slice(30, 150).map(({ id }) => id));
    expect(graph.asked).toEqual([
      { first: 100, after: '30' },
      { first: 20, after: '130' },
    ]);
  });

  test('keeps arguments, variables, fragments, aliases and conditions of the operation', async () => {
    const query = `query Named($first: String, $yes: Boolean = true) {
      ...Root
    }
    fragment Root on Query { mine: owner(name: "me") @include(if: $yes) { stock: items(prefix: $first) { ...Rows } } version @skip(if: $yes) }
    fragment Rows on ItemConnection { nodes { ...Row size @skip(if: $yes) } }
    fragment Row on Item { label: text }`;
    const body = JSON.stringify({ query, variables: { first: 'my ' } });
    const lines = await linesOf(await graph.rows(body, ndjson));
    expect(lines).toHaveLength(250);
    expect(lines.at(-1)).toBe('{"label":"my item 250"}');
  });

  test('takes a list that is no connection as it comes', async () => {
    const response = await graph.rows('{ items { byTag(size: 2) { tag count } } }', 'text/csv');
    expect(await response.text()).toBe('"tag","count"\r\n"\'=t0",0\r\n"\'=t1",1\r\n');
  });

  test('reads smaller pages where one of full size would cost too much', async () => {
    const small = await startExportedGraph({ limits: { maxCost: 60 } });
    const lines = await linesOf(await small.rows('{ items { nodes { id part { code } } } }', ndjson));
    expect(lines).toHaveLength(250);
    expect(Math.max(...small.asked.map(({ first }) => first))).toBeLessThan(60);
    await small.close();
  });

  test.each([
    ['{ items { nodes { id } } version }', 'selects items, version'],
    ['{ version }', 'version is no list of objects'],
    ['{ items { totalCount } }', 'totalCount is no list'],
  ])('of what has no rows is not acceptable, and said as JSON: %s', async (query, message) => {
    const response = await graph.rows(query, 'text/csv');
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(graph.asked).toEqual([]);
  });

  test.each([
    ['{ items { nodes { id } byTag(size: 1) { tag } } }', 'selects byTag beside the rows'],
    ['{ items(last: 3) { nodes { id } } }', 'turn its order round'],
    ['{ items(first: 0) { nodes { id } } }', '"first" must be 1 or more'],
    ['{ items { nodes { nothing } } }', 'Cannot query field'],
    ['query ($n: Int!) { items(first: $n) { nodes { id } } }', '$n'],
  ])('is refused as JSON before the first byte: %s', async (query, message) => {
    const response = await graph.rows(query, 'text/csv');
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors[0]?.message).toContain(message);
    expect(graph.asked).toEqual([]);
  });

  test('of what is not there is refused, not empty', async () => {
    const response = await graph.rows('{ owner(name: "nobody") { items { nodes { id } } } }', 'text/csv');
    expect([response.status, await response.json()]).toEqual([
      400,
      { errors: [expect.objectContaining({ extensions: { code: 'NOT_FOUND' } })] },
    ]);
  });

  test('is what a caller prefers to all else; who takes JSON as readily gets JSON', async () => {
    const type = async (accept: string) => {
      const response = await graph.rows('{ items(first: 1) { nodes { id } } }', accept);
      await response.text();
      return response.headers.get('content-type')?.split(';')[0];
    };
    expect(await type('application/json, text/csv')).toBe('application/json');
    expect(await type('application/json;q=0.5, text/csv')).toBe('text/csv');
    expect(await type('application/jsonl')).toBe(ndjson);
    expect(await type('*/*')).toBe('application/json');
  });

  test('is answered to a GET as a query is, and not to a mutation or a page of another origin', async () => {
    const url = `${graph.graphql}?query=${encodeURIComponent('{ items(first: 2) { nodes { id } } }')}`;
    expect(await linesOf(await fetch(url, { headers: { accept: ndjson } }))).toEqual(['{"id":"1"}', '{"id":"2"}']);
    const foreign = await fetch(url, { headers: { accept: ndjson, origin: 'https://elsewhere.example' } });
    expect(foreign.status).toBe(403);
  });

  test('of a graph that trusts certain documents is of those alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-export-'));
    const trusted = '{ items { nodes { id } } }';
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ a: trusted }));
    const trustedDocuments = await readTrustedDocuments(join(folder, 'manifest.json'));
    const trusting = await startExportedGraph({ trustedDocuments });
    expect(await linesOf(await trusting.rows(trusted, ndjson))).toHaveLength(250);
    expect((await trusting.rows('{ items { nodes { text } } }', ndjson)).status).toBe(403);
    await trusting.close();
    await rm(folder, { recursive: true });
  });
});

/** Every kind of value that a cell can have. */
const hostile = [
  '=HYPERLINK("http://x")',
  '+1+1',
  '-2-3',
  '@SUM(A1)',
  '\t=1',
  ' =1',
  '＝1+1',
  '-12.50',
  '+4912345',
  'a,"b"\r\nc',
  '',
  'ünï 👍',
  'bell\u0007',
  '_x0041_',
  'x'.repeat(40_000),
];

describe('cells', () => {
  let shown: ExportedGraph;
  const query =
    '{ items(first: 15) { nodes { text size big part { code maker { name } } tags things { nodes { ... on Nut { width } } } } } }';
  const original = items.map((item) => ({ ...item }));
  beforeAll(async () => {
    shown = await startExportedGraph();
    hostile.forEach((text, index) => Object.assign(items[index] ?? {}, { text }));
  });
  afterAll(async () => {
    items.forEach((item, index) => Object.assign(item, original[index]));
    await shown.close();
  });

  test('of a CSV: dotted names, JSON for lists, text in quotes, null without, and nothing that a spreadsheet runs', async () => {
    const text = await (await shown.rows(query, 'text/csv')).text();
    const header = '"text","size","big","part.code","part.maker.name","tags","things.nodes"';
    const rest = (index: number) => {
      const part = index % 2 === 0 ? `"P${index}","Ann"` : ',';
      return `${index - 3},"123",${part},"[""t${index}""]","[{},{""width"":4}]"`;
    };
    const cells = [
      `"'=HYPERLINK(""http://x"")"`,
      `"'+1+1"`,
      `"'-2-3"`,
      `"'@SUM(A1)"`,
      `"'\t=1"`,
      `"' =1"`,
      `"'＝1+1"`,
      '"-12.50"',
      '"+4912345"',
      '"a,""b""\r\nc"',
      '""',
      '"ünï 👍"',
      '"bell\u0007"',
      '"_x0041_"',
      `"${'x'.repeat(40_000)}"`,
    ];
    expect(text).toBe(`${[header, ...cells.map((cell, index) => `${cell},${rest(index)}`)].join('\r\n')}\r\n`);
  });

  test('of NDJSON: the row as it stands in an answer', async () => {
    const lines = await linesOf(await shown.rows(query, ndjson));
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      text: '+1+1',
      size: -2,
      big: '123',
      part: null,
      tags: ['t1'],
      things: { nodes: [{}, { width: 4 }] },
    });
    expect(lines.map((line) => JSON.parse(line).text)).toEqual(hostile);
  });

  test('of a workbook: numbers as numbers, text as text, never a formula, and no text that programs refuse', async () => {
    const sheet = await sheetOf(await shown.rows(query, xlsx));
    expect(sheet).not.toContain('<f>');
    expect(sheet).toContain(
      '<c r="A2" t="inlineStr"><is><t>=HYPERLINK("http://x")</t></is></c><c r="B2"><v>-3</v></c><c r="C2"><v>123</v></c>',
    );
    expect(sheet).toContain('_x005F_x0041_');
    expect(sheet).toContain('bell\ufffd');
    const longest = Math.max(...[...sheet.matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(([, text = '']) => text.length));
    expect(longest).toBe(32_767);
    expect(sheet).toContain('[40000 characters: CSV and NDJSON have them all]');
  });

  test('of a union have a column for each field of each of its types', async () => {
    const response = await shown.rows(
      '{ things { nodes { __typename ... on Screw { id length } ... on Nut { id width } } } }',
      'text/csv',
    );
    expect(await response.text()).toBe('"__typename","id","length","width"\r\n"Screw","s",3,\r\n"Nut","n",,4\r\n');
  });
});

async function sheetOf(response: Response): Promise<string> {
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return Buffer.from(files['xl/worksheets/sheet1.xml'] ?? []).toString('utf8');
}

describe('a page that fails', () => {
  const fail = (message: string) => () => {
    if (graph.asked.length === 3) throw new GraphQLError(message, { extensions: { code: 'SERVER_BUSY' } });
  };

  test('in the middle of NDJSON is its last line, and the connection breaks off', async () => {
    graph.onPage = fail('no room');
    const response = await graph.rows('{ items { nodes { id } } }', ndjson);
    let text = '';
    const read = async () => {
      for await (const part of response.body as ReadableStream<Uint8Array>) text += Buffer.from(part).toString();
    };
    await expect(read()).rejects.toThrow('terminated');
    const lines = text.split('\n');
    expect(lines).toHaveLength(202);
    expect(JSON.parse(lines[200] ?? '')).toEqual({
      errors: [expect.objectContaining({ message: 'no room', extensions: { code: 'SERVER_BUSY' } })],
    });
    expect(graph.logged.join('')).toContain('an export broke off');
  });

  test.each(['text/csv', xlsx])('in the middle of %s breaks the connection off: it is no whole file', async (type) => {
    const before = await metric(`weft_exports_total{format="${type === xlsx ? 'xlsx' : 'csv'}",outcome="error"}`);
    graph.onPage = fail('no room');
    const response = await graph.rows('{ items { nodes { id } } }', type);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(await metric(`weft_exports_total{format="${type === xlsx ? 'xlsx' : 'csv'}",outcome="error"}`)).toBe(
      before + 1,
    );
  });

  test('resets a connection of HTTP/1.0, whose end would look like that of the file', async () => {
    graph.onPage = fail('no room');
    const { hostname, port } = new URL(graph.url);
    const socket = connect(Number(port), hostname);
    const body = JSON.stringify({ query: '{ items { nodes { id } } }' });
    socket.write(
      `POST /graphql HTTP/1.0\r\nhost: x\r\naccept: text/csv\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.resume();
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });

  test('as the first is an answer in JSON with its status', async () => {
    graph.onPage = () => {
      throw new GraphQLError('no room', { extensions: { code: 'SERVER_BUSY', retryAfterSeconds: 3 } });
    };
    const response = await graph.rows('{ items { nodes { id } } }', xlsx);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await response.json()).toMatchObject({ errors: [{ message: 'no room' }] });
  });

  test('that has rows and an error beside them is one that fails', async () => {
    const response = await graph.rows('{ items { nodes { id broken } } }', ndjson);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ message: 'not for you' })]),
    });
  });

  test('for want of a scope is refused: a column of nulls would look like data', async () => {
    const response = await graph.rows('{ items { nodes { id secret } } }', 'text/csv');
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect(errors.map(({ extensions }) => extensions)).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ code: 'UNAUTHENTICATED' })),
    );
  });

  test('because the token has ended says so', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const identity = Identity.of({ subject: 'ann', scopes: [], expiresAt });
    const signedIn = await startExportedGraph({ authenticate: () => Promise.resolve(identity) });
    signedIn.onPage = (_page, number) => void (number === 2 && expiresAt.setTime(0));
    const response = await signedIn.rows('{ items { nodes { id } } }', ndjson);
    const parts: string[] = [];
    const read = async () => {
      for await (const part of response.body as ReadableStream<Uint8Array>) parts.push(Buffer.from(part).toString());
    };
    await expect(read()).rejects.toThrow('terminated');
    expect(parts.join('')).toContain('"UNAUTHENTICATED"');
    expect(signedIn.asked).toHaveLength(2);
    await signedIn.close();
  });
});

describe('a reader', () => {
  async function open(query = '{ items { nodes { id padding } } }', { graphql } = graph): Promise<IncomingMessage> {
    const request = httpRequest(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/csv' },
    });
    request.end(JSON.stringify({ query }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  test('that goes away ends the page under way, and none is asked for after it', async () => {
    const before = await metric('weft_exports_total{format="csv",outcome="aborted"}');
    let held = (): void => undefined;
    graph.onPage = (_page, number) => (number === 2 ? new Promise((resolve) => (held = resolve)) : undefined);
    const response = await open('{ items { nodes { id } } }');
    response.on('error', () => undefined);
    while (graph.asked.length < 2) await turn();
    response.destroy();
    while ((await metric('weft_exports_total{format="csv",outcome="aborted"}')) === before) await turn();
    held();
    await turn();
    await turn();
    expect(graph.asked).toHaveLength(2);
  });

  test('that takes nothing has no more pages read for it, and is cut off in the end', async () => {
    const before = await metric('weft_slow_consumers_total');
    const response = await open();
    while ((await metric('weft_slow_consumers_total')) === before) await turn();
    expect(graph.asked).toHaveLength(1);
    const read = async () => {
      for await (const part of response) void part;
    };
    await expect(read()).rejects.toThrow('aborted');
  });

  test('that is slow and reads on gets all of it', async () => {
    const patient = await startExportedGraph();
    const response = await open(undefined, patient);
    let bytes = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      for (let i = 0; i < 3; i++) await turn();
    }
    expect(bytes).toBeGreaterThan(250 * 100_000);
    expect(response.complete).toBe(true);
    await patient.close();
  });
});
