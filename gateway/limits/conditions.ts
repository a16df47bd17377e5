/** How many conditions a `filter` has, and how many of them look into texts: for an `or` of sixty, each is looked for by itself. */
import { Kind, type ValueNode } from 'graphql';
import { textComparators } from './weights.js';

export interface Conditions {
  texts: number;
  others: number;
}

/** Of a literal, of a variable, or of a literal with variables in it. Every leaf is a condition; a list of leaves is one. */
export function countConditions(filter: ValueNode, variables: Readonly<Record<string, unknown>>): Conditions {
  const counted: Conditions = { texts: 0, others: 0 };
  countLiteral(filter, '', variables, counted);
  return counted;
}

function countLiteral(
  node: ValueNode,
  name: string,
  variables: Readonly<Record<string, unknown>>,
  counted: Conditions,
): void {
  switch (node.kind) {
    case Kind.VARIABLE:
      return countValue(variables[node.name.value], name, counted);
    case Kind.OBJECT:
      for (const field of node.fields) countLiteral(field.value, field.name.value, variables, counted);
      return;
    case Kind.LIST:
      if (!node.values.some(({ kind }) => kind === Kind.OBJECT || kind === Kind.VARIABLE))
        return addLeaf(name, counted);
      for (const value of node.values) countLiteral(value, name, variables, counted);
      return;
    case Kind.NULL:
      return;
    default:
      addLeaf(name, counted);
  }
}

function countValue(value: unknown, name: string, counted: Conditions): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    if (!value.some((item) => typeof item === 'object' && item !== null)) return addLeaf(name, counted);
    for (const item of value as unknown[]) countValue(item, name, counted);
  } else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) countValue(inner, key, counted);
  } else addLeaf(name, counted);
}

function addLeaf(name: string, counted: Conditions): void {
  if (textComparators.has(name)) counted.texts += 1;
  else counted.others += 1;
}
