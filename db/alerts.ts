/** `alerts`: what someone should know. The same trouble is one alert, however often and by however many processes it is raised. */
import { type Selectable, sql } from 'kysely';
import { type Db, sqlInstant } from './connect.ts';
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
export async function raiseAlert(db: Db, alert: NewAlert): Promise<boolean> {
  const now = sqlInstant(Date.now());
  const key = openKey(alert.kind, alert.subject);
  const details = alert.details === undefined ? null : JSON.stringify(alert.details);
  const { severity, operationId = null } = alert;
  const message = alert.message.slice(0, 1000);
  // Assignments run from left to right: `occurrences` must see the details as they were.
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set({
      occurrences: sql`occurrences + IF(${details} IS NOT NULL AND details <=> ${details}, 0, 1)`,
      details,
      severity,
      message,
      operation_id: operationId,
      last_seen_at: now,
    })
    .where('open_key', '=', key)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return false;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('alerts')
    .values({
      kind: alert.kind,
      subject: alert.subject,
      severity,
      message,
      details,
      operation_id: operationId,
      open_key: key,
      first_seen_at: now,
      last_seen_at: now,
    })
    // Another process was quicker: its alert is this one.
    .onDuplicateKeyUpdate({ last_seen_at: now })
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** The trouble is over. @returns whether there was an unresolved alert. */
export async function resolveAlert(db: Db, kind: string, subject: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set({ state: 'resolved', resolved_at: sqlInstant(Date.now()), open_key: null })
    .where('open_key', '=', openKey(kind, subject))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
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

function openKey(kind: string, subject: string): string {
  return `${kind}:${subject}`;
}
