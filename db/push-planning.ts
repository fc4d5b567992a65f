/**
 * `sync_pushes`: what a run wants to send upstream. Foreseen with the plan, for the guard and for dry runs, and decided when everything else is
 * carried out.
 */
import { type Selectable, sql } from 'kysely';
import { canonicalJson } from '../domain/canonical.ts';
import type { ExternalRecord } from '../domain/external.ts';
import type { License } from '../domain/license.ts';
import { type FieldChange, type FieldConflict, mergeBase } from '../domain/merge.ts';
import { fieldsToPush, isAgreed, type PushedField } from '../domain/push.ts';
import { insertRows } from './bulk.ts';
import { type Db, sqlInstant } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import { type LedgerEntry, ledgerOf } from './push-ledger.ts';
import { resolveQuarantined } from './push-quarantine.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { LicensesTable, PushState } from './tables.ts';

const COLUMNS = [
  'operation',
  'source_key',
  'page',
  'license_id',
  'license_version',
  'fields',
  'state',
  'reason',
  'updated_at',
] as const;
const ON_DUPLICATE = COLUMNS.slice(2);
const NOTHING_LEFT = 'there was nothing left to be sent';
/** Of an earlier attempt, too: it may have ended while something was being sent. */
const UNDECIDED = ['planned', 'unconfirmed'] as const;

interface PlannedPush {
  sourceKey: string;
  page: number;
  licenseId: string;
  version: number;
  fields: PushedField[];
  state: PushState;
  reason: string | null;
}

/** What a run has read: passes up to this one. */
interface Reading {
  operation: number;
  pass: number;
}

type Pages = { from: number; to: number };

type Linked = Selectable<LicensesTable> & { page: number; source_key: string; base: string | null };
type Foreseen = Linked & { content: string; changes: string | null; conflicts: string | null; outcome: string | null };

/**
 * What is to be sent for the records of these pages once the plan is carried out. Replaces what was foreseen before and not done.
 */
export async function foreseePushes(
  db: Db,
  { operation, pass }: Reading,
  { from, to }: Pages,
  batchSize: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows } = await sql<Foreseen>`
      SELECT l.*, r.page, r.source_key, r.content, k.base, p.outcome, p.changes, p.conflicts
      FROM sync_rows r FORCE INDEX (PRIMARY)
        LEFT JOIN license_links k ON k.source_key = r.source_key
        LEFT JOIN plan_changes p ON p.operation = r.operation AND p.source_key = r.source_key
        JOIN licenses l ON l.id = COALESCE(k.license_id, p.license_id)
      WHERE r.operation = ${operation} AND r.pass <= ${pass} AND r.page BETWEEN ${from} AND ${to} AND r.state = 'staged'
        AND l.archived_into IS NULL AND COALESCE(k.role, 'primary') = 'primary'
        AND (p.outcome IN ('updated', 'unchanged') OR (p.outcome IS NULL AND k.base_hash = r.row_hash AND k.agreed_version <> l.version))
      ORDER BY r.source_key
    `.execute(trx);
    await trx
      .deleteFrom('sync_pushes')
      .where('operation', '=', operation)
      .where('page', '>=', from)
      .where('page', '<=', to)
      .where('state', '=', 'planned')
      .execute();
    const held = await heldFields(trx, rows);
    const ledger = await ledgerOf(trx, rows);
    const planned = rows
      .map((row) => foresee(row, held.get(row.source_key) ?? new Set()))
      .filter(({ fields }) => fields.length > 0)
      .map((push) => withoutSent(push, ledger.get(push.sourceKey)));
    await writePlanned(trx, operation, planned, batchSize);
  });
}

/** The license as the plan leaves it, against what the two agree on then. */
function foresee(row: Foreseen, held: Set<string>): PlannedPush {
  const { license, version } = licenseOf(row);
  const changes = JSON.parse(row.changes ?? '[]') as FieldChange[];
  const clashes = JSON.parse(row.conflicts ?? '[]') as FieldConflict[];
  const after = { ...license, ...Object.fromEntries(changes.map((change) => [change.field, change.after])) } as License;
  const base = row.base === null ? null : (JSON.parse(row.base) as ExternalRecord);
  const read = JSON.parse(row.content) as ExternalRecord;
  for (const clash of clashes) {
    if (clash.held) held.add(clash.field);
    else held.delete(clash.field);
  }
  return {
    sourceKey: row.source_key,
    page: row.page,
    licenseId: license.id,
    version: row.outcome === 'updated' ? version + 1 : version,
    fields: fieldsToPush(
      after,
      { base: row.outcome === null && base !== null ? base : mergeBase(base, read), read },
      held,
    ),
    state: 'planned',
    reason: null,
  };
}

