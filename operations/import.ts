/** Importing licenses from a CSV file: everything in it is right, or nothing of it is written. */
import { type Db, sqlInstant } from '../db/connect.ts';
import { bumpVersion } from '../db/data-versions.ts';
import { databaseCode } from '../db/errors.ts';
import {
  type ImportedUpdate,
  importCandidates,
  insertImported,
  type KnownLicense,
  licensesById,
  licensesByKey,
  updateImported,
} from '../db/license-import.ts';
import { inTransaction, type Trx } from '../db/retry.ts';
import { appidKey } from '../domain/identity.ts';
import type { License } from '../domain/license.ts';
import { apiName, editChanges, newLicense } from '../domain/license-edit.ts';
import {
  type ImportColumn,
  type ImportFault,
  type ImportRow,
  readHeader,
  readRow,
  recognise,
} from '../domain/license-import.ts';
import { CsvFault, csvRows } from './csv-rows.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal } from './errors.ts';
import { createImportCheck, type Lookalike, type Lookalikes, type NewRow } from './import-duplicates.ts';
import type { MatchUpkeep } from './match-upkeep.ts';

export interface ImportRequest {
  /** The file. */
  body: Buffer;
  /** Writes what the file says over what licenses hold already. */
  update: boolean;
  /** Creates licenses also for rows that are taken for a license or another row. */
  allowDuplicates: boolean;
  /** Tells what would be done, and writes nothing. */
  dryRun: boolean;
  by: string;
  /** Ends the import with nothing written. */
  signal: AbortSignal;
}

/** A row whose license was left as it is. */
export interface KeptRow {
  line: number;
  key: string;
  licenseId: string;
  /** `differs`: it holds other values, and the file was not to update; `archived`: it was consolidated into another one. */
  reason: 'differs' | 'archived';
  /** Names of the values that differ. */
  fields: string[];
}

export interface ImportResult {
  dryRun: boolean;
  /** Rows of the file: the sum of the next five. */
  rows: number;
  created: number;
  updated: number;
  /** The license says all that the row says. */
  unchanged: number;
  kept: number;
  /** Rows for which no license was made, because one for the same business is there, or an earlier row makes it. */
  duplicates: number;
  /** The first hundred of those that were kept. */
  keptRows: KeptRow[];
  /** The first hundred duplicates. */
  duplicateRows: Lookalike[];
  /** Rows that made a license which resembles another one: people are asked about it by the next run that looks for duplicates. */
  alike: number;
  /** The first hundred of them. */
  alikeRows: Lookalike[];
  /** False when the file has too many rows to compare them with each other here; the next run does. */
  comparedWithin: boolean;
}

export type ImportLicenses = (request: ImportRequest) => Promise<ImportResult>;

const MAX_NAMED = 100;
const ROWS_PER_STEP = 500;
/** Someone may take a key between our look and our write: the second look sees it. */
const MAX_TRIES = 3;

type LineRow = ImportRow & { line: number };

/**
 * The file is read three times: to check every row, to find the licenses that are meant, and to write, the last two in one
 * transaction. A license is recognised by key, countid or appid, so a file that comes again changes nothing.
 */
export function createImport({
  db,
  config,
  log,
  upkeep,
}: Pick<OperationsDeps, 'db' | 'config' | 'log'> & { upkeep: MatchUpkeep }): ImportLicenses {
  const { batchSize } = config.sync;
  const findLookalikes = createImportCheck({ config, db });

  /** The rows of the file that will make a license, as far as can be told before. */
  async function* newRows({ body, signal }: ImportRequest): AsyncGenerator<NewRow[]> {
    const meant = await findMeant(db, body, signal);
    for await (const rows of steps(body)) {
      signal.throwIfAborted();
      const known = await knownOf(db, rows, meant);
      yield rows.flatMap((row) => (known.has(row.line) ? [] : [{ line: row.line, license: licenseOfRow(row) }]));
    }
  }

  async function write(trx: Trx | typeof db, request: ImportRequest, lookalikes: Lookalikes): Promise<ImportResult> {
    const { body, dryRun, by, signal } = request;
    const result: ImportResult = {
      dryRun,
      rows: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      kept: 0,
      duplicates: 0,
      keptRows: [],
      duplicateRows: [],
      alike: 0,
      alikeRows: [],
      comparedWithin: lookalikes.comparedWithin,
    };
    const now = sqlInstant(Date.now());
    const meant = await findMeant(trx, body, signal);
    for await (const rows of steps(body)) {
      signal.throwIfAborted();
      const known = await knownOf(trx, rows, meant);
      const { created, updated } = sortOut(rows, known, { request, lookalikes }, result);
      if (dryRun || !trx.isTransaction) continue;
      await insertImported(trx as Trx, created, { by, now, batchSize });
      await updateImported(trx as Trx, updated, { by, now, batchSize });
    }
    return result;
  }

  async function carryOut(request: ImportRequest): Promise<ImportResult> {
    const lookalikes = await findLookalikes(newRows(request), request.signal);
    if (request.dryRun) return await write(db, request, lookalikes);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inTransaction(db, async (trx) => {
          const result = await write(trx, request, lookalikes);
          if (result.created + result.updated > 0) await bumpVersion(trx, 'licenses');
          return result;
        });
      } catch (error) {
        if (attempt >= MAX_TRIES || databaseCode(error) !== 'ER_DUP_ENTRY') throw error;
      }
    }
  }

  return async (request) => {
    await check(request.body, request.signal);
    const result = await carryOut(request);
    upkeep.catchUp();
    const { keptRows: _, duplicateRows: __, alikeRows: ___, ...counts } = result;
    log.info({ ...counts, by: request.by }, 'licenses imported');
    return result;
  };
}

