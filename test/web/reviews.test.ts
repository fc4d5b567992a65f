/** Reviewers at work: the real console, worker, Temporal and browser, over cases of the test's own. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureToken } from '../../db/tokens.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { axe, launchBrowser, overflow, signIn, watchFaults } from '../support/browser.ts';
import { type SeededCase, seedCase, seedLicense, seedPair } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { TestProcess } from '../support/processes.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';
import { startTestWorker } from '../support/worker.ts';

const REVIEWERS = ['ada', 'ben'] as const;
const KEYS_READY = 'html[data-keys="ready"]';

let database: TestDatabase;
let temporal: TestNamespace;
let worker: TestProcess;
let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  [database, temporal, browser] = await Promise.all([createTestDatabase(), createTestNamespace(), launchBrowser()]);
  for (const name of REVIEWERS) await ensureToken(database.db, tokenOf(name), name, 'reviewer');
  await ensureToken(database.db, tokenOf('vera'), 'vera', 'viewer');
  worker = await startTestWorker({
    databaseUrl: database.url,
    upstreamUrl: 'http://127.0.0.1:9',
    apiKey: null,
    namespace: temporal.namespace,
  });
  app = await startTestApp(
    { DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    tokenOf('ada'),
  );
});

afterAll(async () => {
  await browser.close();
  await app.close();
  await worker.stop();
  await temporal.close();
  await database.drop();
});

describe('one case', () => {
  it('tells what approving would make of it, and approving makes exactly that', async () => {
    const older = await seedLicense(database.db, {
      dba: 'Blue Door',
      phone: '512-555-0110',
      status: 'active',
      appid: 'A1',
    });
    const newer = await seedLicense(database.db, {
      dba: 'Blue Door Inc',
      phone: '512-555-0111',
      notes: 'late',
      appid: 'A2',
    });
    const { id } = await seedCase(database.db, [older, newer]);
    const page = await signedIn('ada');
    await page.goto(`${app.url}/reviews/${id}`);
    expect(await page.locator('.compare').first().textContent()).toContain('Blue Door Inc');
    // One letter names a license throughout: find this test's own by what it says.
    const first = (
      await page
        .getByRole('row', { name: /^phone/ })
        .locator('td')
        .first()
        .textContent()
    )?.includes('0110');
    const [own, other] = first ? [0, 1] : [1, 0];
    expect(await isChecked(page, 'Stays', own)).toBe(true);
    const phone = page.locator('[data-would="phone"]');
    await page
      .getByRole('row', { name: /^phone/ })
      .locator('td')
      .nth(own)
      .locator('input')
      .check();
    await phone.filter({ hasText: 'chosen' }).waitFor();
    expect(await phone.textContent()).toContain('512-555-0110');
    expect(await page.locator('[data-would="notes"]').textContent()).toContain('late');
    expect(
      await page
        .getByRole('row', { name: /^appid/ })
        .locator('input')
        .count(),
    ).toBe(0);
    await page.getByRole('row', { name: /^name/ }).locator('td').nth(other).locator('input').check();
    await page.locator('[data-would="dba"]').filter({ hasText: 'chosen' }).waitFor();
    await page.getByRole('button', { name: 'Approve: one business' }).click();
    await page.getByText(`Case ${id} approved`).waitFor();
    const master = await database.db
      .selectFrom('licenses')
      .selectAll()
      .where('id', '=', older.id)
      .executeTakeFirstOrThrow();
    expect(master).toMatchObject({ dba: 'Blue Door Inc', phone: '512-555-0110', notes: 'late', appid: 'A1' });
    await page.context().close();
  });

  it('is taken, remarked on and held back, and what was entered stays until it is used', async () => {
    const { id } = await seedPair(database.db);
    const page = await signedIn('ben');
    await page.goto(`${app.url}/reviews/${id}`);
    await page.getByLabel('Note').fill('ask the owner');
    await page.getByRole('button', { name: 'Assign to me' }).click();
    await page.getByText('The case is yours now.').waitFor();
    expect(await page.getByLabel('Note').inputValue()).toBe('ask the owner');
    await page.locator('.verdict').getByRole('button', { name: 'Leave the note as a remark' }).last().click();
    await page.getByRole('cell', { name: 'ask the owner' }).waitFor();
    expect(await page.getByLabel('Note').inputValue()).toBe('');
    await page.getByText('Hold it back until a day').click();
    const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Nobody is reminded of it before').fill(day);
    await page.getByRole('button', { name: 'Hold it back', exact: true }).click();
    await page.getByText(`Case ${id} is held back until ${day}.`).waitFor();
    await page.goto(`${app.url}/reviews?assigned=me&held=only`);
    await page.getByRole('link', { name: `Case ${id}` }).waitFor();
    await page.context().close();
  });

  it('of three members tells which one has changed, and offers no verdict that would be refused', async () => {
    const licenses = await Promise.all(
      [1, 2, 3].map((n) => seedLicense(database.db, { dba: `Trio ${n}`, zip: '78701' })),
    );
    const { id } = await seedCase(database.db, licenses);
    await database.db
      .updateTable('licenses')
      .set({ dba: 'Quartet' })
      .where('id', '=', licenses[1]?.id ?? '')
      .execute();
    const page = await signedIn('ada');
    await page.goto(`${app.url}/reviews/${id}`);
    await page.getByRole('alert').getByText('its dba changed since the case was opened').waitFor();
    expect(await page.getByRole('button', { name: 'Approve: one business' }).count()).toBe(0);
    expect(
      await page
        .getByRole('row', { name: /^Stays/ })
        .locator('input')
        .count(),
    ).toBe(3);
    expect(await page.getByRole('row', { name: /^name/ }).textContent()).toContain('compared as: Trio 2');
    expect(await page.locator('.waterfall').count()).toBe(3);
    await page.context().close();
  });

  it('can be used by everybody on any screen, as can the queue', async () => {
    const { id } = await seedPair(database.db);
    const page = await signedIn('ada');
    const faults = watchFaults(page.context(), new URL(app.url).origin);
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [360, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      for (const path of ['/reviews', `/reviews/${id}`]) {
        await page.goto(`${app.url}${path}`);
        expect(await axe(page), path).toEqual([]);
        expect(await overflow(page), path).toBe(0);
      }
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows a viewer everything and no button that decides, and refuses the form all the same', async () => {
    const { id } = await seedPair(database.db);
    const page = await signedIn('vera');
    await page.goto(`${app.url}/reviews/${id}`);
    await page.getByText('Deciding needs the role reviewer').waitFor();
    expect(await page.locator('[data-verdict]').count()).toBe(0);
    expect(await page.locator('.waterfall svg').count()).toBe(1);
    const refused = await page.request.post(`${app.url}/reviews/${id}`, { form: { do: 'reject', version: '1' } });
    expect(refused.status()).toBe(403);
    await page.context().close();
  });

  it('answers odd addresses and forms with a page that says what is wrong', async () => {
    const { id } = await seedPair(database.db);
    const page = await signedIn('ada');
    const csrf = await csrfOf(page, id);
    const status = async (path: string) => (await page.request.get(`${app.url}${path}`)).status();
    expect(await status('/reviews/999999999999999')).toBe(404);
    expect(await status('/reviews/9999999999999999999')).toBe(404);
    expect(await status('/reviews/bulk')).toBe(404);
    expect(await status('/reviews?state=odd')).toBe(400);
    expect(await status('/reviews?cursor=odd')).toBe(400);
    expect(await status('/reviews/bulk/00000000-0000-0000-0000-000000000000')).toBe(404);
    const odd: Record<string, string>[] = [
      { do: 'explode' },
      { do: 'approve' },
      { do: 'approve', version: 'x' },
      { do: 'approve', version: '1', master: 'nobody' },
      { do: 'approve', version: '1', 'field.nothing': 'x' },
      { do: 'approve', version: '1', note: 'a\0b' },
      { do: 'hold', version: '1' },
      { do: 'hold', version: '1', until: '2001-01-01' },
    ];
    for (const form of odd) {
      const answer = await page.request.post(`${app.url}/reviews/${id}`, {
        form: { csrf, ...form, note: form.note ?? 'kept' },
      });
      expect([400, 409, 412], JSON.stringify(form)).toContain(answer.status());
      const text = await answer.text();
      expect(text).toContain('role="alert"');
      if (form.note === undefined) expect(text).toMatch(/<textarea[^>]*>kept<\/textarea>/);
    }
    expect(await stateOf(id)).toBe('open');
    await page.context().close();
  });
});

describe('by keyboard alone', () => {
  it('ten cases are decided one after the other, and one of them is undone', async () => {
    const cases: SeededCase[] = [];
    for (let n = 0; n < 11; n += 1) cases.push(await seedPair(database.db, { confidence: 85, priority: 900 - n }));
    const page = await signedIn('ada');
    await page.goto(`${app.url}/reviews`);
    await page.locator(KEYS_READY).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    expect(await page.getByLabel(`Tick case ${cases[0]?.id}`).isChecked()).toBe(true);
    await page.keyboard.press('o');
    const keys = ['a', 'r', 'f', 'a', 'r', 'a', 'r', 'a', 'r', 'a'];
    const words: Record<string, string> = { a: 'approved', r: 'rejected', f: 'flagged' };
    for (const [index, key] of keys.entries()) {
      const at = cases[index];
      await onCase(page, at?.id);
      await page.keyboard.press(key);
      await page.getByText(`Case ${at?.id} ${words[key]}`).waitFor();
    }
    await onCase(page, cases[10]?.id);
    await page.keyboard.press('u');
    await page.getByText(`The approval of case ${cases[9]?.id} was undone`).waitFor();
    const states = await Promise.all(cases.map(({ id }) => stateOf(id)));
    expect(states).toEqual([...keys.slice(0, 9).map((key) => words[key]), 'undone', 'open']);
    await page.context().close();
  });

  it('keys mean nothing while one types, and nothing at all once they are switched off', async () => {
    const { id } = await seedPair(database.db, { priority: 950 });
    const page = await signedIn('ada');
    await page.goto(`${app.url}/reviews/${id}`);
    await page.locator(KEYS_READY).waitFor();
    await page.getByLabel('Note').focus();
    await page.keyboard.type('a fair remark');
    expect(await page.getByLabel('Note').inputValue()).toBe('a fair remark');
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.getByLabel('Single keys do this').uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.locator(KEYS_READY).waitFor();
    expect(await page.locator('[data-keys-hint]').isVisible()).toBe(false);
    await page.keyboard.press('a');
    await page.keyboard.press('?');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    expect(await stateOf(id)).toBe('open');
    await page.context().close();
  });
});

describe('two reviewers', () => {
  it('the second is told who decided, and keeps what he typed', async () => {
    const { id } = await seedPair(database.db, { priority: 940 });
    const [ada, ben] = await Promise.all([signedIn('ada'), signedIn('ben')]);
    await Promise.all([ada.goto(`${app.url}/reviews/${id}`), ben.goto(`${app.url}/reviews/${id}`)]);
    await ben.getByLabel('Note').fill('looks like a franchise');
    await ada.getByRole('button', { name: 'Approve: one business' }).click();
    await ada.getByText(`Case ${id} approved`).waitFor();
    await ben.getByRole('button', { name: 'Reject: different' }).click();
    const told = ben.getByRole('alert');
    await told.waitFor();
    expect(await told.textContent()).toMatch(new RegExp(`case ${id} is approved already, by ada at`, 'i'));
    expect(await ben.getByLabel('Note').inputValue()).toBe('looks like a franchise');
    await ben.getByRole('button', { name: 'Leave the note as a remark' }).last().click();
    await ben.getByRole('cell', { name: 'looks like a franchise' }).waitFor();
    expect(await stateOf(id)).toBe('approved');
    await Promise.all([ada.context().close(), ben.context().close()]);
  });
});

describe('many at once', () => {
  it('says what it would be about, decides exactly that, and tells which were refused', async () => {
    const cases = await Promise.all([1, 2, 3].map((n) => seedPair(database.db, { confidence: 95, priority: 800 + n })));
    const page = await signedIn('ada');
    await page.goto(`${app.url}/reviews?confidence=90-100`);
    await page.getByLabel('all that match this filter, on other pages too').check();
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByRole('heading', { name: 'Before you reject 3 cases' }).waitFor();
    await page.getByLabel('Note').fill('checked by phone');
    // Somebody else opens one more: what was looked at is not what would be decided.
    await seedPair(database.db, { confidence: 96, priority: 800 });
    await page.getByRole('button', { name: 'Yes, reject 3 cases' }).click();
    await page.getByText('the cases are not those that were counted').waitFor();
    expect(await page.getByLabel('Note').inputValue()).toBe('checked by phone');
    const refused = cases[1]?.id ?? 0;
    await page.goto(`${app.url}/reviews?confidence=90-100`);
    for (const { id } of cases) await page.getByLabel(`Tick case ${id}`).check();
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByRole('heading', { name: 'Before you reject 3 cases' }).waitFor();
    const csrf = (await page.locator('[name="csrf"]').first().getAttribute('value')) ?? '';
    const other = await page.request.post(`${app.url}/reviews/${refused}`, {
      form: { csrf, do: 'flag', version: '1' },
      maxRedirects: 0,
    });
    expect(other.status()).toBe(303);
    await page.getByRole('button', { name: 'Yes, reject 3 cases' }).click();
    await page.getByText('2 of 3 decided, 1 refused, 0 left').waitFor();
    await page.getByRole('link', { name: `Case ${refused}` }).waitFor();
    expect(await Promise.all(cases.map(({ id }) => stateOf(id)))).toEqual(['rejected', 'flagged', 'rejected']);
    await page.context().close();
  });

  it('starts nothing without a ticked case', async () => {
    await seedPair(database.db);
    const page = await signedIn('ada');
    await page.goto(`${app.url}/reviews`);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByText('No case was ticked').waitFor();
    await page.context().close();
  });
});

/** Names of tokens are no secrets; these are long enough to be taken for some. */
function tokenOf(name: string): string {
  return `test-token-of-${name}-0123456789abcdef`;
}

async function signedIn(name: string): Promise<Page> {
  const context: BrowserContext = await browser.newContext();
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await signIn(page, app.url, tokenOf(name));
  return page;
}

async function csrfOf(page: Page, id: number): Promise<string> {
  await page.goto(`${app.url}/reviews/${id}`);
  return (await page.locator('[name="csrf"]').first().getAttribute('value')) ?? '';
}

async function onCase(page: Page, id: number | undefined): Promise<void> {
  await page.getByRole('heading', { name: `Case ${id}`, exact: true }).waitFor();
  await page.locator(KEYS_READY).waitFor();
}

async function isChecked(page: Page, row: string, column: number): Promise<boolean> {
  return await page
    .getByRole('row', { name: new RegExp(`^${row}`) })
    .locator('td')
    .nth(column)
    .locator('input')
    .isChecked();
}

async function stateOf(id: number): Promise<string> {
  const { state } = await database.db
    .selectFrom('duplicate_cases')
    .select('state')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return state;
}
