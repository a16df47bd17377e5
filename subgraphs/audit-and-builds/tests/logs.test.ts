import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  connect,
  openSubgraph,
  readyProject,
  runningBuild,
  type TestSubgraph,
} from '../../../tests/federation/audit-and-builds/subgraph.js';

let subgraph: TestSubgraph;
let projectId: string;
let buildId: string;

beforeAll(async () => {
  subgraph = await openSubgraph();
  await connect(subgraph);
  projectId = await readyProject(subgraph);
  buildId = await runningBuild(subgraph, projectId);
  await append([
    { message: 'compiling the module', level: 'DEBUG' },
    { message: 'compiled modules', source: 'SYSTEM', timestamp: '2026-01-01T00:00:00.000Z' },
    { message: 'two warnings', level: 'WARN', source: 'AUDIT' },
    { message: 'it failed', level: 'ERROR' },
  ]);
});
afterAll(() => subgraph.close());

const append = (lines: readonly object[], more: Record<string, unknown> = {}) =>
  subgraph.mutate(
    'buildLogsAppend',
    { buildId, lines, ...more },
    'firstSequence lastSequence build { lastLogSequence }',
  );

async function logs(args: string, id = buildId) {
  const { data, errors, statements } = await subgraph.ask(
    `query ($id: ID!) { build(id: $id) { logs${args} { nodes { sequence level source message timestamp } totalCount
      pageInfo { endCursor hasPreviousPage } } } }`,
    { id },
  );
  expect([errors, statements]).toEqual([undefined, 1]);
  return data.build.logs;
}
const sequences = (connection: { nodes: { sequence: number }[] }) => connection.nodes.map(({ sequence }) => sequence);

