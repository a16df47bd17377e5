/** How many conditions a `filter` has, and how many of them look into texts: for an `or` of sixty, each is looked for by itself. */
import { Kind, type ValueNode } from 'graphql';
import { quantifiers, textComparators } from './weights.js';

export interface Conditions {
  texts: number;
  others: number;
  /** Relations that are followed to many: each below another counts twice as much as that one. */
  relations: number;
}

/** Of a literal, of a variable, or of a literal with variables in it. Every leaf is a condition; a list of leaves is one. */
export function countConditions(filter: ValueNode, variables: Readonly<Record<string, unknown>>): Conditions {
  const counted: Conditions = { texts: 0, others: 0, relations: 0 };
  countLiteral(filter, { name: '', level: 0 }, variables, counted);
  return counted;
}

function countLiteral(
  node: ValueNode,
  at: Step,
  variables: Readonly<Record<string, unknown>>,
  counted: Conditions,
): void {
  switch (node.kind) {
    case Kind.VARIABLE:
      return countValue(variables[node.name.value], at, counted);
    case Kind.OBJECT:
      for (const field of node.fields)
        countLiteral(field.value, step(field.name.value, at, counted), variables, counted);
      return;
    case Kind.LIST:
      if (!node.values.some(({ kind }) => kind === Kind.OBJECT || kind === Kind.VARIABLE))
        return addLeaf(at.name, counted);
      for (const value of node.values) countLiteral(value, at, variables, counted);
      return;
    case Kind.NULL:
      return;
    default:
      addLeaf(at.name, counted);
  }
}

function countValue(value: unknown, at: Step, counted: Conditions): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    if (!value.some((item) => typeof item === 'object' && item !== null)) return addLeaf(at.name, counted);
    for (const item of value as unknown[]) countValue(item, at, counted);
  } else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) countValue(inner, step(key, at, counted), counted);
  } else addLeaf(at.name, counted);
}

/** Where in a filter one is: below which name, and below how many relations. */
interface Step {
  readonly name: string;
  readonly level: number;
}

function step(name: string, { level }: Step, counted: Conditions): Step {
  if (!quantifiers.has(name)) return { name, level };
  // The kernel refuses what is deeper long before.
  counted.relations += 2 ** Math.min(level, 10);
  return { name, level: level + 1 };
}

function addLeaf(name: string, counted: Conditions): void {
  if (textComparators.has(name)) counted.texts += 1;
  else counted.others += 1;
}
