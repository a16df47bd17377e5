/** Figures and filters where little is selected, little is given or little may be seen. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLEnumType, GraphQLInputObjectType } from 'graphql';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { TestDatabase } from '../testkit/index.js';
import { ask as askOf, askWell as askWellOf, domains } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
});
afterAll(() => opened.close());

const schemaOf = (domain: string) => domains.find(({ name }) => name === domain)!.schema;
const ask = (domain: string, query: string, caller?: Identity) => askOf(opened, schemaOf(domain), query, caller);
const askWell = (domain: string, query: string, caller?: Identity) =>
  askWellOf(opened, schemaOf(domain), query, caller);

describe('figures that measure nothing', () => {
  test.each(['__typename', 'sum { __typename }', 'count @skip(if: true)', 'percentile(fraction: 0.5) { __typename }'])(
    'leave the page as it is: %s',
    async (measured) => {
      const page = 'requirements(first: 2) { nodes { gxpId }';
      const alone = await askWell('traceability', `{ ${page} } repositories { nodes { ${page} } } } }`);
      const beside = await askWell(
        'traceability',
        `{ ${page} aggregate { ${measured} } } repositories { nodes { ${page} aggregate { ${measured} } } } } }`,
      );
      expect(alone.requirements.nodes).toHaveLength(2);
      expect(beside.requirements.nodes).toEqual(alone.requirements.nodes);
      expect(beside.repositories.nodes.map(({ requirements }: any) => requirements.nodes)).toEqual(
        alone.repositories.nodes.map(({ requirements }: any) => requirements.nodes),
      );
    },
  );
});

describe('a value that turns out to be asked of nothing', () => {
  test('is left out of a filter: an alternative that is always true keeps every item', async () => {
    const { all, few, none } = await askWell(
      'traceability',
      `{ all: requirements { totalCount }
         few: requirements(filter: { or: [{ title: { eq: "x" } }, {}], gxpId: { in: ["REQ-001"] } }) { totalCount nodes { gxpId } }
         none: requirements(filter: { or: [{ title: { eq: "x" } }, { not: { or: [{ title: { eq: "y" } }, {}] } }] }) { totalCount } }`,
    );
    const every = await askWell(
      'traceability',
      '{ requirements(filter: { or: [{ title: { eq: "x" } }, {}] }) { totalCount nodes { gxpId } } }',
    );
    expect(every.requirements.totalCount).toBe(all.totalCount);
    expect(few.nodes.every(({ gxpId }: any) => gxpId === 'REQ-001')).toBe(true);
    expect(few.totalCount).toBeGreaterThan(0);
    expect(none.totalCount).toBe(0);
  });

  test('is left out of the conditions of groups', async () => {
    const { requirements } = await askWell(
      'traceability',
      `{ requirements { all: groupBy(fields: [{ field: REPOSITORY }]) { aggregate { count } }
         kept: groupBy(fields: [{ field: REPOSITORY }], having: { or: [{ count: { lt: 0 } }, {}] }) { aggregate { count } } } }`,
    );
    expect(requirements.kept).toEqual(requirements.all);
  });

  test('is left out of percentiles without a figure', async () => {
    const { scans } = await askWell(
      'traceability',
      '{ scans { totalCount aggregate { count percentile(fraction: 0.5) { __typename } } } }',
    );
    expect(scans.aggregate.count).toBe(scans.totalCount);
  });
});

test('a cursor that says null of a key is refused as malformed', async () => {
  const forged = Buffer.from(JSON.stringify(['User.GITHUB_LOGIN_ASC', null])).toString('base64url');
  const { errors } = await ask(
    'audit-and-builds',
    `{ users(first: 1, orderBy: { field: GITHUB_LOGIN, direction: ASC }, after: "${forged}") { nodes { id } } }`,
  );
  expect(errors).toEqual([expect.stringContaining('Malformed cursor')]);
});

test('entities that the caller may not see are one group, and none of the counted', async () => {
  const query = `{ scanJobs { totalCount nodes { account { id } } aggregate { countDistinct(field: ACCOUNT) }
    groupBy(fields: [{ field: ACCOUNT }]) { key { account { id } } aggregate { count } } } }`;
  const everything = await askWell('scanning-and-wallets', query);
  expect(everything.scanJobs.groupBy.length).toBeGreaterThan(1);
  const [busiest] = await opened.database.query<{ worker: string }>(
    'select worker from scanning.scan_jobs where worker is not null group by worker order by count(distinct user_id) desc limit 1',
  );
  const worker = Identity.of({ subject: busiest?.worker ?? '', scopes: ['scanning:work'] });
  const { scanJobs } = await askWell('scanning-and-wallets', query, worker);
  expect(scanJobs.totalCount).toBeGreaterThan(1);
  expect(scanJobs.nodes.every(({ account }: any) => account === null)).toBe(true);
  expect(scanJobs.groupBy).toEqual([{ key: { account: null }, aggregate: { count: scanJobs.totalCount } }]);
  expect(scanJobs.aggregate.countDistinct).toBe(0);
});

test('a key that is stored in lower case is found by a filter in any spelling', async () => {
  const { repositories, users } = await askWell(
    'audit-and-builds',
    '{ repositories: connectedRepositories(first: 1) { nodes { id fullName } } users(first: 1) { nodes { id githubLogin } } }',
  );
  const [repository] = repositories.nodes;
  const [user] = users.nodes;
  const loud = (id: string): string => id.replace(/:.*/, (key) => key.toUpperCase());
  const found = await askWell(
    'audit-and-builds',
    `{ a: connectedRepositories(filter: { id: { eq: "${loud(repository.id)}" } }) { totalCount }
       b: connectedRepositories(filter: { fullName: { in: ["${repository.fullName.toUpperCase()}"] } }) { totalCount }
       c: users(filter: { id: { in: ["${loud(user.id)}"] } }) { totalCount }
       d: users(filter: { githubLogin: { eq: "${user.githubLogin.toUpperCase()}" } }) { totalCount } }`,
  );
  expect(found).toEqual({ a: { totalCount: 1 }, b: { totalCount: 1 }, c: { totalCount: 1 }, d: { totalCount: 1 } });
});

