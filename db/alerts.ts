/** `alerts`: what someone should know. The same trouble is one alert, however often and by however many processes it is raised. */
import { type Selectable, sql } from 'kysely';
import { type Db, sqlInstant } from './connect.ts';
import { recordEvent } from './events.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { AlertState, AlertsTable } from './tables.ts';

export type AlertRow = Selectable<AlertsTable>;

export interface NewAlert {
  /** What happened, such as `missing_run`; at most 40 characters. */
  kind: string;
  /** What it happened to, such as a schedule's name; with `kind` it tells two alerts apart. */
  subject: string;
  severity: AlertRow['severity'];
  /** Since when, what, and what to do. No personal data. */
  message: string;
  /** Raised again with the very same details, it is the same occurrence. */
  details?: Record<string, unknown>;
  operationId?: string;
}

/**
 * Raises an alert, or says of the unresolved one of this kind and subject that the trouble is still there.
 * Safe to repeat, and for several processes at once.
 * @returns whether this call made it.
 */
export async function raiseAlert(db: Db | Trx, alert: NewAlert): Promise<boolean> {
  if (await touchOpen(db, alert)) return false;
  // With its event: killed in between, nobody would be told.
  return await within(db, async (trx) => await insertAlert(trx, alert));
}

async function touchOpen(db: Db | Trx, alert: NewAlert): Promise<boolean> {
  const details = detailsOf(alert);
  // Assignments run from left to right: `occurrences` must see the details as they were.
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set({
      occurrences: sql`occurrences + IF(${details} IS NOT NULL AND details <=> ${details}, 0, 1)`,
      details,
      severity: alert.severity,
      message: messageOf(alert),
      operation_id: alert.operationId ?? null,
      last_seen_at: sqlInstant(Date.now()),
    })
    .where('open_key', '=', openKey(alert.kind, alert.subject))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function insertAlert(trx: Trx, alert: NewAlert): Promise<boolean> {
  const { kind, subject, severity, operationId = null } = alert;
  const now = sqlInstant(Date.now());
  const { numInsertedOrUpdatedRows, insertId } = await trx
    .insertInto('alerts')
    .values({
      kind,
      subject,
      severity,
      message: messageOf(alert),
      details: detailsOf(alert),
      operation_id: operationId,
      open_key: openKey(kind, subject),
      first_seen_at: now,
      last_seen_at: now,
    })
    // Another process was quicker: its alert is this one.
    .onDuplicateKeyUpdate({ last_seen_at: now })
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  // Alerts that only inform are many, and other events speak of what they are about.
  if (severity !== 'info') {
    const id = Number(insertId);
    await recordEvent(trx, {
      type: 'alert.raised',
      key: `alert.raised:${id}`,
      data: { alertId: id, kind, subject, severity, message: messageOf(alert), operationId },
    });
  }
  return true;
}

/** The trouble is over. @returns whether there was an unresolved alert. */
export async function resolveAlert(db: Db | Trx, kind: string, subject: string): Promise<boolean> {
  const key = openKey(kind, subject);
  const open = () =>
    db.selectFrom('alerts').select(['id', 'severity', 'operation_id']).where('open_key', '=', key).executeTakeFirst();
  const found = await open();
  if (!found) return false;
  return await within(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('alerts')
      .set({ state: 'resolved', resolved_at: sqlInstant(Date.now()), open_key: null })
      .where('id', '=', found.id)
      .where('open_key', '=', key)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    if (found.severity !== 'info') {
      await recordEvent(trx, {
        type: 'alert.resolved',
        key: `alert.resolved:${found.id}`,
        data: { alertId: found.id, kind, subject, operationId: found.operation_id },
      });
    }
    return true;
  });
}

/** Subjects of the unresolved alerts of a kind. */
export async function openSubjects(db: Db, kind: string): Promise<string[]> {
  const rows = await db
    .selectFrom('alerts')
    .select('subject')
    .where('kind', '=', kind)
    .where('state', 'in', UNRESOLVED)
    .execute();
  return rows.map(({ subject }) => subject);
}

/** Someone looks after it; it stays until it is resolved. @returns false when it is not open. */
export async function acknowledgeAlert(db: Db, id: number, by: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set({ state: 'acknowledged', acknowledged_by: by.slice(0, 100), acknowledged_at: sqlInstant(Date.now()) })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function findAlert(db: Db, id: number): Promise<AlertRow | undefined> {
  return await db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
}

const UNRESOLVED: AlertState[] = ['open', 'acknowledged'];

export interface AlertPage {
  limit: number;
  /** Id of the last one seen. */
  before?: number;
  /** `unresolved` stands for open and acknowledged ones. */
  state?: AlertState | 'unresolved';
}

/** Newest first. */
export async function listAlerts(db: Db, { limit, before, state }: AlertPage): Promise<AlertRow[]> {
  let query = db.selectFrom('alerts').selectAll().orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  if (state !== undefined) query = query.where('state', 'in', state === 'unresolved' ? UNRESOLVED : [state]);
  return await query.execute();
}

async function within<T>(db: Db | Trx, work: (trx: Trx) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db as Trx) : await inTransaction(db, work);
}

function messageOf({ message }: NewAlert): string {
  return message.slice(0, 1000);
}

function detailsOf({ details }: NewAlert): string | null {
  return details === undefined ? null : JSON.stringify(details);
}

function openKey(kind: string, subject: string): string {
  return `${kind}:${subject}`;
}
