import { describe, expect, test } from '@jest/globals';
import { buildSchema, Kind, parse, print, type GraphQLObjectType, type OperationDefinitionNode } from 'graphql';
import { Access } from '../../auth/access.js';
import { filterOperation } from '../../auth/filter-operation.js';
import { sourceKeysOf } from '../operation/source-keys.js';
import { gatherFields } from '../operation/field-groups.js';
import { toPlannableDocument } from '../operation/plannable-document.js';
import { fragmentsOf, operationOf, toSelectionTree } from './selection-tree.js';

const schema = buildSchema(`
  type Query { one: Thing two: Thing }
  interface Thing { id: ID thing: Thing }
  type A implements Thing { id: ID thing: Thing a: Int }
  type B implements Thing { id: ID thing: Thing b: Int }
`);

/** Fifty fragments that spread the next one twice: written out they would never end. */
function bomb(last: string, type = 'Query', spread = (name: string) => `...${name} ...${name}`): string {
  const step = (i: number) => `fragment F${i} on ${type} { ${i < 49 ? spread(`F${i + 1}`) : last} }`;
  return Array.from({ length: 50 }, (_, i) => step(i)).join(' ');
}

interface Input {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReturnType<typeof fragmentsOf>;
}

const walkers: Record<string, (input: Input) => string> = {
  'the planner’s document': ({ operation, fragments }) => {
    const document = toPlannableDocument({
      schema,
      operation,
      fragments,
      sourceKeys: sourceKeysOf(schema, operation, fragments),
      partlyHidden: new Set(),
      conditions: { c: true },
    });
    return document === null ? '' : print(document);
  },
  'the selection tree': ({ operation, fragments }) =>
    JSON.stringify(toSelectionTree(operation.selectionSet, fragments), (key, value: unknown) =>
      key === 'spread' ? undefined : value,
    ),
  'the fields of a response': ({ operation, fragments }) => {
    const groups = [{ selections: operation.selectionSet.selections, conditions: null }];
    const below = [...gatherFields(schema, schema.getQueryType() as GraphQLObjectType, groups, fragments)];
    const inside = below.flatMap((group) => [
      ...gatherFields(schema, schema.getType('A') as GraphQLObjectType, group.groups, fragments),
    ]);
    return [...below, ...inside].map(({ key }) => key).join(' ');
  },
  'what authorization leaves': ({ operation, fragments }) => {
    const requirements = { isEmpty: false, ofType: () => [], ofField: () => [] };
    const access = new Access(schema, requirements, () => true);
    const document = filterOperation({ schema, access, fragments, typenameKey: '_t' }, operation);
    return document === null ? '' : print(document);
  },
};

describe.each(Object.entries(walkers))('in %s a fragment is written out once', (_name, walk) => {
  const walked = (source: string): string => {
    const document = parse(source);
    return walk({ operation: operationOf(document), fragments: fragmentsOf(document) });
  };

  test('at a place', () => {
    expect(walked(`{ ...F0 } ${bomb('one { id }')}`)).toContain('one');
    expect(walked(`{ one { ...F0 } } ${bomb('id', 'Thing')}`)).toContain('id');
  });

  test('at a place and for the types that it is for', () => {
    const text = walked(`{ one { ... on A { ...F0 } ... on B { ...F0 } } } ${bomb('id', 'Thing')}`);
    expect(text).toContain('id');
  });

  test('under the conditions that it is under', () => {
    const spread = (name: string) => `...${name} @include(if: $c) ... @include(if: $c) { ...${name} }`;
    expect(walked(`query ($c: Boolean!) { ...F0 } ${bomb('one { id }', 'Query', spread)}`)).toContain('one');
  });
});

test('what is spread under a condition is spread again where there is none', () => {
  const document = parse('query ($c: Boolean!) { ...F @include(if: $c) ...F } fragment F on Query { one { id } }');
  const operation = document.definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode;
  const groups = [{ selections: operation.selectionSet.selections, conditions: null }];
  const [one] = gatherFields(schema, schema.getQueryType() as GraphQLObjectType, groups, fragmentsOf(document));
  expect(one?.nodes.map(({ conditions }) => conditions?.length ?? 0)).toEqual([1, 0]);
});
