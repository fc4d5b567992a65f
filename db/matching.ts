/** Set-wise matching of records without a link against licenses. The rules are in `domain/linking.ts`. */
import { sql } from 'kysely';
import { licenseIdFor } from '../domain/identity.ts';
import {
  type Barred,
  KEY_KINDS,
  type KeyedRecord,
  type KeyGroup,
  type KeyKind,
  type MatchKind,
  type MatchResult,
  type Override,
  type RedirectedGroup,
  type Resemblance,
  resolveMatches,
  resolveOverrides,
  resolveRedirected,
  resolveResemblances,
} from '../domain/linking.ts';
import { insertRows } from './bulk.ts';
import type { Db } from './connect.ts';
import { syncAuthor } from './license-rows.ts';
import { hasMerges } from './merges.ts';
import { rootsOf } from './redirects.ts';
import { inTransaction } from './retry.ts';
import { lastStagedPage } from './staging.ts';

const CHUNK = 2000;
const COLUMNS = ['operation', 'source_key', 'license_id', 'matched_by', 'role', 'ambiguous'] as const;
const ON_DUPLICATE = ['license_id', 'matched_by', 'role', 'ambiguous'] as const;

/**
 * Decides over the whole fetch which license each record without a link belongs to: what people said first, then the strongest key, and
 * with `bySimilarity` at last the license that it resembles beyond doubt, as the duplicate search has found.
 * Keeps the decisions in `sync_matches`. Safe to repeat. An attempt that goes on where an earlier one ended decides as that one did: what was
 * decided of records that are applied stays, and licenses that this operation made of records are none that were there before.
 * @returns how many were matched, and how many were left to a person because the key does not name one license.
 */
