/** `license-sync drill`: named faults against a stack of its own, and what held. */
import { makeScratchHome, removeScratchHome } from '../stack/scratch-home.ts';
import { FAULTS } from './catalogue.ts';
import { runCourse } from './course.ts';
import type { Blow, FeedShape } from './fault.ts';
import { SUCCESSES } from './fault.ts';
import { type Ground, openGround } from './ground.ts';
import { type Judgement, judge, type Reference } from './judge.ts';
import type { DrillResult } from './result.ts';
import { type Drill, dataSeed, drawFault, drawSchedule, scheduleSeeds } from './schedule.ts';
import { makeTemplate, type Template } from './template.ts';

export interface DrillOptions {
  /** Names; empty: all. Not heeded with `random`. */
  faults: readonly string[];
  seed: number;
  records: number;
  /** Draws so many schedules instead of drilling named faults. */
  random: number | null;
  /** Leaves the home, with data and logs, in its place. */
  keep: boolean;
}

export interface DrillListener {
  /** A line on what happens. */
  log(line: string): void;
  begin(name: string, what: readonly string[]): void;
  result(result: DrillResult): void;
}

/** Runs everything; resolves with the results in their order. @throws {StackError} when the services cannot be brought up. */
export async function runDrill(
  options: DrillOptions,
  listener: DrillListener,
  signal: AbortSignal,
): Promise<DrillResult[]> {
  const home = makeScratchHome('drill');
  const ground = await openGround({ home, log: (line) => listener.log(line), signal }).catch((error: unknown) => {
    removeScratchHome(home);
    throw error;
  });
  try {
    return await drillOn(ground, options, listener);
  } finally {
    await ground.close();
    if (options.keep) listener.log(`data and logs stay in ${home}`);
    else removeScratchHome(home);
  }
}

async function drillOn(ground: Ground, options: DrillOptions, listener: DrillListener): Promise<DrillResult[]> {
  const { records, seed } = options;
  const results: DrillResult[] = [];
  const startedAt = performance.now();
  const template = await makeTemplate(ground, { records, seed: dataSeed(seed) });
  listener.log(`first run and verdicts: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const references = createReferences(ground, template, async (drill, work) => {
    const result = await timed(ground, drill, listener, work);
    results.push(result);
    return result;
  });
  for (const drill of chosen(options)) {
    ground.signal.throwIfAborted();
    const reference = await references(drill);
    if (!reference) continue;
    const result = await timed(ground, drill, listener, async () => {
      const course = await runCourse(ground, { ...drill, namespace: namespaceOf(results.length), template });
      return { course, judgements: judge(course, reference) };
    });
    results.push(result);
  }
  return results;
}

function chosen({ faults, seed, records, random }: DrillOptions): Drill[] {
  const feed: FeedShape = { records, pages: Math.ceil(records / 100) };
  if (random !== null) return scheduleSeeds(seed, random).map((one) => drawSchedule(FAULTS, one, feed, true));
  const wanted = faults.length === 0 ? FAULTS : FAULTS.filter(({ name }) => faults.includes(name));
  return wanted.map((fault) => drawFault(fault, seed, feed));
}

type Work = () => Promise<{ course: Awaited<ReturnType<typeof runCourse>>; judgements: Judgement[] }>;

/** The undisturbed run that a drill is compared with: one a way, and one a change of the feed. */
function createReferences(
  ground: Ground,
  template: Template,
  play: (drill: Drill, work: Work) => Promise<DrillResult>,
): (drill: Drill) => Promise<Reference | null> {
  const known = new Map<string, Reference | null>();
  return async ({ twoWay, blows }) => {
    const changes = blows.flatMap(({ feed }) => (feed ? [feed] : []));
    const key = [twoWay ? 'two ways' : 'one way', ...changes.map((change) => change.key)].join(', ');
    const there = known.get(key);
    if (there !== undefined) return there;
    const drill: Drill = {
      ...{
        name: 'undisturbed',
        faults: [],
        blows: [] as Blow[],
        twoWay,
        api: false,
        leavesToNext: false,
        ends: SUCCESSES,
        says: null,
      },
    };
    let reference: Reference | null = null;
    const result = await play({ ...drill, name: `undisturbed (${key})` }, async () => {
      const course = await runCourse(ground, {
        ...drill,
        namespace: `undisturbed-${known.size}`,
        template,
        feed: async (scene) => {
          for (const change of changes) await change.change(scene);
        },
      });
      reference = { facts: course.facts };
      return { course, judgements: judge(course, null) };
    });
    // Against a run that did not come through nothing can be compared.
    if (result.error !== null) reference = null;
    known.set(key, reference);
    return reference;
  };
}

async function timed(ground: Ground, drill: Drill, listener: DrillListener, work: Work): Promise<DrillResult> {
  const what = drill.blows.map((blow) => blow.what);
  listener.begin(drill.name, what);
  const startedAt = performance.now();
  const base = { name: drill.name, faults: drill.faults, what, twoWay: drill.twoWay };
  let result: DrillResult;
  try {
    const { course, judgements } = await work();
    const { status } = course.disturbed;
    const healing = course.healing.length;
    result = { ...base, status, healing, judgements, error: null, ms: performance.now() - startedAt };
  } catch (error) {
    ground.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    result = { ...base, status: null, healing: 0, judgements: [], error: message, ms: performance.now() - startedAt };
  }
  listener.result(result);
  return result;
}

function namespaceOf(number: number): string {
  return `fault-${number}`;
}
