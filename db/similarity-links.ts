/** Links that a run made because record and license resemble each other: in the ledger, so that each can be undone. */
import { sql } from 'kysely';
import { licenseIdFor } from '../domain/identity.ts';
import type { RecordedField } from '../domain/lineage.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import { sqlInstant } from './connect.ts';
import type { LinkRow } from './consolidation-locks.ts';
import { type MovedLink, movedLink } from './consolidation-writes.ts';
import { syncAuthor } from './license-rows.ts';
import type { Trx } from './retry.ts';

const LINKS_AT_ONCE = 1000;
const ROWS_IN_ONE = 50;
const COLUMNS = [
  'kind',
  'master_id',
  'duplicate_id',
  'operation',
  'strategy',
  'confidence',
  'changes',
  'moved',
  'details',
  'master_version',
  'created_by',
  'created_at',
] as const;

type NewLink = LinkRow & { version: number };

/**
 * Writes a row of the ledger for each link by similarity that this run made. Safe to repeat, also when the license was consolidated in
 * between. A record that went back to the license that was once made of it has none: there is nothing to part.
 * @returns how many rows were written.
 */
export async function recordSimilarityLinks(trx: Trx, operation: number): Promise<number> {
  let written = 0;
  const before = await recordedBefore(trx, operation);
  for (let after = ''; ; ) {
    const { rows: links } = await sql<NewLink>`
      SELECT k.*, l.version
      FROM sync_matches m
        STRAIGHT_JOIN license_links k FORCE INDEX (PRIMARY) ON k.source_key = m.source_key
        STRAIGHT_JOIN licenses l FORCE INDEX (PRIMARY) ON l.id = k.license_id
      WHERE m.operation = ${operation} AND m.matched_by = 'similarity' AND m.source_key > ${after} AND k.matched_by = 'similarity'
      ORDER BY m.source_key LIMIT ${LINKS_AT_ONCE}
    `.execute(trx);
    const last = links.at(-1);
    if (!last) return written;
    after = last.source_key;
    written += await record(
      trx,
      operation,
      links.filter((link) => !before.has(link.source_key)),
    );
  }
}

/** Records whose link by this run has its row: the license that they are linked to may be another one by now. */
async function recordedBefore(trx: Trx, operation: number): Promise<Set<string>> {
  const { rows } = await sql<{ source_key: string }>`
    SELECT JSON_UNQUOTE(JSON_EXTRACT(moved, '$[0].sourceKey')) AS source_key
    FROM merges WHERE operation = ${operation} AND kind = 'link'
  `.execute(trx);
  return new Set(rows.map((row) => row.source_key));
}

async function record(trx: Trx, operation: number, links: readonly NewLink[]): Promise<number> {
  if (links.length === 0) return 0;
  const ids = [...new Set(links.map((link) => link.license_id))];
  const known = await trx
    .selectFrom('merges')
    .select(['master_id', 'moved'])
    .where('master_id', 'in', ids)
    .where('kind', '=', 'link')
    .where('state', '=', 'applied')
    .execute();
  const recorded = new Set(
    known.flatMap((row) => (JSON.parse(row.moved) as MovedLink[]).map((link) => pair(row.master_id, link.sourceKey))),
  );
  const lines = await trx
    .selectFrom('license_changes')
    .select(['license_id', 'source_key', 'version', 'fields'])
    .where('license_id', 'in', ids)
    .where('operation', '=', operation)
    .orderBy('version')
    .execute();
  const brought = new Map(lines.map((line) => [pair(line.license_id, line.source_key ?? ''), line]));
  const now = sqlInstant(Date.now());
  const rows = links
    .filter((link) => !recorded.has(pair(link.license_id, link.source_key)))
    .filter((link) => licenseIdFor(link.source_key) !== link.license_id)
    .map((link): SqlValue[] => {
      const line = brought.get(pair(link.license_id, link.source_key));
      const changes = line?.fields ? (JSON.parse(line.fields) as RecordedField[]) : [];
      return [
        'link',
        link.license_id,
        null,
        operation,
        'similarity',
        link.confidence,
        JSON.stringify(changes),
        JSON.stringify([movedLink(link)]),
        null,
        line?.version ?? link.version,
        syncAuthor(operation),
        now,
      ];
    });
  await insertRows(trx, 'merges', COLUMNS, rows, { batchSize: ROWS_IN_ONE });
  return rows.length;
}

function pair(licenseId: string, sourceKey: string): string {
  return `${licenseId} ${sourceKey}`;
}
