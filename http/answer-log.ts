import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';

/** One line an answer. The route's pattern, never the address itself: ids are many, and query strings may hold anything. */
export function answerLog(log: Logger) {
  return createMiddleware(async (c, next) => {
    const since = performance.now();
    await next();
    const route = matchedRoutes(c).at(-1)?.path ?? '';
    log.info(
      {
        method: c.req.method,
        route: route.endsWith('*') ? '(none)' : route,
        status: c.res.status,
        ms: Math.round(performance.now() - since),
      },
      'answered',
    );
  });
}
