/** The product as the commands see it: people's ways of changing it, runs through Temporal, and what stands in the tables. */
import { pino } from 'pino';
import { loadConfig } from '../../../config.ts';
import type { OperationRow } from '../../../db/operations.ts';
import type { License } from '../../../domain/license.ts';
import { Refusal } from '../../../operations/errors.ts';
import { createLicenses } from '../../../operations/licenses.ts';
import { createMatchUpkeep } from '../../../operations/match-upkeep.ts';
import { createOverrides } from '../../../operations/overrides.ts';
import type { SyncInput } from '../../../workflows/messages.ts';
import type { Rig } from '../../support/rig.ts';
import type { RawRecord } from '../../support/simulator.ts';
import { NO_TROUBLE, runThrough, type Trouble } from './disturbing.ts';
import type { Said, Value } from './fields.ts';
import { FIELDS } from './fields.ts';
import type { Given } from './people.ts';
import { heldOf } from './reading.ts';
import { createRealDuplicates, type RealDuplicates } from './real-duplicates.ts';
import type { Told } from './running.ts';
import type { ModelOverride } from './state.ts';

/** What the model must agree with. */
export interface Tables {
  licenses: Record<string, { held: Record<string, unknown>; version: number; archivedInto: string | null }>;
  links: Record<string, { licenseId: string; role: string; base: Said }>;
  mirror: Record<string, { said: Record<string, unknown>; vanished: boolean }>;
  conflicts: Record<string, { licenseId: string; resolution: string; held: boolean }>;
  /** What is to be taken back upstream, by record: the fields. */
  due: Record<string, readonly string[]>;
}

export interface Real {
  upstream: {
    replace(records: RawRecord[]): Promise<unknown>;
    add(record: RawRecord): Promise<unknown>;
    patch(countid: number, fields: RawRecord): Promise<unknown>;
    remove(countid: number): Promise<void>;
  };
  edit(licenseId: string, given: Given): Promise<void>;
  /** @returns the id of the new license, and those that it was taken for beyond doubt. */
  create(given: Given): Promise<{ id: string; sure: string[] }>;
  /** Whether it was taken. */
  override(said: ModelOverride): Promise<boolean>;
  withdraw(said: ModelOverride): Promise<void>;
  /** Runs it to its end, through what happens meanwhile. */
  run(input: SyncInput, trouble?: Trouble): Promise<OperationRow>;
  /** What a run had to send, without what turned out to be nothing. */
  pushes(operation: number): Promise<Told>;
  /** What stands upstream, by countid. */
  truth(): Promise<RawRecord[]>;
  /** Changes that the API has made for us since it was filled. */
  puts(): Promise<number>;
  duplicates: RealDuplicates;
  /** The license that an id leads to. */
  resolve(licenseId: string): Promise<string>;
  /** Source keys whose planned change was skipped. */
  drifted(operation: OperationRow): Promise<string[]>;
  tables(): Promise<Tables>;
  /** Every column of every business row, stamps included: equal when nothing was written. */
  stamps(): Promise<unknown>;
}

const BY = 'property test';

