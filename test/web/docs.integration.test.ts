/** `/docs` in a real browser: every operation is there, nothing comes from elsewhere, and it fits a phone in both themes. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { launchBrowser, overflow, watchFaults } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let app: TestApp;
let browser: Browser;
let token: string;

beforeAll(async () => {
  [database, browser] = await Promise.all([createTestDatabase(), launchBrowser()]);
  token = await createToken(database.db, 'viewer');
  app = await startTestApp(
    {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEMPORAL_ADDRESS ?? '',
      TEMPORAL_NAMESPACE: 'license-sync-test-none',
    },
    token,
  );
});

afterAll(async () => {
  await browser.close();
  await app.close();
  await database.drop();
});

describe('the page of the API', () => {
  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'shows every operation, %s and %d pixels wide, and asks nobody else for anything',
    async (theme, width) => {
      const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 800 } });
      const faults = watchFaults(context, app.url);
      const page = await context.newPage();
      await page.goto(`${app.url}/docs`);
      await page.locator('.opblock').first().waitFor();
      const { body } = await app.call<{ paths: Record<string, object> }>('GET', '/openapi.json', null);
      const operations = Object.values(body.paths).flatMap((methods) => Object.keys(methods));
      expect(await page.locator('.opblock').count()).toBe(operations.length);
      expect(await overflow(page)).toBe(0);
      await page.locator('#operations-Licenses-editLicense .opblock-summary-control').click();
      await page.locator('#operations-Licenses-editLicense .responses-wrapper').waitFor();
      expect(await overflow(page)).toBe(0);
      const background = await page.evaluate(() => {
        const { document, getComputedStyle } = globalThis as unknown as {
          document: { body: object };
          getComputedStyle(of: object): { backgroundColor: string };
        };
        return getComputedStyle(document.body).backgroundColor;
      });
      const brightness = Math.max(...(background.match(/\d+/g) ?? []).slice(0, 3).map(Number));
      expect(brightness > 128).toBe(theme === 'light');
      if (process.env.TEST_SCREENSHOTS)
        await page.screenshot({ path: `${process.env.TEST_SCREENSHOTS}/docs-${theme}.png` });
      expect(faults).toEqual([]);
      await context.close();
    },
  );

  it('tries a request with the token that was typed in', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const faults = watchFaults(context, app.url);
    const page = await context.newPage();
    await page.goto(`${app.url}/docs`);
    await page.locator('.auth-wrapper .authorize').click();
    await page.locator('.auth-container input').fill(token);
    await page.locator('.auth-btn-wrapper button[type=submit]').click();
    await page.locator('.btn-done').click();
    const operation = page.locator('#operations-Licenses-listLicenses');
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    await operation.locator('.execute').click();
    await operation.locator('.live-responses-table .response-col_status').filter({ hasText: '200' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is for everyone, cached as long as it stays what it is, and takes GET only', async () => {
    const page = await app.call('GET', '/docs', null);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    const [, script = ''] = /src="([^"]*bundle\.js)"/.exec(page.text) ?? [];
    const bundle = await app.call('GET', script, null);
    expect([bundle.status, bundle.headers.get('cache-control')]).toEqual([200, expect.stringContaining('immutable')]);
    expect((await app.call('POST', '/docs', null)).status).toBe(405);
    expect((await app.call('GET', '/docs/nothing', null)).body.type).toBe('/problems/not-found');
  });
});
