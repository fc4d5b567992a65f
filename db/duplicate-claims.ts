/** Which records carry the key of a license: read from the feed of one run. */
import { sql } from 'kysely';
import type { Claimant, ClaimedLicense, ClaimKind } from '../domain/duplicate-alerts.ts';
import type { Db } from './connect.ts';
import { syncAuthor } from './license-rows.ts';

/** A key that more records carry names nobody: an address that a company gives to all its customers, say. */
const MAX_CARRIERS = 50;
const MAX_KEYS = 5000;
const MAX_LICENSES = 5000;
const KEYS_AT_ONCE = 500;

const COLUMNS: Readonly<
  Record<ClaimKind, { staged: string; stagedIndex: string; license: string; licenseIndex: string }>
> = {
  appid: { staged: 'appid_key', stagedIndex: 'by_appid', license: 'appid_key', licenseIndex: 'by_appid' },
  email: { staged: 'email_key', stagedIndex: 'by_email', license: 'email_key', licenseIndex: 'by_email' },
  countid: { staged: 'source_key', stagedIndex: 'by_source_key', license: 'countid', licenseIndex: 'by_countid' },
};
export const CLAIM_KINDS = Object.keys(COLUMNS) as ClaimKind[];

/** Licenses that the run left alone because their key does not name one record, each with that key. */
export async function licensesInDoubt(db: Db, operation: number): Promise<ClaimedLicense[]> {
  const found: ClaimedLicense[] = [];
  for (const kind of CLAIM_KINDS) {
    const { rows: keys } = await sql<{ match_key: string }>`
      SELECT DISTINCT r.${sql.id(COLUMNS[kind].staged)} AS match_key
      FROM sync_matches m STRAIGHT_JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = m.operation AND r.source_key = m.source_key AND r.state = 'staged'
      WHERE m.operation = ${operation} AND m.ambiguous LIKE ${`${kind}:%`} LIMIT ${MAX_KEYS}
    `.execute(db);
    const values = keys.map((row) => licenseKeyOf(kind, row.match_key));
    for (let from = 0; from < values.length && found.length < MAX_LICENSES; from += KEYS_AT_ONCE) {
      const { license, licenseIndex } = COLUMNS[kind];
      const { rows } = await sql<{ id: string; match_key: string | number }>`
        SELECT id, ${sql.id(license)} AS match_key FROM licenses FORCE INDEX (${sql.id(licenseIndex)})
        WHERE ${sql.id(license)} IN (${sql.join(values.slice(from, from + KEYS_AT_ONCE))})
          AND archived_into IS NULL AND created_by <> ${syncAuthor(operation)}
        LIMIT ${MAX_LICENSES}
      `.execute(db);
      for (const row of rows) found.push({ id: row.id, kind, key: String(row.match_key) });
    }
  }
  return found;
}

/** The keys that these licenses carry now; archived ones carry none. */
export async function keysOfLicenses(db: Db, ids: readonly string[]): Promise<ClaimedLicense[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('licenses')
    .select(['id', 'appid_key', 'email_key', 'countid'])
    .where('id', 'in', [...ids])
    .where('archived_into', 'is', null)
    .execute();
  return rows.flatMap(({ id, appid_key: appid, email_key: email, countid }) => [
    ...(appid === null ? [] : [{ id, kind: 'appid' as const, key: appid }]),
    ...(email === null ? [] : [{ id, kind: 'email' as const, key: email }]),
    ...(countid === null ? [] : [{ id, kind: 'countid' as const, key: String(countid) }]),
  ]);
}

/** Records of the feed by `kind:key`, for keys that few enough carry. */
export async function carriersOf(
  db: Db,
  operation: number,
  licenses: readonly ClaimedLicense[],
): Promise<Map<string, Claimant[]>> {
  const found = new Map<string, Claimant[]>();
  for (const kind of CLAIM_KINDS) {
    const { staged, stagedIndex } = COLUMNS[kind];
    const keys = [
      ...new Set(licenses.filter((each) => each.kind === kind).map(({ key }) => stagedKeyOf(kind, key))),
    ].sort();
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      const part = keys.slice(from, from + KEYS_AT_ONCE);
      const { rows: sizes } = await sql<{ match_key: string }>`
        SELECT ${sql.id(staged)} AS match_key FROM sync_rows FORCE INDEX (${sql.id(stagedIndex)})
        WHERE operation = ${operation} AND ${sql.id(staged)} IN (${sql.join(part)})
        GROUP BY ${sql.id(staged)} HAVING COUNT(*) <= ${MAX_CARRIERS}
      `.execute(db);
      if (sizes.length === 0) continue;
      const { rows } = await sql<{ match_key: string; source_key: string; license_id: string | null }>`
        SELECT r.${sql.id(staged)} AS match_key, r.source_key, k.license_id
        FROM sync_rows r FORCE INDEX (${sql.id(stagedIndex)}) LEFT JOIN license_links k ON k.source_key = r.source_key
        WHERE r.operation = ${operation} AND r.state = 'staged'
          AND r.${sql.id(staged)} IN (${sql.join(sizes.map((row) => row.match_key))})
      `.execute(db);
      for (const row of rows) {
        const name = `${kind}:${licenseKeyOf(kind, row.match_key)}`;
        const known = found.get(name);
        const claimant = { sourceKey: row.source_key, licenseId: row.license_id };
        if (known) known.push(claimant);
        else found.set(name, [claimant]);
      }
    }
  }
  return found;
}

/** Records in the feed by the license that they are linked to, and pairs that people said are never one. */
export async function linksAndBars(
  db: Db,
  ids: readonly string[],
): Promise<{ linked: Map<string, string[]>; barred: Set<string> }> {
  const linked = new Map<string, string[]>();
  const barred = new Set<string>();
  for (let from = 0; from < ids.length; from += KEYS_AT_ONCE) {
    const part = ids.slice(from, from + KEYS_AT_ONCE);
    const links = await db
      .selectFrom('license_links as k')
      .innerJoin('external_licenses as e', 'e.source_key', 'k.source_key')
      .select(['k.license_id', 'k.source_key'])
      .where('k.license_id', 'in', part)
      .where('e.vanished_at', 'is', null)
      .execute();
    for (const row of links) linked.set(row.license_id, [...(linked.get(row.license_id) ?? []), row.source_key]);
    const never = await db
      .selectFrom('match_overrides')
      .select(['license_id', 'source_key'])
      .where('license_id', 'in', part)
      .where('kind', '=', 'never')
      .execute();
    for (const row of never) barred.add(`${row.source_key}|${row.license_id}`);
  }
  return { linked, barred };
}

/** Countids stand in the feed as source keys. */
function stagedKeyOf(kind: ClaimKind, key: string): string {
  return kind === 'countid' ? `c:${key}` : key;
}

function licenseKeyOf(kind: ClaimKind, staged: string): string {
  return kind === 'countid' ? staged.replace(/^c:/, '') : staged;
}
