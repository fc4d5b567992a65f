/** The HTTP API: routes over operations, problems for everything that goes wrong, one log line an answer. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { matchedRoutes } from 'hono/route';
import type { Logger } from 'pino';
import { addAbout } from './about.ts';
import { alertRoutes } from './alerts.ts';
import { conflictRoutes } from './conflicts.ts';
import type { ApiDeps } from './deps.ts';
import { duplicateCheckRoutes } from './duplicate-check.ts';
import { duplicateMetricsRoutes } from './duplicate-metrics.ts';
import { duplicatePairRoutes } from './duplicate-pairs.ts';
import { healthRoutes } from './health.ts';
import { historyRoutes } from './history.ts';
import { licenseImportRoutes } from './license-import.ts';
import { licenseRoutes } from './licenses.ts';
import { matchLabRoutes } from './match-lab.ts';
import { mergeRoutes } from './merges.ts';
import { operationRoutes } from './operations.ts';
import { overrideRoutes } from './overrides.ts';
import { planRoutes } from './plans.ts';
import { ApiProblem, problemResponse, toProblem } from './problem.ts';
import { progressRoutes } from './progress.ts';
import { createProgressFeed } from './progress-feed.ts';
import { pushRoutes } from './pushes.ts';
import { quarantineRoutes } from './quarantine.ts';
import { reviewRoutes } from './reviews.ts';
import { createRouter } from './router.ts';
import { scheduleRoutes } from './schedules.ts';
import { syncRoutes } from './sync.ts';
import { syncStatusRoutes } from './sync-status.ts';
import { tokenRoutes } from './tokens.ts';

export function createApp(deps: ApiDeps): OpenAPIHono {
  const { log, operations } = deps;
  const feed = createProgressFeed((operationId) => operations.getProgress(operationId));
  const app = createRouter();
  app.onError((error, c) => problemResponse(c, toProblem(error, log)));
  app.notFound((c) => problemResponse(c, new ApiProblem('not-found', 'No route has this address; see /openapi.json.')));
  app.use(prepared(log));
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
  app.route('/', pushRoutes(deps));
  app.route('/', conflictRoutes(deps));
  app.route('/', overrideRoutes(deps));
  app.route('/', mergeRoutes(deps));
  app.route('/', quarantineRoutes(deps));
  app.route('/', historyRoutes(deps));
  app.route('/', planRoutes(deps));
  app.route('/', reviewRoutes(deps));
  app.route('/', scheduleRoutes(deps));
  app.route('/', alertRoutes(deps));
  app.route('/', healthRoutes(deps));
  app.route('/', tokenRoutes(deps));
  app.route('/', licenseRoutes(deps));
  app.route('/', licenseImportRoutes(deps));
  app.route('/', duplicateCheckRoutes(deps));
  app.route('/', duplicatePairRoutes(deps));
  app.route('/', duplicateMetricsRoutes(deps));
  app.route('/', matchLabRoutes(deps));
  addAbout(app);
  return app;
}

/** Gives every request the log. Hono hands only errors on, so whatever else is thrown becomes one. */
function prepared(log: Logger) {
  return createMiddleware(async (c, next) => {
    c.set('log', log);
    try {
      await next();
    } catch (thrown) {
      throw thrown instanceof Error ? thrown : new Error('something was thrown that is no error', { cause: thrown });
    }
  });
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
