/** The one sentence on what a run does or waits for, the same in API, CLI, console and Temporal's details. */

export interface RunFacts {
  status: string;
  phase: string;
  /** `null` when nothing holds the run up. Times in ms since 1970. */
  wait: { kind: string; untilMs: number; why?: string } | null;
  /** False when nobody polls the task queue; null when that is not known. */
  workersAlive: boolean | null;
  /** Where workers look for work, when it is to be named. */
  taskQueue?: string;
  error: string | null;
  /** Why a step is to be tried again, when that is because of the database. */
  databaseTrouble?: string | null;
}

const DOING: Record<string, string> = {
  begin: 'Getting ready',
  fetch: 'Reading the records from the License API',
  mirror: 'Writing what was read to the mirror',
  analyse: 'Looking for businesses that are recorded twice',
  plan: 'Working out what has to change, before anything is written',
  apply: 'Writing the planned changes to the licenses',
  guard: 'Weighing how much the plan would change',
  push: 'Sending what was edited inside to the License API',
  report: 'Counting, and checking that the counts add up',
};

/** What happens now, who is waited for, and what a person can do, in one sentence. */
export function describeRun({
  status,
  phase,
  wait,
  workersAlive,
  taskQueue,
  error,
  databaseTrouble,
}: RunFacts): string {
  switch (status) {
    case 'completed':
      return 'Completed: every record the API gave is accounted for.';
    case 'completed_with_findings':
      return 'Completed, with findings that someone should look at: see the report.';
    case 'incomplete':
      return `Incomplete: ${error ?? 'the fetch could not be proven complete'}; resume it, or start a new run.`;
    case 'failed':
      return `Failed in phase ${phase}: ${error ?? 'no reason was recorded'}; mend the cause, then resume it.`;
    case 'cancelled':
      return `Cancelled in phase ${phase}; what was done stays, and it can be resumed.`;
  }
  if (status === 'skipped') return `Skipped: ${error ?? 'another run was under way'}.`;
  if (workersAlive === false) {
    const queue = taskQueue === undefined ? 'the task queue' : `the task queue ${taskQueue}`;
    return `Waiting for a worker: none polls ${queue}; start one with \`npm start\` or \`node worker.ts\`.`;
  }
  if (status === 'paused')
    return `Paused in phase ${phase}: batches under way end, no new one starts; it goes on when someone resumes it.`;
  if (databaseTrouble) {
    return `Waiting: ${databaseTrouble}, and the step is tried again by itself; see that the server is up, has room and takes writes.`;
  }
  if (wait) return waiting(wait, phase);
  return `${DOING[phase] ?? phase}; nothing to do for you.`;
}

function waiting({ kind, untilMs, why }: { kind: string; untilMs: number; why?: string }, phase: string): string {
  const met = why ? ` (${why})` : '';
  const time = `${new Date(untilMs).toISOString().slice(11, 19)} UTC`;
  switch (kind) {
    case 'approval':
      return `Waiting for an approval of ${why ?? 'unusually many changes'}, until ${new Date(untilMs).toISOString().slice(0, 16).replace('T', ' ')} UTC at most; nothing is ${phase === 'push' ? 'sent to the License API' : 'written'} before. Look at what it plans, then approve it (\`npx license-sync runs approve\`) or cancel it.`;
    case 'rate_limited':
      return `Waiting until ${time}, as the License API asked (429); it goes on by itself.`;
    case 'circuit_open':
      return `Waiting until ${time}: the License API failed several times in a row${met}, and is tried again then; check that it is up.`;
    default:
      return `Waiting until ${time}: the License API does not answer${met}, and is tried again then; check that it is up.`;
  }
}
