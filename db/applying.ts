/**
 * Carrying out a plan: business rows, links, lineage and conflicts of a slice in one transaction.
 * Indexes are forced because the tables have just been filled: by statistics older than their content the optimizer reads all of them
 * for each slice.
 */
import { sql } from 'kysely';
import { canonicalJson } from '../domain/canonical.ts';
import type { ExternalRecord } from '../domain/external.ts';
import { licenseIdFor } from '../domain/identity.ts';
import type { License } from '../domain/license.ts';
import { createLicense } from '../domain/mapping.ts';
import {
  type FoundMatch,
  type LinkState,
  PlanError,
  type PlannedChange,
  planRow,
  type VersionedLicense,
} from '../domain/plan.ts';
import { advanceBatch, type BatchRef } from './batches.ts';
import { insertRows } from './bulk.ts';
import { type Db, sqlInstant } from './connect.ts';
import { bumpVersion } from './data-versions.ts';
import { licenseRow, syncAuthor } from './license-rows.ts';
import { lockLicenses, type MergedRecord, WRITTEN_COLUMNS, writeMerged } from './merge-writes.ts';
import { quarantineRow } from './quarantine.ts';
import { rootsOf } from './redirects.ts';
import { inTransaction, type Trx } from './retry.ts';
import { clearVanished } from './vanishing.ts';

export interface Planned {
  source_key: string;
  page: number;
  position: number;
  pass: number;
  outcome: 'created' | 'updated' | 'unchanged' | 'linked';
  license_id: string | null;
  matched_by: PlannedChange['matchedBy'];
  expected_version: number | null;
  changes: string | null;
  conflicts: string | null;
  row_hash: string;
  content: string;
  /** 1 when the mirror has it as vanished. */
  returned: number;
}

/** How a plan is carried out. */
export interface ApplyMode {
  batchSize: number;
  /** Does exactly what was planned, and leaves what has drifted since; else merges with what is there now. */
  exact: boolean;
}

/** Pages on which planned changes are not applied yet. */
export async function pagesToApply(db: Db, operation: number): Promise<number[]> {
  const rows = await db
    .selectFrom('plan_changes')
    .select('page')
    .distinct()
    .where('operation', '=', operation)
    .where('applied_at', 'is', null)
    .where('drift', 'is', null)
    .execute();
  return rows.map((row) => row.page);
}

/**
 * Applies what is planned for pages `from`…`to` and not applied yet. The licenses are locked and merged against what they are
 * now, so an edit made since the plan is neither lost nor overwritten beyond what the merge rules allow.
 */
export async function applySlice(
  db: Db,
  ref: BatchRef,
  { from, to }: { from: number; to: number },
  mode: ApplyMode,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows: planned } = await sql<Planned>`
      SELECT p.source_key, p.page, p.position, p.pass, p.outcome, p.license_id, p.matched_by, p.expected_version, p.changes,
        p.conflicts, r.row_hash, r.content, e.vanished_at IS NOT NULL AS returned
      FROM plan_changes p FORCE INDEX (by_page)
        STRAIGHT_JOIN sync_rows r FORCE INDEX (PRIMARY) ON r.operation = p.operation AND r.pass = p.pass AND r.page = p.page AND r.position = p.position
          AND r.source_key = p.source_key AND r.state = 'staged'
        LEFT JOIN external_licenses e ON e.source_key = p.source_key
      WHERE p.operation = ${ref.operation} AND p.page BETWEEN ${from} AND ${to} AND p.applied_at IS NULL AND p.drift IS NULL
      ORDER BY p.source_key
      FOR UPDATE
    `.execute(trx);
    const now = sqlInstant(Date.now());
    // By now the records are locked, as they are by whoever sets an override: none can be set unseen.
    const drifted = await overruled(trx, ref.operation, planned);
    const returned = new Set(planned.filter((row) => Number(row.returned) === 1).map((row) => row.source_key));
    const { creations, others } = await sortOut(trx, planned, mode, drifted);
    await create(trx, ref, creations, now, mode.batchSize);
    const updated = await merge(trx, ref, { rows: others, returned, drifted }, now, mode);
    await markDrifted(trx, ref.operation, drifted);
    const back = [...returned].filter((key) => !drifted.has(key));
    await clearVanished(trx, back, now);
    const applied = planned.map((row) => row.source_key).filter((key) => !drifted.has(key));
    if (applied.length > 0) await markApplied(trx, ref, applied, now);
    await advanceBatch(trx, ref, to + 1, { rows: planned.length, created: creations.length, updated });
    if (creations.length + updated > 0) await bumpVersion(trx, 'licenses');
  });
}

