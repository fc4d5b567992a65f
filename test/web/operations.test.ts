/** Plans, quarantine, schedules, alerts and tokens in the console, in a real browser over the real stack. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { axe, launchBrowser, overflow, signIn, watchFaults } from '../support/browser.ts';
import { createRig, type Rig } from '../support/rig.ts';

const RECORDS = 60;
const WITHIN_MS = 60_000;
const BAD = { countid: 999_001, appid: 'BAD-1', dba: 'Bad Date', ActivateDate: 'not a date' };

let rig: Rig;
let api: TestApi;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  [rig, browser] = await Promise.all([createRig({ records: RECORDS, seed: 12 }), launchBrowser()]);
  const admin = await createToken(rig.db, 'admin');
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    admin,
  );
  page = await signedIn(admin);
});

afterEach(() => {
  expect(faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await api?.process.stop();
  await rig?.close();
});

async function signedIn(token: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: api.url, viewport: { width: 360, height: 800 } });
  context.setDefaultTimeout(WITHIN_MS);
  faults = watchFaults(context, api.url);
  const opened = await context.newPage();
  await signIn(opened, api.url, token);
  return opened;
}

async function expectSound(): Promise<void> {
  expect(await axe(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
}

async function untilEnded(status: string): Promise<void> {
  await page.locator('#books').waitFor();
  await page.locator('.headline .badge', { hasText: status }).waitFor();
}

describe('a plan', () => {
  it('is made by a dry run, read, applied, and applied only once', async () => {
    await page.goto('/plans');
    await page.getByText('There is no plan yet').waitFor();
    await page.getByRole('button', { name: 'Make a dry run' }).click();
    await untilEnded('completed');
    await page.goto('/plans');
    await page.locator('tbody a').first().click();
    await page.getByRole('link', { name: `${RECORDS} licenses made` }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(50);
    await expectSound();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByText('This is the last page.').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(RECORDS - 50);
    const address = page.url();

    await page.getByText('Apply this plan…').click();
    await page.getByRole('button', { name: 'Yes, apply this plan' }).click();
    await untilEnded('completed');
    await page.goto(address);
    await page.getByText(`${RECORDS} written`).waitFor();
    expect(await page.getByText(/apply this plan/i).count()).toBe(0);
  });
});

describe('a quarantined row', () => {
  it('is shown with its reason, and leaves when it was mended and is tried again', async () => {
    await page.goto('/quarantine');
    await page.getByText('Nothing is in quarantine').waitFor();
    await rig.simulator.control.add({ record: BAD });
    await page.goto('/runs/new');
    await page.getByRole('button', { name: 'Start a sync' }).click();
    await untilEnded('completed with findings');
    await page.goto('/quarantine');
    await expectSound();
    await page.locator('tbody a').first().click();
    expect(await page.locator('pre').textContent()).toContain('not a date');
    await expectSound();
    await rig.simulator.control.patch(BAD.countid, { ActivateDate: '2024-01-02' });
    await page.getByRole('button', { name: 'Try it again' }).click();
    await untilEnded('completed');
    await page.goto('/quarantine');
    await page.getByText('Nothing is in quarantine').waitFor();
  });
});

describe('a schedule', () => {
  it('is refused with the reason beside its field, made, changed, paused and deleted', async () => {
    await page.goto('/schedules/new');
    await expectSound();
    await page.getByLabel('Name').fill('nightly');
    await page.getByLabel('When').fill('every night');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.locator('#e-cron').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('nightly');
    faults.splice(0);
    await page.getByLabel('When').fill('0 3 * * *');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('The schedule was made.').waitFor();
    expect(await page.locator('ol li').count()).toBe(5);
    await expectSound();
    await page.getByRole('link', { name: 'Change it' }).click();
    await page.getByLabel('Time zone').fill('America/Chicago');
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('The schedule was changed.').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('it starts nothing', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Let it go on' }).click();
    await page.getByText('The schedule goes on.').waitFor();
    await page.getByText('Delete…').click();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await page.getByText('No run starts by itself.').waitFor();
  });
});

describe('a token', () => {
  it('is shown once when it is made; revoked, it ends the sessions that it opened', async () => {
    await page.goto('/tokens');
    await expectSound();
    await page.getByLabel('Name').fill('night shift');
    await page.getByLabel('Role').selectOption('operator');
    await page.getByRole('button', { name: 'Make it' }).click();
    const value = (await page.locator('main code').first().textContent()) ?? '';
    expect(value).toMatch(/^lsk_/);

    const other = await browser.newContext({ baseURL: api.url });
    const theirs = await other.newPage();
    await signIn(theirs, api.url, value);
    await page.goto('/tokens');
    expect(await page.content()).not.toContain(value);
    const row = page.locator('tr', { hasText: 'night shift' });
    await row.getByText('Revoke…').click();
    await row.getByRole('button', { name: 'Yes, revoke' }).click();
    await page.getByText('nothing can be done with it any more').waitFor();
    await theirs.goto('/runs');
    await theirs.getByRole('heading', { name: 'Sign in to license-sync' }).waitFor();
    await other.close();
  });
});

describe('alerts', () => {
  it('are listed, and none is open after runs that ended well', async () => {
    await page.goto('/alerts');
    await page.getByText('Nothing is wrong').waitFor();
    await expectSound();
  });
});
