import { describe, expect, it } from 'vitest';
import { createVersionCache } from '../../operations/version-cache.ts';

const counter = () => {
  let looks = 0;
  return async () => {
    looks += 1;
    return looks;
  };
};

describe('the cache of what was worked out from data', () => {
  it('looks once for all who ask while the data stay the same', async () => {
    const cache = createVersionCache({ forMs: 60_000, maxEntries: 10 });
    const look = counter();
    expect(await Promise.all([cache.get('a', 1, look), cache.get('a', 1, look)])).toEqual([1, 1]);
    expect(await cache.get('a', 1, look)).toBe(1);
  });

  it('looks anew under another version, an older one too: another process may be behind', async () => {
    const cache = createVersionCache({ forMs: 60_000, maxEntries: 10 });
    const look = counter();
    expect([await cache.get('a', 1, look), await cache.get('a', 2, look), await cache.get('a', 1, look)]).toEqual([
      1, 2, 3,
    ]);
  });

  it('keeps nothing longer than it is told', async () => {
    const cache = createVersionCache({ forMs: 0, maxEntries: 10 });
    const look = counter();
    expect([await cache.get('a', 1, look), await cache.get('a', 1, look)]).toEqual([1, 2]);
  });

  it('keeps no failure', async () => {
    const cache = createVersionCache({ forMs: 60_000, maxEntries: 10 });
    await expect(cache.get('a', 1, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('a', 1, counter())).toBe(1);
  });

  it('forgets the oldest when there are too many', async () => {
    const cache = createVersionCache({ forMs: 60_000, maxEntries: 2 });
    const look = counter();
    for (const name of ['a', 'b', 'c']) await cache.get(name, 1, look);
    expect([await cache.get('c', 1, look), await cache.get('b', 1, look), await cache.get('a', 1, look)]).toEqual([
      3, 2, 4,
    ]);
  });
});
