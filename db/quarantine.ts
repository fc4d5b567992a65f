import { sql } from 'kysely';
import { sqlInstant } from './connect.ts';
import type { Trx } from './retry.ts';

/**
 * Codes of records that were read and staged, and put aside only afterwards: they are no gap in what was read, and each attempt decides
 * on them anew.
 */
export const PUT_ASIDE_CODES = ['conflicting_repeat', 'not_storable', 'license_missing'] as const;

/** Takes one staged record out of the run, with the reason, so that it does not stop the others. */
export async function quarantineRow(
  trx: Trx,
  operation: number,
  sourceKey: string,
  code: (typeof PUT_ASIDE_CODES)[number],
  reason: string,
): Promise<void> {
  await sql`
    INSERT INTO sync_errors
      (operation, pass, page, position, source_key, error_type, error_code, severity, retryable, error_message, created_at)
    SELECT operation, pass, page, position, source_key, 'validation', ${code}, 'low', 0,
      ${`record ${sourceKey}: ${reason}`.slice(0, 500)}, ${sqlInstant(Date.now())}
    FROM sync_rows WHERE operation = ${operation} AND source_key = ${sourceKey} AND state = 'staged'
    ON DUPLICATE KEY UPDATE error_message = VALUES(error_message)
  `.execute(trx);
  await sql`
    UPDATE sync_rows SET state = 'quarantined'
    WHERE operation = ${operation} AND source_key = ${sourceKey} AND state = 'staged'
  `.execute(trx);
}
