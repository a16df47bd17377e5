/** The operations that the explorer pages offer: questions of every domain, and across them. */
import { readdirSync, readFileSync } from 'node:fs';
import { packagePath } from '../subgraphs/kernel/config/index.js';

export interface OperationCollection {
  /** For people: `Audit and builds`. */
  readonly title: string;
  readonly document: string;
}

/** The first in every list: what only one graph can answer. */
const first = 'across-domains';

export function readOperationCollections(): readonly OperationCollection[] {
  const folder = packagePath('schema', 'operations');
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => file.slice(0, -'.graphql'.length));
  names.sort((a, b) => Number(b === first) - Number(a === first) || a.localeCompare(b, 'en'));
  return names.map((name) => ({
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll('-', ' '),
    document: readFileSync(packagePath('schema', 'operations', `${name}.graphql`), 'utf8'),
  }));
}
