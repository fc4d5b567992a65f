/**
 * What holds for every page of the console, in a real browser over the real stack: both themes, a phone's width, a keyboard alone.
 * `npm run screenshots` takes its pictures on the way.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgressFeed } from '../../http/progress-feed.ts';
import { createWaiting } from '../../http/waiting.ts';
import { createConsole } from '../../web/app.ts';
import { axe, launchBrowser, overflow, signIn, watchFaults } from '../support/browser.ts';
import { foundIn, readHistories, secretsOf } from '../support/secrets.ts';
import { createTour, type Tour } from '../support/tour.ts';

const PICTURES = process.env.TEST_SCREENSHOTS;
const MOST_BYTES = 100_000;
const WIDTHS = { phone: 360, desk: 1440 } as const;
const MOST_TABS = 400;
/** Answers that are no pages: a stream, and where a visitor without a session is sent. */
const NO_PAGES = ['/runs/:id/live', '/sign-in'];

let tour: Tour;
let browser: Browser;
/** Every address that the browsers asked for. */
const asked = new Set<string>();
/** What sessions hold, from the browsers' cookies. */
const sessions = new Set<string>();

beforeAll(async () => {
  [tour, browser] = await Promise.all([createTour(), launchBrowser()]);
  if (PICTURES) mkdirSync(PICTURES, { recursive: true });
});

afterAll(async () => {
  await browser?.close();
  await tour?.close();
});

