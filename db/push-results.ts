/** What pushes leave behind: agreement, mirror and staging take what the API shows, the ledger and the run's list say what became of each. */

import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { BUSINESS_FIELDS, businessHash, licenseRef, recordContent } from '../domain/matching-subject.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { isAgreed, type PushedField, type PushField, says, withFields } from '../domain/push.ts';
import { bumpVersion } from './data-versions.ts';
import { reindexRecords } from './match-index.ts';
import { markStale } from './match-stale.ts';
import { lockLicenses } from './merge-writes.ts';
import { writeMirrored } from './mirror.ts';
import { writeShownOtherwise } from './push-conflicts.ts';
import type { PushIntent } from './push-intents.ts';
import { settleLedger } from './push-ledger.ts';
import { quarantinePush, resolveQuarantined } from './push-quarantine.ts';
import { carryVerdicts } from './push-verdicts.ts';
import type { Trx } from './retry.ts';
import type { PushState, SqlInstant } from './tables.ts';

const MAX_REASON = 500;

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
  const { operation, now } = context;
  const sorted = [...results].sort((a, b) => (a.intent.sourceKey < b.intent.sourceKey ? -1 : 1));
  await agree(
    trx,
    sorted.filter(({ shown, settled }) => shown !== null && settled.length > 0),
    context,
  );
  await settleLedger(
    trx,
    sorted.map((result) => ({ ...result.intent, kind: 'push', state: ledgerState(result), reason: result.reason })),
    now,
  );
  await settlePlanned(trx, operation, sorted, now);
  await quarantinePush(
    trx,
    sorted.filter(({ state }) => state === 'rejected' || state === 'unconfirmed'),
    context,
  );
  await resolveQuarantined(
    trx,
    sorted.filter(({ state }) => state === 'pushed' || state === 'agreed').map(({ intent }) => intent.sourceKey),
    context,
  );
}

/** One that may have been sent by an earlier try is settled only when it was seen what the record says. */
function ledgerState({ intent, state, sent, shown, settled }: PushResult): 'done' | 'rejected' | 'sent' | 'void' {
  if (state === 'rejected') return 'rejected';
  if (state === 'unconfirmed') return 'sent';
  if (sent.length > 0) return 'done';
  if (!intent.maybeSent) return 'void';
  if (shown === null) return 'sent';
  return settled.length > 0 ? 'done' : 'void';
}

