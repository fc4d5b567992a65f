/** `license-sync match` as people use it: a file in, a file out, nothing running. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PairScore } from '../../domain/matching/index.ts';
import { type Found, pairKey, qualityOf, readGold } from '../support/gold.ts';
import { type Finished, projectFile, runProcess } from '../support/processes.ts';

const FODORS = projectFile('upstream/simulator/data/fodors_zagats/records.csv');
const HEAD = 'id,dba,email,phone,address,city,zip';
const NAILS = ',Golden Lotus Nails,,212-555-1234,55 Main St,Springfield,46001';

let dir: string;
const path = (name: string) => join(dir, name);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'license-sync-match-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** With nothing that could be reached. */
function run(...args: string[]): Promise<Finished> {
  const env = {
    DATABASE_URL: 'mysql://nobody@127.0.0.1:9/none',
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    LICENSE_SYNC_HOME: path('home'),
  };
  return runProcess('cli/main.ts', ['match', ...args], env);
}

function file(...lines: string[]): string {
  writeFileSync(path('in.csv'), `${lines.join('\n')}\n`);
  return path('in.csv');
}

type Row = Record<'id1' | 'id2' | 'confidence' | 'decision' | 'reasons', string>;
const rowsOf = (text: string) => parse(text, { columns: true }) as Row[];

describe('match', () => {
  it('writes the pairs of a file, with a quality that the gold pairs confirm', async () => {
    const out = path('pairs.csv');
    const { code, stdout, stderr } = await run(FODORS, '--min', '70', '--out', out);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/864 records, \d+ pairs compared/);
    expect(readdirSync(dir)).toEqual(['pairs.csv']);
    const rows = rowsOf(readFileSync(out, 'utf8'));
    const confidences = new Map(rows.map(({ id1, id2, confidence }) => [pairKey(id1, id2), Number(confidence)]));
    const gold = readGold('fodors_zagats');
    const found: Found = {
      confidences,
      summary: { records: 864, candidatePairs: 0, blocks: 0, droppedBlocks: 0, droppedPairs: 0 },
    };
    expect(qualityOf(gold, found, (confidence) => confidence > 90).precision).toBeGreaterThanOrEqual(0.99);
    expect(qualityOf(gold, found, () => true).recall).toBeGreaterThanOrEqual(0.97);
    for (const { id1, id2, confidence, decision, reasons } of rows) {
      expect(id1 < id2).toBe(true);
      expect(decision).toBe(Number(confidence) > 90 ? 'auto' : 'review');
      expect(reasons).toMatch(/\bname \d.*; prior -7/);
    }
  });

  it('writes the same for any order of rows and columns, to standard output when no file is named', async () => {
    const straight = await run(file(HEAD, `a${NAILS}`, `b${NAILS}`, 'c,Bob Towing,,,1 Oak St,Springfield,46001'));
    expect(straight.stdout).toBe(
      'id1,id2,confidence,decision,reasons\r\na,b,99.99,auto,name 8; phone 7; location 6; prior -7\r\n',
    );
    const other = await run(
      file(
        'Note;ZIP;DBA;id;phone;address;city',
        '"x;y";46001;Bob Towing;c;;1 Oak St;Springfield',
        ';46001;Golden Lotus Nails;b;212-555-1234;55 Main St;Springfield',
        ';46001;Golden Lotus Nails;a;212-555-1234;55 Main St;Springfield',
      ),
    );
    expect(other.stdout).toBe(straight.stdout);
    expect(other.stderr).toContain('there is no column email');
  });

  it('names rows that are odd, leaves out those without an id of their own, and goes on', async () => {
    const input = file(
      HEAD,
      `a${NAILS}`,
      NAILS,
      `a${NAILS}`,
      `b${NAILS},and,more`,
      'd,Golden Lotus Nails',
      `e${NAILS}`,
    );
    const { code, stdout, stderr } = await run(input, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ records: 3, leftOut: 3, auto: 1, matches: [{ id1: 'a', id2: 'e' }] });
    expect(stderr.replaceAll(input, 'in.csv').trim().split('\n')).toEqual([
      'in.csv:3: has no id; left out',
      'in.csv:4: has the id of line 2; left out',
      'in.csv:5: has 9 cells for 7 columns: is a comma not within quotes?; left out',
      'in.csv:6: has 2 cells of 7; what is missing counts as empty',
    ]);
  });

  it('takes a file without rows, and says why it cannot take others', async () => {
    const none = await run(file(HEAD));
    expect([none.code, none.stdout]).toEqual([0, 'id1,id2,confidence,decision,reasons\r\n']);
    const cases: [string, number, string][] = [
      [file(''), 1, 'the file is empty'],
      [path('missing.csv'), 2, 'cannot be read (ENOENT)'],
    ];
    for (const [input, code, message] of cases) {
      const { code: ended, stderr } = await run(input);
      expect([ended, stderr]).toEqual([code, expect.stringContaining(message)]);
    }
    for (const [head, message] of [
      ['dba,phone', ':1: the first line names no column id'],
      ['id,name', ':1: the first line names nothing to compare'],
      ['id,dba,DBA', ':1: there are two columns dba'],
      ['id,dba\n1,"open', ':2: a quoted cell that begins here is not closed'],
    ] as const) {
      const { code, stdout, stderr } = await run(file(head), '--out', path('none.csv'));
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)]);
    }
    expect(existsSync(path('none.csv'))).toBe(false);
    expect((await run(FODORS, '--min', '101')).code).toBe(2);
    const nowhere = await run(FODORS, '--out', join(dir, 'no', 'such', 'folder.csv'));
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('cannot be written (ENOENT)')]);
  });

  it('explains one pair, found or not', async () => {
    const { code, stdout } = await run(FODORS, '--explain', 'f534,z219');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^name +equal +\+8\.0 +\++$/m);
    expect(stdout).toContain('435 s. la cienega blvd., los angeles');
    expect(stdout).toContain('Confidence 99.99: the same business');
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    const other = await run(FODORS, '--explain', 'f534,f535', '--json');
    const told = JSON.parse(other.stdout) as PairScore & { candidate: boolean };
    expect(told).toMatchObject({ candidate: false, decision: 'none' });
    expect(told.evidence.map(({ group }) => group)).toContain('phone');
    const unknown = await run(FODORS, '--explain', 'f534,nobody');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('has no record nobody')]);
  });
});
