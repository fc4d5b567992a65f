import { describe, expect, it } from 'vitest';
import { choosePrimary, type LinkedRecord } from '../../domain/link-roles.ts';

function link(sourceKey: string, fields: Partial<LinkedRecord> = {}): LinkedRecord {
  return { sourceKey, role: 'secondary', live: true, status: null, lastActive: null, countid: null, ...fields };
}

const gone = link('c:1', { role: 'primary', live: false });

describe('choosePrimary', () => {
  it('leaves a primary whose record lives', () => {
    expect(choosePrimary([link('c:1', { role: 'primary' }), link('c:2', { status: 1 })])).toBeNull();
  });

  it.each([
    [
      'active before inactive',
      link('c:2', { status: 0, lastActive: '2026-03-01T00:00:00.000Z' }),
      link('c:3', { status: 1 }),
      'c:3',
    ],
    [
      'used last',
      link('c:2', { lastActive: '2026-01-01T00:00:00.000Z' }),
      link('c:3', { lastActive: '2026-02-01T00:00:00.000Z' }),
      'c:3',
    ],
    ['used at all', link('c:2'), link('c:3', { lastActive: '2026-02-01T00:00:00.000Z' }), 'c:3'],
    ['the lowest countid', link('c:10', { countid: 10 }), link('c:9', { countid: 9 }), 'c:9'],
    ['a countid before none', link('a:x'), link('c:9', { countid: 9 }), 'c:9'],
    ['the source key at last', link('a:y'), link('a:x'), 'a:x'],
  ])('prefers %s, in whatever order they come', (_, one, other, best) => {
    expect(choosePrimary([gone, one, other])?.sourceKey).toBe(best);
    expect(choosePrimary([other, one, gone])?.sourceKey).toBe(best);
  });

  it('passes over records that vanished', () => {
    const vanished = link('c:2', { live: false, status: 1 });
    expect(choosePrimary([gone, vanished, link('c:3')])?.sourceKey).toBe('c:3');
    expect(choosePrimary([gone, vanished])).toBeNull();
  });

  it('never leaves linked records without a primary one', () => {
    expect(choosePrimary([link('c:2', { live: false }), link('c:3', { live: false, status: 1 })])?.sourceKey).toBe(
      'c:3',
    );
    expect(choosePrimary([])).toBeNull();
  });
});
