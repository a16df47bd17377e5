import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getNamedType, isObjectType, isRequiredArgument } from 'graphql';
import { createGraphExecutor } from '../../cli/graph/executor.js';
import {
  createGatewayMetrics,
  createGatewayServer,
  type RunningServer,
  type SupergraphExecutor,
} from '../../gateway/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { settleSealing } from '../../subgraphs/kernel/write/index.js';
import { callersOf } from '../database/every-domain.js';
import { openSeededDatabase } from '../database/seeded-database.js';
import type { TestDatabase } from '../testkit/index.js';

const pageSize = 7;

let opened: TestDatabase;
let executor: SupergraphExecutor;
let server: RunningServer;
let url: string;
let callers: readonly Identity[];
let beforePage: () => Promise<void> | void = () => undefined;

beforeAll(async () => {
  opened = await openSeededDatabase();
  callers = await callersOf(opened);
  const log = createLogger({ level: 'silent' });
  const metrics = createGatewayMetrics({ process: false });
  executor = await createGraphExecutor({ config: loadConfig({}), database: opened.database, log, metrics });
  server = await createGatewayServer({
    executor: {
      ...executor,
      apiSchema: executor.apiSchema,
      supergraphSdl: executor.supergraphSdl,
      async execute(operation) {
        await beforePage();
        return executor.execute(operation);
      },
    },
    log,
    metrics,
    exportPageSize: pageSize,
    authenticate: (token) =>
      Promise.resolve(
        token === undefined ? Identity.anonymous : (callers[token === 'Bearer owner' ? 1 : 0] as Identity),
      ),
  });
  url = `${await server.listen(0)}/graphql`;
});
afterAll(async () => {
  await server.close();
  await executor.dispose();
  await settleSealing(opened.database);
  await opened.close();
});

async function ask(query: string, caller: string, accept = 'application/json'): Promise<string> {
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${caller}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  expect([query, response.status]).toEqual([query, 200]);
  return response.text();
}

/** Root fields that are connections and need no argument (a search does), each with a field that tells its items apart. */
function lists(): { field: string; key: string }[] {
  return Object.values(executor.apiSchema.getQueryType()?.getFields() ?? {}).flatMap(({ name, type, args }) => {
    const connection = getNamedType(type);
    if (
      !isObjectType(connection) ||
      !connection.name.endsWith('Connection') ||
      args.some(isRequiredArgument) ||
      name.startsWith('search')
    )
      return [];
    const item = getNamedType(connection.getFields()['nodes']?.type);
    const fields = isObjectType(item) ? item.getFields() : {};
    return [{ field: name, key: 'id' in fields ? 'id' : '__typename' }];
  });
}

test.each(['auditor', 'owner'])(
  'an export for the %s has the rows of each list as a page has them, however small its own pages are',
  async (caller) => {
    const compared: Record<string, number> = {};
    for (const { field, key } of lists()) {
      const { data, errors } = JSON.parse(await ask(`{ ${field}(first: 30) { nodes { ${key} } } }`, caller));
      // What takes a scope of its own is refused in either form.
      if (errors?.[0].extensions.code === 'FORBIDDEN') continue;
      expect([field, errors]).toEqual([field, undefined]);
      const page = data[field].nodes.map((node: object) => JSON.stringify(node));
      const exported = await ask(`{ ${field}(first: 30) { nodes { ${key} } } }`, caller, 'application/x-ndjson');
      expect([field, exported.split('\n').slice(0, -1)]).toEqual([field, page]);
      compared[field] = page.length;
    }
    expect(Object.keys(compared).length).toBeGreaterThan(20);
    expect(Object.values(compared).filter((rows) => rows > pageSize).length).toBeGreaterThan(5);
  },
);

test('figures and what a relation leads to in another domain leave as columns', async () => {
  const figures =
    '{ requirements { groupBy(fields: [{ field: GXP_RISK_RATING }]) { key { gxpRiskRating } aggregate { count } } } }';
  const rows = await opened.database.query<{ line: string }>(
    `select format('"%s",%s', gxp_risk_rating, count(*)) as line from traceability.requirements group by gxp_risk_rating`,
  );
  const [header, ...lines] = (await ask(figures, 'auditor', 'text/csv')).split('\r\n').slice(0, -1);
  expect(header).toBe('"key.gxpRiskRating","aggregate.count"');
  expect(lines.sort()).toEqual(rows.map(({ line }) => line).sort());
  const across = await ask(
    '{ auditRuns(first: 20) { nodes { commitSha repository { fullName coverage { requirements { total } } } } } }',
    'auditor',
    'text/csv',
  );
  expect(across).toMatch(
    /^"commitSha","repository.fullName","repository.coverage.requirements.total"\r\n(.*,"\w[^"]*",\d+\r\n)/,
  );
});

test('a database that fails at the third page ends the file with an error that says nothing of it', async () => {
  let pages = 0;
  beforePage = async () => {
    pages += 1;
    if (pages === 3) await opened.database.query('alter table traceability.requirements rename to requirements_away');
  };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/x-ndjson',
    authorization: 'Bearer auditor',
  };
  const body = JSON.stringify({ query: '{ requirements { nodes { gxpId } } }' });
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    let text = '';
    const read = async () => {
      for await (const part of response.body as ReadableStream<Uint8Array>) text += Buffer.from(part).toString();
    };
    await expect(read()).rejects.toThrow('terminated');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2 * pageSize + 1);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      errors: [expect.objectContaining({ extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) } })],
    });
    expect(lines.at(-1)).not.toContain('requirements_away');
  } finally {
    beforePage = () => undefined;
    await opened.database.query('alter table traceability.requirements_away rename to requirements');
  }
});

test('who is not signed in is told so, and gets no file', async () => {
  const headers = { 'content-type': 'application/json', accept: 'text/csv' };
  const body = JSON.stringify({ query: '{ builds { nodes { id } } }' });
  const response = await fetch(url, { method: 'POST', headers, body });
  expect([response.status, await response.json()]).toEqual([
    400,
    { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) })] },
  ]);
});

test('a reader that is killed leaves no statement behind, and the next one gets everything', async () => {
  const body = JSON.stringify({ query: '{ auditTrail { nodes { id payload } } }' });
  const request = httpRequest(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/csv', authorization: 'Bearer auditor' },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.destroy();
  await once(response, 'close');
  const all = await ask('{ auditTrail { nodes { id } } }', 'auditor', 'application/x-ndjson');
  const [counted] = await opened.database.query<{ count: number }>('select count(*)::int from traceability.audit_log');
  expect(all.split('\n').length - 1).toBe(counted?.count);
  if (opened.url !== null) {
    const running = await opened.database.query(
      `select query from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`,
    );
    expect(running).toEqual([]);
  }
});
