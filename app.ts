/** Everything behind the port: the API's routes and the console's pages, both over operations; one log line an answer. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import { addAbout } from './api/about.ts';
import { alertRoutes } from './api/alerts.ts';
import { conflictRoutes } from './api/conflicts.ts';
import type { ApiDeps } from './api/deps.ts';
import { createDocs, isDocsPath } from './api/docs.ts';
import { duplicateCheckRoutes } from './api/duplicate-check.ts';
import { duplicateMetricsRoutes } from './api/duplicate-metrics.ts';
import { duplicatePairRoutes } from './api/duplicate-pairs.ts';
import { healthRoutes } from './api/health.ts';
import { historyRoutes } from './api/history.ts';
import { licenseImportRoutes } from './api/license-import.ts';
import { licenseRelationRoutes } from './api/license-relations.ts';
import { licenseRoutes } from './api/licenses.ts';
import { matchLabRoutes } from './api/match-lab.ts';
import { mergeRoutes } from './api/merges.ts';
import { knownMethodsOnly } from './api/methods.ts';
import { metricsRoutes } from './api/metrics.ts';
import { operationRoutes } from './api/operations.ts';
import { overrideRoutes } from './api/overrides.ts';
import { overviewRoutes } from './api/overview.ts';
import { planRoutes } from './api/plans.ts';
import { progressRoutes } from './api/progress.ts';
import { pushRoutes } from './api/pushes.ts';
import { quarantineRoutes } from './api/quarantine.ts';
import { reviewRoutes } from './api/reviews.ts';
import { createRouter } from './api/router.ts';
import { scheduleRoutes } from './api/schedules.ts';
import { syncRoutes } from './api/sync.ts';
import { syncStatusRoutes } from './api/sync-status.ts';
import { tokenRoutes } from './api/tokens.ts';
import { webhookRoutes } from './api/webhooks.ts';
import type { Config } from './config.ts';
import { answerLog } from './http/answer-log.ts';
import { createClientKey } from './http/client-key.ts';
import { ApiProblem, problemResponse, toProblem } from './http/problem.ts';
import { createProgressFeed } from './http/progress-feed.ts';
import { createRateLimits, type RateLimits } from './http/rate-limits.ts';
import { requestIds } from './http/request-id.ts';
import { dataHeaders, notKept, staysEncrypted } from './http/safe-headers.ts';
import { requestSpans } from './http/tracing.ts';
import { createProcessMetrics } from './metrics/process.ts';
import { noTracing, type Tracing } from './tracing/index.ts';
import { createConsole, isConsolePath } from './web/app.ts';

export interface AppDeps extends ApiDeps {
  config: Pick<Config, 'console' | 'monitoring' | 'api'>;
  /** Default: none. */
  tracing?: Tracing;
}

/** API and console behind one port. */
export function createApp(deps: AppDeps): OpenAPIHono {
  const { log, operations, waiting, config, tracing = noTracing } = deps;
  const feed = createProgressFeed((operationId) => operations.getProgress(operationId));
  const app = createRouter();
  app.onError((error, c) => problemResponse(c, toProblem(error, log)));
  app.notFound((c) => problemResponse(c, new ApiProblem('not-found', 'No route has this address; see /openapi.json.')));
  app.use(requestIds());
  if (tracing !== noTracing) app.use(requestSpans(tracing));
  const { behindProxy, requestsPerMinute, failedAuthPerMinute } = config.api;
  const clientKey = createClientKey(behindProxy);
  const limits = createRateLimits({ requestsPerMinute, failedAuthPerMinute, clientKey });
  app.use(prepared(log, limits));
  const metrics = createProcessMetrics();
  app.use(metrics.middleware);
  app.use(staysEncrypted(behindProxy));
  const site = { operations, log, waiting, feed, signInAttempts: config.console.signInAttempts, clientKey };
  const pages = createConsole(site);
  const docs = createDocs(log);
  app.use(async (c, next) => {
    if (isDocsPath(c.req.path)) return await docs.fetch(c.req.raw, c.env);
    if (!isConsolePath(c.req.path)) return await next();
    return await pages.fetch(c.req.raw, c.env);
  });
  app.use(dataHeaders);
  app.use(notKept);
  app.use(answerLog(log));
  app.use(limitOpen(limits));
  app.use(knownMethodsOnly(app));
  app.route('/', overviewRoutes(deps));
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
  app.route('/', webhookRoutes(deps));
  app.route('/', healthRoutes(deps));
  if (config.monitoring.enableMetricsCollection) app.route('/', metricsRoutes(deps, config.monitoring, metrics));
  app.route('/', tokenRoutes(deps));
  app.route('/', licenseRoutes(deps));
  app.route('/', licenseRelationRoutes(deps));
  app.route('/', licenseImportRoutes(deps));
  app.route('/', duplicateCheckRoutes(deps));
  app.route('/', duplicatePairRoutes(deps));
  app.route('/', duplicateMetricsRoutes(deps));
  app.route('/', matchLabRoutes(deps));
  addAbout(app);
  return app;
}

/** What no token is asked for has a limit too, by address; all else counts by its token. */
function limitOpen(limits: RateLimits) {
  return createMiddleware(async (c, next) => {
    if (!c.req.path.startsWith('/api/')) await limits.countOpen(c);
    await next();
  });
}

/** Gives every request the log and the limits. Hono hands only errors on, so whatever else is thrown becomes one. */
function prepared(log: Logger, limits: RateLimits) {
  return createMiddleware(async (c, next) => {
    c.set('log', log);
    c.set('limits', limits);
    try {
      await next();
    } catch (thrown) {
      throw thrown instanceof Error ? thrown : new Error('something was thrown that is no error', { cause: thrown });
    }
  });
}
