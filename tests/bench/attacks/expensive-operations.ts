/** The most expensive operations that are admitted, one at a time: looks into the texts of the largest tables. */
import { flood, post, type Attack } from './attack.js';

const looks = (field: string, n: number, round: number): string =>
  `filter: { or: [${Array.from({ length: n }, (_, i) => `{ ${field}: { contains: "q${round}x${i}" } }`).join(' ')}] }`;

export const expensiveOperations: Attack = {
  name: 'the most expensive operations that are admitted',
  run: (target) =>
    flood(1, (round) => {
      const query = `{ auditTrail(first: 1, ${looks('user', 14, round)}) { nodes { id } } }`;
      return post(target, JSON.stringify({ query }), { authorization: `Bearer ${target.token}` });
    }),
};
