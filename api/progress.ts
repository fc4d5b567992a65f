/** Progress of one operation: once, or as a stream of events. */
import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { isTokenLive } from '../db/tokens.ts';
import type { Progress } from '../operations/progress.ts';
import { sleepUnless } from '../sleep.ts';
import { reads } from './access.ts';
import { tokenInvalid } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { OPERATIONS_PATH } from './links.ts';
import { problemDocument, toProblem } from './problem.ts';
import { hasEnded, type ProgressFeed } from './progress-feed.ts';
import { createRouter, timeLimited } from './router.ts';
import { answer, json, operationParams, problems, progressSchema } from './schemas.ts';

const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2000;
/** Last part of the id of a stream's last event. */
const END = 'end';
const TOKEN_INVALID = '/problems/unauthenticated';

export function progressRoutes({ operations, db, log, waiting }: ApiDeps, feed: ProgressFeed) {
  const progress = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/progress`,
    summary: 'How far the operation is, and what it waits for',
    request: { params: operationParams },
    responses: {
      200: { description: 'Progress', content: json(answer(progressSchema)) },
      ...problems(400, 401, 403, 404, 503),
    },
  });

  const events = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/events`,
    summary: 'Progress as server-sent events',
    description:
      'Event `progress` whenever something changed, `problem` when the API cannot look, `end` when the run has ended; then the stream closes. With Last-Event-ID nothing is sent again that has not changed since, and 204 after `end`.',
    request: {
      params: operationParams,
      headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
    },
    responses: {
      200: { description: 'A stream of events', content: { 'text/event-stream': { schema: z.string() } } },
      204: { description: 'The stream had ended' },
      ...problems(400, 401, 403, 404, 503),
    },
  });

  return createRouter()
    .openapi(progress, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await operations.getProgress(id) }, 200);
    })
    .openapi(events, async (c) => {
      const { id } = c.req.valid('param');
      const last = parseEventId(c.req.valid('header')['last-event-id']);
      if (last.mark === END) return c.body(null, 204);
      // Before the first byte, so that an unknown operation is a 404.
      await timeLimited(feed(id));
      const place = waiting.enter();
      return streamSSE(c, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        try {
          await follow(
            stream,
            { id, tokenId: c.get('caller').tokenId },
            last,
            AbortSignal.any([place.stopped, gone.signal]),
          );
        } catch (error) {
          log.error({ err: error }, 'a stream of events failed');
        } finally {
          place.leave();
        }
      });
    });

  async function follow(
    stream: SSEStreamingApi,
    watched: Watched,
    last: { sequence: number; mark: string },
    gone: AbortSignal,
  ): Promise<void> {
    let { sequence, mark } = last;
    let spokenAt = performance.now();
    const send = async (event: string, data: unknown, newMark: string) => {
      sequence += 1;
      mark = newMark;
      spokenAt = performance.now();
      await stream.writeSSE({ event, id: `${sequence}-${newMark}`, data: JSON.stringify(data), retry: RECONNECT_MS });
    };
    while (!gone.aborted) {
      const { event, data } = await look(watched);
      if (event === 'progress' && hasEnded(data)) return await send('end', data, END);
      const newMark = event === 'progress' ? markOf(data) : digest(data.type);
      if (newMark !== mark) await send(event, data, newMark);
      else if (performance.now() - spokenAt >= HEARTBEAT_MS) {
        spokenAt = performance.now();
        await stream.write(': still here\n\n');
      }
      if (event === 'problem' && data.type === TOKEN_INVALID) return;
      await sleepUnless(gone, POLL_MS);
    }
  }

  /** A token that was revoked meanwhile sees nothing more. */
  async function look({ id, tokenId }: Watched): Promise<Seen> {
    try {
      if (!(await timeLimited(isTokenLive(db, tokenId)))) throw tokenInvalid();
      return { event: 'progress', data: await timeLimited(feed(id)) };
    } catch (error) {
      return { event: 'problem', data: problemDocument(toProblem(error, log), `${OPERATIONS_PATH}/${id}/events`) };
    }
  }
}

interface Watched {
  id: string;
  tokenId: number;
}

type Seen = { event: 'progress'; data: Progress } | { event: 'problem'; data: ReturnType<typeof problemDocument> };

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