export function createReal(rig: Rig): Real {
  const { db, simulator } = rig;
  const log = pino({ level: 'silent' });
  const deps = {
    db,
    log,
    config: loadConfig({ TEMPORAL_NAMESPACE: rig.temporal.namespace }),
    temporal: rig.temporal.client,
  };
  const licenses = createLicenses({ ...deps, upkeep: createMatchUpkeep(deps) });
  const overrides = createOverrides(deps);

  return {
    upstream: {
      replace: (records) => simulator.control.replace(records),
      add: (record) => simulator.control.add({ record }),
      patch: (countid, fields) => simulator.control.patch(countid, fields),
      remove: (countid) => simulator.control.removeRecord(countid),
    },
    async edit(licenseId, given) {
      const { version } = await licenses.get(licenseId);
      await licenses.edit(licenseId, { given: given as Partial<License>, version, by: BY });
    },
    async create(given) {
      const made = await licenses.create({ given: given as Partial<License>, by: BY, allowDuplicate: true });
      const sure = made.potentialDuplicates.filter(({ decision }) => decision === 'auto');
      return { id: made.license.id, sure: sure.map(({ licenseId }) => licenseId) };
    },
    async override({ kind, sourceKey, licenseId }) {
      try {
        await overrides.set({ kind, record: sourceKey, license: licenseId, note: null }, BY);
        return true;
      } catch (error) {
        if (error instanceof Refusal && error.code === 'override-refused') return false;
        throw error;
      }
    },
    async withdraw({ kind, sourceKey, licenseId }) {
      const { id } = await db
        .selectFrom('match_overrides')
        .select('id')
        .where('kind', '=', kind)
        .where('source_key', '=', sourceKey)
        .where('license_id', '=', licenseId)
        .executeTakeFirstOrThrow();
      await overrides.remove(id);
    },
    run: (input, trouble = NO_TROUBLE) => runThrough(rig, input, trouble),
    async pushes(operation) {
      const rows = await db.selectFrom('sync_pushes').selectAll().where('operation', '=', operation).execute();
      return Object.fromEntries(
        rows
          .filter(({ state }) => state !== 'skipped')
          .map((row) => [row.source_key, { state: row.state, fields: fieldsIn(row.fields) }]),
      );
    },
    async truth() {
      const records: RawRecord[] = [];
      for await (const record of simulator.control.truth()) records.push(record);
      return records;
    },
    puts: async () => (await simulator.control.stats()).puts.count,
    duplicates: createRealDuplicates(deps),
    async resolve(licenseId) {
      return (await licenses.get(licenseId)).id;
    },
    async drifted(operation) {
      const rows = await db
        .selectFrom('plan_changes')
        .select('source_key')
        .where('operation', '=', operation.id)
        .where('drift', 'is not', null)
        .execute();
      return rows.map((row) => row.source_key).sort();
    },
    async tables() {
      const [held, links, mirror, conflicts, due] = await Promise.all([
        db.selectFrom('licenses').selectAll().execute(),
        db.selectFrom('license_links').selectAll().execute(),
        db.selectFrom('external_licenses').selectAll().execute(),
        db.selectFrom('field_conflicts').selectAll().where('state', '=', 'open').execute(),
        db.selectFrom('push_ledger').selectAll().where('state', '=', 'due').execute(),
      ]);
      return {
        licenses: Object.fromEntries(
          held.map((row) => [
            row.id,
            { held: heldColumns(row), version: row.version, archivedInto: row.archived_into },
          ]),
        ),
        links: Object.fromEntries(
          links.map((row) => [
            row.source_key,
            { licenseId: row.license_id, role: row.role, base: agreedOn(JSON.parse(row.base)) },
          ]),
        ),
        mirror: Object.fromEntries(
          mirror.map((row) => [row.source_key, { said: saidColumns(row), vanished: row.vanished_at !== null }]),
        ),
        conflicts: Object.fromEntries(
          conflicts.map((row) => [
            `${row.source_key} ${row.field}`,
            { licenseId: row.license_id, resolution: row.resolution, held: row.held === 1 },
          ]),
        ),
        due: dueByRecord(due),
      };
    },
    stamps: () =>
      Promise.all([
        db.selectFrom('licenses').selectAll().orderBy('id').execute(),
        db.selectFrom('license_links').selectAll().orderBy('source_key').execute(),
        db.selectFrom('external_licenses').selectAll().orderBy('source_key').execute(),
        db.selectFrom('field_conflicts').selectAll().orderBy('id').execute(),
        db.selectFrom('license_changes').selectAll().orderBy('id').execute(),
        db
          .selectFrom('push_ledger')
          .select(['source_key', 'license_id', 'license_version', 'kind', 'state', 'fields', 'operation', 'reason'])
          .orderBy('source_key')
          .orderBy('license_version')
          .orderBy('kind')
          .execute(),
        db.selectFrom('match_overrides').selectAll().orderBy('id').execute(),
        db.selectFrom('merges').selectAll().orderBy('id').execute(),
        db.selectFrom('pair_verdicts').selectAll().orderBy('a_ref').orderBy('b_ref').execute(),
        // Whether a review is open is no business of the run.
        db.selectFrom('duplicate_cases').select(['id', 'state', 'version', 'explanation']).orderBy('id').execute(),
      ]),
  };
}

const columnOf = (name: string) => FIELDS.find((field) => field.name === name)?.said ?? name;
const fieldsIn = (fields: string) =>
  (JSON.parse(fields) as { field: string }[]).map(({ field }) => columnOf(field)).sort();

const NUMBERS: readonly string[] = ['status', 'monthlyFee', 'smsBalance'];

/** Without what cannot be emptied: a number that was not there before. */
function dueByRecord(rows: readonly { source_key: string; fields: string }[]): Tables['due'] {
  const due: Record<string, string[]> = {};
  for (const row of rows) {
    const fields = JSON.parse(row.fields) as { field: string; after: Value }[];
    const possible = fields.filter(({ field, after }) => after !== null || !NUMBERS.includes(field));
    const names = possible.map(({ field }) => columnOf(field));
    if (names.length > 0) due[row.source_key] = [...(due[row.source_key] ?? []), ...names].sort();
  }
  return due;
}

type Row = Readonly<Record<string, unknown>>;

function heldColumns(row: Row): Row {
  const { id: _, key: __, last_external_sync, created_at, created_by, updated_at, updated_by, ...held } = row;
  return parsed(heldOf(held), 'package_data');
}

function saidColumns(row: Row): Row {
  const { source_key, appid_key, email_key, row_hash, seen_operation, vanished_at, created_at, updated_at, ...said } =
    row;
  return parsed(parsed(said, 'package_data'), 'extra');
}

function parsed(row: Row, column: string): Row {
  return { ...row, [column]: row[column] === null ? null : JSON.parse(String(row[column])) };
}

/** The values agreed on, by column of the mirror. */
function agreedOn(base: Record<string, Value>): Said {
  return Object.fromEntries(
    FIELDS.map(({ said, name }) => {
      const value = base[name] ?? null;
      const isInstant = name === 'lastActive' && typeof value === 'string';
      return [said, isInstant ? value.replace('T', ' ').replace('Z', '') : value];
    }),
  );
}