export async function matchLicenses(
  db: Db,
  operation: number,
  { batchSize, bySimilarity }: { batchSize: number; bySimilarity: boolean },
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
  const { always, never } = await overrides(db);
  // A first sync into an empty system: nothing to match with, and nothing to ask per record.
  if (!anyLicense && !always) return { matched: 0, ambiguous: 0 };
  await collectUnlinked(db, operation, checkpoint);
  if (always) await matchByOverride(db, operation, batchSize);
  const redirects = await hasMerges(db);
  for (const kind of KEY_KINDS) {
    await matchBy(db, operation, kind, { never, batchSize, checkpoint });
    // Shops of one owner share an address, so it says too little of a license that is there no more.
    if (redirects && kind !== 'email') await matchRedirected(db, operation, kind, { never, batchSize, checkpoint });
  }
  await matchWithOrigin(db, operation, batchSize, checkpoint);
  if (bySimilarity) await matchBySimilarity(db, operation, { never, batchSize, checkpoint });
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
      ON DUPLICATE KEY UPDATE license_id = NULL, matched_by = NULL, role = NULL, ambiguous = NULL
    `.execute(db);
    checkpoint();
  }
}

/** Whether people linked anything by hand, and what they said is never one, by license: as many rows as they made decisions. */
async function overrides(db: Db): Promise<{ always: boolean; never: Map<string, Barred[]> }> {
  const linked = await db.selectFrom('match_overrides').select('id').where('kind', '=', 'always').limit(1).execute();
  const barred = await db
    .selectFrom('match_overrides')
    .select(['source_key', 'license_id'])
    .where('kind', '=', 'never')
    .execute();
  const roots = await rootsOf(
    db,
    barred.map((row) => row.license_id),
  );
  const never = new Map<string, Barred[]>();
  for (const { source_key: sourceKey, license_id: named } of barred) {
    // Who is never a license is not what it was consolidated into either.
    const licenseId = roots.get(named) ?? named;
    const known = never.get(licenseId) ?? [];
    known.push({ sourceKey, licenseId });
    never.set(licenseId, known);
  }
  return { always: linked.length > 0, never };
}

async function matchByOverride(db: Db, operation: number, batchSize: number): Promise<void> {
  const { rows } = await sql<{ source_key: string; countid: number | null; license_id: string; is_there: number }>`
    SELECT o.source_key, r.countid, o.license_id, l.id IS NOT NULL AS is_there
    FROM match_overrides o
      STRAIGHT_JOIN sync_matches m ON m.operation = ${operation} AND m.source_key = o.source_key
      STRAIGHT_JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = m.operation AND r.source_key = m.source_key AND r.state = 'staged'
      LEFT JOIN license_links k ON k.source_key = o.source_key
      LEFT JOIN licenses l ON l.id = o.license_id
    WHERE o.kind = 'always' AND m.license_id IS NULL AND m.ambiguous IS NULL AND k.source_key IS NULL
  `.execute(db);
  const roots = await rootsOf(
    db,
    rows.map((row) => row.license_id),
  );
  const fed = await fedAmong(db, operation, [...roots.values()]);
  const decided = resolveOverrides(
    rows.map((row): Override => {
      const root = roots.get(row.license_id);
      const gone = Number(row.is_there) === 1 ? 'archived' : 'missing';
      return {
        sourceKey: row.source_key,
        countid: row.countid,
        licenseId: root ?? row.license_id,
        license: root === undefined ? gone : fed.has(root) ? 'fed' : 'free',
      };
    }),
    'override',
  );
  await keep(db, operation, 'override', [decided], batchSize);
}

async function matchBy(
  db: Db,
  operation: number,
  kind: KeyKind,
  { never, ...limits }: MatchLimits & { never: Map<string, Barred[]> },
): Promise<void> {
  await decideByKey(db, operation, kind, limits, async (keys) => {
    const groups = await groupsOf(db, operation, kind, keys, never);
    return groups.map((group) => resolveMatches(kind, group));
  });
}

interface MatchLimits {
  batchSize: number;
  checkpoint: () => void;
}

/** Walks over the records without a decision that carry this kind of key, and keeps what is decided of each part's keys. */
async function decideByKey(
  db: Db,
  operation: number,
  kind: KeyKind,
  { batchSize, checkpoint }: MatchLimits,
  decide: (keys: string[]) => Promise<MatchResult[]>,
): Promise<void> {
  for (let after = ''; ; ) {
    const open = await openRecords(db, operation, kind, after);
    const last = open.at(-1);
    if (!last) return;
    after = last.source_key;
    checkpoint();
    const decided = await decide([...new Set(open.map((row) => row.match_key))]);
    await keep(db, operation, kind, decided, batchSize);
  }
}

/**
 * A record that was unlinked by a person, and that no key leads anywhere, goes back to the license that was once made of it: that cannot
 * be made twice. Where another record feeds that license by now, it joins.
 */
async function matchWithOrigin(db: Db, operation: number, batchSize: number, checkpoint: () => void): Promise<void> {
  for (let after = ''; ; ) {
    const records = await knownBefore(db, operation, after);
    const last = records.at(-1);
    if (!last) return;
    after = last.sourceKey;
    checkpoint();
    const byLicense = new Map(records.map((record) => [licenseIdFor(record.sourceKey), record]));
    const { rows: made } = await sql<{ id: string }>`
      SELECT l.id FROM licenses l
      WHERE l.id IN (${sql.join([...byLicense.keys()])}) AND l.created_by <> ${syncAuthor(operation)}
    `.execute(db);
    const roots = await rootsOf(
      db,
      made.map(({ id }) => id),
    );
    const fed = await fedAmong(db, operation, [...roots.values()]);
    const decided = resolveOverrides(
      made.flatMap(({ id }): Override[] => {
        const record = byLicense.get(id);
        const licenseId = roots.get(id);
        if (!record || licenseId === undefined) return [];
        return [{ ...record, licenseId, license: fed.has(licenseId) ? 'fed' : 'free' }];
      }),
      'origin',
    );
    await keep(db, operation, 'origin', [decided], batchSize);
  }
}

/**
 * A record that nothing names, and that resembles one license beyond doubt, joins it instead of making a second one. Only licenses that no
 * record was ever linked to; with others it is consolidated later, when it has a license of its own.
 */
async function matchBySimilarity(
  db: Db,
  operation: number,
  { never, batchSize, checkpoint }: { never: Map<string, Barred[]>; batchSize: number; checkpoint: () => void },
): Promise<void> {
  const pairs: Resemblance[] = [];
  for (let after = ''; ; ) {
    checkpoint();
    const open = await sql<{ source_key: string }>`
      SELECT source_key FROM sync_matches
      WHERE operation = ${operation} AND source_key > ${after} AND license_id IS NULL AND ambiguous IS NULL
      ORDER BY source_key LIMIT ${CHUNK}
    `.execute(db);
    const keys = open.rows.map((row) => row.source_key);
    const last = keys.at(-1);
    if (last === undefined) break;
    after = last;
    pairs.push(...(await resemblances(db, operation, keys)));
  }
  const allowed = pairs.filter(
    ({ sourceKey, licenseId }) => !never.get(licenseId)?.some((barred) => barred.sourceKey === sourceKey),
  );
  await keep(db, operation, 'similarity', [{ matches: resolveResemblances(allowed), ambiguous: [] }], batchSize);
}

/** Sure pairs of these records with licenses that are free, without those that a person has decided. */
async function resemblances(db: Db, operation: number, keys: string[]): Promise<Resemblance[]> {
  const pairsOf = (record: 'a' | 'b', license: 'a' | 'b') => sql`
    SELECT x.ref AS source_key, SUBSTRING(y.ref, 3) AS license_id
    FROM match_subjects x
      STRAIGHT_JOIN match_pairs p ON p.${sql.ref(record)} = x.id AND p.decision = 'auto'
      STRAIGHT_JOIN match_subjects y ON y.id = p.${sql.ref(license)} AND y.ref LIKE 'l:%'
    WHERE x.ref IN (${sql.join(keys)})
  `;
  const { rows } = await sql<{ source_key: string; license_id: string }>`
    SELECT f.source_key, f.license_id
    FROM (${pairsOf('a', 'b')} UNION ALL ${pairsOf('b', 'a')}) f
      STRAIGHT_JOIN licenses l ON l.id = f.license_id AND l.archived_into IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM license_links k WHERE k.license_id = l.id)
      AND NOT EXISTS (SELECT 1 FROM sync_matches g WHERE g.operation = ${operation} AND g.license_id = l.id)
      AND NOT EXISTS (SELECT 1 FROM pair_verdicts v WHERE v.verdict = 'different'
        AND v.a_ref = LEAST(f.source_key, CONCAT('l:', f.license_id)) AND v.b_ref = GREATEST(f.source_key, CONCAT('l:', f.license_id)))
  `.execute(db);
  return rows.map((row) => ({ sourceKey: row.source_key, licenseId: row.license_id }));
}

/** Records without a license so far that were read before this run: only those can have made one. */
async function knownBefore(
  db: Db,
  operation: number,
  after: string,
): Promise<Pick<Override, 'sourceKey' | 'countid'>[]> {
  const { rows } = await sql<{ source_key: string; countid: number | null }>`
    SELECT m.source_key, e.countid
    FROM sync_matches m STRAIGHT_JOIN external_licenses e ON e.source_key = m.source_key
    WHERE m.operation = ${operation} AND m.source_key > ${after} AND m.license_id IS NULL
      AND e.created_at < (SELECT created_at FROM sync_operations WHERE id = ${operation})
    ORDER BY m.source_key LIMIT ${CHUNK}
  `.execute(db);
  return rows.map((row) => ({ sourceKey: row.source_key, countid: row.countid }));
}

/**
 * Records without a decision whose key only licenses carry that were consolidated: their ids and appids lead to what they were
 * consolidated into.
 */
async function matchRedirected(
  db: Db,
  operation: number,
  kind: KeyKind,
  { never, ...limits }: MatchLimits & { never: Map<string, Barred[]> },
): Promise<void> {
  await decideByKey(db, operation, kind, limits, async (keys) => [
    resolveRedirected(kind, await redirectedGroups(db, operation, kind, keys, never)),
  ]);
}

async function redirectedGroups(
  db: Db,
  operation: number,
  kind: KeyKind,
  keys: string[],
  never: Map<string, Barred[]>,
): Promise<RedirectedGroup[]> {
  const column = sql.ref(COLUMN[kind].license);
  const { rows: carriers } = await sql<{ match_key: string | number; id: string; is_archived: number }>`
    SELECT l.${column} AS match_key, l.id, l.archived_into IS NOT NULL AS is_archived
    FROM licenses l WHERE l.${column} IN (${sql.join(keys)}) AND l.created_by <> ${syncAuthor(operation)}
  `.execute(db);
  const live = new Set(carriers.filter((row) => Number(row.is_archived) === 0).map((row) => String(row.match_key)));
  const archived = carriers.filter((row) => !live.has(String(row.match_key)));
  if (archived.length === 0) return [];
  const roots = await rootsOf(
    db,
    archived.map(({ id }) => id),
  );
  const fed = await fedAmong(db, operation, [...roots.values()]);
  const rootsByKey = new Map<string, Set<string>>();
  for (const { id, match_key: key } of archived) {
    const root = roots.get(id);
    if (root !== undefined) rootsByKey.set(String(key), (rootsByKey.get(String(key)) ?? new Set()).add(root));
  }
  const records = await recordsWith(db, operation, kind, [...rootsByKey.keys()]);
  return [...rootsByKey].map(([key, ids]) => ({
    records: records.get(key) ?? [],
    roots: [...ids].map((id) => ({ id, license: fed.has(id) ? 'fed' : 'free' })),
    barred: [...ids].flatMap((id) => never.get(id) ?? []),
  }));
}

/** Those of these licenses that a record feeds, or is about to. */
async function fedAmong(db: Db, operation: number, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    SELECT l.id FROM licenses l
    WHERE l.id IN (${sql.join([...new Set(ids)])})
      AND (${isFed(operation)} OR EXISTS (SELECT 1 FROM sync_matches g WHERE g.operation = ${operation} AND g.license_id = l.id))
  `.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/**
 * SQL: whether the license `l` has a record that lives; one that vanished and stands in this feed again does. Where an attempt of this run
 * ended before the record came that was to be the primary one, the others do not feed the license.
 */
