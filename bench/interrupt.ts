/** Ctrl-C and its relatives. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The bench was told to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}

/** The first signal asks for an orderly stop, the second one for an immediate one. */
export function listenForSignals(): { stop: AbortSignal; kill: AbortSignal } {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) kill.abort();
    else stop.abort(new Interrupted());
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  // Whoever read the output may be gone before the servers are.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop.abort(new Interrupted()));
  return { stop: stop.signal, kill: kill.signal };
}

/**
 * Waits for `work`, but no longer than `withinMs`, and not once `signal` has fired.
 * @throws the signal's reason, or an error that says what was waited for.
 */
export async function waitWithin<T>(work: Promise<T>, what: string, withinMs: number, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const cutOff = sleep(withinMs, undefined, { signal: AbortSignal.any([signal, settled.signal]) }).then(
    () => {
      throw new Error(`${what} took longer than ${withinMs / 1000} s`);
    },
    () => {
      throw signal.reason;
    },
  );
  try {
    return await Promise.race([work, cutOff]);
  } finally {
    settled.abort();
  }
}
