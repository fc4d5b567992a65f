import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import { routeOf } from './route.ts';

/** Routes whose id is that of a run. */
const OF_A_RUN = /\/(?:operations|runs|plans)\/[:{]id\b/;
const RUN_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** One line an answer. The route's pattern, never the address itself: ids are many, and query strings may hold anything. */
export function answerLog(log: Logger) {
  return createMiddleware(async (c, next) => {
    const since = performance.now();
    await next();
    const route = routeOf(c);
    log.info(
      {
        method: c.req.method,
        route,
        status: c.res.status,
        ms: Math.round(performance.now() - since),
        ...runOf(c, route),
      },
      'answered',
    );
  });
}

function runOf(c: Context, route: string): { operationId?: string } {
  const id = OF_A_RUN.test(route) ? c.req.param('id') : undefined;
  return id !== undefined && RUN_ID.test(id) ? { operationId: id } : {};
}
