/** Keeps the match index up to date with what people and imports write, so that a new license is compared with those of a moment ago. */
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { refreshStale } from '../db/match-index.ts';

export interface MatchUpkeep {
  /** Whether it is at work: who looked at changed licenses too would only wait for it. */
  isBusy(): boolean;
  /** Looks at all licenses that changed, beside whatever else goes on; one at a time in a process. Returns at once. */
  catchUp(): void;
}

/** What is left when it fails is taken up by the next one, in whichever process: the list of what changed is a table. */
export function createMatchUpkeep({ db, log }: { db: Db; log: Logger }): MatchUpkeep {
  let busy = false;

  async function work(): Promise<void> {
    busy = true;
    try {
      const licenses = await refreshStale(db, { max: Number.POSITIVE_INFINITY });
      if (licenses > 0) log.info({ licenses }, 'match index caught up');
    } catch (error) {
      log.warn({ err: error }, 'the match index lags behind; the next check or run takes it up');
    } finally {
      busy = false;
    }
  }

  return {
    isBusy: () => busy,
    catchUp() {
      if (!busy) void work();
    },
  };
}
