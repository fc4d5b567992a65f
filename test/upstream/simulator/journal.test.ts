import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../upstream/simulator/dataset.ts';
import { JournalError, openJournal } from '../../../upstream/simulator/journal.ts';

const base = { records: 5, seed: 1, bundled: false };
const set = (countid: number): Operation => ({ op: 'set', countid, fields: { dba: 'Zoë & Søns' } });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-journal-'));
  path = join(folder, 'changes.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

function reopen(more: Operation[] = []): Operation[] {
  const seen: Operation[] = [];
  const journal = openJournal(path, base, (operation) => seen.push(operation));
  for (const operation of more) journal.append(operation);
  journal.close();
  return seen;
}

describe('the journal', () => {
  it('replays what was appended, in order, over any number of starts', () => {
    expect(reopen([set(1), set(2)])).toEqual([]);
    expect(reopen([set(3)])).toEqual([set(1), set(2)]);
    expect(reopen()).toEqual([set(1), set(2), set(3)]);
  });

  it('replays lines that do not fit into one read', () => {
    const many = Array.from({ length: 3000 }, (_, i) => set(i));
    reopen(many);
    expect(reopen()).toEqual(many);
  });

  it('drops a torn last line and goes on after the whole ones', () => {
    reopen([set(1)]);
    appendFileSync(path, '{"op":"set","countid":2,"fie');
    expect(reopen([set(3)])).toEqual([set(1)]);
    expect(reopen()).toEqual([set(1), set(3)]);
  });

  it('refuses a line in the middle that is damaged', () => {
    reopen([set(1), set(2)]);
    writeFileSync(path, readFileSync(path, 'utf8').replace('{"op":"set","countid":1', '{"op"'));
    expect(() => reopen()).toThrow(/line 2 is damaged/);
  });

  it('refuses to be used over other data', () => {
    reopen([set(1)]);
    expect(() => openJournal(path, { ...base, seed: 2 }, () => undefined)).toThrow(JournalError);
    expect(() => openJournal(path, { ...base, seed: 2 }, () => undefined)).toThrow(/written over other data/);
  });
});
