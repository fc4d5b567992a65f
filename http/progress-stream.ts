/** Progress of an operation as server-sent events, for programs and for pages: only what they are sent differs. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Logger } from 'pino';
import type { Progress } from '../operations/progress.ts';
import { sleepUnless } from '../sleep.ts';
import { problemDocument, toProblem } from './problem.ts';
import { hasEnded } from './progress-feed.ts';
import { timeLimited } from './time-limit.ts';
import type { Waiting } from './waiting.ts';

const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2000;
/** Last part of the id of a stream's last event. */
const END = 'end';
const UNAUTHENTICATED = '/problems/unauthenticated';

export interface ProgressStream {
  log: Logger;
  waiting: Waiting;
  /** Address that problems name. */
  instance: string;
  /** The id of the last event that the caller has; anything else counts as none. */
  lastEventId: string | undefined;
  /** @throws {ApiProblem} `unauthenticated` when the caller may see nothing more: that ends the stream. */
  read(): Promise<Progress>;
  /** What an event `progress` or `end` says. */
  render(progress: Progress): Promise<string>;
}

/**
 * Event `progress` whenever something has changed, `problem` when it cannot be looked up, `end` when the run has ended; then it closes.
 * Answers 204 to a caller who has seen the end.
 * @throws {Refusal} when the operation is unknown, {ApiProblem} when too many wait.
 */
export async function streamProgress(c: Context, stream: ProgressStream): Promise<Response> {
  const last = parseEventId(stream.lastEventId);
  if (last.mark === END) return c.body(null, 204);
  // Before the first byte, so that an unknown operation is a 404.
  await timeLimited(stream.read());
  const place = stream.waiting.enter();
  return streamSSE(c, async (sse) => {
    const gone = new AbortController();
    sse.onAbort(() => gone.abort());
    try {
      await follow(sse, stream, last, AbortSignal.any([place.stopped, gone.signal]));
    } catch (error) {
      stream.log.error({ err: error }, 'a stream of events failed');
    } finally {
      place.leave();
    }
  });
}

async function follow(
  sse: SSEStreamingApi,
  stream: ProgressStream,
  last: { sequence: number; mark: string },
  gone: AbortSignal,
): Promise<void> {
  let { sequence, mark } = last;
  let spokenAt = performance.now();
  while (!gone.aborted) {
    const seen = await look(stream, mark);
    if (seen.event !== null) {
      sequence += 1;
      mark = seen.mark;
      spokenAt = performance.now();
      await sse.writeSSE({ event: seen.event, id: `${sequence}-${mark}`, data: seen.data, retry: RECONNECT_MS });
    } else if (performance.now() - spokenAt >= HEARTBEAT_MS) {
      spokenAt = performance.now();
      await sse.write(': still here\n\n');
    }
    if (seen.last) return;
    await sleepUnless(gone, POLL_MS);
  }
}

type Seen = { event: string; data: string; mark: string; last: boolean } | { event: null; last: false };

/** What there is to be told to someone who knows what `mark` stands for. */
async function look({ read, render, log, instance }: ProgressStream, mark: string): Promise<Seen> {
  try {
    const progress = await timeLimited(read());
    if (hasEnded(progress)) {
      return { event: 'end', data: await timeLimited(render(progress)), mark: END, last: true };
    }
    const newMark = markOf(progress);
    if (newMark === mark) return { event: null, last: false };
    return { event: 'progress', data: await timeLimited(render(progress)), mark: newMark, last: false };
  } catch (error) {
    const document = problemDocument(toProblem(error, log), instance);
    const last = document.type === UNAUTHENTICATED;
    const newMark = digest(document.type);
    if (newMark === mark && !last) return { event: null, last: false };
    return { event: 'problem', data: JSON.stringify(document), mark: newMark, last };
  }
}

/** What has to differ for an event: time passing alone is none. */
function markOf({ elapsedSeconds: _, etaSeconds: __, ratePerSecond: ___, ...rest }: Progress): string {
  return digest(JSON.stringify(rest));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Any other text counts as none: then everything is sent. */
function parseEventId(text: string | undefined): { sequence: number; mark: string } {
  const [, sequence, mark] = /^(\d{1,9})-([0-9a-f]{12}|end)$/.exec(text ?? '') ?? [];
  return { sequence: Number(sequence ?? 0), mark: mark ?? '' };
}