/** @throws {DetailedRefusal} naming what is wrong, in the order of the lines. */
async function check(body: Buffer, signal: AbortSignal): Promise<void> {
  const faults = createFaults();
  const lineOf = new Map<string, number>();
  const madeOf = new Map<string, number>();
  const kinOf = new Map<string, number>();
  let columns: ImportColumn[] | null = null;
  let rows = 0;
  try {
    for await (const { line, cells } of csvRows(body)) {
      signal.throwIfAborted();
      if (columns === null) {
        const header = readHeader(cells);
        // Below a header that is not understood no row can be.
        if ('faults' in header) {
          faults.note(line, header.faults);
          break;
        }
        columns = header.ok;
        continue;
      }
      rows += 1;
      const row = readRow(columns, cells);
      if ('faults' in row) {
        faults.note(line, row.faults);
        continue;
      }
      const { key, keyed, kin } = row.ok;
      const before =
        lineOf.get(key) ??
        (keyed ? undefined : kinOf.get(key)) ??
        kin.map((other) => madeOf.get(other)).find((found) => found !== undefined);
      if (before !== undefined) faults.noteTwice(line, before);
      if (!lineOf.has(key)) lineOf.set(key, line);
      if (!keyed) madeOf.set(key, line);
      for (const other of kin) if (!kinOf.has(other)) kinOf.set(other, line);
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    faults.note(error.line, [{ column: null, message: error.message }]);
  }
  if (columns === null) faults.noteAlone('the file is empty: expected a header');
  else if (rows === 0) faults.noteAlone('there are no rows below the header');
  faults.refuse();
}

/**
 * Line of a row without a key → id of the license that it is for, where countid or appid lead to another one than the row's made key.
 * All are found before anything is written: what the file makes is not what its rows mean.
 * @throws {DetailedRefusal} when a row may be for several licenses, or two rows are for one.
 */
async function findMeant(db: Db | Trx, body: Buffer, signal: AbortSignal): Promise<Map<number, string>> {
  const meant = new Map<number, string>();
  const lineOf = new Map<string, number>();
  const faults = createFaults();
  for await (const rows of steps(body)) {
    signal.throwIfAborted();
    const asked = rows.filter(({ keyed }) => !keyed).map(({ given }) => given);
    const there = await importCandidates(db, {
      keys: rows.map(({ key }) => key),
      countids: asked.flatMap(({ countid }) => countid ?? []),
      appidKeys: asked.flatMap(({ appid }) => appidKey(appid) ?? []),
    });
    for (const row of rows) {
      const found = recognise(row, there);
      if ('faults' in found) faults.note(row.line, found.faults);
      if ('faults' in found || found.ok === null) continue;
      const before = lineOf.get(found.ok);
      if (before === undefined) lineOf.set(found.ok, row.line);
      else faults.noteTwice(row.line, before);
      if (there.byKey.get(row.key)?.id !== found.ok) meant.set(row.line, found.ok);
    }
  }
  faults.refuse();
  return meant;
}

/** Line → the license that the row is for. */
async function knownOf(
  db: Db | Trx,
  rows: readonly LineRow[],
  meant: ReadonlyMap<number, string>,
): Promise<Map<number, KnownLicense>> {
  const byId = await licensesById(
    db,
    rows.flatMap(({ line }) => meant.get(line) ?? []),
  );
  const byKey = await licensesByKey(
    db,
    rows.filter(({ line }) => !meant.has(line)).map(({ key }) => key),
  );
  return new Map(
    rows.flatMap(({ line, key }) => {
      const known = byId.get(meant.get(line) ?? '') ?? byKey.get(key);
      return known ? [[line, known] as const] : [];
    }),
  );
}

/** The rows of a file that was checked, some hundred at a time. */
async function* steps(body: Buffer): AsyncGenerator<LineRow[]> {
  let columns: ImportColumn[] | null = null;
  let step: LineRow[] = [];
  for await (const { line, cells } of csvRows(body)) {
    if (columns === null) {
      columns = checked(readHeader(cells));
      continue;
    }
    step.push({ line, ...checked(readRow(columns, cells)) });
    if (step.length < ROWS_PER_STEP) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}

function checked<T>(read: { ok: T } | { faults: unknown }): T {
  if ('ok' in read) return read.ok;
  throw new Error('a file that was checked reads otherwise the second time');
}

/** Counts every row of the step, and gives what is to be written. */
function sortOut(
  rows: readonly LineRow[],
  known: ReadonlyMap<number, KnownLicense>,
  { request: { update, allowDuplicates }, lookalikes }: { request: ImportRequest; lookalikes: Lookalikes },
  result: ImportResult,
): { created: License[]; updated: ImportedUpdate[] } {
  const created: License[] = [];
  const updated: ImportedUpdate[] = [];
  const keep = ({ line }: LineRow, { id, key }: License, reason: KeptRow['reason'], fields: string[]) => {
    result.kept += 1;
    if (result.keptRows.length < MAX_NAMED) result.keptRows.push({ line, key, licenseId: id, reason, fields });
  };
  for (const row of rows) {
    result.rows += 1;
    const there = known.get(row.line);
    if (!there) {
      const lookalike = lookalikes.byLine.get(row.line);
      if (lookalike?.decision === 'auto' && !allowDuplicates) {
        result.duplicates += 1;
        if (result.duplicateRows.length < MAX_NAMED) result.duplicateRows.push(lookalike);
        continue;
      }
      if (lookalike) {
        result.alike += 1;
        if (result.alikeRows.length < MAX_NAMED) result.alikeRows.push(lookalike);
      }
      created.push(licenseOfRow(row));
      continue;
    }
    const changes = editChanges(there.license, row.given, 'imported');
    const fields = changes.map(({ field }) => apiName(field));
    if (changes.length === 0) result.unchanged += 1;
    else if (there.archivedInto !== null) keep(row, there.license, 'archived', fields);
    else if (!update) keep(row, there.license, 'differs', fields);
    else {
      const after = Object.fromEntries(changes.map((change) => [change.field, change.after])) as Partial<License>;
      updated.push({ known: there, license: { ...there.license, ...after }, changes });
    }
  }
  result.created += created.length;
  result.updated += updated.length;
  return { created, updated };
}

function licenseOfRow({ id, key, given }: LineRow): License {
  return newLicense({ id, key, origin: 'import' }, given);
}

/** Faults of a file: the first hundred, and how many there are. */
function createFaults() {
  const named: ImportFault[] = [];
  let count = 0;
  const note = (line: number, found: readonly Omit<ImportFault, 'line'>[]) => {
    count += found.length;
    for (const fault of found.slice(0, MAX_NAMED - named.length)) named.push({ line, ...fault });
  };
  return {
    note,
    noteTwice: (line: number, before: number) =>
      note(line, [{ column: null, message: `the row is for the same license as the one in line ${before}` }]),
    /** A fault of the whole file; what was found already says more. */
    noteAlone: (message: string) => (count === 0 ? note(1, [{ column: null, message }]) : undefined),
    /** @throws {DetailedRefusal} when there are any. */
    refuse(): void {
      if (count > 0) throw refused(named, count);
    },
  };
}

function refused(errors: readonly ImportFault[], count: number): DetailedRefusal {
  const first = errors[0];
  const where = first?.column == null ? '' : `, column ${first.column}`;
  const which = count === 1 ? 'the fault' : `the first of ${count} faults`;
  return new DetailedRefusal(
    'import-refused',
    `nothing was imported; ${which}: line ${first?.line}${where}: ${first?.message}`,
    { errorCount: count, errors },
  );
}
