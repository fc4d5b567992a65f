/** Runs in the console, in a real browser: started, watched, paused, approved, failed, explained and resumed. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { launchBrowser } from '../support/browser.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 600;
const REMOVED = 60;
const WITHIN_MS = 60_000;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let rig: Rig;
let api: TestApi;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const env = {
    ...QUICK,
    LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '100',
    LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1',
    LICENSE_SYNC_GUARD_MIN_CHANGES: '5',
    LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '0.05',
  };
  [rig, browser] = await Promise.all([createRig({ records: RECORDS, seed: 12 }, env), launchBrowser()]);
  const operator = await createToken(rig.db, 'operator');
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      TEMPORAL_UI_URL: 'http://127.0.0.1:8233/',
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    operator,
  );
  page = await signedIn(operator);
});

afterEach(async () => {
  await rig.simulator.control.clearFaults();
});

afterAll(async () => {
  await browser?.close();
  await api?.process.stop();
  await rig?.close();
});

async function signedIn(token: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: api.url });
  context.setDefaultTimeout(WITHIN_MS);
  const opened = await context.newPage();
  await opened.goto('/sign-in?next=%2Fruns');
  await opened.getByLabel('Token').fill(token);
  await opened.getByRole('button', { name: 'Sign in' }).click();
  await opened.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  return opened;
}

/** Through the form, with its defaults. */
async function startSync(): Promise<void> {
  await page.goto('/runs');
  await page.getByRole('link', { name: 'Start a sync' }).click();
  await page.getByRole('button', { name: 'Start a sync' }).click();
  await page.getByText('The run has begun.').waitFor();
}

async function untilEnded(status: string): Promise<void> {
  await page.locator('#books').waitFor();
  await page.locator('.headline .badge', { hasText: status }).waitFor();
}

describe('a run in the console', () => {
  it('is started by a form, and shows itself live until its report stands there', async () => {
    await rig.simulator.control.fault({ name: 'latency', ms: 400 });
    await startSync();
    await page.locator('.step.now', { hasText: 'Fetch' }).waitFor();
    // Without any reload by hand.
    await untilEnded('completed');
    const equation = await page.locator('.equation').textContent();
    expect((equation ?? '').replace(/\s+/g, ' ')).toContain(`${RECORDS} fetched = ${RECORDS} created + 0 updated`);
    expect(await page.locator('#books').textContent()).toContain('✓ adds up');
    expect(await page.locator('.step.done').count()).toBe(await page.locator('.step').count());
    expect(await page.getByRole('link', { name: 'Open its workflow' }).getAttribute('href')).toContain('license-sync');
    await page.getByRole('link', { name: /\d+ batches/ }).click();
    await page.getByRole('heading', { name: 'Batches of a run' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(3);
  });

  it('is paused, says so, and goes on', async () => {
    await rig.simulator.control.fault({ name: 'latency', ms: 1000 });
    await startSync();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.headline .badge', { hasText: 'paused' }).waitFor();
    expect(await page.locator('[data-live]').textContent()).toContain('it goes on when someone resumes it');
    // A second one is refused with the way to the first.
    await page.goto('/runs/new');
    await page.getByRole('button', { name: 'Start a sync' }).click();
    await page.getByText('A run is under way already').waitFor();
    await page.getByRole('link', { name: 'Open that run' }).click();
    await rig.simulator.control.clearFaults();
    await page.getByRole('button', { name: 'Go on' }).click();
    await untilEnded('completed');
  });

  it('that fails is explained, and resumed to the end', async () => {
    await rig.simulator.control.fault({ name: 'unauthorized' });
    await startSync();
    await page.locator('#reason').waitFor();
    const reason = await page.locator('#reason').textContent();
    expect(reason).toContain('Why it failed');
    expect(reason).toContain('EXTERNAL_LICENSE_API_KEY');
    expect(await page.locator('.step.stopped').textContent()).toContain('Fetch');
    await rig.simulator.control.clearFaults();
    await page.getByRole('button', { name: 'Resume this run' }).click();
    await page.locator('.headline .badge', { hasText: 'completed' }).waitFor();
    expect(await page.locator('main').textContent()).toContain('2 attempts');
    expect(await page.locator('#reason').count()).toBe(0);
  });

  it('that would change unusually much is approved', async () => {
    await rig.simulator.control.remove({ ratio: REMOVED / RECORDS, seed: 3 });
    await startSync();
    const asked = `Allow it to mark ${REMOVED} records as vanished`;
    await page.locator('#approvals summary', { hasText: asked }).click();
    expect(await page.locator('#approvals').getByRole('link', { name: 'See what it plans' }).count()).toBe(1);
    await page.getByRole('button', { name: /^Yes, allow/ }).click();
    await untilEnded('completed');
    expect(await page.locator('main').textContent()).toContain(`vanish: ${REMOVED} of ${REMOVED}`);
  });
});

describe('the pages of runs', () => {
  it('show a viewer everything, and offer nothing to press', async () => {
    const viewer = await signedIn(await createToken(rig.db, 'viewer'));
    const { operation_id: id } = await rig.db
      .selectFrom('sync_operations')
      .select('operation_id')
      .orderBy('id')
      .executeTakeFirstOrThrow();
    expect(await viewer.getByText('Operators can start a sync.').count()).toBe(1);
    expect((await viewer.goto('/runs/new'))?.status()).toBe(403);
    expect((await viewer.goto(`/runs/${id}`))?.status()).toBe(200);
    expect(await viewer.locator('main form').count()).toBe(0);
    await viewer.context().close();
  });

  it('filter by status, type and who started the run', async () => {
    const runs = async (query: string) => {
      await page.goto(`/runs${query}`);
      return await page.locator('tbody tr').count();
    };
    const all = await runs('');
    expect(all).toBe(4);
    expect(await runs('?trigger=console&kind=full')).toBe(all);
    expect(await runs('?kind=dry_run')).toBe(0);
    expect(await page.getByText('No run fits these filters.').count()).toBe(1);
    expect(await runs('?status=failed')).toBe(0);
    expect((await page.goto('/runs?status=lost'))?.status()).toBe(400);
  });

  it('say so when there is no such run', async () => {
    for (const path of ['/runs/x', `/runs/${UNKNOWN}`, `/runs/${UNKNOWN}/live`, `/runs/${UNKNOWN}/batches`]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
    }
  });

  it('keep what was typed into a start that cannot be', async () => {
    await page.goto('/runs/new');
    await page.getByLabel('At most so many pages').fill('3');
    await page.getByLabel('Business name holds').fill('nails & spa');
    await page.getByRole('button', { name: 'Start a sync' }).click();
    await page.getByText('go only together with partial=true').waitFor();
    expect(await page.getByLabel('At most so many pages').inputValue()).toBe('3');
    expect(await page.getByLabel('Business name holds').inputValue()).toBe('nails & spa');
  });

  it('send nothing more to a session that is over', async () => {
    await rig.simulator.control.fault({ name: 'latency', ms: 1000 });
    await startSync();
    await rig.db.deleteFrom('web_sessions').execute();
    await page.getByRole('heading', { name: 'Sign in to license-sync' }).waitFor();
  });
});
