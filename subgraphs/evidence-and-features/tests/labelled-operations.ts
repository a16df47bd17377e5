/** A labelled set for search: the operations of two published API descriptions, each asked for in other words. */
import { readFile } from 'node:fs/promises';
import { packagePath } from '../../kernel/config/index.js';
import { readDocument } from '../extraction/index.js';
import type { Fact } from './rows.js';

export interface LabelledQuery {
  readonly text: string;
  /** Place of the operation among the facts. */
  readonly relevant: number;
}

export interface LabelledSet {
  readonly facts: readonly Fact[];
  readonly queries: readonly LabelledQuery[];
}

const descriptions = [
  ['json', ['@netlify', 'open-api', 'dist', 'swagger.json']],
  ['yaml', ['@figma', 'rest-api-spec', 'openapi', 'openapi.yaml']],
] as const;

export async function labelledOperations(): Promise<LabelledSet> {
  const facts: Fact[] = [];
  for (const [type, path] of descriptions) {
    const bytes = await readFile(packagePath('node_modules', ...path));
    const { evidence } = await readDocument({ type, filename: path.at(-1) ?? '', bytes });
    for (const { rawData, ...fact } of evidence) facts.push({ ...fact, ...(rawData !== null && { rawData }) });
  }
  const queries = facts.flatMap((fact, relevant) => {
    if (fact.type !== 'endpoint') return [];
    const { operation_id: id, summary } = fact.rawData ?? {};
    // What the author calls it, where that is a name and not a paragraph.
    const name = typeof summary === 'string' && summary.length < 60 ? summary : typeof id === 'string' ? id : '';
    return name === '' ? [] : [{ text: paraphrase(name, relevant), relevant }];
  });
  return { facts, queries };
}

const otherVerbs: Readonly<Record<string, string>> = {
  add: 'attach',
  create: 'make',
  delete: 'remove',
  get: 'fetch',
  list: 'see all',
  patch: 'change',
  post: 'submit',
  put: 'replace',
  remove: 'drop',
  search: 'look up',
  show: 'view',
  update: 'change',
};
const small = new Set(['a', 'all', 'an', 'by', 'for', 'from', 'in', 'of', 'on', 'the', 'to', 'with']);

/**
 * By rule, so that nobody tunes it: verbs are others, the order is turned around, numbers of nouns are changed, and of every
 * third query the longest word is misspelt.
 */
function paraphrase(name: string, index: number): string {
  const words = name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '' && !small.has(word));
  const [first = '', ...rest] = words;
  const verb = otherVerbs[first] ?? first;
  const nouns = rest.reverse().map((word) => (word.endsWith('s') ? word.slice(0, -1) : `${word}s`));
  const longest = nouns.reduce((long, word) => (word.length > long.length ? word : long), '');
  const spelt = nouns.map((word) => (index % 3 === 0 && word === longest && word.length > 5 ? misspell(word) : word));
  return `how do i ${verb} ${spelt.join(' ')}`;
}

/** The letter in the middle is left out. */
function misspell(word: string): string {
  const middle = Math.floor(word.length / 2);
  return word.slice(0, middle) + word.slice(middle + 1);
}
