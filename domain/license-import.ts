/**
 * Rows of an imported file: what its columns mean, what a row says, and by what a license is recognised when the file comes again.
 */
import { canonicalJson } from './canonical.ts';
import { appidKey, emailKey, licenseIdFor, licenseKeyFor } from './identity.ts';
import type { LicenseFields } from './license.ts';
import {
  crossFaults,
  EDITABLE_FIELDS,
  type EditableField,
  editableField,
  FIXED_NAMES,
  isLicenseKey,
  KEY_RULE,
  readCell,
} from './license-edit.ts';

/** One fault of a file. */
export interface ImportFault {
  /** From 1; the header is line 1. A row over several lines is named by its first. */
  line: number;
  /** Name of the column; null when the fault is the row's. */
  column: string | null;
  /** What was expected; never what stands there. */
  message: string;
}

/** A column: the key, or a field that may be written. */
export type ImportColumn = { name: 'key' } | EditableField;

export interface ImportRow {
  /** The key that stands in the row, or one made of what identifies it: the same row always gets the same. */
  key: string;
  /** The key stands in the row. */
  keyed: boolean;
  /** Keys of rows that would be recognised by the countid or appid which this row carries beside what it is recognised by. */
  kin: string[];
  /** Of the license that the row creates when there is none with this key. */
  id: string;
  /** What the row says; blank cells say nothing. */
  given: Partial<LicenseFields>;
}

/** Licenses, none of them archived, that carry one countid or one appid. */
export interface Carriers {
  count: number;
  /** Of the license, where it is one. */
  id: string;
  countid: number | null;
}

/** Licenses that rows may be for. */
export interface Candidates {
  byKey: ReadonlyMap<string, { id: string; countid: number | null; appidKey: string | null; archived: boolean }>;
  byCountid: ReadonlyMap<number, Carriers>;
  byAppid: ReadonlyMap<string, Carriers>;
}

type Read<T, Fault> = { ok: T } | { faults: Fault[] };

const columnNames: readonly string[] = ['key', ...EDITABLE_FIELDS.map(({ name }) => name)];
const byFoldedName = new Map(columnNames.map((name) => [name.toLowerCase(), name]));
const fixedFolded = new Set([...FIXED_NAMES].filter((name) => name !== 'key').map((name) => name.toLowerCase()));

/** Finds out what the columns are; names count in any letter case. */
export function readHeader(cells: readonly string[]): Read<ImportColumn[], Omit<ImportFault, 'line'>> {
  const faults: Omit<ImportFault, 'line'>[] = [];
  const seen = new Set<string>();
  const columns: ImportColumn[] = [];
  for (const [index, cell] of cells.entries()) {
    const folded = cell.trim().toLowerCase();
    const name = byFoldedName.get(folded);
    if (name === undefined) faults.push(unknownColumn(cell.trim(), folded, index));
    else if (seen.has(name)) faults.push({ column: name, message: 'this column is there twice' });
    else {
      seen.add(name);
      const field = editableField(name);
      columns.push(field ?? { name: 'key' });
    }
  }
  return faults.length > 0 ? { faults } : { ok: columns };
}

/** Reads one row below such a header. */
export function readRow(
  columns: readonly ImportColumn[],
  cells: readonly string[],
): Read<ImportRow, Omit<ImportFault, 'line'>> {
  if (cells.length !== columns.length) {
    return {
      faults: [{ column: null, message: `expected ${columns.length} cells, as in the header, got ${cells.length}` }],
    };
  }
  const faults: Omit<ImportFault, 'line'>[] = [];
  const given: Record<string, unknown> = {};
  let key: string | null = null;
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (!('field' in column)) {
      key = cell.trim() || null;
      if (key !== null && !isLicenseKey(key)) faults.push({ column: 'key', message: KEY_RULE });
      continue;
    }
    const read = readCell(column, cell);
    if ('fault' in read) faults.push({ column: column.name, message: read.fault });
    else if (read.value !== null) given[column.field] = read.value;
  }
  const fields = given as Partial<LicenseFields>;
  for (const { field, message } of crossFaults(fields)) faults.push({ column: field, message });
  if (faults.length > 0) return { faults };
  const identity = key === null ? identityOf(fields) : `key:${key}`;
  if (identity === null) {
    const message = 'nothing to recognise the license by: expected a key, countid, appid, external_email or dba';
    return { faults: [{ column: null, message }] };
  }
  const kin = carried(fields).filter((name) => name !== identity);
  return {
    ok: {
      key: key ?? licenseKeyFor(sourceOf(identity)),
      keyed: key !== null,
      kin: kin.map((name) => licenseKeyFor(sourceOf(name))),
      id: licenseIdFor(sourceOf(identity)),
      given: fields,
    },
  };
}

/**
 * The id of the license that a row is for, archived or not; null when there is none. A row without a key means the license, not
 * archived, that carries its countid, else its appid: the one that such a row made before, where several do.
 */
export function recognise(row: ImportRow, { byKey, byCountid, byAppid }: Candidates): Recognised {
  const made = byKey.get(row.key);
  const { countid = null } = row.given;
  const appid = appidKey(row.given.appid);
  if (!row.keyed && countid !== null) {
    const found = byCountid.get(countid);
    if (found && made?.archived === false && made.countid === countid) return { ok: made.id };
    if (found) return found.count === 1 ? { ok: found.id } : several('countid', found.count);
  }
  if (!row.keyed && appid !== null) {
    const found = byAppid.get(appid);
    if (found && made?.archived === false && made.appidKey === appid) return { ok: made.id };
    if (found && found.count > 1) return several('appid', found.count);
    // Another record may well have the same appid: what the row says must not be written over it.
    if (found && countid !== null && found.countid !== null) return otherCountid(found.id);
    if (found) return { ok: found.id };
  }
  return { ok: made?.id ?? null };
}

type Recognised = Read<string | null, Omit<ImportFault, 'line'>>;

function several(column: 'countid' | 'appid', count: number): Recognised {
  const message = `${count} licenses have this ${column}: put the key of the one that is meant into the row`;
  return { faults: [{ column, message }] };
}

function otherCountid(id: string): Recognised {
  const message = `license ${id} has this appid and another countid: put its key into the row, or a new key for a new license`;
  return { faults: [{ column: 'countid', message }] };
}

function sourceOf(identity: string): string {
  return `import:${identity}`;
}

/** What the row carries that licenses are recognised by, first what counts first. */
function carried({ countid, appid }: Partial<LicenseFields>): string[] {
  const key = appidKey(appid);
  return [...(countid == null ? [] : [`countid:${countid}`]), ...(key === null ? [] : [`appid:${key}`])];
}

/**
 * What tells a row without a key from others: its countid, else its appid, else name and whereabouts together. Null when it says
 * none of these.
 */
function identityOf(given: Partial<LicenseFields>): string | null {
  const [first] = carried(given);
  if (first !== undefined) return first;
  const email = emailKey(given.externalEmail);
  const folded = [given.dba, given.zip, given.address, given.phone, given.mid].map(
    (text) => text?.toLowerCase() ?? null,
  );
  if (email === null && folded[0] === null) return null;
  return `content:${canonicalJson([email, ...folded])}`;
}

function unknownColumn(name: string, folded: string, index: number): Omit<ImportFault, 'line'> {
  if (name === '') return { column: null, message: `column ${index + 1} of the header has no name` };
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  if (fixedFolded.has(folded)) return { column: shown, message: 'this column cannot be imported; leave it out' };
  return { column: shown, message: `unknown column; known are ${columnNames.join(', ')}` };
}
