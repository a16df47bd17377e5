import { describe, expect, test } from '@jest/globals';
import { LruCache } from './lru-cache.js';

describe('the cache', () => {
  test('forgets what was used least recently once it has too many entries', () => {
    const cache = new LruCache<string, number>({ maxEntries: 2 });
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  test('never weighs more than its bound, and keeps nothing that alone weighs more', () => {
    const cache = new LruCache<string, number>({ maxEntries: 100, maxWeight: 10 });
    for (let i = 0; i < 50; i++) cache.set(`k${i}`, i, 3);
    expect(cache.size).toBe(3);
    expect(cache.weight).toBe(9);
    cache.set('heavy', 0, 11);
    expect(cache.get('heavy')).toBeUndefined();
    expect(cache.size).toBe(3);
    cache.set('k49', 49, 5);
    expect(cache.weight).toBeLessThanOrEqual(10);
  });
});
