/** The same key at several positions: one row speaks for it, the others are accounted for. */
import { sql } from 'kysely';
import { type Db, sqlInstant } from './connect.ts';
import { PUT_ASIDE_CODES } from './quarantine.ts';
import { inTransaction, type Trx } from './retry.ts';
import { lastStagedPage } from './staging.ts';

const KEYS_PER_STEP = 500;
const PAGES_PER_STEP = 50;

/**
 * A second reading replaces the first, except for records that only the first one gave. Then, of several rows with one key, the later
 * `lastActive` wins (the earlier position on a tie); same content is `repeated`, other content is quarantined.
 * Safe to repeat: it begins by undoing what it did.
 */
export async function settleRepeats(
  db: Db,
  { operation, pass }: { operation: number; pass: number },
  checkpoint: () => void,
): Promise<void> {
  await reset(db, operation, checkpoint);
  if (pass > 1) await supersede(db, operation, pass, checkpoint);
  for (let after: { pass: number; key: string } | null = null; ; ) {
    const keys = await repeatedKeys(db, operation, after);
    const last = keys.at(-1);
    if (!last) return;
    for (const seen of new Set(keys.map((row) => row.pass))) {
      const names = keys.filter((row) => row.pass === seen).map((row) => row.source_key);
      await inTransaction(db, (trx) => settleKeys(trx, operation, seen, names));
    }
    after = { pass: last.pass, key: last.source_key };
    checkpoint();
  }
}

async function reset(db: Db, operation: number, checkpoint: () => void): Promise<void> {
  await sql`
    DELETE FROM sync_errors WHERE operation = ${operation} AND error_code IN (${sql.join(PUT_ASIDE_CODES)})
  `.execute(db);
  for (let changed = 1; changed > 0; checkpoint()) {
    changed = await inTransaction(db, async (trx) => {
      const result = await sql`
        UPDATE sync_rows SET state = 'staged'
        WHERE operation = ${operation} AND state IN ('repeated', 'quarantined', 'superseded') LIMIT 5000
      `.execute(trx);
      return Number(result.numAffectedRows ?? 0);
    });
  }
  await sql`
    UPDATE sync_errors SET state = 'open' WHERE operation = ${operation} AND phase = 'fetch' AND state = 'superseded'
  `.execute(db);
}

async function supersede(db: Db, operation: number, pass: number, checkpoint: () => void): Promise<void> {
  const pages = await lastStagedPage(db, operation);
  for (let from = 1; from <= pages; from += PAGES_PER_STEP) {
    await inTransaction(db, async (trx) => {
      await sql`
        UPDATE sync_rows old FORCE INDEX (PRIMARY) STRAIGHT_JOIN sync_rows new FORCE INDEX (by_source_key)
          ON new.operation = old.operation AND new.source_key = old.source_key AND new.pass = ${pass}
        SET old.state = 'superseded'
        WHERE old.operation = ${operation} AND old.page BETWEEN ${from} AND ${from + PAGES_PER_STEP - 1} AND old.pass < ${pass}
      `.execute(trx);
    });
    checkpoint();
  }
  await sql`
    UPDATE sync_errors SET state = 'superseded' WHERE operation = ${operation} AND phase = 'fetch' AND pass < ${pass}
  `.execute(db);
}

/** Reads the index on source keys alone; the rows themselves are not touched. */
async function repeatedKeys(
  db: Db,
  operation: number,
  after: { pass: number; key: string } | null,
): Promise<{ pass: number; source_key: string }[]> {
  const from = after
    ? sql`AND (source_key > ${after.key} OR (source_key = ${after.key} AND pass > ${after.pass}))`
    : sql``;
  const found = await sql<{ pass: number; source_key: string }>`
    SELECT source_key, pass FROM sync_rows WHERE operation = ${operation} ${from}
    GROUP BY source_key, pass HAVING COUNT(*) > 1 ORDER BY source_key, pass LIMIT ${KEYS_PER_STEP}
  `.execute(db);
  return found.rows;
}

async function settleKeys(trx: Trx, operation: number, pass: number, keys: string[]): Promise<void> {
  await sql`
    UPDATE sync_rows r JOIN (
      SELECT pass, page, position,
        ROW_NUMBER() OVER (PARTITION BY source_key ORDER BY last_active DESC, page, position) AS place,
        FIRST_VALUE(row_hash) OVER (PARTITION BY source_key ORDER BY last_active DESC, page, position) AS winner
      FROM sync_rows WHERE operation = ${operation} AND pass = ${pass} AND state = 'staged' AND source_key IN (${sql.join(keys)})
    ) ranked ON ranked.pass = r.pass AND ranked.page = r.page AND ranked.position = r.position
    SET r.state = IF(r.row_hash = ranked.winner, 'repeated', 'quarantined')
    WHERE r.operation = ${operation} AND r.pass = ${pass} AND ranked.place > 1
  `.execute(trx);
  await sql`
    INSERT INTO sync_errors
      (operation, pass, page, position, source_key, error_type, error_code, severity, retryable, error_message, created_at)
    SELECT operation, pass, page, position, source_key, 'validation', 'conflicting_repeat', 'low', 0,
      CONCAT('record ', source_key, ' stands here again with other content; the one that was active later was kept'),
      ${sqlInstant(Date.now())}
    FROM sync_rows WHERE operation = ${operation} AND pass = ${pass} AND state = 'quarantined' AND source_key IN (${sql.join(keys)})
  `.execute(trx);
}
