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
import { createTour, type Tour } from '../support/tour.ts';

const PICTURES = process.env.TEST_SCREENSHOTS;
const MOST_BYTES = 100_000;
const WIDTHS = { phone: 360, desk: 1440 } as const;
const MOST_TABS = 400;
/** Answers that are no pages: a stream, and where a visitor without a session is sent. */
const NO_PAGES = ['/runs/:id/live', '/sign-in'];

let tour: Tour;
let browser: Browser;

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
  const page = await context.newPage();
  if (token !== null) await signIn(page, tour.api.url, token);
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