async function visitor(colorScheme: 'light' | 'dark', width: number, token: string | null = tour.tokens.admin) {
  const context = await browser.newContext({
    baseURL: tour.api.url,
    colorScheme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(30_000);
  const faults = watchFaults(context, tour.api.url);
  context.on('request', (request) => asked.add(request.url()));
  const page = await context.newPage();
  if (token !== null) await signIn(page, tour.api.url, token);
  for (const { value } of await context.cookies()) if (value.length >= 20) sessions.add(value);
  return { page, faults, leave: () => context.close() };
}

async function picture(page: Page, name: string, theme: string, width: number): Promise<void> {
  if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}-${width}-${theme}.png`), fullPage: true });
}

describe('the tour', () => {
  it('leaves no page of the console out', () => {
    const { operations } = tour;
    const log = pino({ level: 'silent' });
    const feed = createProgressFeed((id) => operations.getProgress(id));
    const site = { operations, log, feed, waiting: createWaiting(1), signInAttempts: 1, clientKey: () => '' };
    const routes = createConsole(site)
      .routes.filter(({ method, path }) => method === 'GET' && !path.includes('*') && !path.startsWith('/assets'))
      .map(({ path }) => path.replace(/\{[^/]*\}/g, ''));
    const seen = new Set([...tour.pages.map(({ route }) => route), ...NO_PAGES]);
    expect([...new Set(routes)].filter((route) => !seen.has(route))).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each(Object.values(WIDTHS))('every page has no accessibility fault and fits at %i pixels', async (width) => {
    const stranger = await visitor(theme, width, null);
    await stranger.page.goto('/sign-in');
    expect(await axe(stranger.page)).toEqual([]);
    expect(await overflow(stranger.page)).toBe(0);
    await picture(stranger.page, 'sign-in', theme, width);
    await stranger.leave();

    const { page, faults, leave } = await visitor(theme, width);
    const wrong: Record<string, unknown> = {};
    for (const { path, name } of tour.pages) {
      const response = await page.goto(path);
      await picture(page, name, theme, width);
      const found = {
        status: response?.status(),
        axe: await axe(page),
        overflow: await overflow(page),
        headings: await page.locator('h1').count(),
        faults: faults.splice(0),
      };
      const sound = { status: 200, axe: [], overflow: 0, headings: 1, faults: [] };
      if (JSON.stringify(found) !== JSON.stringify(sound)) wrong[name] = found;
    }
    expect(wrong).toEqual({});
    await leave();
  });
});

describe('every page', () => {
  it(`is at most ${MOST_BYTES} bytes with its style sheets and scripts, as sent without compression`, async () => {
    const { page, leave } = await visitor('light', WIDTHS.desk);
    const sizes: Record<string, number> = {};
    let bytes: Promise<number>[] = [];
    page.on('response', (response) => {
      if (/html|css|javascript/.test(response.headers()['content-type'] ?? '')) {
        bytes.push(response.body().then((body) => body.length));
      }
    });
    for (const { path, name } of tour.pages) {
      bytes = [];
      await page.goto(path);
      sizes[name] = (await Promise.all(bytes)).reduce((a, b) => a + b, 0);
    }
    expect(Math.min(...Object.values(sizes))).toBeGreaterThan(1000);
    expect(Object.fromEntries(Object.entries(sizes).filter(([, size]) => size > MOST_BYTES))).toEqual({});
    await leave();
  });

  it('is worked by the keyboard alone: each control is reached, and it is seen which', async () => {
    const { page, leave } = await visitor('light', WIDTHS.desk);
    const wrong: Record<string, unknown> = {};
    for (const { path, name } of tour.pages) {
      await page.goto(path);
      const { due } = await page.evaluate(controls);
      const reached = new Set<string>();
      const unseen: string[] = [];
      for (let presses = 0; presses < MOST_TABS && due.some((one) => !reached.has(one)); presses += 1) {
        await page.keyboard.press('Tab');
        const { at, seen } = await page.evaluate(controls);
        if (at === null) continue;
        reached.add(at);
        if (!seen) unseen.push(at);
      }
      const missed = due.filter((one) => !reached.has(one));
      if (missed.length > 0 || unseen.length > 0) wrong[name] = { missed, unseen };
    }
    expect(wrong).toEqual({});
    await leave();
  });

  it('shows a viewer nothing that a viewer may not do, and says what is missing', async () => {
    const { page, faults, leave } = await visitor('light', WIDTHS.desk, tour.tokens.viewer);
    const wrong: Record<string, unknown> = {};
    for (const { path, name } of tour.pages) {
      const response = await page.goto(path);
      const status = response?.status();
      if (status === 403) {
        faults.splice(0);
        expect(await page.content()).toContain('needs the role');
        continue;
      }
      const acting = await page.evaluate(formsThatAct);
      if (status !== 200 || acting.length > 0 || faults.length > 0)
        wrong[name] = { status, acting, faults: faults.splice(0) };
    }
    expect(wrong).toEqual({});
    await leave();
  });
});

describe('after all that', () => {
  let secrets: string[];
  /** What the API answered to requests that were wrong in every part. */
  let refusals = '';

  beforeAll(async () => {
    const { api, rig } = tour;
    const personal = await secretsOf(rig);
    secrets = [...personal, ...tour.secrets, ...sessions];
    const email = personal.find((one) => one.includes('@')) ?? '';

    const { page, leave } = await visitor('light', WIDTHS.desk);
    await page.goto('/licenses');
    await page
      .getByLabel(/name|search/i)
      .first()
      .fill(email);
    await page.keyboard.press('Enter');
    await page.waitForURL(/search=/);
    await leave();

    const body = JSON.stringify({ externalEmail: 7, phone: { of: email }, status: email, dba: 8, [email]: 1 });
    const headers = { 'content-type': 'application/json' };
    for (const [method, path, init] of [
      ['POST', '/api/v1/licenses', { body, headers }],
      ['PATCH', '/api/v1/licenses/nowhere', { body, headers: { ...headers, 'if-match': '"1"' } }],
      ['POST', '/api/v1/tokens', { body, headers }],
      [
        'POST',
        '/api/v1/webhooks',
        { body: JSON.stringify({ name: 'x', url: `http://${email}@169.254.0.1/` }), headers },
      ],
      ['GET', '/api/v1/licenses/nowhere', {}],
      ['GET', '/api/v1/external-licenses/sync/status', { headers: { authorization: `Bearer ${tour.tokens.admin}x` } }],
    ] as const) {
      const { status, text } = await api.call(method, path, undefined, init);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      refusals += text;
    }
  });

  it('there is much that could have been said', () => {
    expect(secrets.length).toBeGreaterThan(900);
    expect(sessions.size).toBeGreaterThan(0);
    expect(asked.size).toBeGreaterThan(3);
  });

  it('no address, number, key, token, password or session stands in logs', () => {
    const { api, rig } = tour;
    const logs = api.process.output() + rig.worker().output();
    expect(logs.length).toBeGreaterThan(5000);
    expect(foundIn(logs, secrets)).toEqual([]);
  });

  it('nor in Temporal', async () => {
    const { histories, text } = await readHistories(tour.rig);
    expect(histories).toBeGreaterThan(30);
    expect(foundIn(text, secrets)).toEqual([]);
  });

  it('nor in metrics, nor in what webhooks are sent, nor in alerts', async () => {
    const { api, rig } = tour;
    const { text } = await api.call('GET', '/metrics', null);
    expect(text).toContain('license_sync_records_total');
    const events = await rig.db.selectFrom('events').selectAll().execute();
    const alerts = await rig.db.selectFrom('alerts').selectAll().execute();
    const deliveries = await rig.db.selectFrom('webhook_deliveries').selectAll().execute();
    expect(events.length).toBeGreaterThan(3);
    expect(deliveries.length).toBeGreaterThan(0);
    expect(foundIn(text + JSON.stringify([events, alerts, deliveries]), secrets)).toEqual([]);
  });

  it('nor in addresses', () => {
    expect(foundIn([...asked].join('\n'), secrets)).toEqual([]);
  });

  it('nor in errors', async () => {
    const rows = await tour.rig.db
      .selectFrom('sync_operations')
      .select(['error_message', 'wait_reason', 'report'])
      .execute();
    const errors = await tour.rig.db.selectFrom('sync_errors').select(['error_message', 'raw_content']).execute();
    expect(refusals).toContain('/problems/');
    expect(foundIn(refusals + JSON.stringify([rows, errors]), secrets)).toEqual([]);
  });
});

