/** What happens while a run is under way: the API fails, somebody edits, pauses or cancels, or the worker dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationRow } from '../../../db/operations.ts';
import type { SyncInput } from '../../../workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import type { Rig } from '../../support/rig.ts';
import type { FaultSpec, RawRecord } from '../../support/simulator.ts';
import { spelled } from './reading.ts';
import { type Model, type RunKind, worldOf } from './state.ts';

type Route = 'list' | 'get' | 'put';

export type Disturbance =
  /** The API fails as often as a run can bear. */
  | { what: 'faults'; faults: readonly FaultSpec[] }
  /** The API refuses whatever is sent to one record. */
  | { what: 'refusal'; world: number; place: number }
  /** Records are edited upstream when all of the feed is read. */
  | { what: 'edits'; edits: readonly { world: number; place: number; fields: RawRecord }[] }
  /** While a call of this route is under way. */
  | { what: 'pause' | 'cancel' | 'kill'; during: Route };

/** A disturbance by the countids it meets. */
export interface Trouble {
  faults: readonly FaultSpec[];
  interruption: { what: 'pause' | 'cancel' | 'kill' | 'edits'; during: Route } | null;
  /** To be done in a pause after reading. */
  edits: readonly { countid: number; fields: RawRecord }[];
  refused: number | null;
}

/** How long a call is held while something happens to the run; less than what the API may take. */
const HELD_MS = 700;
/** Runs of one operation until it must have ended well. */
const ATTEMPTS = 4;
const UNENDED = ['failed', 'incomplete', 'cancelled'];

export const NO_TROUBLE: Trouble = { faults: [], interruption: null, edits: [], refused: null };

export function namedDisturbance(disturbance: Disturbance): string {
  const { what, ...how } = disturbance;
  return `${what} ${JSON.stringify(how)}`;
}

/** @param disturbance picks its records by their place among those that are upstream. */
export function troubleOf(model: Model, kind: RunKind, disturbance: Disturbance | null): Trouble {
  const recordAt = (world: number, place: number) => {
    const all = [...model.upstream.keys()].filter((countid) => worldOf(`c:${countid}`) === world).sort((a, b) => a - b);
    return all[place % Math.max(1, all.length)] ?? null;
  };
  if (disturbance === null || kind === 'late') return NO_TROUBLE;
  // A plan that is carried out reads no feed that could be paused behind, and an edit moves what a partial run asks for.
  if (disturbance.what === 'edits' && (kind === 'apply' || kind === 'partial')) return NO_TROUBLE;
  switch (disturbance.what) {
    case 'faults':
      return { ...NO_TROUBLE, faults: disturbance.faults };
    case 'refusal': {
      const refused = recordAt(disturbance.world, disturbance.place);
      const faults =
        refused === null
          ? []
          : [{ name: 'server_error' as const, route: 'put' as const, status: 422, countid: refused }];
      return { ...NO_TROUBLE, refused, faults };
    }
    case 'edits': {
      const edits = disturbance.edits.flatMap(({ world, place, fields }) => {
        const countid = recordAt(world, place);
        if (countid === null) return [];
        const { countid: _, ...edited } = spelled({ ...fields, countid });
        return [{ countid, fields: edited }];
      });
      return { ...NO_TROUBLE, edits, interruption: { what: 'edits', during: 'list' } };
    }
    default:
      return { ...NO_TROUBLE, interruption: { what: disturbance.what, during: disturbance.during } };
  }
}

/** Runs a sync through the trouble, and resumes it until it has ended well. */
export async function runThrough(rig: Rig, input: SyncInput, trouble: Trouble): Promise<OperationRow> {
  for (const fault of trouble.faults) await rig.simulator.control.fault(fault);
  let operation = trouble.interruption === null ? await rig.sync(input) : await interrupted(rig, input, trouble);
  const mayEndBadly = trouble !== NO_TROUBLE;
  for (let attempt = 1; mayEndBadly && UNENDED.includes(operation.status) && attempt < ATTEMPTS; attempt += 1) {
    operation = await rig.sync({ operationId: operation.operation_id });
  }
  await rig.simulator.control.clearFaults();
  return operation;
}

async function interrupted(rig: Rig, input: SyncInput, { interruption, edits }: Trouble): Promise<OperationRow> {
  const { control } = rig.simulator;
  const during = interruption?.during ?? 'list';
  await control.fault({ name: 'latency', route: during, ms: HELD_MS, times: 1 });
  const handle = await rig.start(input);
  const { runId } = await handle.describe();
  const ended = handle.result().then(
    () => true,
    () => true,
  );
  const isHeld = async () => (await control.stats()).inFlight > 0 && (await control.faults()).length === 0;
  while (!(await Promise.race([ended, sleep(10, false)]))) {
    if (!(await isHeld())) continue;
    await INTERRUPTIONS[interruption?.what ?? 'pause'](rig, runId, edits);
    break;
  }
  await ended;
  return await rig.operation(runId);
}

const INTERRUPTIONS = {
  pause: (rig: Rig, runId: string) => paused(rig, runId, async () => undefined),
  edits: (rig: Rig, runId: string, edits: Trouble['edits']) =>
    paused(rig, runId, async () => {
      for (const { countid, fields } of edits) await rig.simulator.control.patch(countid, fields);
    }),
  cancel: async (rig: Rig) => rig.temporal.client.workflow.getHandle('license-sync').signal('cancelRun'),
  kill: async (rig: Rig) => {
    await rig.worker().kill();
    await rig.startWorker();
  },
};

async function paused(rig: Rig, runId: string, meanwhile: () => Promise<void>): Promise<void> {
  const handle = rig.temporal.client.workflow.getHandle('license-sync', runId);
  await handle.signal('pause');
  await eventually(
    () => rig.operation(runId),
    ({ status }) => status !== 'running',
  );
  await meanwhile();
  await handle.signal('resume');
}
