/** Watching a run to its end, across restarts of the API. */
import type { OperationView } from '../operations/view.ts';
import { sleepUnless } from '../sleep.ts';
import { type ApiClient, NotReachable } from './api-client.ts';
import type { CliContext } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { createProgressDisplay } from './progress-display.ts';
import { printReport } from './report.ts';

const POLL_MS = 1000;
const POLL_LIVE_MS = 500;
const GIVE_UP_AFTER_MS = 120_000;
const AWAITS_APPROVAL = 'awaiting_approval';

/**
 * Shows the run's progress until it has ended or awaits approval, then its report.
 * @returns the exit code that its status stands for.
 */
export async function followToReport(
  context: CliContext,
  client: ApiClient,
  operationId: string,
  json: boolean,
): Promise<number> {
  const operation = await follow(context, client, operationId, json);
  if (json) context.terminal.json(operation);
  else printReport(context.terminal, operation);
  return exitCodeOf(operation.status);
}

export function exitCodeOf(status: string): number {
  if (status === 'completed' || status === 'completed_with_findings') return EXIT.ok;
  return status === AWAITS_APPROVAL ? EXIT.awaitsApproval : EXIT.failed;
}

/** A run that has just been approved says for a moment more that it waits. */
function awaitsSomeone({ status, approvals }: OperationView): boolean {
  if (status !== AWAITS_APPROVAL) return false;
  return approvals === null || approvals.needs.some(({ due, approved }) => due > approved);
}

async function follow(
  { terminal, interrupted }: CliContext,
  client: ApiClient,
  operationId: string,
  json: boolean,
): Promise<OperationView> {
  const display = json ? null : createProgressDisplay(terminal);
  let silentSince: number | null = null;
  while (!interrupted.aborted) {
    try {
      const progress = await client.progress(operationId);
      if (silentSince !== null) terminal.note('The API answers again.');
      silentSince = null;
      if (progress.books !== null || progress.status === AWAITS_APPROVAL) {
        const operation = await client.operation(operationId);
        if (operation.books !== null || awaitsSomeone(operation)) return operation;
      }
      display?.show(progress);
    } catch (error) {
      if (!(error instanceof NotReachable)) throw error;
      if (silentSince === null) {
        silentSince = performance.now();
        terminal.note(`${error.message}; trying again for up to ${GIVE_UP_AFTER_MS / 1000} s.`);
      } else if (performance.now() - silentSince > GIVE_UP_AFTER_MS) {
        throw new NotReachable(
          `${error.message}; the run may go on without it: npx license-sync runs ${operationId} --wait`,
        );
      }
    }
    await sleepUnless(interrupted, terminal.live ? POLL_LIVE_MS : POLL_MS);
  }
  throw new CliError(EXIT.interrupted, `stopped watching; operation ${operationId} itself was not cancelled`);
}
