/** What a compensation leaves behind: the ledger, what the record is agreed to say, and what was decided of it as a duplicate. */
import type { ExternalRecord } from '../domain/external.ts';
import { recordContent } from '../domain/matching-subject.ts';
import { type PushedField, type PushField, says } from '../domain/push.ts';
import { currentSubjects } from './match-subjects.ts';
import { type LedgerKey, settleLedger } from './push-ledger.ts';
import { carryVerdicts } from './push-verdicts.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

export interface CompensationResult {
  key: LedgerKey;
  fields: readonly PushedField[];
  /** Fields that cannot be emptied upstream. */
  stuck: readonly PushField[];
  written:
    | { outcome: 'written'; shown: ExternalRecord; weighed: { conflicting: readonly PushField[] } }
    | { outcome: 'unaddressable' | 'gone' | 'rejected'; reason: string };
  now: SqlInstant;
}

export async function settleCompensation(
  trx: Trx,
  { key, fields, stuck, written, now }: CompensationResult,
): Promise<void> {
  if (written.outcome !== 'written') {
    // A record that cannot be told from others today may be so tomorrow.
    const state = written.outcome === 'unaddressable' ? 'due' : written.outcome === 'rejected' ? 'rejected' : 'void';
    await settleLedger(trx, [{ ...key, state, reason: written.reason }], now);
    return;
  }
  const { shown, weighed } = written;
  const reasons = [
    weighed.conflicting.length > 0 ? `${weighed.conflicting.join(', ')} was changed upstream since and is left` : null,
    stuck.length > 0 ? `${stuck.join(', ')} was empty before and cannot be emptied upstream` : null,
  ].filter((reason) => reason !== null);
  const taken = fields.filter(({ field, after }) => says(shown, field, after));
  const [before] = (await currentSubjects(trx, [key.sourceKey])).values();
  await agreeOn(trx, key.sourceKey, taken, now);
  if (before) {
    await carryVerdicts(
      trx,
      { ref: key.sourceKey, hash: before.businessHash },
      { ref: key.sourceKey, ...recordContent(shown) },
    );
  }
  const reason = reasons.length > 0 ? reasons.join('; ') : null;
  await settleLedger(trx, [{ ...key, state: taken.length > 0 ? 'done' : 'void', reason }], now);
}

/** Where the record has a license, nobody changed these fields: neither side is to take the other's value for news. */
async function agreeOn(trx: Trx, sourceKey: string, taken: readonly PushedField[], now: SqlInstant): Promise<void> {
  const link = await trx
    .selectFrom('license_links')
    .select('base')
    .where('source_key', '=', sourceKey)
    .forUpdate()
    .executeTakeFirst();
  if (!link) return;
  const base = JSON.parse(link.base) as ExternalRecord;
  const changed = taken.filter(({ field, before }) => says(base, field, before));
  if (changed.length === 0) return;
  const agreed = { ...base, ...Object.fromEntries(changed.map(({ field, after }) => [field, after])) };
  await trx
    .updateTable('license_links')
    .set({ base: JSON.stringify(agreed), agreed_version: 0, updated_at: now })
    .where('source_key', '=', sourceKey)
    .execute();
}
