/** Settling conflicts: the choice, the license's new values and its lineage in one transaction. */
import type { Selectable } from 'kysely';
import {
  type Choice,
  licenseFieldsOf,
  type MappedValue,
  type RecordedConflict,
  type SettledField,
  settle,
} from '../domain/conflicts.ts';
import type { ExternalRecord } from '../domain/external.ts';
import type { License, LicenseFields } from '../domain/license.ts';
import type { RecordedField } from '../domain/lineage.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { supersedeOthers } from './conflict-states.ts';
import { recordedConflict } from './conflicts.ts';
import { sqlInstant } from './connect.ts';
import { bumpVersion } from './data-versions.ts';
import { editLicense } from './license-edits.ts';
import { lockLicenses } from './merge-writes.ts';
import type { Trx } from './retry.ts';
import type { FieldConflictsTable } from './tables.ts';

export type SkipReason =
  | 'unknown'
  | 'license_missing'
  | 'license_archived'
  | 'version_changed'
  | 'resolved_before'
  | 'superseded'
  | 'edited_since'
  | 'record_moved_on';

export type ResolveOutcome =
  | { id: number; outcome: 'resolved'; licenseWritten: boolean }
  | {
      id: number;
      outcome: 'skipped';
      reason: SkipReason;
      /** The license's version, where it is known. */
      version: number | null;
      /** What the license holds, or the record says, in external space; set for the last two reasons. */
      now?: MappedValue;
      /** Who resolved it before, and how. */
      resolved?: { by: string | null; choice: string | null };
    };

export interface ResolveRequest {
  ids: readonly number[];
  choice: Choice;
  by: string;
  /** The version that the license must still have; null for any. */
  expectedVersion: number | null;
}

/**
 * Settles conflicts, each by itself: one that cannot be settled is skipped with the reason and stops no other. A license is written once,
 * and only when something changes. Safe to repeat: what is settled the same way already counts as resolved.
 */
export async function resolveConflicts(trx: Trx, request: ResolveRequest): Promise<ResolveOutcome[]> {
  const context = await lockAll(trx, request);
  const now = sqlInstant(Date.now());
  const by = request.by.slice(0, 100);
  const settled: number[] = [];
  const outcomes = request.ids.map((id): ResolveOutcome => {
    const outcome = settleOne(id, request, context);
    if (outcome.outcome === 'resolved' && context.conflicts.get(id)?.state === 'open') settled.push(id);
    return outcome;
  });
  for (const [id, { changes, sourceKeys }] of context.written) {
    const locked = context.before.get(id);
    if (!locked) throw new Error(`license ${id} was to be written but was not locked`);
    const sourceKey = sourceKeys.size === 1 ? ([...sourceKeys][0] ?? null) : null;
    await editLicense(trx, { locked, changes, by, sourceKey, now });
  }
  if (settled.length > 0) {
    await trx
      .updateTable('field_conflicts')
      .set({ state: 'resolved', choice: request.choice.choice, resolved_by: by, resolved_at: now, held: 0 })
      .where('id', 'in', settled)
      .execute();
    await supersedeOthers(trx, settled);
  }
  if (context.written.size > 0) await bumpVersion(trx, 'licenses');
  return outcomes;
}

interface ResolveContext {
  conflicts: Map<number, Selectable<FieldConflictsTable>>;
  /** As they were locked. */
  before: Map<string, VersionedLicense>;
  /** With what this transaction has settled so far. */
  licenses: Map<string, VersionedLicense>;
  archived: Set<string>;
  /** What linked records say, by `license id|source key`. */
  agreed: Map<string, ExternalRecord>;
  /** What runs replaced, by `license id|source key|operation`. */
  former: Map<string, Partial<LicenseFields>>;
  written: Map<string, { changes: RecordedField[]; sourceKeys: Set<string> }>;
}

/** Licenses first, as a run locks them. */
async function lockAll(trx: Trx, { ids, choice }: ResolveRequest): Promise<ResolveContext> {
  const found =
    ids.length === 0
      ? []
      : await trx.selectFrom('field_conflicts').select(['license_id']).where('id', 'in', ids).execute();
  const licenseIds = [...new Set(found.map((row) => row.license_id))].sort();
  const licenses = await lockLicenses(trx, licenseIds);
  const rows =
    found.length === 0
      ? []
      : await trx.selectFrom('field_conflicts').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute();
  return {
    conflicts: new Map(rows.map((row) => [row.id, row])),
    before: licenses,
    licenses: new Map(licenses),
    archived: await archivedAmong(trx, licenseIds),
    agreed: await agreedWith(trx, rows),
    former: choice.choice === 'keep' ? await formerValues(trx, rows) : new Map(),
    written: new Map(),
  };
}

