/** Which faults meet which run. Pure, and the same for the same seed. */
import { Draws, hashText, mix } from '../upstream/simulator/random.ts';
import type { RunStatus } from '../workflows/names.ts';
import type { Blow, Fault, FeedShape } from './fault.ts';
import { SUCCESSES } from './fault.ts';

/** Seeds that agree in their last three digits drill on the same data, so that many schedules share one undisturbed run. */
const DATA_SEEDS = 1000;
const MAX_SEED = 2 ** 32 - 1;
const MOST_FAULTS = 3;

/** One run and the faults that meet it. */
export interface Drill {
  name: string;
  /** Names of the faults. */
  faults: string[];
  blows: Blow[];
  twoWay: boolean;
  api: boolean;
  leavesToNext: boolean;
  ends: readonly RunStatus[];
  says: RegExp | null;
}

export function dataSeed(seed: number): number {
  return seed % DATA_SEEDS;
}

/** Seeds of `count` random schedules: the given one first, then others that go with the same data. */
export function scheduleSeeds(seed: number, count: number): number[] {
  const most = Math.floor(MAX_SEED / DATA_SEEDS) - 1;
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? seed : (mix(seed, index) % most) * DATA_SEEDS + dataSeed(seed),
  );
}

/** A named fault, drawn by the seed and its name alone: the same whether it is drilled by itself or among others. */
export function drawFault(fault: Fault, seed: number, feed: FeedShape): Drill {
  const draws = new Draws(seed, hashText(fault.name));
  return {
    name: fault.name,
    faults: [fault.name],
    blows: [fault.draw(draws, feed)],
    twoWay: fault.twoWay ?? false,
    api: fault.api ?? false,
    leavesToNext: fault.leavesToNext ?? false,
    ends: fault.ends ?? SUCCESSES,
    says: fault.says ?? null,
  };
}

/** One to three different faults over a run that is drawn as well. What must be said is not judged: one fault may hide another. */
export function drawSchedule(faults: readonly Fault[], seed: number, feed: FeedShape, twoWays: boolean): Drill {
  const draws = new Draws(seed, hashText('schedule'));
  const twoWay = twoWays && draws.chance(0.5);
  const eligible = faults.filter((fault) => fault.combines && (twoWay || !fault.twoWay));
  const chosen: Fault[] = [];
  for (let left = 1 + draws.below(MOST_FAULTS); left > 0 && eligible.length > 0; left -= 1) {
    const [picked] = eligible.splice(draws.below(eligible.length), 1);
    if (picked) chosen.push(picked);
  }
  const drawn = chosen.map((fault) => drawFault(fault, mix(seed, hashText('fault')), feed));
  const ends = new Set<RunStatus>([...SUCCESSES, 'incomplete', 'failed', ...drawn.flatMap((one) => [...one.ends])]);
  return {
    name: `random ${seed}`,
    faults: chosen.map(({ name }) => name),
    blows: drawn.flatMap(({ name, blows }) => blows.map((blow) => ({ ...blow, what: `${name} (${blow.what})` }))),
    twoWay,
    api: drawn.some(({ api }) => api),
    leavesToNext: drawn.some(({ leavesToNext }) => leavesToNext),
    // Together they may outlast what a run bears. That it says so, and that nothing is lost, is judged all the same.
    ends: [...ends],
    says: null,
  };
}