/** Base, mirror and staged row take the fields that are settled. */
async function agree(trx: Trx, results: readonly PushResult[], { operation, now }: ResultContext): Promise<void> {
  if (results.length === 0) return;
  const keys = results.map(({ intent }) => intent.sourceKey);
  const mirrored = await trx
    .selectFrom('external_licenses')
    .select('source_key')
    .where('source_key', 'in', keys)
    .orderBy('source_key')
    .forUpdate()
    .execute();
  const licenses = await lockLicenses(trx, [...new Set(results.map(({ intent }) => intent.licenseId))].sort());
  const links = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id', 'base', 'base_hash'])
    .where('source_key', 'in', keys)
    .orderBy('source_key')
    .forUpdate()
    .execute();
  const linkOf = new Map(links.map((link) => [link.source_key, link]));
  const agreed = results.flatMap(({ intent, shown, settled, sent }) =>
    shown === null ? [] : [{ intent, shown, settled, sent, next: withFields(intent.record, shown, settled) }],
  );
  const known = new Set(mirrored.map((row) => row.source_key));
  await writeMirrored(
    trx,
    agreed
      .filter(({ intent }) => known.has(intent.sourceKey))
      .map(({ intent, next }) => ({ sourceKey: intent.sourceKey, rowHash: next.hash, record: next.record })),
    { operation, now },
  );
  await writeStaged(
    trx,
    operation,
    agreed.map(({ intent, next }) => [intent.sourceKey, intent.rowHash, next.hash, next.content]),
  );
  const rebased: [string, string, string, number][] = [];
  for (const { intent, shown, settled, sent, next } of agreed) {
    const link = linkOf.get(intent.sourceKey);
    // Someone gave the record to another license, or made them meet anew: then the next run does that with what upstream says by now.
    if (link?.license_id !== intent.licenseId || link.base_hash !== intent.rowHash) continue;
    const base = withFields(JSON.parse(link.base) as ExternalRecord, shown, settled).record;
    const version = agreedVersion(licenses.get(intent.licenseId), base);
    rebased.push([intent.sourceKey, JSON.stringify(base), next.hash, version]);
    const otherwise = sent.filter(({ field, after }) => !says(shown, field, after));
    await writeShownOtherwise(trx, intent, otherwise, { shown, operation, now });
  }
  await rebase(trx, rebased, now);
  await markStale(trx, [...licenses.keys()]);
  await handOnVerdicts(trx, results);
  await reindexRecords(
    trx,
    agreed.map(({ intent, next }) => ({ sourceKey: intent.sourceKey, rowHash: next.hash, record: next.record })),
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

/** What links agree on from now on: source key, base, its hash, the version of the license that agrees. */
async function rebase(trx: Trx, links: readonly [string, string, string, number][], now: SqlInstant): Promise<void> {
  if (links.length === 0) return;
  await sql`
    UPDATE JSON_TABLE(${JSON.stringify(links)}, '$[*]' COLUMNS (
        source_key VARCHAR(200) CHARACTER SET utf8mb4 PATH '$[0]', base MEDIUMTEXT CHARACTER SET utf8mb4 PATH '$[1]',
        base_hash CHAR(32) CHARACTER SET utf8mb4 PATH '$[2]', version INT UNSIGNED PATH '$[3]')) n
      STRAIGHT_JOIN license_links k FORCE INDEX (PRIMARY) ON k.source_key = n.source_key COLLATE utf8mb4_bin
    SET k.base = n.base, k.base_hash = n.base_hash, k.agreed_version = n.version, k.updated_at = ${now}
  `.execute(trx);
}

/**
 * What was read of these records (source key, hash as it was read, new hash and content), also where the same record stood twice in the feed: a
 * resumed run must not take what it has read before the write for an edit made upstream.
 */
export async function writeStaged(
  trx: Trx,
  operation: number,
  rows: readonly (readonly [string, string, string, string])[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    UPDATE JSON_TABLE(${JSON.stringify(rows)}, '$[*]' COLUMNS (
        source_key VARCHAR(200) CHARACTER SET utf8mb4 PATH '$[0]', former CHAR(32) CHARACTER SET utf8mb4 PATH '$[1]',
        row_hash CHAR(32) CHARACTER SET utf8mb4 PATH '$[2]', content MEDIUMTEXT CHARACTER SET utf8mb4 PATH '$[3]')) n
      STRAIGHT_JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = ${operation} AND r.source_key = n.source_key COLLATE utf8mb4_bin AND r.row_hash = n.former COLLATE utf8mb4_bin
    SET r.row_hash = n.row_hash, r.content = n.content
  `.execute(trx);
}

async function settlePlanned(
  trx: Trx,
  operation: number,
  results: readonly PushResult[],
  now: SqlInstant,
): Promise<void> {
  const rows = JSON.stringify(
    results.map(({ intent, state, reason }) => [intent.sourceKey, state, reason?.slice(0, MAX_REASON) ?? null]),
  );
  await sql`
    UPDATE JSON_TABLE(${rows}, '$[*]' COLUMNS (
        source_key VARCHAR(200) CHARACTER SET utf8mb4 PATH '$[0]', state VARCHAR(16) CHARACTER SET utf8mb4 PATH '$[1]',
        reason VARCHAR(500) CHARACTER SET utf8mb4 PATH '$[2]')) n
      STRAIGHT_JOIN sync_pushes p FORCE INDEX (PRIMARY)
        ON p.operation = ${operation} AND p.source_key = n.source_key COLLATE utf8mb4_bin
    SET p.state = n.state, p.reason = n.reason, p.updated_at = ${now}
  `.execute(trx);
}