/** The planned records of which a person has ruled since that they do not belong to the planned license. */
async function overruled(trx: Trx, operation: number, planned: Planned[]): Promise<Map<string, string>> {
  if (planned.length === 0) return new Map();
  const keys = planned.map((row) => row.source_key);
  const { rows } = await sql<{ source_key: string; kind: 'always' | 'never'; license_id: string; followed: number }>`
    SELECT o.source_key, o.kind, o.license_id, COALESCE(m.ambiguous, '') NOT LIKE 'override:%' AS followed
    FROM match_overrides o LEFT JOIN sync_matches m ON m.operation = ${operation} AND m.source_key = o.source_key
    WHERE o.source_key IN (${sql.join(keys)})
  `.execute(trx);
  if (rows.length === 0) return new Map();
  const plannedFor = new Map(planned.map((row) => [row.source_key, row.license_id]));
  const roots = await rootsOf(trx, [
    ...rows.map((row) => row.license_id),
    ...rows.flatMap((row) => plannedFor.get(row.source_key) ?? []),
  ]);
  const rootOf = (id: string | null | undefined) => (id == null ? null : (roots.get(id) ?? id));
  const against = rows.filter(({ source_key: key, kind, license_id: license, followed }) => {
    const isSame = rootOf(license) === rootOf(plannedFor.get(key));
    // One that could not be followed was known to the plan.
    return kind === 'never' ? isSame : !isSame && Number(followed) === 1;
  });
  return new Map(against.map((row) => [row.source_key, 'a match override was set for it since']));
}

/**
 * A creation whose license is there already (its link was removed by hand, say) becomes a first meeting with that license:
 * the id is derived from the record, so it can be no other's. Where exactly the plan is to be done, it has drifted.
 */
async function sortOut(
  trx: Trx,
  planned: Planned[],
  { exact }: ApplyMode,
  drifted: Map<string, string>,
): Promise<{ creations: Planned[]; others: Planned[] }> {
  const rows = planned.filter((row) => !drifted.has(row.source_key));
  const creations = rows.filter((row) => row.outcome === 'created');
  const others = rows.filter((row) => row.outcome !== 'created');
  if (creations.length === 0) return { creations, others };
  const ids = creations.map((row) => licenseIdFor(row.source_key));
  const found = await trx.selectFrom('licenses').select('id').where('id', 'in', ids).execute();
  const linked = exact ? await linkedAmong(trx, creations) : new Set<string>();
  if (found.length === 0 && linked.size === 0) return { creations, others };
  const there = new Set(found.map((row) => row.id));
  const isThere = (row: Planned) => there.has(licenseIdFor(row.source_key)) || linked.has(row.source_key);
  const fresh = creations.filter((row) => !isThere(row));
  if (exact) {
    for (const row of creations.filter(isThere)) drifted.set(row.source_key, 'it has got a license since');
    return { creations: fresh, others };
  }
  const met = creations
    .filter(isThere)
    .map((row) => ({ ...row, license_id: licenseIdFor(row.source_key), matched_by: 'origin' as const }));
  return { creations: fresh, others: [...others, ...met] };
}

async function linkedAmong(trx: Trx, rows: Planned[]): Promise<Set<string>> {
  const links = await lockLinks(
    trx,
    rows.map((row) => row.source_key),
  );
  return new Set(links.keys());
}

async function create(trx: Trx, ref: BatchRef, rows: Planned[], now: string, batchSize: number): Promise<void> {
  const by = syncAuthor(ref.operation);
  const licenses = rows.map((row) => createLicense(JSON.parse(row.content) as ExternalRecord, row.source_key));
  await insertRows(
    trx,
    'licenses',
    WRITTEN_COLUMNS,
    licenses.map((license) => [...licenseRow(license), now, 1, now, now, by, by]),
    { batchSize },
  );
  await linkCreated(trx, ref, rows, licenses, { now, by });
}

