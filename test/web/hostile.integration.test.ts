/** Records that are markup: wherever the console shows what the License API or people have written, it is text. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { createPushing, TWO_WAY } from '../support/pushing.ts';
import { createRig, type Rig } from '../support/rig.ts';

/** Ends an attribute, a tag and a script, begins another of each, and is markup that no page of ours has. */
const EVIL = `"'></title></script><b data-evil>x</b><script>alert(1)</script>`;
const ESCAPED = '&lt;b data-evil&gt;';
const COUNTIDS = { twin: 7001, other: 7002, clash: 7003, bad: 7004 };

let rig: Rig;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  const env = {
    ...TWO_WAY,
    LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true',
    LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '1',
  };
  rig = await createRig({ records: 0, bundled: false }, env);
  const { control } = rig.simulator;
  const text = {
    Note: `note ${EVIL}`,
    city: `city ${EVIL}`,
    address: `1 Main St ${EVIL}`,
    license_type: 'basic',
    mid: `mid ${EVIL}`,
    Package: JSON.stringify({ [EVIL]: EVIL }),
    Sendbat_workspace: `room ${EVIL}`,
    status: 1,
  };
  const twins = { zip: '77001', phone: '555-010-0142' };
  await control.add({
    record: { ...text, ...twins, countid: COUNTIDS.twin, appid: `twin-a ${EVIL}`, DBA: `Nail Palace ${EVIL}` },
  });
  await control.add({
    record: { ...text, ...twins, countid: COUNTIDS.other, appid: `twin-b ${EVIL}`, DBA: `Nail Palace ${EVIL} Inc` },
  });
  await control.add({
    record: { ...text, countid: COUNTIDS.clash, appid: 'clash', zip: '10001', DBA: `Copper Kettle ${EVIL}` },
  });
  await control.add({
    record: { ...text, countid: COUNTIDS.bad, appid: `bad ${EVIL}`, DBA: 'Bad Date', ActivateDate: `on ${EVIL}` },
  });
  const reviewer = await createToken(rig.db, 'admin');
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      ...env,
    },
    reviewer,
  );
  expect((await rig.sync()).status).toBe('completed_with_findings');
  // Edited on both sides: a conflict; then a dry run that has something to change.
  await createPushing(rig).edit(COUNTIDS.clash, { dba: `Mine ${EVIL}`, city: `mine ${EVIL}` });
  await control.patch(COUNTIDS.clash, { DBA: `Theirs ${EVIL}`, city: `theirs ${EVIL}` });
  await rig.sync();
  await control.patch(COUNTIDS.twin, { city: `new city ${EVIL}` });
  await rig.sync({ options: { dryRun: true } });
  const answer = await fetch(`${api.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ token: reviewer, next: '/' }),
  });
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
});

afterAll(async () => {
  await api?.process.stop();
  await rig?.close();
});

async function page(path: string): Promise<string> {
  const answer = await fetch(`${api.url}${path}`, { headers: { accept: 'text/html', cookie } });
  expect([path, answer.status]).toEqual([path, 200]);
  return await answer.text();
}

/** The first address on the page that looks like this. */
function linkIn(markup: string, pattern: RegExp): string {
  const found = pattern.exec(markup)?.[1];
  if (found === undefined) throw new Error(`no link ${pattern}`);
  return found;
}

describe('a record that is markup', () => {
  it('is text on every page that shows it', async () => {
    const { license_id: id } = await rig.db
      .selectFrom('license_links')
      .select('license_id')
      .where('source_key', '=', `c:${COUNTIDS.clash}`)
      .executeTakeFirstOrThrow();
    const conflict = linkIn(await page('/conflicts'), /href="(\/conflicts\/\d+)"/);
    const quarantined = linkIn(await page('/quarantine'), /href="(\/quarantine\/\d+)"/);
    const review = linkIn(await page('/reviews'), /href="(\/reviews\/\d+)/);
    const plan = linkIn(await page('/plans'), /href="(\/plans\/[0-9a-f-]{36})"/);
    const shows = [
      '/licenses',
      `/licenses/${id}`,
      `/licenses/${id}/history`,
      `/licenses/${id}/edit`,
      '/conflicts',
      conflict,
      '/reviews',
      review,
      quarantined,
      plan,
    ];
    for (const path of shows) {
      const markup = await page(path);
      expect([path, markup.includes(ESCAPED)]).toEqual([path, true]);
      expect([path, markup.includes('<b data-evil'), markup.includes('<script>')]).toEqual([path, false, false]);
    }
    for (const path of ['/', '/runs', '/quarantine', '/plans', '/alerts', `/licenses/${id}/duplicates`]) {
      expect([path, (await page(path)).includes('<b data-evil')]).toEqual([path, false]);
    }
  });

  it('is text where it comes back from a query or a form', async () => {
    const evil = encodeURIComponent(EVIL);
    for (const path of [
      `/licenses?status=${evil}`,
      `/runs?status=${evil}`,
      `/licenses?search=${evil}`,
      `/sign-in?next=${evil}`,
      `/${evil}`,
    ]) {
      const answer = await fetch(`${api.url}${path}`, { headers: { accept: 'text/html', cookie } });
      expect([path, (await answer.text()).includes('<b data-evil')]).toEqual([path, false]);
    }
    const typed = await fetch(`${api.url}/sign-in`, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ token: EVIL, next: EVIL }),
    });
    expect([typed.status, (await typed.text()).includes('<b data-evil')]).toEqual([401, false]);
  });

  it('could not run even if it were markup: pages allow scripts of their own files only', async () => {
    const { headers } = await fetch(`${api.url}/licenses`, { headers: { accept: 'text/html', cookie } });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|data:[^;]*script/);
  });
});
