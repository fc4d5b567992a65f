import { describe, expect, it } from 'vitest';
import { shared } from '../../operations/memo.ts';

describe('a shared look-up', () => {
  it('answers everyone who asks at the same time with one look', async () => {
    let looks = 0;
    const look = shared(60_000, async () => {
      looks += 1;
      return looks;
    });
    expect(await Promise.all([look(), look(), look()])).toEqual([1, 1, 1]);
  });

  it('looks again when its time is over', async () => {
    let looks = 0;
    const look = shared(0, async () => {
      looks += 1;
      return looks;
    });
    expect([await look(), await look()]).toEqual([1, 2]);
  });

  it('does not keep a failure', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve('back')];
    const look = shared(60_000, () => answers.shift() ?? Promise.resolve('held'));
    await expect(look()).rejects.toThrow('away');
    expect(await look()).toBe('back');
    expect(await look()).toBe('back');
  });
});
