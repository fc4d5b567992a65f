/** The HTTP API: routes over operations, problems for everything that goes wrong, one log line an answer. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import { addAbout } from './about.ts';
import type { ApiDeps } from './deps.ts';
import { healthRoutes } from './health.ts';
import { operationRoutes } from './operations.ts';
import { ApiProblem, problemResponse, toProblem } from './problem.ts';
import { progressRoutes } from './progress.ts';
import { createProgressFeed } from './progress-feed.ts';
import { createRouter } from './router.ts';
import { syncRoutes } from './sync.ts';
import { syncStatusRoutes } from './sync-status.ts';

export function createApp(deps: ApiDeps): OpenAPIHono {
  const { log, operations } = deps;
  const feed = createProgressFeed((operationId) => operations.getProgress(operationId));
  const app = createRouter();
  app.onError((error, c) => problemResponse(c, toProblem(error, log)));
  app.notFound((c) => problemResponse(c, new ApiProblem('not-found', 'No route has this address; see /openapi.json.')));
  app.use(answerLog(log));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        problemResponse(
          c,
          new ApiProblem('method-not-allowed', `This address takes ${methods.join(', ')}.`, {
            headers: { allow: methods.join(', ') },
          }),
        ),
    }),
  );
  app.route('/', syncStatusRoutes(deps));
  app.route('/', syncRoutes(deps, feed));
  app.route('/', progressRoutes(deps, feed));
  app.route('/', operationRoutes(deps));
  app.route('/', healthRoutes(deps));
  addAbout(app);
  return app;
}

/** The route's pattern, never the address itself: ids are many, and query strings may hold anything. */
function answerLog(log: Logger) {
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
