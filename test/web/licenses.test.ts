/** Licenses and conflicts in the console, in a real browser beside real syncs. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { axe, launchBrowser, overflow, signIn, watchFaults } from '../support/browser.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const WITHIN_MS = 30_000;
const MAIL = 'owner@zebra-nails.example';
const PHONE = '555-010-0199';

const zebra = {
  countid: 9001,
  appid: 'zebra1',
  DBA: 'Zebra Nails',
  zip: '10001',
  status: 1,
  Email_license: MAIL,
  phone: PHONE,
  city: 'Albany',
  address: '1 Main St',
};
const others = ['Quiet Harbour Books', 'Copper Kettle Diner'].map((DBA, index) => ({
  countid: 9002 + index,
  appid: `other${index}`,
  DBA,
  zip: `2000${index}`,
  status: 1,
}));

let rig: Rig;
let api: TestApi;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  const env = { ...QUICK, LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '1' };
  [rig, browser] = await Promise.all([createRig({ records: 0, bundled: false }, env), launchBrowser()]);
  for (const record of [zebra, ...others]) await rig.simulator.control.add({ record });
  const reviewer = await createToken(rig.db, 'reviewer');
  api = await startTestApi({ DATABASE_URL: rig.databaseUrl, TEMPORAL_ADDRESS: '127.0.0.1:9' }, reviewer);
  expect((await rig.sync()).status).toBe('completed');
  const context = await browser.newContext({ baseURL: api.url, viewport: { width: 360, height: 800 } });
  context.setDefaultTimeout(WITHIN_MS);
  faults = watchFaults(context, api.url);
  page = await context.newPage();
  await signIn(page, api.url, reviewer);
});

afterAll(async () => {
  await browser?.close();
  await api?.process.stop();
  await rig?.close();
});

async function idOf(countid: number): Promise<string> {
  const row = await rig.db
    .selectFrom('licenses')
    .select('id')
    .where('countid', '=', countid)
    .where('archived_into', 'is', null)
    .executeTakeFirstOrThrow();
  return row.id;
}

async function license(countid: number) {
  return await rig.db
    .selectFrom('licenses')
    .selectAll()
    .where('countid', '=', countid)
    .where('archived_into', 'is', null)
    .executeTakeFirstOrThrow();
}

const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();

async function search(text: string): Promise<void> {
  await page.goto('/licenses');
  await page.getByLabel('Search', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/search=\d+/);
}

describe('finding licenses', () => {
  it('searches by an e-mail address without it in the address of the page, and again under the same number', async () => {
    await search(MAIL);
    await page.getByRole('link', { name: 'Zebra Nails' }).waitFor();
    expect(await page.getByRole('link', { name: 'Copper Kettle Diner' }).count()).toBe(0);
    const address = page.url();
    expect(address).not.toMatch(/zebra|%40|@/i);
    await search(MAIL);
    expect(page.url()).toBe(address);
    expect(api.process.output()).not.toContain(MAIL);
  });

  it('says why nothing was found, and what else could be done', async () => {
    await search('nobody of this name');
    await page.getByText('No license matches all of this.').waitFor();
    await page.goto('/licenses?status=nonsense');
    await page.getByText('expected draft, active').waitFor();
    await page.goto('/licenses?search=999999');
    await page.getByText('Search 999999 is not kept any more').waitFor();
  });
});

describe('editing', () => {
  it('lays side by side what was typed and what a sync wrote meanwhile, and loses neither', async () => {
    const id = await idOf(9001);
    await page.goto(`/licenses/${id}/edit`);
    await page.getByLabel('Business name').fill('Zebra Nails by Anna');
    await page.getByLabel('Notes').fill('Call before noon.\nAsk for Anna.');
    await rig.simulator.control.patch(9001, { DBA: 'Zebra Nails & Spa', city: 'Troy' });
    expect((await rig.sync()).status).toMatch(/^completed/);
    await page.getByRole('button', { name: 'Save' }).click();
    await heading(/was changed meanwhile/);
    expect((await license(9001)).dba).toBe('Zebra Nails & Spa');
    const name = page.getByRole('row', { name: /Business name/ });
    await name.getByText('both changed').waitFor();
    await name.getByText('Zebra Nails & Spa', { exact: true }).waitFor();
    await name.getByText('Zebra Nails', { exact: true }).waitFor();
    expect(await name.getByLabel('Business name').inputValue()).toBe('Zebra Nails by Anna');
    await page.getByRole('row', { name: /^City/ }).getByText('Troy').waitFor();
    expect(await axe(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await name.getByLabel('what it says now').check();
    await page.getByRole('row', { name: /^City/ }).getByLabel('City').fill('Troy, NY');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Saved as version \d+: Notes, City\./).waitFor();
    expect(await license(9001)).toMatchObject({
      dba: 'Zebra Nails & Spa',
      city: 'Troy, NY',
      notes: 'Call before noon.\nAsk for Anna.',
      updated_by: 'test reviewer',
    });
  });

  it('shows the form again with what does not fit beside the field, and keeps what was typed', async () => {
    await page.goto(`/licenses/${await idOf(9002)}/edit`);
    await page.getByLabel('E-mail').fill('not an address');
    await page.getByLabel('City').fill('Utica');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('expected an e-mail address').waitFor();
    expect(await page.getByLabel('City').inputValue()).toBe('Utica');
    await page.getByLabel('E-mail').fill('books@harbour.example');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Saved as version \d+: E-mail, City\./).waitFor();
  });

  it('tells of each value who put it there', async () => {
    await page.goto(`/licenses/${(await license(9002)).key}`);
    await heading('Quiet Harbour Books');
    const city = page.locator('.lineage', { has: page.getByText('City', { exact: true }) });
    await city.getByText('Utica').click();
    await city.getByText(/by test reviewer/).waitFor();
    expect(await axe(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
});

describe('conflicts', () => {
  it('are settled by a choice that says what it does, on the version that was looked at', async () => {
    const id = await idOf(9003);
    await page.goto(`/licenses/${id}/edit`);
    await page.getByLabel('Business name').fill('Copper Kettle Café');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved as version').waitFor();
    await rig.simulator.control.patch(9003, { DBA: 'Copper Kettle Grill' });
    await rig.sync();
    await page.goto('/conflicts');
    await page
      .getByRole('row', { name: /Copper Kettle Grill/ })
      .getByRole('link', { name: /^Conflict/ })
      .click();
    await heading(/Business name/);
    expect(await axe(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    const opened = page.url();
    const stale = await page.context().newPage();
    await stale.goto(opened);
    await page.getByRole('button', { name: 'Keep the license’s value' }).click();
    await page.getByText('the internal value stands').first().waitFor();
    expect((await license(9003)).dba).toBe('Copper Kettle Café');
    await stale.getByRole('button', { name: 'Take the record’s value' }).click();
    await stale.getByText(/was resolved otherwise already/).waitFor();
    await stale.close();
    expect((await license(9003)).dba).toBe('Copper Kettle Café');
  });

  it('are settled many at once, once some are ticked', async () => {
    for (const countid of [9001, 9002]) {
      const id = await idOf(countid);
      await page.goto(`/licenses/${id}/edit`);
      await page.getByLabel('Zip').fill(`3000${countid % 10}`);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved as version').waitFor();
      await rig.simulator.control.patch(countid, { zip: `4000${countid % 10}` });
    }
    await rig.sync();
    await page.goto('/conflicts?field=zip');
    await page.getByRole('button', { name: 'Take the record’s values', exact: true }).click();
    await page.getByText('tick the conflicts first').waitFor();
    await page.getByLabel('Select all on this page').check();
    await page.getByRole('button', { name: 'Take the record’s values', exact: true }).click();
    await page.getByText('2 conflicts settled.').waitFor();
    expect((await license(9001)).zip).toBe('40001');
    await page.getByText('No open conflict matches this.').waitFor();
  });
});

describe('duplicates', () => {
  it('are found for a business that is not there yet, without keeping what was typed', async () => {
    await page.goto('/licenses/check');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('at least one field is needed').waitFor();
    await page.getByLabel('Business name').fill('Zebra Nails and Spa');
    await page.getByLabel('Phone').fill(PHONE);
    await page.getByLabel('E-mail').fill(MAIL);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('link', { name: 'Zebra Nails & Spa' }).waitFor();
    expect(page.url()).toBe(`${api.url}/licenses/check`);
    expect(await axe(page)).toEqual([]);
  });

  it('are made one from the page of the license, and two again', async () => {
    await page.goto('/licenses/new');
    await page.getByLabel('Business name').fill('Zebra Nails & Spa');
    await page.getByLabel('Phone').fill(PHONE);
    await page.getByLabel('E-mail').fill(MAIL);
    await page.getByRole('button', { name: 'Make the license' }).click();
    await page.getByText('A license that looks like this one exists.').waitFor();
    await page.getByLabel(/It is another business/).check();
    await page.getByRole('button', { name: 'Make the license' }).click();
    await page.getByText(/The license was made\. It resembles/).waitFor();
    await page.getByRole('link', { name: 'Check for duplicates' }).click();
    await page.locator('summary', { hasText: 'Consolidate' }).click();
    await page.getByLabel('Which one stays').selectOption('other');
    await page.getByRole('button', { name: 'Yes, consolidate' }).click();
    await page.getByText('The two licenses are one now').waitFor();
    await page.getByRole('link', { name: /^Merge \d+/ }).click();
    await page.locator('summary', { hasText: 'Undo this merge' }).click();
    await page.getByRole('button', { name: 'Yes, undo this merge' }).click();
    await page.getByText(/^Undone: /).waitFor();
    const left = await rig.db.selectFrom('licenses').select('id').where('archived_into', 'is', null).execute();
    expect(left).toHaveLength(4);
  });
});

describe('every page', () => {
  it('is accessible and as wide as a phone, without errors in its console and without anything from elsewhere', async () => {
    const id = await idOf(9001);
    const merge = await rig.db.selectFrom('merges').select('id').executeTakeFirstOrThrow();
    const paths = [
      '/licenses?status=active,expired&sortBy=dba&hasExternalData=true',
      '/licenses/new',
      `/licenses/${id}`,
      `/licenses/${id}/edit`,
      `/licenses/${id}/history`,
      `/licenses/${id}/duplicates?threshold=40`,
      `/licenses/merges/${merge.id}`,
      '/conflicts?state=resolved',
    ];
    for (const path of paths) {
      await page.goto(path);
      expect(await axe(page), path).toEqual([]);
      expect(await overflow(page), path).toBe(0);
    }
    // What was refused on purpose.
    expect(faults.filter((fault) => !/status of 4\d\d/.test(fault))).toEqual([]);
  });
});
