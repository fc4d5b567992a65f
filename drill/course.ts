/** The course of one fault: from the template to a run that writes nothing, with everything that is seen on the way. */
import { findOperation } from '../db/operations.ts';
import type { RunStatus } from '../workflows/names.ts';
import { copyDatabase, dropDatabase } from './copy.ts';
import { type Facts, readFacts } from './facts.ts';
import { type Blow, SUCCESSES } from './fault.ts';
import { changeFeed } from './feed.ts';
import type { Ground } from './ground.ts';
import type { Course, RunSeen } from './judge.ts';
import { openScene, type Scene } from './scene.ts';
import { TEMPLATE, type Template } from './template.ts';
import { until } from './until.ts';
import { giveVerdict } from './verdicts.ts';
import { type RunEnd, type Watch, watchRun } from './watch.ts';

const DATABASE = 'drill_scene';
const RUN_WITHIN_MS = 300_000;
/** So much more for each record. */
const RUN_WITHIN_PER_RECORD_MS = 3;
const MOST_HEALING_RUNS = 3;
const ANSWERS_WITHIN_MS = 120_000;

export interface CourseOptions {
  /** Names the Temporal namespace; never given twice. */
  namespace: string;
  template: Template;
  blows: readonly Blow[];
  twoWay: boolean;
  api: boolean;
  /** Whether a run follows even a success. */
  leavesToNext: boolean;
  ends: readonly RunStatus[];
  says: RegExp | null;
  /** For the undisturbed run of a fault that changes the feed: the change comes first. */
  feed?: (scene: Scene) => Promise<void>;
}

/** @throws {WaitedInVain} when a run neither ends nor comes to rest. */
export async function runCourse(ground: Ground, options: CourseOptions): Promise<Course> {
  const { blows } = options;
  for (const blow of blows) await blow.prepare?.(ground);
  try {
    return await inScene(ground, options);
  } finally {
    for (const blow of blows) await blow.restore?.(ground);
  }
}

async function inScene(ground: Ground, options: CourseOptions): Promise<Course> {
  const { template, blows, twoWay } = options;
  const { records, seed, edited } = template;
  const [scene] = await Promise.all([
    openScene(ground, {
      database: DATABASE,
      namespace: options.namespace,
      feed: { records, seed },
      edited,
      env: Object.assign({}, ...blows.map(({ env }) => env ?? {})),
      simulatorEnv: Object.assign({}, ...blows.map(({ simulatorEnv }) => simulatorEnv ?? {})),
    }),
    copyDatabase(ground, TEMPLATE, DATABASE),
  ]);
  try {
    await Promise.all([scene.startSimulator(), scene.startWorker(), ...(options.api ? [scene.startApi()] : [])]);
    await changeFeed(scene.control, records, seed);
    await options.feed?.(scene);
    return await play(scene, options, twoWay);
  } finally {
    await scene.close();
    await ground.servicesAnswer();
    await dropDatabase(ground, DATABASE);
  }
}

