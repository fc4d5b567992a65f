/** Set-wise matching of records without a link against licenses without one. The rules are in `domain/linking.ts`. */
import { sql } from 'kysely';
import { type KeyGroup, MATCH_KINDS, type MatchKind, resolveMatches } from '../domain/linking.ts';
import { insertRows } from './bulk.ts';
import type { Db } from './connect.ts';
import { syncAuthor } from './license-rows.ts';
import { inTransaction } from './retry.ts';
import { lastStagedPage } from './staging.ts';

const CHUNK = 2000;

/**
 * Decides over the whole fetch which license each record without a link belongs to, strongest key first, and keeps the
 * decisions in `sync_matches`. Safe to repeat. An attempt that goes on where an earlier one ended decides as that one did: what was
 * decided of records that are applied stays, and licenses that this operation made of records are none that were there before.
 * @returns how many were matched, and how many were left to a person because the key does not name one license.
 */
export async function matchLicenses(
  db: Db,
  operation: number,
  batchSize: number,
  checkpoint: () => void,
): Promise<{ matched: number; ambiguous: number }> {
  await sql`
    DELETE m FROM sync_matches m
      LEFT JOIN plan_changes p ON p.operation = m.operation AND p.source_key = m.source_key AND p.applied_at IS NOT NULL
    WHERE m.operation = ${operation} AND p.source_key IS NULL
  `.execute(db);
  const anyLicense = await db
    .selectFrom('licenses')
    .select('id')
    .where('created_by', '!=', syncAuthor(operation))
    .limit(1)
    .executeTakeFirst();
  // A first sync into an empty system: nothing to match with, and nothing to ask per record.
  if (!anyLicense) return { matched: 0, ambiguous: 0 };
  await collectUnlinked(db, operation, checkpoint);
  for (const kind of MATCH_KINDS) await matchBy(db, operation, kind, batchSize, checkpoint);
  const { rows } = await sql<{ matched: string | number | null; ambiguous: string | number | null }>`
    SELECT SUM(license_id IS NOT NULL) AS matched, SUM(ambiguous IS NOT NULL) AS ambiguous
    FROM sync_matches WHERE operation = ${operation}
  `.execute(db);
  return { matched: Number(rows[0]?.matched ?? 0), ambiguous: Number(rows[0]?.ambiguous ?? 0) };
}

async function collectUnlinked(db: Db, operation: number, checkpoint: () => void): Promise<void> {
  const pages = await lastStagedPage(db, operation);
  for (let from = 1; from <= pages; from += 50) {
    await sql`
      INSERT INTO sync_matches (operation, source_key)
      SELECT r.operation, r.source_key FROM sync_rows r FORCE INDEX (PRIMARY) LEFT JOIN license_links k ON k.source_key = r.source_key
      WHERE r.operation = ${operation} AND r.page BETWEEN ${from} AND ${from + 49} AND r.state = 'staged' AND k.source_key IS NULL
      ON DUPLICATE KEY UPDATE license_id = NULL, matched_by = NULL, ambiguous = NULL
    `.execute(db);
    checkpoint();
  }
}

async function matchBy(
  db: Db,
  operation: number,
  kind: MatchKind,
  batchSize: number,
  checkpoint: () => void,
): Promise<void> {
  for (let after = ''; ; ) {
    const open = await openRecords(db, operation, kind, after);
    const last = open.at(-1);
    if (!last) return;
    after = last.source_key;
    checkpoint();
    const groups = await groupsOf(db, operation, kind, [...new Set(open.map((row) => row.match_key))]);
    const decided = groups.map((group) => resolveMatches(kind, group));
    const rows = decided
      .flatMap(({ matches, ambiguous }) => [
        ...matches.map((match) => [operation, match.sourceKey, match.licenseId, match.matchedBy, null]),
        ...ambiguous.map((left) => [operation, left.sourceKey, null, null, `${kind}:${left.reason}`]),
      ])
      .sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
    await inTransaction(db, (trx) =>
      insertRows(trx, 'sync_matches', ['operation', 'source_key', 'license_id', 'matched_by', 'ambiguous'], rows, {
        batchSize,
        onDuplicate: ['license_id', 'matched_by', 'ambiguous'],
      }),
    );
  }
}

