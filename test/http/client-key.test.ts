import { describe, expect, it } from 'vitest';
import { createAddressKey, MAX_KEYS } from '../../http/client-key.ts';

describe('the key of an address', () => {
  it('is the same for the same address, and for a network that one customer has', () => {
    const keyOf = createAddressKey();
    expect(keyOf('192.0.2.7')).toBe(keyOf('192.0.2.7'));
    expect(keyOf('::ffff:192.0.2.7')).toBe(keyOf('192.0.2.7'));
    expect(keyOf('2001:db8:1:2::1')).toBe(keyOf('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(keyOf('2001:db8::1')).toBe(keyOf('2001:DB8:0:0:9::'));
    const keys = ['192.0.2.7', '192.0.2.8', '2001:db8:1:2::1', '2001:db8:1:3::1', '::1', ''].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is one of so many and no more, however many addresses there are', () => {
    const keyOf = createAddressKey();
    const keys = new Set<string>();
    for (let n = 0; n < 150_000; n += 1) keys.add(keyOf(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`));
    expect(keys.size).toBeLessThanOrEqual(MAX_KEYS);
    expect(keys.size).toBeGreaterThan(MAX_KEYS * 0.99);
  });

  it('cannot be chosen from outside', () => {
    const keys = Array.from({ length: 5 }, () => createAddressKey()('192.0.2.7'));
    expect(new Set(keys).size).toBeGreaterThan(1);
  });
});