async function play(scene: Scene, options: CourseOptions, twoWay: boolean): Promise<Course> {
  const { blows, ends, says } = options;
  const limit = RUN_WITHIN_MS + options.template.records * RUN_WITHIN_PER_RECORD_MS;
  const remarks: string[] = [];
  for (const blow of blows) await blow.arrange?.(scene);
  for (const decision of ['approve', 'reject'] as const) await giveVerdict(scene, decision, options.api);

  const { operationId } = await scene.operations.startSync({
    options: { detectDuplicates: true, bidirectional: twoWay },
    trigger: 'drill',
  });
  const watch = watchRun(scene, operationId);
  let end: RunEnd;
  try {
    const disturbances = Promise.all(
      blows.map((blow) => blow.disturb?.(scene, { ...watch, remark: (text) => remarks.push(text) })),
    );
    // One that fails must be known of at once, not when the run has been waited for in vain.
    [end] = await Promise.all([watch.end(limit), disturbances]);
  } finally {
    await watch.stop();
  }
  for (const blow of blows) await blow.settle?.(scene);
  await scene.ground.servicesAnswer();
  await answering(scene);
  // Among several, one may keep the run from coming to another's place. Alone it must have been met, or nothing was drilled.
  const idle = (await scene.control.faults()).filter(({ struck }) => struck === 0);
  if (blows.length === 1) remarks.push(...idle.map(({ name }) => `the simulator's ${name} never struck`));
  await scene.control.clearFaults();

  const disturbed = await runSeen(scene, operationId, end);
  const missingThen = SUCCESSES.includes(end.status) ? (await readFacts(scene)).unmirrored.length : null;
  const healing = await heal(scene, disturbed, options, limit);
  const facts = await readFacts(scene);
  const run = await another(scene, twoWay, limit);
  return {
    ends,
    says,
    said: watch.said(),
    secrets: scene.ground.secrets,
    disturbed,
    missingThen,
    healing,
    facts,
    quiet: { run, facts: await readFacts(scene) },
    twoWay,
    feedMoves: blows.some(({ feed }) => feed !== undefined),
    remarks,
  };
}

/** Resumes what did not succeed, and reads again what was quarantined, until nothing of the fault is left. */
async function heal(
  scene: Scene,
  disturbed: RunSeen,
  { twoWay, leavesToNext }: CourseOptions,
  limit: number,
): Promise<RunSeen[]> {
  const runs: RunSeen[] = [];
  const isDone = ({ status, quarantined }: RunSeen) =>
    SUCCESSES.includes(status) && quarantined === 0 && (runs.length > 0 || !leavesToNext);
  for (let last = disturbed; !isDone(last) && runs.length < MOST_HEALING_RUNS; ) {
    if (last.status === 'awaiting_approval') await cancel(scene, last.operationId, limit);
    last = SUCCESSES.includes(last.status)
      ? await another(scene, twoWay, limit)
      : await resume(scene, last.operationId, limit);
    runs.push(last);
  }
  return runs;
}

async function cancel(scene: Scene, operationId: string, limit: number): Promise<void> {
  await scene.operations.cancelOperation(operationId);
  await until(
    'the cancelled run has ended',
    async () => (await findOperation(scene.db, operationId))?.status === 'cancelled',
    { withinMs: limit, signal: scene.ground.signal },
  );
}

async function resume(scene: Scene, operationId: string, limit: number): Promise<RunSeen> {
  await scene.operations.resumeOperation(operationId, 'drill');
  return await followed(scene, operationId, limit);
}

async function another(scene: Scene, twoWay: boolean, limit: number): Promise<RunSeen> {
  const { operationId } = await scene.operations.startSync({
    options: { detectDuplicates: true, bidirectional: twoWay },
    trigger: 'drill',
  });
  return await followed(scene, operationId, limit);
}

async function followed(scene: Scene, operationId: string, limit: number): Promise<RunSeen> {
  const watch: Watch = watchRun(scene, operationId);
  try {
    return await runSeen(scene, operationId, await watch.end(limit));
  } finally {
    await watch.stop();
  }
}

async function runSeen(scene: Scene, operationId: string, { status, sentence }: RunEnd): Promise<RunSeen> {
  const row = await findOperation(scene.db, operationId);
  if (!row) throw new Error(`operation ${operationId} is not in the database`);
  return {
    operationId,
    status,
    sentence,
    quarantined: row.failed_count,
    fetched: row.total_processed,
    created: row.created_count,
    updated: row.updated_count,
    pushed: row.pushed_count,
    vanished: row.vanished_count,
  };
}

/** The database takes connections of the product again, and the simulator answers. */
async function answering(scene: Scene): Promise<void> {
  await until(
    'database and simulator answer',
    async () => {
      try {
        await Promise.all([scene.operations.getSyncStatus(), scene.control.stats()]);
        return true;
      } catch {
        // Still coming up: asked again, and given up in time.
        return false;
      }
    },
    { withinMs: ANSWERS_WITHIN_MS, signal: scene.ground.signal },
  );
}

export type { Course, Facts };
