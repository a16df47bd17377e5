import { describe, expect, test } from '@jest/globals';
import { isObjectType, parse, validate, type OperationDefinitionNode } from 'graphql';
import { compileCost, defaultLimits } from '../../gateway/limits/index.js';
import { weights } from './domains.js';
import { readCommittedSupergraph } from './executor.js';

const api = readCommittedSupergraph().apiSchema;
const limits = { ...defaultLimits, weights };

function costOf(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  expect(validate(api, document)).toEqual([]);
  return compileCost(api, document, document.definitions[0] as OperationDefinitionNode, limits)(variables);
}

test('every field that has a weight is one of the graph', () => {
  for (const name of weights.fields.keys()) {
    const [type = '', field = ''] = name.split('.');
    const owner = api.getType(type);
    expect([name, isObjectType(owner) && field in owner.getFields()]).toEqual([name, true]);
  }
});

describe('exploring is let through with default arguments', () => {
  test.each([
    ['nodes', (field: string, inside: string) => `${field} { nodes { id gxpId title ${inside} } }`],
    ['nodes and totals', (field: string, inside: string) => `${field} { totalCount nodes { id title ${inside} } }`],
    [
      'edges, cursors and totals',
      (field: string, inside: string) =>
        `${field} { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id title ${inside} } } }`,
    ],
  ])('the main chain by its %s', (_name, level) => {
    const chain = ['requirements', 'userStories', 'specifications', 'evidence'].reduceRight(
      (inside, field) => level(field, inside),
      '',
    );
    expect(costOf(`{ ${chain} }`)).toBeLessThan(defaultLimits.maxCost);
  });
});

describe('what holds the database for seconds is refused, however few objects it answers', () => {
  const contains = (field: string, width: number) =>
    `filter: { or: [${Array.from({ length: width }, (_, i) => `{ ${field}: { contains: "q${i}" } }`).join(' ')}] }`;
  const aliases = (count: number, selection: string) =>
    Array.from({ length: count }, (_, i) => `a${i}: ${selection}`).join(' ');

  test.each([
    ['a wide or of texts', `{ auditTrail(first: 1, ${contains('user', 31)}) { nodes { id } } }`],
    ['a total under it', `{ auditTrail(${contains('user', 31)}) { totalCount } }`],
    [
      'a page and a total, each looked for',
      `{ evidences(first: 1, ${contains('content', 8)}) { totalCount nodes { id } } }`,
    ],
    ['many looks into texts', `{ ${aliases(20, 'auditTrail(filter: { user: { contains: "x" } }) { totalCount }')} }`],
    ['two checks of the audit trail', `{ ${aliases(2, 'verifyAuditTrail { isIntact }')} }`],
    [
      'derived relations of many repositories',
      `{ repositories(first: 100) { nodes { ${aliases(6, 'gaps(first: 1) { totalCount }')} } } }`,
    ],
  ])('%s', (_name, source) => {
    expect(costOf(source)).toBeGreaterThan(defaultLimits.maxCost);
  });

  test.each([
    ['a look into three texts', `{ requirements(${contains('title', 3)}) { totalCount nodes { id } } }`],
    ['twenty totals', `{ ${aliases(20, 'auditTrail { totalCount }')} }`],
    [
      'the gaps of a page of repositories',
      '{ repositories { nodes { coverage { requirements { total } } gaps { totalCount } } } }',
    ],
    ['a check of the audit trail', '{ verifyAuditTrail { isIntact } }'],
  ])('%s is let through', (_name, source) => {
    expect(costOf(source)).toBeLessThan(defaultLimits.maxCost);
  });
});

describe('what reads or sorts every row is charged for it, wherever it is asked', () => {
  const page = '{ nodes { id } }';
  const plain = costOf(`{ documents ${page} }`);

  test.each([
    ['an order that an index has', 'documents(orderBy: { field: UPLOADED_AT })', 0],
    ['an order by another column', 'documents(orderBy: { field: FILENAME })', 2_500],
    ['one more key', 'documents(orderBy: { field: UPLOADED_AT, thenBy: [{ field: FILENAME }] })', 2_500],
    ['an order by a count', 'documents(orderBy: { field: EVIDENCE_COUNT })', 10_000],
    ['an order by what a relation leads to', 'evidences(orderBy: { document: { field: UPLOADED_AT } })', 2_500],
    ['a condition on a count', 'documents(filter: { evidenceCount: { gte: 2 } })', 10_275],
    ['a condition on what a relation leads to', 'documents(filter: { repository: { fullName: { eq: "a/b" } } })', 575],
    ['the same in an or', 'documents(filter: { or: [{ not: { evidenceCount: { gte: 2 } } }] })', 10_275],
  ])('%s', (_name, list, more) => {
    expect(costOf(`{ ${list} ${page} }`) - plain).toBe(more);
  });

  test('from variables as from literals', () => {
    const query = `query ($orderBy: DocumentOrder, $filter: DocumentFilter) { documents(orderBy: $orderBy, filter: $filter) ${page} }`;
    const variables = { orderBy: { field: 'EVIDENCE_COUNT' }, filter: { evidenceCount: { gte: 2 } } };
    expect(costOf(query, variables) - plain).toBe(20_275);
  });

  test.each([
    ['a sum of counts', 'aggregate { sum { evidenceCount } }', 10_000],
    ['groups by a count', 'groupBy(fields: [{ field: EVIDENCE_COUNT }]) { aggregate { count } }', 10_000],
    ['different counts', 'aggregate { countDistinct(field: EVIDENCE_COUNT) }', 15_000],
    [
      'groups kept by a figure',
      'groupBy(fields: [{ field: STATUS }], having: { sum: { sizeBytes: { gt: 1 } } }) { aggregate { count } }',
      500,
    ],
    [
      'groups kept by a count',
      'groupBy(fields: [{ field: STATUS }], having: { sum: { evidenceCount: { gt: 1 } } }) { aggregate { count } }',
      10_500,
    ],
    [
      'groups ordered by a count',
      'groupBy(fields: [{ field: STATUS }], orderBy: [{ measure: SUM, field: EVIDENCE_COUNT }]) { aggregate { count } }',
      11_000,
    ],
  ])('%s', (_name, selection, more) => {
    const [figure = ''] = selection.split(/[ (]/);
    const bare =
      figure === 'aggregate' ? 'aggregate { count }' : 'groupBy(fields: [{ field: STATUS }]) { aggregate { count } }';
    const below = selection.includes('sum {') ? 1 : 0;
    expect(costOf(`{ documents { ${selection} } }`) - costOf(`{ documents { ${bare} } }`) - below).toBe(more);
  });

  test('below a parent it is little', () => {
    const below = (list: string) => costOf(`{ repositories(first: 10) { nodes { ${list} { nodes { id } } } } }`);
    expect(below('documents(orderBy: { field: EVIDENCE_COUNT })') - below('documents')).toBe(100);
  });
});
