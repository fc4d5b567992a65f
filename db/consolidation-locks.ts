/** Licenses with their records, locked to be consolidated or parted again. */
import { type Selectable, sql } from 'kysely';
import type { License } from '../domain/license.ts';
import type { LinkedRecord } from '../domain/link-roles.ts';
import { isoInstant } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import type { Trx } from './retry.ts';
import type { LicenseLinksTable, LicensesTable } from './tables.ts';

export type LicenseRow = Selectable<LicensesTable>;
export type LinkRow = Selectable<LicenseLinksTable>;

/** A link and what the mirror knows of its record. */
export interface LockedLink {
  row: LinkRow;
  record: LinkedRecord;
}

export interface LockedLicense {
  row: LicenseRow;
  license: License;
  /** In the order of their source keys. */
  links: LockedLink[];
}

const IDS_AT_ONCE = 1000;

/**
 * Locks licenses in the order of their ids, then their links in the order of their keys, as a run does.
 * @param lock false to look at them only.
 */
export async function lockWithLinks(
  trx: Trx,
  ids: readonly string[],
  lock = true,
): Promise<Map<string, LockedLicense>> {
  const sorted = [...new Set(ids)].sort();
  const rows = await each(sorted, (part) =>
    trx
      .selectFrom('licenses')
      .selectAll()
      .where('id', 'in', part)
      .orderBy('id')
      .$if(lock, (query) => query.forUpdate())
      .execute(),
  );
  const locked = new Map<string, LockedLicense>(
    rows.map((row) => [row.id, { row, license: licenseOf(row).license, links: [] }]),
  );
  const links = await each(sorted, (part) =>
    trx
      .selectFrom('license_links')
      .selectAll()
      .where('license_id', 'in', part)
      .orderBy('source_key')
      .$if(lock, (query) => query.forUpdate())
      .execute(),
  );
  const records = await recordsOf(
    trx,
    links.map((link) => link.source_key),
  );
  for (const row of links) {
    const seen = records.get(row.source_key);
    locked.get(row.license_id)?.links.push({
      row,
      record: {
        sourceKey: row.source_key,
        role: row.role,
        live: seen !== undefined && seen.vanished_at === null,
        status: seen?.status === 1 ? 1 : seen?.status === 0 ? 0 : null,
        lastActive: isoInstant(seen?.last_active ?? null),
        countid: seen?.countid ?? null,
      },
    });
  }
  return locked;
}

/** How a license stands towards its records. */
export function syncStatusOf(links: readonly LockedLink[]): License['externalSyncStatus'] {
  if (links.length === 0) return null;
  return links.some(({ record }) => record.live) ? 'synced' : 'vanished';
}

interface SeenRecord {
  source_key: string;
  vanished_at: string | null;
  status: number | null;
  last_active: string | null;
  countid: number | null;
}

async function recordsOf(trx: Trx, keys: readonly string[]): Promise<Map<string, SeenRecord>> {
  const rows = await each(keys, async (part) => {
    const found = await sql<SeenRecord>`
      SELECT source_key, vanished_at, status, last_active, countid FROM external_licenses WHERE source_key IN (${sql.join(part)})
    `.execute(trx);
    return found.rows;
  });
  return new Map(rows.map((row) => [row.source_key, row]));
}

/** Rows of statements over parts of a long list. */
export async function each<T, R>(list: readonly T[], read: (part: T[]) => Promise<R[]>): Promise<R[]> {
  const rows: R[] = [];
  for (let from = 0; from < list.length; from += IDS_AT_ONCE) {
    rows.push(...(await read(list.slice(from, from + IDS_AT_ONCE))));
  }
  return rows;
}
