/** `match_stale`: licenses whose subject has to be looked at again, noted by whatever writes them, in its own transaction. */
import { MATCHING_LICENSE_FIELDS } from '../domain/matching-subject.ts';
import { insertRows } from './bulk.ts';
import type { Trx } from './retry.ts';

const ROWS_IN_ONE = 1000;

/** Whether changes of a license's fields can change what it resembles. */
export function mattersToMatching(changes: readonly { field: string }[]): boolean {
  return changes.some(({ field }) => MATCHING_LICENSE_FIELDS.has(field));
}

/** Notes licenses as stale; safe to repeat. In the order of their ids, so that two writers wait for each other and not for ever. */
export async function markStale(trx: Trx, licenseIds: readonly string[]): Promise<void> {
  const rows = [...new Set(licenseIds)].sort().map((id) => [id]);
  await insertRows(trx, 'match_stale', ['license_id'], rows, { batchSize: ROWS_IN_ONE, onDuplicate: ['license_id'] });
}
