import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDITABLE_FIELDS } from '../../domain/license-edit.ts';
import { type Candidates, type ImportColumn, readHeader, readRow, recognise } from '../../domain/license-import.ts';

function columnsOf(...names: string[]): ImportColumn[] {
  const read = readHeader(names);
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.ok;
}

function row(columns: ImportColumn[], ...cells: string[]) {
  const read = readRow(columns, cells);
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.ok;
}

describe('the license that a row is for', () => {
  it('is told by its key, whatever else the row says', () => {
    const columns = columnsOf('key', 'countid', 'dba');
    expect(row(columns, 'K-1', '5', 'a')).toMatchObject({ key: 'K-1', id: row(columns, ' K-1 ', '', 'b').id });
    expect(row(columns, 'K-1', '', 'a').id).not.toBe(row(columns, 'k-1', '', 'a').id);
  });

  it('is told by countid, else appid, else by name and whereabouts', () => {
    const columns = columnsOf('countid', 'appid', 'external_email', 'dba', 'zip', 'notes');
    const key = (...cells: string[]) => row(columns, ...cells).key;
    expect(key('5', 'a', '', 'x', '1', '')).toBe(key('5', 'b', '', 'y', '2', 'z'));
    expect(key('', 'Abc', '', 'x', '1', '')).toBe(key('', ' aBC ', '', 'y', '2', 'z'));
    expect(key('', '', 'A@b.co', 'X', '1', '')).toBe(key('', '', 'a@B.co', 'x', '1', 'z'));
    expect(key('', '', '', 'X', '1', '')).not.toBe(key('', '', '', 'X', '2', ''));
    expect(readRow(columns, ['', '', '', '', '1', 'note'])).toMatchObject({
      faults: [{ column: null, message: expect.stringContaining('nothing to recognise') }],
    });
  });

  it('has an id that is a UUID of version 8 and a key that reads well', () => {
    const { id, key } = row(columnsOf('dba'), 'Nails');
    expect(id).toMatch(/^[89a-f][0-9a-f]{7}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(key).toMatch(/^LS-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });
});

describe('a row and the licenses that are there', () => {
  const columns = columnsOf('key', 'countid', 'appid');
  const one = (id: string, countid: number | null = null) => ({ count: 1, id, countid });
  const there = (found: Partial<Candidates>): Candidates => ({
    byKey: new Map(),
    byCountid: new Map(),
    byAppid: new Map(),
    ...found,
  });

  it('meet by countid, else by appid; a key rules out both', () => {
    const found = there({ byCountid: new Map([[5, one('L5', 5)]]), byAppid: new Map([['abc', one('LA')]]) });
    expect(recognise(row(columns, '', '5', 'Abc'), found)).toEqual({ ok: 'L5' });
    expect(recognise(row(columns, '', '6', 'Abc'), found)).toEqual({ ok: 'LA' });
    expect(recognise(row(columns, '', '', ' aBC'), found)).toEqual({ ok: 'LA' });
    expect(recognise(row(columns, '', '7', ''), found)).toEqual({ ok: null });
    expect(recognise(row(columns, 'K-1', '5', 'Abc'), found)).toEqual({ ok: null });
  });

  it('do not meet where several would do, or where the countid says that it is another one', () => {
    const found = there({
      byCountid: new Map([[5, { count: 3, id: 'L', countid: 5 }]]),
      byAppid: new Map([['abc', one('LA', 9)]]),
    });
    const fault = (column: string, message: string) => ({
      faults: [{ column, message: expect.stringContaining(message) }],
    });
    expect(recognise(row(columns, '', '5', ''), found)).toEqual(fault('countid', '3 licenses have this countid'));
    expect(recognise(row(columns, '', '6', 'abc'), found)).toEqual(fault('countid', 'license LA has this appid'));
  });

  it('meet where the row made one of several before', () => {
    const made = row(columns, '', '', 'abc');
    const found = (archived: boolean) =>
      there({
        byKey: new Map([[made.key, { id: 'MINE', countid: null, appidKey: 'abc', archived }]]),
        byAppid: new Map([['abc', archived ? one('OTHER') : { count: 2, id: 'A', countid: null }]]),
      });
    expect(recognise(made, found(false))).toEqual({ ok: 'MINE' });
    expect(recognise(made, found(true))).toEqual({ ok: 'OTHER' });
  });
});

describe('a row', () => {
  it('of anything is read or refused with reasons, and read the same twice', () => {
    const columns = columnsOf('key', ...EDITABLE_FIELDS.map(({ name }) => name));
    const cells = fc.array(fc.oneof(fc.string(), fc.constantFrom('', '5', 'active', '2026-01-01', '{}', 'a@b.co')), {
      minLength: columns.length,
      maxLength: columns.length,
    });
    fc.assert(
      fc.property(cells, (row) => {
        const read = readRow(columns, row);
        expect(readRow(columns, row)).toEqual(read);
        if ('faults' in read) expect(read.faults.length).toBeGreaterThan(0);
        else expect(Object.values(read.ok.given)).not.toContain(null);
      }),
    );
  });
});