/**
 * Decides what is sent for the records of these pages, now that the plan is carried out. A license that has nothing to send is noted as agreed,
 * so that it is not looked at again.
 * @param exact only what was foreseen, and only while it is still so.
 */
export async function preparePushes(
  db: Db,
  ref: Reading,
  { from, to }: Pages,
  { batchSize, exact }: { batchSize: number; exact: boolean },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows } = await sql<Linked & { base: string; content: string }>`
      SELECT l.*, r.page, r.source_key, r.content, k.base
      FROM sync_rows r FORCE INDEX (PRIMARY)
        STRAIGHT_JOIN license_links k FORCE INDEX (PRIMARY) ON k.source_key = r.source_key AND k.role = 'primary' AND k.base_hash = r.row_hash
        STRAIGHT_JOIN licenses l FORCE INDEX (PRIMARY) ON l.id = k.license_id AND l.version <> k.agreed_version AND l.archived_into IS NULL
        STRAIGHT_JOIN external_licenses e FORCE INDEX (PRIMARY) ON e.source_key = r.source_key AND e.vanished_at IS NULL
      WHERE r.operation = ${ref.operation} AND r.pass <= ${ref.pass} AND r.page BETWEEN ${from} AND ${to} AND r.state = 'staged'
      ORDER BY r.source_key
    `.execute(trx);
    const foreseen = await takePlanned(trx, ref.operation, { from, to });
    const held = await heldFields(trx, rows);
    const ledger = await ledgerOf(trx, rows);
    const planned: PlannedPush[] = [];
    const agreed: Linked[] = [];
    for (const row of rows) {
      const { license, version } = licenseOf(row);
      const base = JSON.parse(row.base) as ExternalRecord;
      const read = JSON.parse(row.content) as ExternalRecord;
      const fields = fieldsToPush(license, { base, read }, held.get(row.source_key) ?? new Set());
      if (isAgreed(license, base)) agreed.push(row);
      if (fields.length === 0) continue;
      const push: PlannedPush = {
        sourceKey: row.source_key,
        page: row.page,
        licenseId: license.id,
        version,
        fields,
        state: 'planned',
        reason: null,
      };
      const drift = exact ? whyNotExact(push, foreseen.get(row.source_key)) : null;
      if (drift !== null) planned.push({ ...push, state: 'skipped', reason: drift });
      else planned.push(withoutSent(push, ledger.get(row.source_key)));
    }
    await noteAgreed(trx, agreed);
    // What was refused once was taken back inside.
    await resolveQuarantined(
      trx,
      agreed.map((row) => row.source_key),
      ref,
    );
    const wanted = exact ? planned.filter(({ sourceKey }) => foreseen.has(sourceKey)) : planned;
    await writePlanned(trx, ref.operation, wanted, batchSize);
  });
}

/** What the ledger says of this very version: a refusal stands, and a field that was sent is not sent again. */
function withoutSent(push: PlannedPush, ledger: readonly LedgerEntry[] | undefined): PlannedPush {
  const entry = ledger?.find(({ licenseId, version }) => licenseId === push.licenseId && version === push.version);
  if (entry?.state === 'rejected') return { ...push, state: 'rejected', reason: entry.reason };
  if (entry?.state !== 'done') return push;
  const isSent = (field: PushedField) =>
    entry.fields.some((sent) => sent.field === field.field && canonicalJson(sent.after) === canonicalJson(field.after));
  const fields = push.fields.filter((field) => !isSent(field));
  if (fields.length > 0) return { ...push, fields };
  const reason = `version ${push.version} of its license was sent before, and upstream says something else by now: edit the license to send it again`;
  return { ...push, state: 'conflict', reason };
}

function whyNotExact(
  push: PlannedPush,
  foreseen: { version: number; fields: PushedField[] } | undefined,
): string | null {
  if (!foreseen) return 'the plan did not name it';
  if (foreseen.version !== push.version) {
    return `its license was edited since: version ${foreseen.version} was planned for, it has ${push.version}`;
  }
  return canonicalJson(foreseen.fields) === canonicalJson(push.fields)
    ? null
    : 'what would be sent is not what was planned any more';
}

