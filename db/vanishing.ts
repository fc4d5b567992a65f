/**
 * Records that the feed does not hold any more: planned with everything else, carried out after it, undone when they return.
 * Nothing is deleted. A license is only marked when every record linked to it has gone.
 */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { mergeRecord } from '../domain/merge.ts';
import { becomesSynced, type VersionedLicense } from '../domain/plan.ts';
import { advanceBatch } from './batches.ts';
import { type Db, sqlInstant } from './connect.ts';
import { promoteBest } from './link-roles.ts';
import { lockLicenses, type MergedRecord, type MergeWrite, writeMerged } from './merge-writes.ts';
import { inTransaction, type Trx } from './retry.ts';

/** Mirror rows that one statement looks at. */
const PLANNED_AT_ONCE = 20_000;
/** Records of one transaction. */
const APPLIED_AT_ONCE = 500;
/** A step ends after this many records; the next one goes on. */
const APPLIED_PER_STEP = 50_000;

/**
 * Plans the vanishing of every live record of the mirror that the operation has not staged. Safe to repeat.
 * @returns how many are planned.
 */
export async function planVanished(db: Db, operation: number, checkpoint: () => void): Promise<number> {
  await sql`
    DELETE FROM plan_changes WHERE operation = ${operation} AND outcome = 'vanished' AND applied_at IS NULL
  `.execute(db);
  for (let after = ''; ; ) {
    const { rows } = await sql<{ last: string | null }>`
      SELECT MAX(source_key) AS last FROM (
        SELECT source_key FROM external_licenses WHERE source_key > ${after} ORDER BY source_key LIMIT ${PLANNED_AT_ONCE}
      ) next_keys
    `.execute(db);
    const last = rows[0]?.last ?? null;
    if (last === null) break;
    await sql`
      INSERT INTO plan_changes (operation, page, position, pass, source_key, outcome, license_id, matched_by, expected_version)
      SELECT ${operation}, 0, 0, 0, e.source_key, 'vanished', k.license_id, 'missing', l.version
      FROM external_licenses e
        LEFT JOIN sync_rows r FORCE INDEX (by_source_key) ON r.operation = ${operation} AND r.source_key = e.source_key
        LEFT JOIN license_links k ON k.source_key = e.source_key
        LEFT JOIN licenses l ON l.id = k.license_id
      WHERE e.source_key > ${after} AND e.source_key <= ${last} AND e.vanished_at IS NULL AND r.source_key IS NULL
      ORDER BY e.source_key
      ON DUPLICATE KEY UPDATE page = 0, position = 0, pass = 0, outcome = 'vanished', license_id = VALUES(license_id),
        matched_by = 'missing', expected_version = VALUES(expected_version), changes = NULL, conflicts = NULL, deactivates = 0,
        overwrites = 0, returned = 0, drift = NULL, applied_at = NULL
    `.execute(db);
    after = last;
    checkpoint();
  }
  const { rows } = await sql<{ planned: string | number }>`
    SELECT COUNT(*) AS planned FROM plan_changes WHERE operation = ${operation} AND outcome = 'vanished'
  `.execute(db);
  return Number(rows[0]?.planned ?? 0);
}