function settleOne(id: number, { choice, expectedVersion }: ResolveRequest, context: ResolveContext): ResolveOutcome {
  const row = context.conflicts.get(id);
  if (!row) return { id, outcome: 'skipped', reason: 'unknown', version: null };
  const locked = context.licenses.get(row.license_id);
  if (!locked) return { id, outcome: 'skipped', reason: 'license_missing', version: null };
  const { license, version } = locked;
  const skip = (reason: SkipReason, more: { now?: MappedValue } = {}): ResolveOutcome => ({
    id,
    outcome: 'skipped',
    reason,
    version,
    ...more,
  });
  if (context.archived.has(license.id)) return skip('license_archived');
  const conflict = recordedConflict(row);
  if (row.state === 'superseded') return skip('superseded');
  const settlement = settle({
    conflict,
    choice,
    license,
    former: context.former.get(`${row.license_id}|${row.source_key}|${row.operation}`) ?? {},
    agreed: context.agreed.get(`${row.license_id}|${row.source_key}`) ?? null,
  });
  if (row.state === 'resolved') {
    const sameAgain =
      row.choice === choice.choice &&
      (choice.choice !== 'value' || (settlement.outcome === 'settled' && settlement.changes.length === 0));
    if (sameAgain) return { id, outcome: 'resolved', licenseWritten: false };
    const resolved = { by: row.resolved_by, choice: row.choice };
    return { id, outcome: 'skipped', reason: 'resolved_before', version, resolved };
  }
  if (expectedVersion !== null && version !== expectedVersion) return skip('version_changed');
  if (settlement.outcome === 'edited_since') return skip('edited_since', { now: settlement.holds });
  if (settlement.outcome === 'record_moved_on') return skip('record_moved_on', { now: settlement.says });
  const changes = settlement.changes.length > 0 ? settlement.changes : row.held === 1 ? kept(conflict, license) : [];
  if (changes.length > 0) write(context, row.source_key, locked, changes);
  return { id, outcome: 'resolved', licenseWritten: changes.length > 0 };
}

/**
 * The internal value was held back and stands by decision from now on. That makes a version of the license, although no value changes: each
 * version is sent to the API once.
 */
function kept({ field, internal }: RecordedConflict, license: License): SettledField[] {
  return licenseFieldsOf(field, internal, license).map((name) => ({
    field: name,
    before: license[name],
    after: license[name],
  }));
}

function write(
  context: ResolveContext,
  sourceKey: string,
  { license, version }: VersionedLicense,
  changes: SettledField[],
): void {
  const fields = Object.fromEntries(changes.map(({ field, after }) => [field, after]));
  context.licenses.set(license.id, { license: { ...license, ...fields }, version });
  const written = context.written.get(license.id) ?? { changes: [], sourceKeys: new Set() };
  written.changes.push(...changes.map((change) => ({ ...change, rule: 'conflict_resolved' })));
  written.sourceKeys.add(sourceKey);
  context.written.set(license.id, written);
}

async function archivedAmong(trx: Trx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await trx
    .selectFrom('licenses')
    .select('id')
    .where('id', 'in', ids)
    .where('archived_into', 'is not', null)
    .execute();
  return new Set(rows.map((row) => row.id));
}

async function agreedWith(
  trx: Trx,
  rows: readonly Selectable<FieldConflictsTable>[],
): Promise<Map<string, ExternalRecord>> {
  if (rows.length === 0) return new Map();
  const keys = [...new Set(rows.map((row) => row.source_key))];
  const links = await trx
    .selectFrom('license_links')
    .select(['license_id', 'source_key', 'base'])
    .where('source_key', 'in', keys)
    .execute();
  return new Map(
    links.map((link) => [`${link.license_id}|${link.source_key}`, JSON.parse(link.base) as ExternalRecord]),
  );
}

async function formerValues(
  trx: Trx,
  rows: readonly Selectable<FieldConflictsTable>[],
): Promise<Map<string, Partial<LicenseFields>>> {
  const taken = rows.filter((row) => row.resolution === 'took_external');
  if (taken.length === 0) return new Map();
  const lines = await trx
    .selectFrom('license_changes')
    .select(['license_id', 'source_key', 'operation', 'fields'])
    .where('license_id', 'in', [...new Set(taken.map((row) => row.license_id))])
    .where('operation', 'in', [...new Set(taken.map((row) => row.operation))])
    .where('kind', '=', 'updated')
    .orderBy('id')
    .execute();
  return new Map(
    lines.map((line) => {
      const fields = JSON.parse(line.fields ?? '[]') as RecordedField[];
      const before = Object.fromEntries(fields.map((change) => [change.field, change.before]));
      return [`${line.license_id}|${line.source_key}|${line.operation}`, before as Partial<LicenseFields>];
    }),
  );
}