// These run in the page. This project's types know no DOM.

interface PageElement {
  tagName: string;
  textContent: string;
  name?: string;
  type?: string;
  getAttribute(name: string): string | null;
  closest(selector: string): PageElement | null;
  checkVisibility(): boolean;
}

interface PageGlobals {
  document: {
    querySelectorAll(selector: string): Iterable<PageElement>;
    activeElement: PageElement;
    body: PageElement;
  };
  getComputedStyle(element: PageElement): { outlineStyle: string; outlineWidth: string; boxShadow: string };
}

/** All controls to be reached, and the one that has the focus, each by what tells it from others: a live page replaces its parts. */
function controls(): { due: string[]; at: string | null; seen: boolean } {
  const { document, getComputedStyle } = globalThis as unknown as PageGlobals;
  const selector =
    'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary, [tabindex="0"]';
  const what = (element: PageElement) =>
    [
      element.tagName,
      // Radio buttons of one name are one stop.
      element.name ?? '',
      element.type === 'radio' ? '' : (element.getAttribute('value') ?? ''),
      element.getAttribute('href') ?? element.closest('form')?.getAttribute('action') ?? '',
      element.tagName === 'SELECT' ? '' : element.textContent.trim().slice(0, 60),
    ].join(' ');
  const due = [...document.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility() && element.getAttribute('tabindex') !== '-1')
    .map(what);
  const { activeElement: at, body } = document;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  const seen = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  return { due: [...new Set(due)], at: at === body ? null : what(at), seen };
}

/** Where forms of the page would send something. Signing out, searching and the choice of a theme are everybody's. */
function formsThatAct(): string[] {
  const { document } = globalThis as unknown as PageGlobals;
  const everybodys = /\/(sign-out|theme|licenses|licenses\/check)$/;
  return [...document.querySelectorAll('form[method=post]')]
    .map((form) => form.getAttribute('action') ?? 'its own address')
    .filter((action) => !everybodys.test(action));
}
