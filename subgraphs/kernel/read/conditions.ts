/** `and`, `or` and `not` over conditions of any kind, as `filter:` and `having:` nest them, within bounds. */
import { badInput } from '../errors/index.js';
import type { Parameters } from './parameters.js';

/** A condition deeper or larger than this is refused: each term is one that PostgreSQL plans anew. */
const maxDepth = 8;
export const maxTerms = 64;

export type Input = Readonly<Record<string, unknown>>;

export interface Budget {
  terms: number;
}

/** Where in an argument one is. */
export interface Reading {
  readonly argument: string;
  readonly budget: Budget;
  /** Takes the values of the conditions. */
  readonly parameters: Parameters;
  readonly depth: number;
  /** Relations that lead here. */
  readonly relations?: number;
}

/** The condition that one name stands for, or null when it asks nothing. */
export type Leaf = (name: string, value: unknown, reading: Reading) => string | null;

/** All that is asked must hold; null when nothing is. */
export function conjunction(input: Input, leaf: Leaf, reading: Reading): string | null {
  const { argument, depth } = reading;
  if (depth > maxDepth) throw badInput(`A ${argument} may be nested ${maxDepth} levels deep.`);
  const terms: string[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (value === null) throw badInput(`${argument}.${name} is null: leave it out, or use isNull.`);
    const term = member(name, value, leaf, reading);
    if (term !== null) terms.push(term);
  }
  return terms.length === 0 ? null : terms.join(' and ');
}

function member(name: string, value: unknown, leaf: Leaf, reading: Reading): string | null {
  const below = (part: Input): string | null => conjunction(part, leaf, { ...reading, depth: reading.depth + 1 });
  if (name === 'and' || name === 'or') {
    const { values } = reading.parameters;
    const before = values.length;
    const parts = (value as readonly Input[]).map(below);
    // `or: []` keeps no row, `and: []` every row; an empty object asks nothing and so is true.
    if (name === 'or' && parts.includes(null)) {
      // PostgreSQL refuses a statement with a value that its text does not use.
      values.length = before;
      return null;
    }
    if (name === 'or') return parts.length === 0 ? 'false' : `(${parts.map(wrap).join(' or ')})`;
    const asked = parts.filter((part) => part !== null);
    return asked.length === 0 ? null : asked.map(wrap).join(' and ');
  }
  if (name === 'not') {
    const inner = below(value as Input);
    // Over a null column a comparison is unknown, and so is its negation: `is not true` keeps those rows.
    return inner === null ? 'false' : `(${inner}) is not true`;
  }
  return leaf(name, value, reading);
}

export function takeTerm(budget: Budget, argument: string): void {
  budget.terms -= 1;
  if (budget.terms < 0) throw badInput(`A ${argument} may have ${maxTerms} terms.`);
}

export function wrap(condition: string | null): string {
  return `(${condition ?? 'true'})`;
}
