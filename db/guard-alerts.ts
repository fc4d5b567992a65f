/** A run that the guard holds back: told as long as it waits. */
import { raiseAlert, resolveAlert } from './alerts.ts';
import type { Db } from './connect.ts';
import { recordEvent } from './events.ts';

export const GUARD_WAITING = 'guard_waiting';

export interface HeldRun {
  operationId: string;
  attempt: number;
  phase: string;
  /** What is to be approved, in words. */
  needs: string;
  /** ISO 8601 */
  until: string;
}

/** Safe to repeat: one alert, and one event for each time the guard asks. */
export async function tellGuard(db: Db, { operationId, attempt, phase, needs, until }: HeldRun): Promise<void> {
  await recordEvent(db, {
    type: 'run.awaiting_approval',
    key: `run.awaiting_approval:${operationId}:${attempt}:${phase}`,
    data: { operationId, attempt, phase, needs, until },
  });
  await raiseAlert(db, {
    kind: GUARD_WAITING,
    subject: `run:${operationId}`,
    severity: 'warning',
    message: `A run waits for approval until ${until.slice(0, 16).replace('T', ' ')} UTC: ${needs}. See what it plans, and how to approve or cancel it: npx license-sync runs ${operationId}`,
    details: { phase, needs },
    operationId,
  });
}

export async function resolveGuardAlert(db: Db, operationId: string): Promise<void> {
  await resolveAlert(db, GUARD_WAITING, `run:${operationId}`);
}