/** Links and lineage of creations. What they agree on is the staged record, which MySQL copies without it leaving. */
async function linkCreated(
  trx: Trx,
  ref: BatchRef,
  rows: Planned[],
  licenses: License[],
  { now, by }: { now: string; by: string },
): Promise<void> {
  if (rows.length === 0) return;
  const pairs = JSON.stringify(rows.map((row, index) => [row.page, row.position, row.pass, licenses[index]?.id]));
  const created = sql`
    JSON_TABLE(${pairs}, '$[*]' COLUMNS (
      page INT UNSIGNED PATH '$[0]', position SMALLINT UNSIGNED PATH '$[1]', pass TINYINT UNSIGNED PATH '$[2]',
      license_id CHAR(36) CHARACTER SET utf8mb4 PATH '$[3]')) c
    STRAIGHT_JOIN sync_rows r FORCE INDEX (PRIMARY)
      ON r.operation = ${ref.operation} AND r.page = c.page AND r.position = c.position AND r.pass = c.pass`;
  await sql`
    INSERT INTO license_links
      (source_key, license_id, role, matched_by, base, base_hash, agreed_version, operation, created_at, updated_at)
    SELECT r.source_key, c.license_id, 'primary', 'created', r.content, r.row_hash, 1, ${ref.operation}, ${now}, ${now}
    FROM ${created}
  `.execute(trx);
  await sql`
    INSERT INTO license_changes (license_id, version, kind, operation, source_key, page, changed_by, created_at)
    SELECT c.license_id, 1, 'created', ${ref.operation}, r.source_key, r.page, ${by}, ${now}
    FROM ${created}
  `.execute(trx);
  // Of a run that does not look for duplicates: nobody has looked at these records, so their licenses speak for themselves.
  await sql`
    INSERT IGNORE INTO match_stale (license_id)
    SELECT c.license_id FROM ${created} LEFT JOIN match_subjects s FORCE INDEX (ref) ON s.ref = r.source_key WHERE s.id IS NULL
  `.execute(trx);
}

interface ToMerge {
  rows: Planned[];
  returned: Set<string>;
  /** Takes the records that are not what was planned any more, with the reason. */
  drifted: Map<string, string>;
}

/**
 * Merges records into the licenses they are linked to or matched with. Where that license was consolidated since the plan, the record goes
 * to what it was consolidated into. Returns how many licenses were written.
 */
async function merge(
  trx: Trx,
  ref: BatchRef,
  { rows, returned, drifted }: ToMerge,
  now: string,
  { batchSize, exact }: ApplyMode,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { licenses, links, roots } = await lockTargets(trx, rows);
  const redirected = rows.map((row) => ({ ...row, license_id: roots.get(row.license_id ?? '') ?? row.license_id }));
  const fed = await fedAfterAll(trx, rows, redirected);
  const merged: MergedRecord[] = [];
  for (const [index, row] of redirected.entries()) {
    try {
      const link = links.get(row.source_key) ?? null;
      const isElsewhere = row.license_id !== rows[index]?.license_id;
      const joins = row.outcome === 'linked' || (isElsewhere && row.license_id !== null && fed.has(row.license_id));
      const plan = mergeNow(row, { link, joins, licenses, returned: returned.has(row.source_key) });
      // The next one that comes the same way finds it fed.
      if (isElsewhere && row.license_id !== null) fed.add(row.license_id);
      const reason = exact ? whyDrifted(rows[index] ?? row, plan, licenses) : null;
      if (reason === null) merged.push({ rowHash: row.row_hash, page: row.page, plan });
      else drifted.set(row.source_key, reason);
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      if (exact) {
        drifted.set(row.source_key, 'its license does not exist any more');
        continue;
      }
      await quarantineRow(trx, ref.operation, row.source_key, 'license_missing', 'its license does not exist any more');
      await trx
        .deleteFrom('plan_changes')
        .where('operation', '=', ref.operation)
        .where('source_key', '=', row.source_key)
        .execute();
    }
  }
  return await writeMerged(trx, merged, licenses, { operation: ref.operation, now, batchSize });
}

/** Rounds of locking: each one finds a license that was consolidated, or a link that was moved, while the last one waited. */
const MAX_ROUNDS = 10;

/**
 * Locks the live licenses that the records go to, then their links. A consolidation locks licenses before it moves links, so what is locked
 * here and not archived stays so.
 * @returns `roots`: what planned licenses lead to now.
 */
async function lockTargets(
  trx: Trx,
  rows: readonly Planned[],
): Promise<{ licenses: Map<string, VersionedLicense>; links: Map<string, LinkState>; roots: Map<string, string> }> {
  const keys = rows.map((row) => row.source_key);
  const planned = rows.flatMap((row) => row.license_id ?? []);
  const licenses = new Map<string, VersionedLicense>();
  let links = new Map<string, LinkState>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const linked = [...links.values()].map(({ licenseId }) => licenseId);
    const roots = await rootsOf(trx, [...planned, ...linked]);
    const wanted = [...new Set([...roots.values()])].filter((id) => !licenses.has(id)).sort();
    if (round > 0 && wanted.length === 0) return { licenses, links, roots };
    for (const [id, license] of await lockLicenses(trx, wanted)) licenses.set(id, license);
    links = await lockLinks(trx, keys);
  }
  throw new Error(
    `the licenses of ${rows.length} records were consolidated again and again while they were to be locked`,
  );
}