function isFed(operation: number) {
  return sql`EXISTS (SELECT 1 FROM license_links f LEFT JOIN external_licenses e ON e.source_key = f.source_key
    WHERE f.license_id = l.id AND (e.vanished_at IS NULL OR EXISTS (SELECT 1 FROM sync_rows s
      WHERE s.operation = ${operation} AND s.source_key = f.source_key AND s.state = 'staged')))
    AND EXISTS (SELECT 1 FROM license_links p WHERE p.license_id = l.id AND p.role = 'primary')`;
}

async function keep(
  db: Db,
  operation: number,
  kind: MatchKind,
  decided: MatchResult[],
  batchSize: number,
): Promise<void> {
  const rows = decided
    .flatMap(({ matches, ambiguous }) => [
      ...matches.map((match) => [operation, match.sourceKey, match.licenseId, match.matchedBy, match.role, null]),
      ...ambiguous.map((left) => [operation, left.sourceKey, null, null, null, `${kind}:${left.reason}`]),
    ])
    .sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
  await inTransaction(db, (trx) =>
    insertRows(trx, 'sync_matches', COLUMNS, rows, { batchSize, onDuplicate: ON_DUPLICATE }),
  );
}

/** Records still without a decision that carry this kind of key, with the key. */
async function openRecords(
  db: Db,
  operation: number,
  kind: KeyKind,
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
async function groupsOf(
  db: Db,
  operation: number,
  kind: KeyKind,
  keys: string[],
  never: Map<string, Barred[]>,
): Promise<KeyGroup[]> {
  const { license } = COLUMN[kind];
  const licenses = await sql<{ match_key: string | number; id: string; linked: number }>`
    SELECT l.${sql.ref(license)} AS match_key, l.id,
      EXISTS (SELECT 1 FROM license_links k WHERE k.license_id = l.id)
      OR EXISTS (SELECT 1 FROM sync_matches m WHERE m.operation = ${operation} AND m.license_id = l.id) AS linked
    FROM licenses l
    WHERE l.${sql.ref(license)} IN (${sql.join(keys)}) AND l.archived_into IS NULL AND l.created_by <> ${syncAuthor(operation)}
  `.execute(db);
  const carried = [...new Set(licenses.rows.map((row) => String(row.match_key)))];
  if (carried.length === 0) return [];
  const records = await recordsWith(db, operation, kind, carried);
  const groups = new Map(
    carried.map((key) => [key, { key, records: records.get(key) ?? [], licenses: [], barred: [] } as MutableGroup]),
  );
  for (const row of licenses.rows) {
    const group = groups.get(String(row.match_key));
    group?.licenses.push({ id: row.id, linked: Number(row.linked) === 1 });
    group?.barred.push(...(never.get(row.id) ?? []));
  }
  return [...groups.values()];
}

/** Staged records that carry one of these keys, by key. */
async function recordsWith(
  db: Db,
  operation: number,
  kind: KeyKind,
  carried: readonly string[],
): Promise<Map<string, KeyedRecord[]>> {
  const found = new Map<string, KeyedRecord[]>();
  if (carried.length === 0) return found;
  const { staged } = COLUMN[kind];
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
  for (const row of records.rows) {
    const key = String(row.match_key);
    const record = { sourceKey: row.source_key, countid: row.countid, linked: Number(row.linked) === 1 };
    const known = found.get(key);
    if (known) known.push(record);
    else found.set(key, [record]);
  }
  return found;
}

type MutableGroup = {
  key: string;
  records: readonly KeyedRecord[];
  licenses: KeyGroup['licenses'][number][];
  barred: Barred[];
};

const COLUMN: Record<KeyKind, { staged: string; license: string }> = {
  appid: { staged: 'appid_key', license: 'appid_key' },
  email: { staged: 'email_key', license: 'email_key' },
  countid: { staged: 'countid', license: 'countid' },
};
