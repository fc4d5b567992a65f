/** Requests that stay open: their number is bounded, and all of them end when the server stops. */
import { ApiProblem } from './problem.ts';

export interface Waiting {
  /**
   * A place for one request; give it back with `leave`.
   * @throws {ApiProblem} when all are taken, or the server stops.
   */
  enter(): { stopped: AbortSignal; leave: () => void };
  /** From now on the process says that it is about to stop; all is served as before. */
  announceStop(): void;
  /** Lets nobody in any more and tells those inside to end. */
  stop(): void;
  /** Announced, or under way. */
  readonly stopping: boolean;
}

export function createWaiting(places: number): Waiting {
  const stop = new AbortController();
  let taken = 0;
  let announced = false;
  return {
    enter() {
      if (stop.signal.aborted) throw new ApiProblem('shutting-down', 'The API is stopping; ask again in a moment.');
      if (taken >= places) {
        throw new ApiProblem('too-many-streams', `${places} requests wait already; ask for the progress instead.`, {
          // Its place is better used by somebody else.
          headers: { connection: 'close' },
        });
      }
      taken += 1;
      let left = false;
      const leave = () => {
        if (!left) taken -= 1;
        left = true;
      };
      return { stopped: stop.signal, leave };
    },
    announceStop() {
      announced = true;
    },
    stop: () => stop.abort(),
    get stopping() {
      return announced || stop.signal.aborted;
    },
  };
}
