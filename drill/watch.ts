/** Follows a run from outside, through every outage: what is said of it, when it reaches a moment, how it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../log.ts';
import { explainFailure } from '../operations/errors.ts';
import { PHASES, type Phase, type RunStatus } from '../workflows/names.ts';
import type { Scene } from './scene.ts';
import { WaitedInVain } from './until.ts';

/** So much of a phase. */
export interface Moment {
  phase: Phase;
  /** Of its records, 0 to 1. */
  share: number;
}

export interface RunEnd {
  /** Also `awaiting_approval`: there it rests until somebody does something. */
  status: RunStatus;
  sentence: string;
}

export interface Watch {
  operationId: string;
  /** Everything that was said of the run so far, once each. */
  said(): string[];
  /** Phase and records done when last seen. */
  where(): string;
  /** Whether it was seen to have ended or to have come to rest. */
  over(): boolean;
  /** Resolves true at this moment of the run or as soon as it is seen past it, false when the run is over. */
  reach(moment: Moment): Promise<boolean>;
  /** @throws {WaitedInVain} when the run neither ends nor comes to rest in time. */
  end(withinMs: number): Promise<RunEnd>;
  stop(): Promise<void>;
}

/** The run as a fault sees it. */
export interface Disturbed extends Watch {
  /** Something that should not have been; one sentence. */
  remark(text: string): void;
}

const LOOK_EVERY_MS = 50;
const LIVE: readonly RunStatus[] = ['running', 'paused'];
const MOST_SAID = 200;

export function watchRun(scene: Scene, operationId: string): Watch {
  const stopping = new AbortController();
  const said = new Set<string>();
  let seen: { status: RunStatus; phase: Phase; done: number; total: number | null; sentence: string } | null = null;

  const looking = (async () => {
    while (!stopping.signal.aborted && !scene.ground.signal.aborted) {
      try {
        seen = await scene.operations.getProgress(operationId);
        note(seen.sentence);
      } catch (error) {
        // What an operator would be told now.
        note(describeError(explainFailure(error)).message);
      }
      await sleep(LOOK_EVERY_MS);
    }
  })();

  function note(sentence: string): void {
    if (said.size < MOST_SAID) said.add(sentence);
  }

  const over = () => seen !== null && !LIVE.includes(seen.status);

  return {
    operationId,
    said: () => [...said],
    over,
    where: () => (seen ? `${seen.phase}, ${seen.done} done` : 'not seen yet'),
    async reach({ phase, share }) {
      for (;;) {
        scene.ground.signal.throwIfAborted();
        if (over() || stopping.signal.aborted) return false;
        if (seen !== null) {
          const [at, wanted] = [PHASES.indexOf(seen.phase), PHASES.indexOf(phase)];
          if (at > wanted || (at === wanted && seen.done >= share * (seen.total ?? 0))) return true;
        }
        await sleep(LOOK_EVERY_MS / 2);
      }
    },
    async end(withinMs) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        scene.ground.signal.throwIfAborted();
        if (seen !== null && over()) return { status: seen.status, sentence: seen.sentence };
        if (Date.now() > deadline) {
          const last = [...said].at(-1) ?? 'nothing';
          throw new WaitedInVain(`the run did not end within ${withinMs / 1000} s; it was last said: ${last}`);
        }
        await sleep(LOOK_EVERY_MS);
      }
    },
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