test('parts of one grouping that stand apart in a document are answered together', async () => {
  const grouping = 'groupBy(fields: [{ field: REPOSITORY }])';
  const together = await askWell(
    'traceability',
    `{ requirements { ${grouping} { key { repository { fullName } } aggregate { count } } } }`,
  );
  const apart = await askWell(
    'traceability',
    `{ requirements { ${grouping} { aggregate { count } } ...Keys } }
     fragment Keys on RequirementConnection { ${grouping} { key { repository { fullName } } } }`,
  );
  expect(apart).toEqual(together);
  expect(together.requirements.groupBy[0].aggregate.count).toBeGreaterThan(0);
});

test.each(['ASC', 'DESC'])('a group without a value comes last, %s', async (direction) => {
  const { builds } = await askWell(
    'audit-and-builds',
    `{ builds { groupBy(fields: [{ field: STATUS }], orderBy: [{ measure: SUM, field: DURATION_MS, direction: ${direction} }]) { aggregate { sum { durationMs } } } } }`,
  );
  const sums = builds.groupBy.map(({ aggregate }: any) => aggregate.sum.durationMs as unknown);
  const given = sums.filter((sum: unknown) => sum !== null);
  expect(given.length).toBeGreaterThan(0);
  expect(sums.length).toBeGreaterThan(given.length);
  expect(sums.slice(0, given.length)).toEqual(given);
});

test('a statement whose values are not its text’s is no lost connection', async () => {
  const failure: unknown = await opened.database.query('select 1', [1]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: '08P01' });
});

describe('a cursor', () => {
  const forge = (...values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

  test.each([
    ['9223372036854775807', []],
    ['-9223372036854775808', []],
    ['9223372036854775808', [expect.stringContaining('Malformed cursor')]],
    ['99999999999999999999', [expect.stringContaining('Malformed cursor')]],
  ])('holds every number of 64 bits and none beyond: %s', async (number, expected) => {
    const { errors } = await ask(
      'audit-and-builds',
      `{ users(orderBy: { field: GITHUB_ID }, after: "${forge('User.GITHUB_ID_ASC', number, 'octocat')}") { nodes { id } } }`,
    );
    expect(errors).toEqual(expected);
  });

  test('holds four long texts', async () => {
    const fields = ['TITLE', 'PATH', 'CONTENT_HASH', 'GXP_ID'];
    const text = '日'.repeat(2_000);
    const after = forge(
      `Requirement.${fields.map((field) => `${field}_ASC`).join()}`,
      ...fields.map(() => text),
      '00000000-0000-4000-8000-000000000000',
    );
    const thenBy = fields.slice(1).map((field) => `{ field: ${field} }`);
    const { errors } = await ask(
      'traceability',
      `{ requirements(orderBy: { field: TITLE, thenBy: [${thenBy.join()}] }, after: "${after}") { nodes { id } } }`,
    );
    expect(errors).toEqual([]);
  });

  test.each([
    ['audit-and-builds', 'BuildLog', 'message'],
    ['traceability', 'SignedEvidence', 'jws'],
    ['workflow', 'WorkItem', 'error'],
  ])('never holds a text of any length: %s offers no order by %s.%s, and filters by it', (domain, type, name) => {
    const fieldsOf = (input: string) =>
      Object.keys((schemaOf(domain).getType(input) as GraphQLInputObjectType).getFields());
    const order = schemaOf(domain).getType(`${type}OrderField`) as GraphQLEnumType;
    expect(order.getValue(name.toUpperCase())).toBeUndefined();
    expect(order.getValues().length).toBeGreaterThan(2);
    expect(fieldsOf(`${type}Filter`)).toContain(name);
  });
});