/** Whether positions were left unread that could hide any record: then none can be said to have gone. */
export async function hasUnidentified(db: Db, operation: number): Promise<boolean> {
  const row = await db
    .selectFrom('sync_errors')
    .select('id')
    .where('operation', '=', operation)
    .where('state', '!=', 'superseded')
    .where('source_key', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Marks what is planned to vanish, part by part; then every license that is fed by a record that has vanished gets the best of those that
 * live. That comes last, because who feeds a license must not depend on which of its records is dealt with first.
 * @param exact leaves records whose license was edited since the plan.
 * @returns whether all is done; else it is to be called again.
 */
export async function applyVanished(
  db: Db,
  ref: VanishRef,
  mode: VanishMode,
  checkpoint: () => void,
): Promise<boolean> {
  let after = '';
  for (let done = 0; done < APPLIED_PER_STEP; done += APPLIED_AT_ONCE) {
    checkpoint();
    const last = await inTransaction(db, (trx) => applyPart(trx, ref, mode, after));
    if (last === null) {
      await followBest(db, ref.operation, mode.batchSize, checkpoint);
      return true;
    }
    after = last;
  }
  return false;
}

/** The attempt of an operation that writes. */
export interface VanishRef {
  operation: number;
  attempt: number;
}

export interface VanishMode {
  batchSize: number;
  exact: boolean;
}

interface ToVanish {
  source_key: string;
  license_id: string | null;
  planned_license: string | null;
  expected_version: number | null;
}

/** @returns the last key that was dealt with; null when none is left behind `after`. */
async function applyPart(
  trx: Trx,
  { operation, attempt }: VanishRef,
  { batchSize, exact }: VanishMode,
  after: string,
): Promise<string | null> {
  const { rows } = await sql<ToVanish>`
    SELECT p.source_key, k.license_id, p.license_id AS planned_license, p.expected_version
    FROM plan_changes p FORCE INDEX (by_page) LEFT JOIN license_links k ON k.source_key = p.source_key
    WHERE p.operation = ${operation} AND p.page = 0 AND p.source_key > ${after} AND p.outcome = 'vanished'
      AND p.applied_at IS NULL AND p.drift IS NULL
    ORDER BY p.source_key LIMIT ${APPLIED_AT_ONCE} FOR UPDATE
  `.execute(trx);
  const last = rows.at(-1)?.source_key;
  if (last === undefined) return null;
  const write: MergeWrite = { operation, now: sqlInstant(Date.now()), batchSize };
  const licenses = await lockLicenses(trx, licensesOf(rows));
  const before = exact ? await versionsBefore(trx, operation, licenses) : null;
  // Another license can have the same version by chance.
  const hasDrifted = ({ license_id: id, planned_license: former, expected_version: planned }: ToVanish) =>
    before !== null && (id !== former || planned !== (id === null ? null : (before.get(id) ?? null)));
  const drifted = rows.filter(hasDrifted);
  const keys = rows.filter((row) => !hasDrifted(row)).map((row) => row.source_key);
  if (keys.length > 0) {
    await sql`
      UPDATE external_licenses SET vanished_at = ${write.now}, updated_at = ${write.now}
      WHERE source_key IN (${sql.join(keys)}) AND vanished_at IS NULL
    `.execute(trx);
    await setPlanned(trx, operation, keys, { applied_at: write.now });
  }
  if (drifted.length > 0) {
    const drift = 'its license was edited since the plan was made, or is another one';
    await setPlanned(
      trx,
      operation,
      drifted.map((row) => row.source_key),
      { drift },
    );
  }
  await settleLicenses(trx, licensesOf(rows.filter((row) => !hasDrifted(row))), keys, write);
  const batch = { operation, attempt, phase: 'apply' as const, pass: 0, batch: 0, from: 0, to: 0 };
  await advanceBatch(trx, batch, 0, { rows: rows.length, created: 0, updated: 0 });
  return last;
}

async function setPlanned(
  trx: Trx,
  operation: number,
  keys: string[],
  values: { applied_at: string } | { drift: string },
): Promise<void> {
  await trx
    .updateTable('plan_changes')
    .set(values)
    .where('operation', '=', operation)
    .where('source_key', 'in', keys)
    .execute();
}

/** What the versions would be without what this run has written itself: a license may lose one record and be fed by another. */
async function versionsBefore(
  trx: Trx,
  operation: number,
  licenses: Map<string, VersionedLicense>,
): Promise<Map<string, number>> {
  const versions = new Map([...licenses].map(([id, { version }]) => [id, version]));
  if (versions.size === 0) return versions;
  const { rows } = await sql<{ license_id: string; writes: string | number }>`
    SELECT license_id, COUNT(*) AS writes FROM license_changes
    WHERE license_id IN (${sql.join([...versions.keys()])}) AND operation = ${operation}
    GROUP BY license_id
  `.execute(trx);
  for (const { license_id: id, writes } of rows) versions.set(id, (versions.get(id) ?? 0) - Number(writes));
  return versions;
}

/** Licenses that lost a record are marked when none lives any more. */
async function settleLicenses(trx: Trx, ids: string[], gone: string[], write: MergeWrite): Promise<void> {
  if (ids.length === 0) return;
  const alive = await licensesWithLiveRecord(trx, ids);
  const licenses = await lockLicenses(
    trx,
    ids.filter((id) => !alive.has(id)),
  );
  const keyOf = await primaryKeys(trx, gone);
  const marked: MergedRecord[] = [];
  for (const { license, version } of licenses.values()) {
    const before = license.externalSyncStatus;
    const link = keyOf.get(license.id);
    if (before === 'vanished' || link === undefined) continue;
    marked.push({
      rowHash: link.base_hash,
      page: null,
      plan: {
        sourceKey: link.source_key,
        rowHash: link.base_hash,
        outcome: 'updated',
        licenseId: license.id,
        matchedBy: 'link',
        expectedVersion: version,
        changes: [{ field: 'externalSyncStatus', before, after: 'vanished', rule: 'vanished' }],
        conflicts: [],
        base: JSON.parse(link.base) as ExternalRecord,
      },
    });
  }
  await writeMerged(trx, marked, licenses, write);
}

/** Records that are in the feed again live again. */
export async function clearVanished(trx: Trx, keys: string[], now: string): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    UPDATE external_licenses SET vanished_at = NULL, updated_at = ${now} WHERE source_key IN (${sql.join(keys)})
  `.execute(trx);
}

/** Licenses that lost, got or regained a record in this run: where none that lives feeds one, the best of those that live takes that place. */
async function followBest(db: Db, operation: number, batchSize: number, checkpoint: () => void): Promise<void> {
  for (let after = ''; ; ) {
    checkpoint();
    const { rows } = await sql<{ source_key: string; license_id: string }>`
      SELECT p.source_key, k.license_id
      FROM plan_changes p FORCE INDEX (PRIMARY) STRAIGHT_JOIN license_links k FORCE INDEX (PRIMARY) ON k.source_key = p.source_key
      WHERE p.operation = ${operation} AND p.source_key > ${after} AND (p.outcome IN ('vanished', 'linked') OR p.returned = 1)
        AND p.applied_at IS NOT NULL
      ORDER BY p.source_key LIMIT ${APPLIED_AT_ONCE}
    `.execute(db);
    const last = rows.at(-1)?.source_key;
    if (last === undefined) return;
    after = last;
    await inTransaction(db, async (trx) => {
      const write: MergeWrite = { operation, now: sqlInstant(Date.now()), batchSize };
      const licenses = await lockLicenses(trx, licensesOf(rows));
      for (const id of await orphanedAmong(trx, licensesOf(rows))) await promote(trx, id, licenses, write);
    });
  }
}

/** Licenses that have a record which lives, but none that lives feeds. */
async function orphanedAmong(trx: Trx, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ license_id: string }>`
    SELECT k.license_id
    FROM license_links k FORCE INDEX (by_license) JOIN external_licenses e ON e.source_key = k.source_key
    WHERE k.license_id IN (${sql.join(ids)}) AND e.vanished_at IS NULL
    GROUP BY k.license_id HAVING SUM(k.role = 'primary') = 0
    ORDER BY k.license_id
  `.execute(trx);
  return rows.map((row) => row.license_id);
}

/** What the promoted record says is merged as on a first meeting. */
async function promote(
  trx: Trx,
  id: string,
  licenses: Map<string, VersionedLicense>,
  write: MergeWrite,
): Promise<void> {
  const promoted = await promoteBest(trx, id, write.now);
  const found = licenses.get(id);
  if (promoted === null || !found) return;
  const link = await trx
    .selectFrom('license_links')
    .select(['base', 'base_hash'])
    .where('source_key', '=', promoted)
    .executeTakeFirstOrThrow();
  const incoming = JSON.parse(link.base) as ExternalRecord;
  const merged = mergeRecord({ license: found.license, base: null, incoming });
  const changes = [...merged.changes, ...becomesSynced(found.license, 'returned')];
  const plan: MergedRecord['plan'] = {
    ...merged,
    changes,
    sourceKey: promoted,
    rowHash: link.base_hash,
    outcome: changes.length > 0 ? 'updated' : 'unchanged',
    licenseId: id,
    matchedBy: 'link',
    expectedVersion: found.version,
  };
  await writeMerged(trx, [{ rowHash: link.base_hash, page: null, plan }], licenses, write);
}

async function licensesWithLiveRecord(trx: Trx, ids: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ license_id: string }>`
    SELECT DISTINCT k.license_id FROM license_links k JOIN external_licenses e ON e.source_key = k.source_key
    WHERE k.license_id IN (${sql.join(ids)}) AND e.vanished_at IS NULL
  `.execute(trx);
  return new Set(rows.map((row) => row.license_id));
}

/** For each license one of these records that is linked to it, the primary one first. */
async function primaryKeys(
  trx: Trx,
  keys: string[],
): Promise<Map<string, { source_key: string; base: string; base_hash: string }>> {
  const rows = await trx
    .selectFrom('license_links')
    .select(['license_id', 'source_key', 'base', 'base_hash', 'role'])
    .where('source_key', 'in', keys)
    .execute();
  const secondariesFirst = rows.sort((a, b) => (a.role === b.role ? 0 : a.role === 'secondary' ? -1 : 1));
  return new Map(secondariesFirst.map(({ license_id: id, ...link }) => [id, link]));
}

function licensesOf(rows: readonly { license_id: string | null }[]): string[] {
  return [...new Set(rows.flatMap((row) => row.license_id ?? []))].sort();
}