/** Licenses to which records come by way of consolidated ones, where one which lives feeds them, or comes straight to feed them. */
async function fedAfterAll(trx: Trx, rows: readonly Planned[], redirected: readonly Planned[]): Promise<Set<string>> {
  const isElsewhere = (row: Planned, index: number) => row.license_id !== rows[index]?.license_id;
  const ids = redirected.filter(isElsewhere).flatMap((row) => row.license_id ?? []);
  if (ids.length === 0) return new Set();
  const { rows: found } = await sql<{ license_id: string }>`
    SELECT k.license_id FROM license_links k JOIN external_licenses e ON e.source_key = k.source_key
    WHERE k.license_id IN (${sql.join([...new Set(ids)])}) AND k.role = 'primary' AND e.vanished_at IS NULL
  `.execute(trx);
  const straight = rows.filter(
    (row, index) => row.outcome !== 'linked' && row.license_id === redirected[index]?.license_id,
  );
  return new Set([...found.map((row) => row.license_id), ...straight.flatMap((row) => row.license_id ?? [])]);
}

interface MergeState {
  link: LinkState | null;
  /** Another record feeds the license. */
  joins: boolean;
  licenses: Map<string, VersionedLicense>;
  returned: boolean;
}

function mergeNow(row: Planned, { link, joins, licenses, returned }: MergeState): PlannedChange {
  const licenseId = link?.licenseId ?? row.license_id;
  // Planned over a link that someone has removed since: the two meet anew, by what made them one before.
  const matchedBy = row.matched_by === 'link' || row.matched_by === 'created' ? 'countid' : row.matched_by;
  const role = joins ? ('secondary' as const) : ('primary' as const);
  const match: FoundMatch | null = link === null && licenseId !== null ? { licenseId, matchedBy, role } : null;
  return planRow({
    sourceKey: row.source_key,
    rowHash: row.row_hash,
    returned,
    record: JSON.parse(row.content) as ExternalRecord,
    link,
    match,
    license: (licenseId === null ? undefined : licenses.get(licenseId)) ?? null,
  });
}

/** What keeps a planned change from being made exactly as it was shown; null when nothing does. */
function whyDrifted(row: Planned, now: PlannedChange, licenses: Map<string, VersionedLicense>): string | null {
  if (now.licenseId !== row.license_id) return `it is linked to another license since: ${now.licenseId}`;
  const version = licenses.get(now.licenseId)?.version ?? null;
  if (row.expected_version !== null && version !== row.expected_version) {
    return `its license was edited since: version ${row.expected_version} was planned for, it has ${version}`;
  }
  const asPlanned = {
    outcome: row.outcome,
    changes: JSON.parse(row.changes ?? '[]'),
    conflicts: JSON.parse(row.conflicts ?? '[]'),
  };
  const { outcome, changes, conflicts } = now;
  // By way of JSON, as the plan was stored: what is undefined is not there.
  const asIs = JSON.parse(JSON.stringify({ outcome, changes, conflicts }));
  return canonicalJson(asPlanned) === canonicalJson(asIs) ? null : 'what would change is not what was planned any more';
}

async function lockLinks(trx: Trx, keys: string[]): Promise<Map<string, LinkState>> {
  const rows = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id', 'role', 'base', 'base_hash'])
    .where('source_key', 'in', keys)
    .orderBy('source_key')
    .forUpdate()
    .execute();
  return new Map(
    rows.map((row) => [
      row.source_key,
      {
        licenseId: row.license_id,
        role: row.role,
        base: JSON.parse(row.base) as ExternalRecord,
        baseHash: row.base_hash,
      },
    ]),
  );
}

async function markDrifted(trx: Trx, operation: number, drifted: Map<string, string>): Promise<void> {
  for (const reason of new Set(drifted.values())) {
    const keys = [...drifted].filter(([, why]) => why === reason).map(([key]) => key);
    await trx
      .updateTable('plan_changes')
      .set({ drift: reason })
      .where('operation', '=', operation)
      .where('source_key', 'in', keys)
      .execute();
  }
}

async function markApplied(trx: Trx, { operation }: BatchRef, keys: string[], now: string): Promise<void> {
  await trx
    .updateTable('plan_changes')
    .set({ applied_at: now })
    .where('operation', '=', operation)
    .where('source_key', 'in', keys)
    .where('applied_at', 'is', null)
    .execute();
}
