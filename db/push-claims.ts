/** The moment before a record is written upstream: what was planned must still be so, and the ledger says that it is about to happen. */
import { sql } from 'kysely';
import type { PushedField } from '../domain/push.ts';
import type { Db } from './connect.ts';
import type { PushIntent } from './push-intents.ts';
import { noteSent } from './push-ledger.ts';
import { inTransaction } from './retry.ts';

/** The license is not what the push was planned for any more. */
export class PushOvertaken extends Error {
  override readonly name = 'PushOvertaken';
}

/**
 * Waits, approvals and pauses can lie between plan and call. With license and link locked, whoever edits, undoes or unlinks either comes first and is
 * seen here, or comes later and finds the push in the ledger.
 * @throws {PushOvertaken} when the license was changed, consolidated or parted from the record.
 */
export async function claimPush(
  db: Db,
  operation: number,
  intent: PushIntent,
  fields: readonly PushedField[],
): Promise<void> {
  const { sourceKey, licenseId, version, noted } = intent;
  await inTransaction(db, async (trx) => {
    const { rows: licenses } = await sql<{ version: number }>`
      SELECT version FROM licenses WHERE id = ${licenseId} AND archived_into IS NULL LOCK IN SHARE MODE
    `.execute(trx);
    const { rows: links } = await sql<{ license_id: string }>`
      SELECT license_id FROM license_links WHERE source_key = ${sourceKey} AND role = 'primary' LOCK IN SHARE MODE
    `.execute(trx);
    if (licenses[0]?.version !== version) throw new PushOvertaken('its license was changed since it was planned');
    if (links[0]?.license_id !== licenseId) throw new PushOvertaken('its link was changed since it was planned');
    const others = noted.filter(({ field }) => !fields.some((each) => each.field === field));
    await noteSent(trx, { sourceKey, licenseId, version, kind: 'push' }, { fields: [...others, ...fields], operation });
  });
}
