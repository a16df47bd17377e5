import { describe, expect, test } from '@jest/globals';
import { buildSchema, Kind, parse, type FieldNode, type FragmentDefinitionNode } from 'graphql';
import { SelectionPlans, selectedFields, type SelectionInfo } from './selection.js';

const schema = buildSchema('type Query { book: Book } type Book { id: ID title: String }');

function infoOf(source: string, variableValues: Record<string, unknown> = {}): SelectionInfo {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  const fieldNodes: FieldNode[] = [];
  for (const definition of parse(source).definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    if (definition.kind === Kind.OPERATION_DEFINITION)
      fieldNodes.push(...(definition.selectionSet.selections as FieldNode[]));
  }
  return { fieldNodes, fragments, schema, variableValues };
}

describe('the fields selected', () => {
  test('are found in time that does not double with each fragment that is spread twice', () => {
    const depth = 40;
    const chain = Array.from({ length: depth }, (_, n) => `fragment F${n} on Book { ...F${n + 1} ...F${n + 1} }`).join(
      '\n',
    );
    const info = infoOf(`{ book { ...F0 } } ${chain} fragment F${depth} on Book { id }`);
    const fields = selectedFields(info.fieldNodes, 'Book', info);
    expect([...fields].map(([name, nodes]) => [name, nodes.length])).toEqual([['id', 1]]);
  });
});

describe('a plan', () => {
  const names = Array.from({ length: 12 }, (_, n) => `v${n}`);
  const source = `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
    book { ${names.map((name) => `${name}: id @include(if: $${name})`).join(' ')} } }`;
  const info = infoOf(source);
  const combination = (n: number): SelectionInfo => ({
    ...info,
    variableValues: Object.fromEntries(names.map((name, bit) => [name, (n & (1 << bit)) !== 0])),
  });

  test('is made once for each combination of the conditions below its place', () => {
    const plans = new SelectionPlans<object>();
    const plan = plans.get(combination(5), () => ({}));
    expect(plans.get(combination(5), () => ({}))).toBe(plan);
    expect(plans.get(combination(6), () => ({}))).not.toBe(plan);
  });

  test('is not kept for every combination that a caller can think of', () => {
    const plans = new SelectionPlans<number>();
    let kept = 0;
    for (let n = 0; n < 4096; n += 1) plans.get(combination(n), () => n);
    for (let n = 0; n < 4096; n += 1) kept += plans.get(combination(n), () => -1) === n ? 1 : 0;
    expect(kept).toBeLessThanOrEqual(256);
  });
});
