/** What a compensation leaves behind: the ledger, what the record is agreed to say, and what was decided of it as a duplicate. */
import type { ExternalRecord } from '../domain/external.ts';
import { type ExternalView, toExternalView } from '../domain/mapping.ts';
import { recordContent } from '../domain/matching-subject.ts';
import { type PushedField, type PushField, says, withFields } from '../domain/push.ts';
import { licenseOf } from './license-rows.ts';
import { currentSubjects } from './match-subjects.ts';
import { type LedgerKey, settleLedger } from './push-ledger.ts';
import { writeStaged } from './push-results.ts';
import { carryVerdicts } from './push-verdicts.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

export interface CompensationResult {
  operation: number;
  key: LedgerKey;
  fields: readonly PushedField[];
  /** Fields that the record's license fills again. */
  filledAgain: readonly PushField[];
  /** Fields that cannot be emptied upstream. */
  stuck: readonly PushField[];
  written:
    | { outcome: 'written'; shown: ExternalRecord; weighed: { conflicting: readonly PushField[] } }
    | { outcome: 'unaddressable' | 'gone' | 'rejected'; reason: string };
  now: SqlInstant;
}

export async function settleCompensation(
  trx: Trx,
  { operation, key, fields, filledAgain, stuck, written, now }: CompensationResult,
): Promise<void> {
  if (written.outcome !== 'written') {
    // What cannot be told from others today, or is refused, stays due: with the reason, and for the next run to try.
    const state = written.outcome === 'gone' ? 'void' : 'due';
    await settleLedger(trx, [{ ...key, state, reason: written.reason }], now);
    return;
  }
  const { shown, weighed } = written;
  const reasons = [
    weighed.conflicting.length > 0 ? `${weighed.conflicting.join(', ')} was changed upstream since and is left` : null,
    filledAgain.length > 0 ? `${filledAgain.join(', ')} was filled again by its license and is left` : null,
    stuck.length > 0 ? `${stuck.join(', ')} was empty before and cannot be emptied upstream` : null,
  ].filter((reason) => reason !== null);
  const taken = fields.filter(({ field, after }) => says(shown, field, after));
  const [before] = (await currentSubjects(trx, [key.sourceKey])).values();
  await agreeOn(trx, key.sourceKey, taken, now);
  await restage(trx, operation, key.sourceKey, { shown, taken });
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

/**
 * Where a license speaks for the record and does not hold what is taken back, the value it had before is agreed on, too. One that holds it took it
 * from the record: then the restored value has to come as news, or it would be sent once more.
 */
async function agreeOn(trx: Trx, sourceKey: string, taken: readonly PushedField[], now: SqlInstant): Promise<void> {
  const link = await trx
    .selectFrom('license_links')
    .select(['license_id', 'base'])
    .where('source_key', '=', sourceKey)
    .forUpdate()
    .executeTakeFirst();
  const row =
    link && (await trx.selectFrom('licenses').selectAll().where('id', '=', link.license_id).executeTakeFirst());
  if (!link || !row) return;
  const view = toExternalView(licenseOf(row).license);
  const base = JSON.parse(link.base) as ExternalRecord;
  const changed = taken.filter(
    ({ field, before, after }) => says(base, field, before) && (view[field] === null || saysView(view, field, after)),
  );
  if (changed.length === 0) return;
  const agreed = { ...base, ...Object.fromEntries(changed.map(({ field, after }) => [field, after])) };
  await trx
    .updateTable('license_links')
    .set({ base: JSON.stringify(agreed), agreed_version: 0, updated_at: now })
    .where('source_key', '=', sourceKey)
    .execute();
}

function saysView(view: ExternalView, field: PushField, value: PushedField['after']): boolean {
  return says(view as ExternalRecord, field, value);
}

/** A resumed run that holds its pages would take what it has read before for what upstream says. */
async function restage(
  trx: Trx,
  operation: number,
  sourceKey: string,
  { shown, taken }: { shown: ExternalRecord; taken: readonly PushedField[] },
): Promise<void> {
  const rows = await trx
    .selectFrom('sync_rows')
    .select(['row_hash', 'content'])
    .distinct()
    .where('operation', '=', operation)
    .where('source_key', '=', sourceKey)
    .execute();
  const fields = taken.map(({ field }) => field);
  const next = rows.map((row) => ({ row, next: withFields(JSON.parse(row.content) as ExternalRecord, shown, fields) }));
  await writeStaged(
    trx,
    operation,
    next.map(({ row, next: { hash, content } }) => [sourceKey, row.row_hash, hash, content]),
  );
}
