/** What pushes leave behind: agreement, mirror and staging take what the API shows, the ledger and the run's list say what became of each. */
import type { ExternalRecord } from '../domain/external.ts';
import { BUSINESS_FIELDS, businessHash, licenseRef, recordContent } from '../domain/matching-subject.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { isAgreed, type PushedField, type PushField, says, withFields } from '../domain/push.ts';
import { bumpVersion } from './data-versions.ts';
import { EXTERNAL_COLUMNS, externalRow } from './external-rows.ts';
import { reindexRecords } from './match-index.ts';
import { markStale } from './match-stale.ts';
import { lockLicenses } from './merge-writes.ts';
import { writeShownOtherwise } from './push-conflicts.ts';
import type { PushIntent } from './push-intents.ts';
import { settleLedger } from './push-ledger.ts';
import { quarantinePush, resolveQuarantined } from './push-quarantine.ts';
import { carryVerdicts } from './push-verdicts.ts';
import type { Trx } from './retry.ts';
import type { PushState, SqlInstant } from './tables.ts';

export interface PushResult {
  intent: PushIntent;
  state: Exclude<PushState, 'planned'>;
  /** What a person should know; names fields, never values. */
  reason: string | null;
  /** The record as the API showed it last; null when it did not. */
  shown: ExternalRecord | null;
  /** Fields of which the record now says what was sent, or had said it already, or says something else after it was accepted. */
  settled: readonly PushField[];
  /** What was sent and accepted. */
  sent: readonly PushedField[];
}

export interface ResultContext {
  operation: number;
  now: SqlInstant;
}

/** Writes the results of a chunk, in the caller's transaction. Locks in the order of everyone else: records, licenses, links. */
export async function writePushResults(
  trx: Trx,
  results: readonly PushResult[],
  context: ResultContext,
): Promise<void> {
  const shown = results.filter((result) => result.shown !== null && result.settled.length > 0);
  await agree(trx, shown, context);
  for (const { intent, state, reason, sent } of results) {
    await settleLedger(
      trx,
      { ...intent, kind: 'push' },
      { state: ledgerState(state, sent.length > 0 || intent.maybeSent), reason, now: context.now },
    );
    await trx
      .updateTable('sync_pushes')
      .set({ state, reason, updated_at: context.now })
      .where('operation', '=', context.operation)
      .where('source_key', '=', intent.sourceKey)
      .execute();
  }
  await quarantinePush(
    trx,
    results.filter(({ state }) => state === 'rejected' || state === 'unconfirmed'),
    context,
  );
  await resolveQuarantined(
    trx,
    results.filter(({ state }) => state === 'pushed' || state === 'agreed').map(({ intent }) => intent.sourceKey),
    context,
  );
}

/** What was said to be sent and never was, is nothing to remember; one that may have been is looked at again by the next run. */
function ledgerState(state: PushResult['state'], wasSent: boolean): 'done' | 'rejected' | 'sent' | 'void' {
  if (state === 'rejected') return 'rejected';
  if (state === 'unconfirmed') return 'sent';
  return wasSent ? 'done' : 'void';
}

/** Links that still are what was read: base, mirror and staged row take the fields that are settled. */
async function agree(trx: Trx, results: readonly PushResult[], { operation, now }: ResultContext): Promise<void> {
  if (results.length === 0) return;
  const sorted = [...results].sort((a, b) => (a.intent.sourceKey < b.intent.sourceKey ? -1 : 1));
  const keys = sorted.map(({ intent }) => intent.sourceKey);
  await trx
    .selectFrom('external_licenses')
    .select('source_key')
    .where('source_key', 'in', keys)
    .orderBy('source_key')
    .forUpdate()
    .execute();
  const licenses = await lockLicenses(trx, [...new Set(sorted.map(({ intent }) => intent.licenseId))].sort());
  const links = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id', 'base', 'base_hash'])
    .where('source_key', 'in', keys)
    .orderBy('source_key')
    .forUpdate()
    .execute();
  const linkOf = new Map(links.map((link) => [link.source_key, link]));
  for (const result of sorted) {
    const { intent, shown, settled } = result;
    if (shown === null) continue;
    const next = withFields(intent.record, shown, settled);
    await writeRecord(trx, intent, next, { operation, now });
    const link = linkOf.get(intent.sourceKey);
    // Someone gave the record to another license, or made them meet anew: then the next run does that with what upstream says by now.
    if (link?.license_id !== intent.licenseId || link.base_hash !== intent.rowHash) continue;
    const base = withFields(JSON.parse(link.base) as ExternalRecord, shown, settled).record;
    await trx
      .updateTable('license_links')
      .set({
        base: JSON.stringify(base),
        base_hash: next.hash,
        agreed_version: agreedVersion(licenses.get(intent.licenseId), base),
        updated_at: now,
      })
      .where('source_key', '=', intent.sourceKey)
      .execute();
    const otherwise = result.sent.filter(({ field, after }) => !says(shown, field, after));
    await writeShownOtherwise(trx, intent, otherwise, { shown, operation, now });
  }
  await markStale(trx, [...licenses.keys()]);
  await handOnVerdicts(trx, sorted);
  await reindexRecords(
    trx,
    sorted.map(({ intent, shown, settled }) => {
      const next = withFields(intent.record, shown ?? intent.record, settled);
      return { sourceKey: intent.sourceKey, rowHash: next.hash, record: next.record };
    }),
  );
  await bumpVersion(trx, 'licenses');
}

/** The record speaks for its license from now on: what was said of the license, as it is, holds for the record. */
async function handOnVerdicts(trx: Trx, results: readonly PushResult[]): Promise<void> {
  for (const { intent, shown, settled } of results) {
    if (shown === null || !settled.some((field) => (BUSINESS_FIELDS as readonly string[]).includes(field))) continue;
    const content = recordContent(withFields(intent.record, shown, settled).record);
    const from = { ref: licenseRef(intent.licenseId), hash: businessHash(content.business) };
    await carryVerdicts(trx, from, { ref: intent.sourceKey, ...content });
  }
}

function agreedVersion(locked: VersionedLicense | undefined, base: ExternalRecord): number {
  return locked && isAgreed(locked.license, base) ? locked.version : 0;
}

/**
 * Mirror and staging, also where the same record stood twice in the feed: a resumed run must not take what it has read before the write for an
 * edit made upstream.
 */
async function writeRecord(
  trx: Trx,
  { sourceKey, rowHash }: PushIntent,
  next: ReturnType<typeof withFields>,
  { operation, now }: ResultContext,
): Promise<void> {
  const values = externalRow(sourceKey, next.hash, next.record);
  const columns = Object.fromEntries(EXTERNAL_COLUMNS.map((column, index) => [column, values[index] ?? null]));
  const { source_key: _, ...written } = columns;
  await trx
    .updateTable('external_licenses')
    .set({ ...written, seen_operation: operation, updated_at: now })
    .where('source_key', '=', sourceKey)
    .execute();
  await trx
    .updateTable('sync_rows')
    .set({ row_hash: next.hash, content: next.content })
    .where('operation', '=', operation)
    .where('source_key', '=', sourceKey)
    .where('row_hash', '=', rowHash)
    .execute();
}
