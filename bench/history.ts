/** What a run was to Temporal: how long each phase took, and how many events it wrote. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import { syncPhaseKey } from '../workflows/search-attributes.ts';

const VISIBLE_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 200;
/** Reviews wait for people, long after the run. */
const OF_RUNS = `WorkflowType IN ('licenseSync', 'fetchBatch', 'analyseBatch', 'applyBatch')`;

export interface RunHistory {
  /** In their order; together they make the run, from its first event to its last. */
  phases: { phase: string; ms: number }[];
  /** Over the saga and all its children. */
  events: number;
  executions: number;
  /** Events of the longest single history. */
  longest: number;
  /** Activities, those that the worker ran beside its workflow tasks left out. */
  steps: number;
}

interface Execution {
  workflowId: string;
  runId: string;
  startedMs: number;
  events: number;
}

/** @param since when the run was asked for; no other run is on this Temporal. */
export async function readHistory(temporal: Client, since: Date): Promise<RunHistory> {
  const executions = await endedExecutions(temporal, since);
  const lengths = executions.map(({ events }) => events);
  return {
    phases: await phasesOf(
      temporal,
      executions.filter(({ workflowId }) => workflowId === SYNC_WORKFLOW_ID),
    ),
    events: lengths.reduce((sum, length) => sum + length, 0),
    executions: executions.length,
    longest: Math.max(...lengths),
    steps: await countSteps(temporal, executions),
  };
}

/** The list lags behind the executions, so it is asked until it says the same twice and that all have ended. */
async function endedExecutions(temporal: Client, since: Date): Promise<Execution[]> {
  const deadline = Date.now() + VISIBLE_WITHIN_MS;
  let before = -1;
  for (;;) {
    const found: Execution[] = [];
    let ended = true;
    for await (const info of temporal.workflow.list({
      query: `StartTime >= '${since.toISOString()}' AND ${OF_RUNS}`,
    })) {
      const { workflowId, runId, startTime, historyLength } = info;
      ended &&= info.status.name !== 'RUNNING' && historyLength > 0;
      found.push({ workflowId, runId, startedMs: startTime.getTime(), events: historyLength });
    }
    if (ended && found.length > 0 && found.length === before) return found;
    before = ended ? found.length : -1;
    if (Date.now() > deadline) throw new Error('Temporal does not list the executions of the run as ended');
    await sleep(LOOK_EVERY_MS);
  }
}

async function countSteps(temporal: Client, executions: Execution[]): Promise<number> {
  let steps = 0;
  for (const { workflowId, runId } of executions) {
    const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    steps += (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
  }
  return steps;
}

/** A phase lasts from its search attribute to the next one's; the saga may have continued as new in between. */
async function phasesOf(temporal: Client, sagas: Execution[]): Promise<RunHistory['phases']> {
  const starts: { phase: string; at: number }[] = [];
  let end = 0;
  for (const { workflowId, runId } of sagas.toSorted((a, b) => a.startedMs - b.startedMs)) {
    const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { eventTime, upsertWorkflowSearchAttributesEventAttributes: upserted } of events ?? []) {
      end = Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
      if (starts.length === 0) starts.push({ phase: 'begin', at: end });
      const phase = phaseOf(upserted?.searchAttributes?.indexedFields?.[syncPhaseKey.name]?.data);
      if (phase !== null && phase !== starts.at(-1)?.phase) starts.push({ phase, at: end });
    }
  }
  return starts.map(({ phase, at }, index) => ({ phase, ms: (starts[index + 1]?.at ?? end) - at }));
}

function phaseOf(value: Uint8Array | null | undefined): string | null {
  return value ? (JSON.parse(Buffer.from(value).toString()) as string) : null;
}
