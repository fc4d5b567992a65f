/** The console: pages over operations, for people with a browser. */
import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { answerLog } from '../http/answer-log.ts';
import { ApiProblem, problemResponse } from '../http/problem.ts';
import { loadAssets } from './assets.ts';
import { alertPages } from './pages/alerts.ts';
import { conflictPages } from './pages/conflicts/index.ts';
import { licensePages } from './pages/licenses/index.ts';
import { overviewPages } from './pages/overview.ts';
import { planPages } from './pages/plans.ts';
import { quarantinePages } from './pages/quarantine.ts';
import { reviewPages } from './pages/reviews/index.ts';
import { runPages } from './pages/runs/index.ts';
import { schedulePages } from './pages/schedules.ts';
import { signInPages } from './pages/sign-in.ts';
import { tokenPages } from './pages/tokens.ts';
import { webhookPages } from './pages/webhooks.ts';
import { showError } from './respond.ts';
import type { Site } from './site.ts';

/** Addresses that are not the console's. */
const API = /^\/(api\/|livez$|readyz$|metrics$|openapi\.json$|docs(\/|$)|problems\/)/;

/** Pages, style sheets and scripts. Whatever no page has is told as a page to those who ask for one. */
export function createConsole(site: Site): Hono {
  const assets = loadAssets();
  const app = new Hono();
  app.onError((error, c) => showError(c, error, site.log));
  app.notFound((c) => nothingHere(c, site));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      xFrameOptions: 'DENY',
      // For API and console alike, where TLS is: see `staysEncrypted`.
      strictTransportSecurity: false,
      // To ourselves only, so that "go back" knows where.
      referrerPolicy: 'same-origin',
    }),
  );
  app.use(answerLog(site.log));
  app.use(async (c, next) => {
    c.set('log', site.log);
    c.set('console', { site, assets });
    await next();
  });
  app.route('/', assets.routes);
  app.route('/', signInPages(site));
  app.route('/', overviewPages(site));
  app.route('/', planPages(site));
  app.route('/', quarantinePages(site));
  app.route('/', schedulePages(site));
  app.route('/', alertPages(site));
  app.route('/', webhookPages(site));
  app.route('/', tokenPages(site));
  app.route('/', runPages(site));
  app.route('/', licensePages(site));
  app.route('/', conflictPages(site));
  app.route('/', reviewPages(site));
  return app;
}

/** Whether the console answers this address: all that is not the API's. */
export function isConsolePath(path: string): boolean {
  return !API.test(path);
}

/** Programs that ask for an address which does not exist get a problem document, as from the API. */
async function nothingHere(c: Context, site: Site): Promise<Response> {
  const asked = c.req.header('accept') ?? '';
  if (asked.includes('text/html')) {
    return await showError(c, new ApiProblem('not-found', 'There is no page at this address.'), site.log);
  }
  return problemResponse(c, new ApiProblem('not-found', 'No route has this address; see /openapi.json.'));
}
