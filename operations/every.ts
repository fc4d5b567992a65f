import type { Logger } from 'pino';
import { describeError } from '../log.ts';

export interface Repeated {
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * Does `work` at once and then every `intervalMs` after it has ended. Never throws: what goes wrong is logged once for as long as it is
 * the same, and again when it is over.
 * @param what names the work in the log.
 */
export function repeat(work: () => Promise<void>, intervalMs: number, what: string, log: Logger): Repeated {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let trouble: string | null = null;
  let running = run();

  async function run(): Promise<void> {
    try {
      await work();
      if (trouble !== null) log.info(`${what} works again`);
      trouble = null;
    } catch (error) {
      const { message } = describeError(error);
      if (message !== trouble && !stopped) log.warn({ err: error }, `${what} failed; it is tried again`);
      trouble = message;
    }
    if (stopped) return;
    timer = setTimeout(() => {
      running = run();
    }, intervalMs);
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
