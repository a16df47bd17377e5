import { expect, test } from '@jest/globals';
import { StatementCache } from './statements.js';

test('a text is named once it comes back; what was used least recently makes room, and no name is used twice', () => {
  const cache = new StatementCache();
  const nameOf = (text: string): string | undefined => {
    const statement = cache.get(text);
    return typeof statement === 'string' ? undefined : (statement as { name: string }).name;
  };
  expect(nameOf('first')).toBeUndefined();
  const name = nameOf('first');
  expect(name).toBeDefined();
  const names = new Set<string | undefined>([name]);
  for (let n = 0; n < 2_500; n++) {
    nameOf(`text ${n}`);
    names.add(nameOf(`text ${n}`));
    if (n < 2_000) expect(nameOf('first')).toBe(name);
  }
  expect(names.size).toBe(2_501);
  expect(nameOf('text 0')).toBeUndefined();
  expect(nameOf('text 2499')).toBeDefined();
});