describe('the log of a build', () => {
  test('is read in order, by level, by source, by words, and from its tail', async () => {
    expect(sequences(await logs(''))).toEqual([1, 2, 3, 4]);
    expect(sequences(await logs('(filter: { level: { in: [WARN, ERROR] } })'))).toEqual([3, 4]);
    expect(sequences(await logs('(filter: { source: { eq: SYSTEM } })'))).toEqual([2]);
    expect(sequences(await logs('(filter: { search: "compile module" })'))).toEqual([1, 2]);
    expect(sequences(await logs('(filter: { search: "\\"two warnings\\" or failed" })'))).toEqual([3, 4]);
    expect(sequences(await logs('(last: 2)'))).toEqual([3, 4]);
    expect(sequences(await logs('(orderBy: { field: TIMESTAMP, direction: ASC })'))[0]).toBe(2);
    const page = await logs('(first: 2)');
    expect(sequences(await logs(`(first: 2, after: "${page.pageInfo.endCursor}")`))).toEqual([3, 4]);
    expect((await logs('(filter: { sequence: { gt: 2 } })')).nodes[0]).toMatchObject({
      level: 'WARN',
      source: 'AUDIT',
    });
  });

  test('appends in the order of the input, and a retry that had arrived is a conflict with the last sequence', async () => {
    const id = await runningBuild(subgraph, projectId);
    const input = { buildId: id, lines: [{ message: 'a' }, { message: 'b' }], expectedLastSequence: 0 };
    const selection = 'firstSequence lastSequence build { lastLogSequence }';
    const first = await subgraph.mutate('buildLogsAppend', input, selection);
    expect(first).toEqual({ firstSequence: 1, lastSequence: 2, build: { lastLogSequence: 2 }, userErrors: [] });
    const again = await subgraph.mutate('buildLogsAppend', input, selection);
    expect(again.userErrors).toMatchObject([{ code: 'CONFLICT', field: ['expectedLastSequence'] }]);
    expect(again.lastSequence).toBe(2);
  });

  test('writers at the same time leave no gap and no double', async () => {
    const id = await runningBuild(subgraph, projectId);
    await Promise.all(
      Array.from({ length: 10 }, (_, writer) =>
        subgraph.mutate('buildLogsAppend', {
          buildId: id,
          lines: Array.from({ length: 7 }, (_unused, line) => ({ message: `${writer}.${line}` })),
        }),
      ),
    );
    const { nodes } = await logs('(first: 100)', id);
    expect(nodes.map((node: any) => node.sequence)).toEqual(Array.from({ length: 70 }, (_, index) => index + 1));
    for (let at = 0; at < 70; at += 7) {
      const batch = nodes.slice(at, at + 7).map((node: any) => node.message.split('.')[0]);
      expect(new Set(batch).size).toBe(1);
    }
  });

  test('what looks like a token or password is replaced before it is stored', async () => {
    const id = await runningBuild(subgraph, projectId);
    const secrets = [
      `ghp_${'a1B2'.repeat(9)}`,
      `github_pat_${'x9_'.repeat(10)}`,
      `glpat-${'q'.repeat(20)}`,
      `npm_${'z'.repeat(36)}`,
      'AKIAIOSFODNN7EXAMPLE',
      'xoxb-123456789012-abcdef',
      `sk-${'s'.repeat(24)}`,
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    ];
    const lines = [
      ...secrets.map((secret) => `using ${secret} now`),
      'clone https://user:hunter2@example.com/x.git',
      'Authorization: Bearer abcdefghijkl',
      'PASSWORD=hunter2 npm run build',
      'api_key: "hunter2"',
    ];
    await subgraph.mutate('buildLogsAppend', { buildId: id, lines: lines.map((message) => ({ message })) });
    const { nodes } = await logs('', id);
    const text = JSON.stringify(nodes);
    for (const secret of [...secrets, 'hunter2', 'abcdefghijkl']) expect(text).not.toContain(secret);
    expect(nodes.every((node: any) => node.message.includes('[redacted]'))).toBe(true);
    await append([{ message: 'the tokenizer read 7 tokens of a password-protected file' }]);
    expect((await logs('(last: 1)')).nodes[0].message).toBe('the tokenizer read 7 tokens of a password-protected file');
  });

  test('empty, overlong and too many lines are refused by place, and nothing is stored', async () => {
    const before = (await logs('')).totalCount;
    const [fault] = (await append([{ message: 'fine' }, { message: '' }])).userErrors;
    expect(fault).toMatchObject({ code: 'VALIDATION', field: ['lines', '1', 'message'] });
    expect((await append([{ message: 'x'.repeat(16_385) }])).userErrors[0].code).toBe('VALIDATION');
    expect((await append([])).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['lines'] }]);
    expect((await append(Array.from({ length: 1_001 }, () => ({ message: 'x' })))).userErrors[0].code).toBe(
      'VALIDATION',
    );
    expect((await logs('')).totalCount).toBe(before);
    await append([{ message: 'NUL \0 is no text' }]);
    expect((await logs('(last: 1)')).nodes[0].message).toBe('NUL \ufffd is no text');
  });

  test('is closed when the build has ended', async () => {
    const id = await runningBuild(subgraph, projectId);
    await subgraph.mutate('buildComplete', { buildId: id });
    const { userErrors } = await subgraph.mutate('buildLogsAppend', { buildId: id, lines: [{ message: 'late' }] });
    expect(userErrors).toMatchObject([{ code: 'INVALID_TRANSITION', message: expect.stringContaining('COMPLETED') }]);
  });

  test('a follower gets only its levels, its cursor moves past the others, and the end of the build ends it', async () => {
    const stop = new AbortController();
    const id = await runningBuild(subgraph, projectId);
    const write = (level: string, count: number) =>
      subgraph.mutate('buildLogsAppend', {
        buildId: id,
        lines: Array.from({ length: count }, () => ({ message: 'x', level })),
      });
    await write('INFO', 700);
    await write('ERROR', 2);
    const follower = await subgraph.follow(
      `subscription { buildLogs(buildId: "${id}", levels: [ERROR]) { cursor lines { sequence level build { id } } } }`,
      stop.signal,
    );
    const [batch] = [(await follower.next()).value.data.buildLogs];
    expect(batch).toEqual({
      cursor: 702,
      lines: [701, 702].map((sequence) => ({ sequence, level: 'ERROR', build: { id } })),
    });
    const next = follower.next();
    await write('ERROR', 1);
    expect((await next).value.data.buildLogs).toMatchObject({ cursor: 703, lines: [{ sequence: 703 }] });
    const end = follower.next();
    await subgraph.mutate('buildCancel', { buildId: id });
    expect((await end).done).toBe(true);
  });

  test('a follower that hangs up while it waits is let go, and an unknown build or a negative cursor is refused', async () => {
    const stop = new AbortController();
    const waiting = await subgraph.follow(
      `subscription { buildLogs(buildId: "${buildId}", after: 100000) { cursor } }`,
      stop.signal,
    );
    const next = waiting.next();
    stop.abort();
    expect((await next).done).toBe(true);
    const unknown = 'Build:00000000-0000-4000-8000-000000000000';
    const signal = new AbortController().signal;
    const follower = await subgraph.follow(`subscription { buildLogs(buildId: "${unknown}") { cursor } }`, signal);
    await expect(follower.next()).rejects.toThrow('There is no such build.');
    await expect(
      subgraph.follow(`subscription { buildLogs(buildId: "${buildId}", after: -1) { cursor } }`, signal),
    ).rejects.toThrow('after must be');
  });
});
