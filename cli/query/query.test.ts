import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { startExportedGraph, type ExportedGraph } from '../../gateway/export/tests/exported-graph.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { connectToGraph, type GraphReader } from '../graph-client/index.js';
import { runQuery, type QueryFormat } from './run-query.js';

let graph: ExportedGraph;
let client: GraphReader;
let folder: string;

beforeAll(async () => {
  graph = await startExportedGraph();
  const log = createLogger({ level: 'silent' });
  client = await connectToGraph({ config: loadConfig({}), log, url: graph.url });
  folder = await mkdtemp(join(tmpdir(), 'weft-query-'));
});
afterAll(async () => {
  await graph.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  graph.asked.length = 0;
  graph.onPage = () => undefined;
});

async function run(query: string, format: QueryFormat, options: { file?: string; isTTY?: boolean } = {}) {
  const output = new PassThrough();
  const printed = text(output);
  const told: string[] = [];
  const errors = { isTTY: options.isTTY ?? false, write: (line: string) => told.push(line) };
  const asked = { query, operationName: undefined, variables: {} };
  const isWhole = await runQuery({ client, asked, format, file: options.file, output, errors }).finally(() =>
    output.end(),
  );
  return { isWhole, printed: await printed, told: told.join('') };
}

const failThird = () => {
  if (graph.asked.length === 3) throw new GraphQLError('no room', { extensions: { code: 'SERVER_BUSY' } });
};

describe('weft query', () => {
  test('draws rows as a table: aligned, on one line each, long cells cut, without the guard against formulas', async () => {
    const { printed, told } = await run('{ items(first: 3) { nodes { id size text tags padding } } }', 'table');
    const [header, rule, ...rows] = printed.split('\n');
    expect(header?.trimEnd()).toBe('id  size  text    tags    padding');
    expect(rule).toBe(`──  ────  ──────  ──────  ${'─'.repeat(48)}`);
    expect(rows).toEqual([
      ...['1   -3    item 1  ["t0"]', '2   -2    item 2  ["t1"]', '3   -1    item 3  ["t2"]'].map(
        (row) => `${row}  ${'x'.repeat(47)}…`,
      ),
      '',
    ]);
    expect(told).toMatch(/^3 rows, 0\.3 MB in \d+\.\d s \([\d,]+ rows\/s\)\n$/);
    const guarded = await run('{ items { byTag(size: 1) { tag } } }', 'table');
    expect(guarded.printed).toBe('tag\n───\n=t0\n');
  });

  test('counts the rows of a CSV and of lines of JSON, and of a workbook its bytes', async () => {
    const query = '{ items { nodes { id } } }';
    for (const format of ['csv', 'ndjson'] as const) expect((await run(query, format)).told).toMatch(/^250 rows, /);
    expect((await run(query, 'xlsx')).told).toMatch(/^\d\.\d kB in /);
  });

  test('writes over its line of progress where somebody looks', async () => {
    const { told } = await run('{ items(first: 1) { nodes { id } } }', 'csv', { isTTY: true });
    expect(told.split('\r\u001b[K').at(-1)).toMatch(/^1 row, 0\.0 kB in .*\n$/);
    expect(told).toContain('\r\u001b[K1 row');
  });

  test('prints any answer as JSON, its errors among it', async () => {
    expect(await run('{ version }', 'json')).toEqual({
      isWhole: true,
      printed: '{\n  "data": {\n    "version": "1"\n  }\n}\n',
      told: '',
    });
    const { isWhole, printed } = await run('{ version items(first: 1) { nodes { broken } } }', 'json');
    expect(isWhole).toBe(false);
    expect(JSON.parse(printed)).toMatchObject({ data: { version: '1' }, errors: [{ message: 'not for you' }] });
  });

  test('says what the graph refused', async () => {
    await expect(run('{ version }', 'csv')).rejects.toThrow('The graph refused: Rows are taken from exactly one list');
    await expect(run('{ items { nodes { no } } }', 'table')).rejects.toThrow('Cannot query field "no"');
  });

  test('puts a file in its place when it is whole, and none when the rows break off', async () => {
    const file = join(folder, 'items.csv');
    await run('{ items(first: 2) { nodes { id } } }', 'csv', { file });
    expect(await readFile(file, 'utf8')).toBe('"id"\r\n"1"\r\n"2"\r\n');
    graph.onPage = failThird;
    graph.asked.length = 0;
    const other = run('{ items { nodes { id } } }', 'csv', { file: join(folder, 'other.csv') });
    await expect(other).rejects.toThrow(
      /^The rows broke off, and what was written is not all of them: .* request id [\w-]+\.$/,
    );
    expect(await readdir(folder)).toEqual(['items.csv']);
  });

  test.each(['table', 'ndjson', 'xlsx'] as const)('fails as %s when the rows break off', async (format) => {
    graph.onPage = failThird;
    await expect(run('{ items { nodes { id } } }', format)).rejects.toThrow('The rows broke off');
  });
});
