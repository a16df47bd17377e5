import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, isObjectType, parse, validate, type OperationDefinitionNode } from 'graphql';
import { compileCost, defaultLimits } from '../../gateway/limits/index.js';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { weights } from './cost-weights.js';

const api = buildSchema(readFileSync(packagePath('schema', 'api.graphql'), 'utf8'), { assumeValid: true });
const limits = { ...defaultLimits, weights };

function costOf(source: string): number {
  const document = parse(source);
  expect(validate(api, document)).toEqual([]);
  return compileCost(api, document, document.definitions[0] as OperationDefinitionNode, limits)({});
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
