/** What a gateway is told of the cost of asking: tags, which every router passes over. */
import type { FieldMap } from '../read/index.js';
import { inWords } from './written.js';

/** Counts what a relation leads to, for each row that is looked at. */
export const countsTag = 'cost-counts';
/** An order that no index has: the rows are sorted. */
export const sortsTag = 'cost-sorts';

/** `evidenceCount` → `How many evidence there are.` */
export function describeCount(name: string): string {
  return `How many ${inWords(name.replace(/Count$/, ''))} there are.`;
}

export function tagOf({ isDerived }: FieldMap): string {
  return isDerived === true ? ` @tag(name: "${countsTag}")` : '';
}
