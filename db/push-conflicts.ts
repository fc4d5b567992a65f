/** A value that the API accepts and then shows differently: sent again, it would be sent for ever. A person decides. */
import type { ExternalRecord } from '../domain/external.ts';
import type { PushedField } from '../domain/push.ts';
import { supersedeOlder } from './conflict-states.ts';
import type { PushIntent } from './push-intents.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

/** Records a held conflict for each of these fields; safe to repeat. */
export async function writeShownOtherwise(
  trx: Trx,
  { sourceKey, licenseId }: PushIntent,
  fields: readonly PushedField[],
  { shown, operation, now }: { shown: ExternalRecord; operation: number; now: SqlInstant },
): Promise<void> {
  if (fields.length === 0) return;
  for (const { field, before, after } of fields) {
    const said = {
      internal_value: JSON.stringify(after),
      external_value: JSON.stringify(shown[field]),
      base_value: JSON.stringify(before),
      resolution: 'kept_internal' as const,
      held: 1,
      state: 'open' as const,
      choice: null,
      resolved_by: null,
      resolved_at: null,
    };
    await trx
      .insertInto('field_conflicts')
      .values({ license_id: licenseId, source_key: sourceKey, field, operation, created_at: now, ...said })
      .onDuplicateKeyUpdate({ license_id: licenseId, ...said })
      .execute();
  }
  await supersedeOlder(trx, operation, [sourceKey]);
}
