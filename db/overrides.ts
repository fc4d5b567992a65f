/** `match_overrides`: which record a person wants linked to which license, or never. */
import { type Selectable, sql } from 'kysely';
import { NOTHING_SAID } from '../domain/external.ts';
import type { ExternalSyncStatus } from '../domain/license.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { supersedeOfRecord } from './conflict-states.ts';
import type { Db } from './connect.ts';
import { bumpVersion } from './data-versions.ts';
import { editLicense } from './license-edits.ts';
import { promoteBest } from './link-roles.ts';
import { markStale } from './match-stale.ts';
import { lockLicenses } from './merge-writes.ts';
import type { Trx } from './retry.ts';
import type { MatchOverridesTable, SqlInstant } from './tables.ts';

export type OverrideRow = Selectable<MatchOverridesTable> & {
  license_key: string | null;
  license_dba: string | null;
  record_dba: string | null;
  /** The license that the record feeds or joins now. */
  linked_license: string | null;
};

export interface OverrideFilter {
  kind?: 'always' | 'never' | undefined;
  sourceKey?: string | undefined;
  licenseId?: string | undefined;
}

/** Newest first; `before` is the id of the last one seen. */
export async function listOverrides(
  db: Db,
  { kind, sourceKey, licenseId }: OverrideFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<OverrideRow[]> {
  let query = selectOverrides(db).orderBy('m.id', 'desc').limit(limit);
  if (kind !== undefined) query = query.where('m.kind', '=', kind);
  if (sourceKey !== undefined) query = query.where('m.source_key', '=', sourceKey);
  if (licenseId !== undefined) query = query.where('m.license_id', '=', licenseId);
  if (before !== undefined) query = query.where('m.id', '<', before);
  return await query.execute();
}

export async function findOverride(db: Db, id: number): Promise<OverrideRow | undefined> {
  return await selectOverrides(db).where('m.id', '=', id).executeTakeFirst();
}

/** @returns whether there was one. */
export async function deleteOverride(db: Db, id: number): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('match_overrides').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

function selectOverrides(db: Db | Trx) {
  return db
    .selectFrom('match_overrides as m')
    .leftJoin('licenses as l', 'l.id', 'm.license_id')
    .leftJoin('external_licenses as e', 'e.source_key', 'm.source_key')
    .leftJoin('license_links as k', 'k.source_key', 'm.source_key')
    .selectAll('m')
    .select(['l.key as license_key', 'l.dba as license_dba', 'e.dba as record_dba', 'k.license_id as linked_license']);
}

/** Records of the mirror that carry this appid, at most `limit`. */
export async function recordsByAppid(db: Db | Trx, appidKey: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('external_licenses')
    .select('source_key')
    .where('appid_key', '=', appidKey)
    .orderBy('source_key')
    .limit(limit)
    .execute();
  return rows.map((row) => row.source_key);
}

/** Whether the mirror knows the record. */
export async function isKnownRecord(db: Db | Trx, sourceKey: string): Promise<boolean> {
  const row = await db
    .selectFrom('external_licenses')
    .select('source_key')
    .where('source_key', '=', sourceKey)
    .executeTakeFirst();
  return row !== undefined;
}

export interface LockedPair {
  /** The license that the override names, and what it was merged into; null when there is none. */
  license: (VersionedLicense & { archivedInto: string | null }) | null;
  /** The record's link; null when it has none. */
  link: { licenseId: string; role: 'primary' | 'secondary' } | null;
  /** The license that the link names, where it is another one; null also when that one is not there any more. */
  linked: VersionedLicense | null;
  /** Every override of the record. */
  overrides: { id: number; kind: 'always' | 'never'; licenseId: string }[];
}

/**
 * Locks what an override of this record and license touches. The record's mirror row comes first: two people who decide about one
 * record wait for each other there.
 * @returns null when the mirror does not know the record.
 */
export async function lockPair(trx: Trx, sourceKey: string, licenseId: string): Promise<LockedPair | null> {
  const record = await trx
    .selectFrom('external_licenses')
    .select('source_key')
    .where('source_key', '=', sourceKey)
    .forUpdate()
    .executeTakeFirst();
  if (!record) return null;
  const before = await linkOf(trx, sourceKey);
  const ids = [...new Set([licenseId, ...(before ? [before.license_id] : [])])].sort();
  const licenses = await lockLicenses(trx, ids);
  const link = await linkOf(trx, sourceKey, true);
  // A run linked it to another license a moment ago.
  const late: Map<string, VersionedLicense> =
    link && !licenses.has(link.license_id) ? await lockLicenses(trx, [link.license_id]) : new Map();
  const archived = await trx
    .selectFrom('licenses')
    .select('archived_into')
    .where('id', '=', licenseId)
    .executeTakeFirst();
  const overrides = await trx
    .selectFrom('match_overrides')
    .select(['id', 'kind', 'license_id'])
    .where('source_key', '=', sourceKey)
    .orderBy('id')
    .forUpdate()
    .execute();
  const license = licenses.get(licenseId);
  const linkedElsewhere: VersionedLicense | null =
    link && link.license_id !== licenseId ? (licenses.get(link.license_id) ?? late.get(link.license_id) ?? null) : null;
  return {
    license: license ? { ...license, archivedInto: archived?.archived_into ?? null } : null,
    link: link ? { licenseId: link.license_id, role: link.role } : null,
    linked: linkedElsewhere,
    overrides: overrides.map((row) => ({ id: row.id, kind: row.kind, licenseId: row.license_id })),
  };
}

function linkOf(trx: Trx, sourceKey: string, lock = false) {
  const query = trx.selectFrom('license_links').select(['license_id', 'role']).where('source_key', '=', sourceKey);
  return (lock ? query.forUpdate() : query).executeTakeFirst();
}

export async function insertOverride(
  trx: Trx,
  override: {
    kind: 'always' | 'never';
    sourceKey: string;
    licenseId: string;
    note: string | null;
    by: string;
    now: SqlInstant;
  },
): Promise<number> {
  const { insertId } = await trx
    .insertInto('match_overrides')
    .values({
      kind: override.kind,
      source_key: override.sourceKey,
      license_id: override.licenseId,
      note: override.note,
      created_by: override.by,
      created_at: override.now,
    })
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

/**
 * Removes the link of a record to a license, which is locked; null when it is not there any more. Where it fed the license, the best of the other records takes its place,
 * and what that one says is merged by the next run as on a first meeting.
 * @returns the record that was promoted; null when none was.
 */
export async function unlink(
  trx: Trx,
  { sourceKey, from, by, now }: { sourceKey: string; from: VersionedLicense | null; by: string; now: SqlInstant },
): Promise<string | null> {
  await trx.deleteFrom('license_links').where('source_key', '=', sourceKey).execute();
  await supersedeOfRecord(trx, sourceKey);
  if (from === null) return null;
  const { id, externalSyncStatus: before } = from.license;
  // Nobody may speak for it any more, or another record.
  await markStale(trx, [id]);
  const promoted = await promoteIfOrphaned(trx, id, now);
  const after = await syncStatusOf(trx, id);
  if (before !== after) {
    const change = { field: 'externalSyncStatus' as const, before, after, rule: 'unlinked' };
    await editLicense(trx, { locked: from, changes: [change], by, sourceKey, now });
  }
  await bumpVersion(trx, 'licenses');
  return promoted;
}

async function promoteIfOrphaned(trx: Trx, licenseId: string, now: SqlInstant): Promise<string | null> {
  const primary = await trx
    .selectFrom('license_links')
    .select('source_key')
    .where('license_id', '=', licenseId)
    .where('role', '=', 'primary')
    .executeTakeFirst();
  if (primary) return null;
  const promoted = await promoteBest(trx, licenseId, now);
  if (promoted !== null) {
    await trx
      .updateTable('license_links')
      .set({ base: JSON.stringify(NOTHING_SAID), base_hash: '', agreed_version: 0 })
      .where('source_key', '=', promoted)
      .execute();
  }
  return promoted;
}

/** How a license stands towards the records that are linked to it. */
async function syncStatusOf(trx: Trx, licenseId: string): Promise<ExternalSyncStatus | null> {
  const { rows } = await sql<{ links: string | number; live: string | number | null }>`
    SELECT COUNT(*) AS links, SUM(e.source_key IS NOT NULL AND e.vanished_at IS NULL) AS live
    FROM license_links k LEFT JOIN external_licenses e ON e.source_key = k.source_key
    WHERE k.license_id = ${licenseId}
  `.execute(trx);
  const [counted] = rows;
  if (!counted || Number(counted.links) === 0) return null;
  return Number(counted.live ?? 0) > 0 ? 'synced' : 'vanished';
}
