/**
 * Taking back upstream what was sent on account of a merge that was undone. Where a license still speaks for the record, its own values
 * differ from what was agreed on and are sent like any edit; what is left is noted here as due, and sent by the next run that sends anything.
 */
import type { ExternalRecord } from '../domain/external.ts';
import type { License } from '../domain/license.ts';
import { type ExternalView, toExternalView } from '../domain/mapping.ts';
import { type PushedField, type PushField, says } from '../domain/push.ts';
import type { RecordAddress } from '../upstream/record-calls.ts';
import type { Db } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import { addressesOf } from './push-addresses.ts';
import type { LedgerKey } from './push-ledger.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

/** A field as pushes have changed it since some moment: what stood there first, and what was sent last. */
export interface FieldSent extends PushedField {
  /** Nobody knows yet whether the last of them was made. */
  open: boolean;
}

/** What was sent to a record since some moment, for whichever license: merges may have been chained. */
export async function pushedSince(trx: Trx, sourceKey: string, since: SqlInstant): Promise<FieldSent[]> {
  const rows = await trx
    .selectFrom('push_ledger')
    .select(['fields', 'state'])
    .where('source_key', '=', sourceKey)
    .where('kind', '=', 'push')
    .where('state', 'in', ['sent', 'done'])
    .where('created_at', '>=', since)
    .orderBy('created_at')
    .forUpdate()
    .execute();
  const fields = new Map<PushField, FieldSent>();
  for (const { fields: sent, state } of rows) {
    for (const each of JSON.parse(sent) as PushedField[]) {
      const first = fields.get(each.field) ?? each;
      fields.set(each.field, { ...first, after: each.after, open: state === 'sent' });
    }
  }
  return [...fields.values()];
}

/** What was agreed on before, with what was sent since: so that it is no news, and the license's own values differ from it. */
export function withPushed(
  former: ExternalRecord,
  present: ExternalRecord,
  pushed: readonly FieldSent[],
): ExternalRecord {
  const kept = pushed.filter(({ field, after, open }) => !open && says(present, field, after));
  return { ...former, ...Object.fromEntries(kept.map(({ field }) => [field, present[field]])) };
}

export interface Due {
  sourceKey: string;
  /** The license that the pushes were made for, and its version after the undo. */
  licenseId: string;
  version: number;
  pushed: readonly FieldSent[];
  /** What the record is agreed to say. */
  present: ExternalRecord;
  /** The license that speaks for the record from now on; null: none. */
  speaker: License | null;
  now: SqlInstant;
}

/** Notes what no license takes back by itself, and what may have been sent: whoever takes it back looks upstream first. */
export async function noteDue(trx: Trx, due: Due): Promise<void> {
  const view = due.speaker === null ? null : toExternalView(due.speaker);
  const fields = due.pushed
    .filter(
      ({ field, after, open }) => open || (says(due.present, field, after) && (view === null || view[field] === null)),
    )
    .map(({ field, before, after }): PushedField => ({ field, before: after, after: before }));
  if (fields.length === 0) return;
  const said = { state: 'due' as const, fields: JSON.stringify(fields), reason: null, settled_at: null };
  await trx
    .insertInto('push_ledger')
    .values({
      source_key: due.sourceKey,
      license_id: due.licenseId,
      license_version: due.version,
      kind: 'compensation',
      created_at: due.now,
      ...said,
    })
    .onDuplicateKeyUpdate(said)
    .execute();
}

export interface DueCompensation {
  key: LedgerKey;
  fields: PushedField[];
  /** Fields that the license which feeds the record fills again: emptied upstream, they would differ for ever. */
  filledAgain: PushField[];
  address: RecordAddress | null;
  countid: number | null;
}

/** What is due, or may have been sent, for the next records; `after` is the source key of the last one seen. */
export async function nextDue(db: Db, after: string, records: number): Promise<DueCompensation[]> {
  const keys = await db
    .selectFrom('push_ledger')
    .select('source_key')
    .distinct()
    .where('kind', '=', 'compensation')
    .where('state', 'in', ['due', 'sent'])
    .where('source_key', '>', after)
    .orderBy('source_key')
    .limit(records)
    .execute();
  if (keys.length === 0) return [];
  const rows = await db
    .selectFrom('push_ledger as p')
    .leftJoin('external_licenses as e', 'e.source_key', 'p.source_key')
    .select([
      'p.source_key',
      'p.license_id',
      'p.license_version',
      'p.fields',
      'e.countid',
      'e.appid',
      'e.appid_key',
      'e.external_email',
      'e.email_key',
    ])
    .where('p.kind', '=', 'compensation')
    .where('p.state', 'in', ['due', 'sent'])
    .where(
      'p.source_key',
      'in',
      keys.map((row) => row.source_key),
    )
    .orderBy('p.source_key')
    .orderBy('p.created_at')
    .execute();
  const addresses = await addressesOf(
    db,
    rows.map((row) => ({
      sourceKey: row.source_key,
      appid: row.appid,
      appidKey: row.appid_key,
      email: row.external_email,
      emailKey: row.email_key,
    })),
  );
  const views = await viewsOf(
    db,
    keys.map((row) => row.source_key),
  );
  return rows.map((row) => ({
    key: {
      sourceKey: row.source_key,
      licenseId: row.license_id,
      version: row.license_version,
      kind: 'compensation',
    },
    fields: JSON.parse(row.fields) as PushedField[],
    filledAgain: (JSON.parse(row.fields) as PushedField[])
      .filter(({ field, after }) => after === null && (views.get(row.source_key)?.[field] ?? null) !== null)
      .map(({ field }) => field),
    address: addresses.get(row.source_key) ?? null,
    countid: row.countid,
  }));
}

/** What the licenses say that these records feed. */
async function viewsOf(db: Db, sourceKeys: readonly string[]): Promise<Map<string, ExternalView>> {
  const rows = await db
    .selectFrom('license_links as k')
    .innerJoin('licenses as l', 'l.id', 'k.license_id')
    .selectAll('l')
    .select('k.source_key')
    .where('k.source_key', 'in', [...sourceKeys])
    .where('k.role', '=', 'primary')
    .execute();
  return new Map(rows.map((row) => [row.source_key, toExternalView(licenseOf(row).license)]));
}