/** Records still without a decision that carry this kind of key, with the key. */
async function openRecords(
  db: Db,
  operation: number,
  kind: MatchKind,
  after: string,
): Promise<{ source_key: string; match_key: string }[]> {
  const column = sql.ref(`r.${COLUMN[kind].staged}`);
  const { rows } = await sql<{ source_key: string; match_key: string | number }>`
    SELECT m.source_key, ${column} AS match_key
    FROM sync_matches m STRAIGHT_JOIN sync_rows r FORCE INDEX (by_source_key) ON r.operation = m.operation AND r.source_key = m.source_key AND r.state = 'staged'
    WHERE m.operation = ${operation} AND m.source_key > ${after} AND m.license_id IS NULL AND m.ambiguous IS NULL
      AND ${column} IS NOT NULL
    ORDER BY m.source_key LIMIT ${CHUNK}
  `.execute(db);
  return rows.map((row) => ({ source_key: row.source_key, match_key: String(row.match_key) }));
}

/** Everything that carries one of these keys, for keys that some license carries. */
async function groupsOf(db: Db, operation: number, kind: MatchKind, keys: string[]): Promise<KeyGroup[]> {
  const { staged, license } = COLUMN[kind];
  const licenses = await sql<{ match_key: string | number; id: string; linked: number }>`
    SELECT l.${sql.ref(license)} AS match_key, l.id,
      EXISTS (SELECT 1 FROM license_links k WHERE k.license_id = l.id)
      OR EXISTS (SELECT 1 FROM sync_matches m WHERE m.operation = ${operation} AND m.license_id = l.id) AS linked
    FROM licenses l
    WHERE l.${sql.ref(license)} IN (${sql.join(keys)}) AND l.archived_into IS NULL AND l.created_by <> ${syncAuthor(operation)}
  `.execute(db);
  const carried = [...new Set(licenses.rows.map((row) => String(row.match_key)))];
  if (carried.length === 0) return [];
  // The index by source key serves countids too: every record that has one is keyed by it.
  const among =
    kind === 'countid'
      ? sql`r.source_key IN (${sql.join(carried.map((key) => `c:${key}`))})`
      : sql`r.${sql.ref(staged)} IN (${sql.join(carried)})`;
  const records = await sql<{
    match_key: string | number;
    source_key: string;
    countid: number | null;
    linked: number;
  }>`
    SELECT r.${sql.ref(staged)} AS match_key, r.source_key, r.countid,
      k.source_key IS NOT NULL OR m.license_id IS NOT NULL OR m.ambiguous IS NOT NULL AS linked
    FROM sync_rows r
      LEFT JOIN license_links k ON k.source_key = r.source_key
      LEFT JOIN sync_matches m ON m.operation = r.operation AND m.source_key = r.source_key
    WHERE r.operation = ${operation} AND r.state = 'staged' AND ${among}
  `.execute(db);
  const groups = new Map(carried.map((key) => [key, { key, records: [], licenses: [] } as MutableGroup]));
  for (const row of licenses.rows) {
    groups.get(String(row.match_key))?.licenses.push({ id: row.id, linked: Number(row.linked) === 1 });
  }
  for (const row of records.rows) {
    groups
      .get(String(row.match_key))
      ?.records.push({ sourceKey: row.source_key, countid: row.countid, linked: Number(row.linked) === 1 });
  }
  return [...groups.values()];
}

type MutableGroup = { key: string; records: KeyGroup['records'][number][]; licenses: KeyGroup['licenses'][number][] };

const COLUMN: Record<MatchKind, { staged: string; license: string }> = {
  appid: { staged: 'appid_key', license: 'appid_key' },
  email: { staged: 'email_key', license: 'email_key' },
  countid: { staged: 'countid', license: 'countid' },
};
