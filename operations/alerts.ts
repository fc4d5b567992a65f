/** Alerts as API and CLI show them. What raises them is elsewhere. */
import { type AlertPage, type AlertRow, acknowledgeAlert, findAlert, listAlerts } from '../db/alerts.ts';
import { isoInstant } from '../db/connect.ts';
import type { AlertState } from '../db/tables.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';

export interface AlertView {
  id: number;
  kind: string;
  subject: string;
  severity: AlertRow['severity'];
  state: AlertState;
  /** Since when, what, and what to do. */
  message: string;
  details: Record<string, unknown> | null;
  operationId: string | null;
  occurrences: number;
  firstSeenAt: string;
  lastSeenAt: string;
  acknowledgedBy: string | null;
  acknowledgedAt: string | null;
  resolvedAt: string | null;
}

export interface Alerts {
  list(page: AlertPage): Promise<{ alerts: AlertView[]; next: number | null }>;
  get(id: number): Promise<AlertView>;
  /** Says that someone looks after it. Safe to repeat. */
  acknowledge(id: number, by: string): Promise<AlertView>;
}

export function createAlerts({ db, log }: Pick<OperationsDeps, 'db' | 'log'>): Alerts {
  async function find(id: number): Promise<AlertRow> {
    const row = await findAlert(db, id);
    if (!row) throw new Refusal('alert-not-found', `there is no alert ${id}`);
    return row;
  }

  return {
    async list({ limit, ...page }) {
      const rows = await listAlerts(db, { ...page, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      return { alerts: shown.map(view), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    get: async (id) => view(await find(id)),

    async acknowledge(id, by) {
      await find(id);
      if (await acknowledgeAlert(db, id, by)) log.info({ alert: id }, 'alert acknowledged');
      const row = await find(id);
      if (row.state === 'resolved') throw new Refusal('alert-state', `alert ${id} is resolved: nothing is left to do`);
      return view(row);
    },
  };
}

function view(row: AlertRow): AlertView {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    severity: row.severity,
    state: row.state,
    message: row.message,
    details: row.details === null ? null : (JSON.parse(row.details) as Record<string, unknown>),
    operationId: row.operation_id,
    occurrences: row.occurrences,
    firstSeenAt: isoInstant(row.first_seen_at),
    lastSeenAt: isoInstant(row.last_seen_at),
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: isoInstant(row.acknowledged_at),
    resolvedAt: isoInstant(row.resolved_at),
  };
}
