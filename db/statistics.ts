import { sql } from 'kysely';
import type { Db } from './connect.ts';

export interface Totals {
  /** Live records of the mirror. */
  external: number;
  /** Licenses that are not archived into another one. */
  internal: number;
  /** Live mirror records that feed a license. */
  linked: number;
}

/** Counts whole tables: on a million records this takes about a second. */
export async function totals(db: Db): Promise<Totals> {
  const { rows } = await sql<Record<keyof Totals, string | number>>`
    SELECT
      (SELECT COUNT(*) FROM external_licenses WHERE vanished_at IS NULL) AS external,
      (SELECT COUNT(*) FROM licenses WHERE archived_into IS NULL) AS internal,
      (SELECT COUNT(*) FROM external_licenses e JOIN license_links k ON k.source_key = e.source_key
        WHERE e.vanished_at IS NULL) AS linked
  `.execute(db);
  const row = rows[0];
  return {
    external: Number(row?.external ?? 0),
    internal: Number(row?.internal ?? 0),
    linked: Number(row?.linked ?? 0),
  };
}

/** Licenses that no record has ever fed, or feeds any more: a comprehensive run tells how many there are. */
export async function countUnlinked(db: Db): Promise<number> {
  const { rows } = await sql<{ unlinked: string | number }>`
    SELECT COUNT(*) AS unlinked FROM licenses l
    WHERE l.archived_into IS NULL AND NOT EXISTS (SELECT 1 FROM license_links k WHERE k.license_id = l.id)
  `.execute(db);
  return Number(rows[0]?.unlinked ?? 0);
}