/** What was foreseen for these pages and not done; all of it counts as skipped until it is decided anew. */
async function takePlanned(
  trx: Trx,
  operation: number,
  { from, to }: Pages,
): Promise<Map<string, { version: number; fields: PushedField[] }>> {
  const rows = await trx
    .selectFrom('sync_pushes')
    .select(['source_key', 'license_version', 'fields'])
    .where('operation', '=', operation)
    .where('page', '>=', from)
    .where('page', '<=', to)
    .where('state', 'in', UNDECIDED)
    .forUpdate()
    .execute();
  await trx
    .updateTable('sync_pushes')
    .set({ state: 'skipped', reason: NOTHING_LEFT, updated_at: sqlInstant(Date.now()) })
    .where('operation', '=', operation)
    .where('page', '>=', from)
    .where('page', '<=', to)
    .where('state', 'in', UNDECIDED)
    .execute();
  return new Map(
    rows.map((row) => [
      row.source_key,
      { version: row.license_version, fields: JSON.parse(row.fields) as PushedField[] },
    ]),
  );
}

async function writePlanned(
  trx: Trx,
  operation: number,
  planned: readonly PlannedPush[],
  batchSize: number,
): Promise<void> {
  const now = sqlInstant(Date.now());
  await insertRows(
    trx,
    'sync_pushes',
    COLUMNS,
    planned.map(({ sourceKey, page, licenseId, version, fields, state, reason }) => [
      operation,
      sourceKey,
      page,
      licenseId,
      version,
      JSON.stringify(fields),
      state,
      reason,
      now,
    ]),
    { batchSize, onDuplicate: ON_DUPLICATE },
  );
}

/** By the version that was read: an edit made since makes the two differ again. */
async function noteAgreed(trx: Trx, rows: readonly Pick<Linked, 'source_key' | 'id' | 'version'>[]): Promise<void> {
  if (rows.length === 0) return;
  const list = JSON.stringify(rows.map((row) => [row.source_key, row.id, row.version]));
  await sql`
    UPDATE JSON_TABLE(${list}, '$[*]' COLUMNS (
        source_key VARCHAR(200) CHARACTER SET utf8mb4 PATH '$[0]', license_id CHAR(36) CHARACTER SET utf8mb4 PATH '$[1]',
        version INT UNSIGNED PATH '$[2]')) n
      STRAIGHT_JOIN license_links k FORCE INDEX (PRIMARY)
        ON k.source_key = n.source_key COLLATE utf8mb4_bin AND k.license_id = n.license_id COLLATE utf8mb4_bin
    SET k.agreed_version = n.version
  `.execute(trx);
}

/** Fields of which an open clash keeps the internal value, by source key. */
export async function heldFields(trx: Trx, rows: readonly { source_key: string }[]): Promise<Map<string, Set<string>>> {
  const held = new Map<string, Set<string>>();
  if (rows.length === 0) return held;
  const found = await trx
    .selectFrom('field_conflicts')
    .select(['source_key', 'field'])
    .where(
      'source_key',
      'in',
      rows.map((row) => row.source_key),
    )
    .where('state', '=', 'open')
    .where('held', '=', 1)
    .execute();
  for (const { source_key: key, field } of found) held.set(key, (held.get(key) ?? new Set()).add(field));
  return held;
}

/** What an earlier attempt had planned for pages that the feed does not have any more. */
export async function dropBeyond(db: Db, operation: number, lastPage: number): Promise<void> {
  await db
    .updateTable('sync_pushes')
    .set({ state: 'skipped', reason: NOTHING_LEFT, updated_at: sqlInstant(Date.now()) })
    .where('operation', '=', operation)
    .where('page', '>', lastPage)
    .where('state', '=', 'planned')
    .execute();
}

/** How many records are still to be sent to, and on which pages they stand. */
export async function plannedPushes(db: Db, operation: number): Promise<{ count: number; pages: number[] }> {
  const { rows } = await sql<{ page: number; count: string | number }>`
    SELECT page, COUNT(*) AS count FROM sync_pushes FORCE INDEX (by_page)
    WHERE operation = ${operation} AND state = 'planned' GROUP BY page
  `.execute(db);
  return { count: rows.reduce((sum, row) => sum + Number(row.count), 0), pages: rows.map((row) => row.page) };
}
