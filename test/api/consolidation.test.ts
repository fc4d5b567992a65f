/** Consolidating over HTTP: one license of two, ids that lead on, the ledger, undoing; and the same on the command line. */
import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bumpVersion } from '../../db/data-versions.ts';
import type { ConsolidationResult, MergeDetail, MergeView, UndoResult } from '../../operations/consolidation.ts';
import type { LicenseView } from '../../operations/license-view.ts';
import { type Answer, createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runProcess } from '../support/processes.ts';

const LICENSES = '/api/v1/licenses';
const CONSOLIDATE = `${LICENSES}/duplicates/consolidate`;
const MERGES = '/api/v1/merges';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

interface Problem {
  type: string;
  detail: string;
  archivedInto: string;
  mergeId: number;
  blockers: { kind: string; field: string; version: number; by: string; sentence: string }[];
}

let database: TestDatabase;
let api: TestApp;
let reviewer: string;
let viewer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  reviewer = await createToken(database.db, 'reviewer');
  viewer = await createToken(database.db, 'viewer');
  api = await startTestApp({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, reviewer);
});
beforeEach(async () => {
  for (const table of ['licenses', 'license_links', 'license_changes', 'merges', 'pair_verdicts'] as const) {
    await database.db.deleteFrom(table).execute();
  }
  await bumpVersion(database.db, 'licenses');
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

let phones = 0;

async function add(license: Record<string, unknown>): Promise<LicenseView> {
  phones += 1;
  const made = { dba: `Shop ${license.key}`, phone: `+1 555 ${1000 + phones}`, ...license };
  const { status, body, text } = await api.call<{ data: LicenseView }>('POST', LICENSES, reviewer, json(made));
  expect(status, text).toBe(201);
  return body.data;
}

const consolidate = <T = { data: ConsolidationResult }>(body: unknown, token = reviewer): Promise<Answer<T>> =>
  api.call<T>('POST', CONSOLIDATE, token, json(body));

async function one(master: LicenseView, ...duplicates: LicenseView[]): Promise<ConsolidationResult> {
  const body = {
    masterLicenseId: master.id,
    duplicateLicenseIds: duplicates.map(({ id }) => id),
    consolidationStrategy: 'merge_keep_newer',
    notes: 'Consolidating duplicate records after manual review',
  };
  const { status, body: answer, text } = await consolidate(body);
  expect(status, text).toBe(200);
  return answer.data;
}

async function get<T>(path: string): Promise<T> {
  const { status, body, text } = await api.call<{ data: T }>('GET', path, viewer);
  expect(status, text).toBe(200);
  return body.data;
}

const edit = (license: LicenseView, fields: Record<string, unknown>) =>
  api.call<Problem>(
    'PATCH',
    `${LICENSES}/${license.id}`,
    reviewer,
    json(fields, { 'if-match': `"${license.version}"` }),
  );
const undo = <T = { data: MergeView; meta: Omit<UndoResult, 'merge'> }>(id: number, token = reviewer) =>
  api.call<T>('POST', `${MERGES}/${id}/undo`, token, json({ note: 'two shops' }));

describe('consolidating', () => {
  it("takes the original's body, and answers with the master and what was done", async () => {
    const master = await add({ key: 'A', status: 'active', appid: 'one', city: 'Old Town' });
    const duplicate = await add({ key: 'B', appid: 'two', city: 'New Town', notes: 'regular' });
    const done = await one(master, duplicate);
    expect(done).toMatchObject({
      masterLicenseId: master.id,
      archivedLicenseIds: [duplicate.id],
      license: { id: master.id, version: 2, status: 'active', appid: 'one', city: 'New Town', notes: 'regular' },
      merges: [
        {
          kind: 'consolidation',
          state: 'applied',
          master: { id: master.id, key: 'A' },
          duplicate: { id: duplicate.id, key: 'B' },
          strategy: 'merge_keep_newer',
          note: 'Consolidating duplicate records after manual review',
          createdBy: 'test reviewer',
          undoneBy: null,
        },
      ],
    });
    expect(done.merges[0]?.changes).toContainEqual({ field: 'city', before: 'Old Town', after: 'New Town' });
  });

  it('takes single fields from where a reviewer says', async () => {
    const master = await add({ key: 'A', smsBalance: 5, license_type: 'old' });
    const duplicate = await add({ key: 'B', smsBalance: 7, license_type: 'new' });
    const body = {
      masterLicenseId: master.id,
      duplicateLicenseIds: [duplicate.id],
      consolidationStrategy: 'keep_master',
    };
    const { body: answer } = await consolidate({
      ...body,
      fields: { smsBalance: duplicate.id, license_type: duplicate.id },
    });
    expect(answer.data.license).toMatchObject({ smsBalance: 7, license_type: 'new', dba: 'Shop A' });
  });

  it('refuses what makes no sense, and who may not', async () => {
    const [master, duplicate] = [await add({ key: 'A' }), await add({ key: 'B' })];
    const body = { masterLicenseId: master.id, duplicateLicenseIds: [duplicate.id] };
    for (const wrong of [
      {},
      { ...body, duplicateLicenseIds: [] },
      { ...body, duplicateLicenseIds: 'B' },
      { ...body, masterLicenseId: 'A' },
      { ...body, consolidationStrategy: 'merge_all' },
      { ...body, fields: { nothing: master.id } },
      { ...body, fields: { phone: 1 } },
      { ...body, notes: 'x'.repeat(1001) },
      { ...body, more: 1 },
    ]) {
      expect((await consolidate<Problem>(wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
    expect((await consolidate<Problem>(body, viewer)).status).toBe(403);
    const missing = await consolidate<Problem>({ ...body, duplicateLicenseIds: [UNKNOWN] });
    expect([missing.status, missing.body.type]).toEqual([404, '/problems/license-not-found']);
    const twice = await consolidate<Problem>({ ...body, duplicateLicenseIds: [master.id] });
    expect([twice.status, twice.body.type]).toEqual([409, '/problems/consolidation-refused']);
    expect((await get<LicenseView>(`${LICENSES}/${duplicate.id}?archived=true`)).archived_into).toBeNull();
  });

  it('is done once under one Idempotency-Key, and again names what the license led to', async () => {
    const [master, duplicate] = [await add({ key: 'A' }), await add({ key: 'B' })];
    const body = { masterLicenseId: master.id, duplicateLicenseIds: [duplicate.id] };
    const send = () => api.call('POST', CONSOLIDATE, reviewer, json(body, { 'idempotency-key': 'once' }));
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
    const again = await consolidate<Problem>(body);
    expect([again.status, again.body.type, again.body.archivedInto]).toEqual([
      409,
      '/problems/license-archived',
      master.id,
    ]);
    expect(await get<MergeView[]>(MERGES)).toHaveLength(1);
  });
});

describe('a consolidated license', () => {
  it('leads to the one at the end of the chain, by id, key, appid and countid', async () => {
    const [last, middle] = [await add({ key: 'LAST' }), await add({ key: 'MIDDLE' })];
    const first = await add({ key: 'FIRST', appid: 'Lost-1', countid: 77_001 });
    await one(middle, first);
    // What the middle one took, so that only the archived ones carry it.
    await database.db
      .updateTable('licenses')
      .set({ appid: null, appid_key: null, countid: null })
      .where('id', '=', middle.id)
      .execute();
    await one(last, middle);
    const { headers, body } = await api.call<{ data: LicenseView & { resolvedFrom: string } }>(
      'GET',
      `${LICENSES}/${first.id}`,
    );
    expect([body.data.id, body.data.resolvedFrom]).toEqual([last.id, first.id]);
    expect(headers.get('content-location')).toBe(`${LICENSES}/${last.id}`);
    expect(headers.get('etag')).toBe('"2"');
    const itself = await api.call<{ data: LicenseView }>('GET', `${LICENSES}/${first.id}?archived=true`);
    expect(itself.body.data).toMatchObject({ id: first.id, key: 'FIRST', archived_into: middle.id });
    expect(itself.headers.get('content-location')).toBeNull();
    for (const query of [
      'appid=lost-1',
      'countid=77001',
      'key=FIRST',
      'search=FIRST',
      'search=77001',
      'appid=LOST-1&countid=77001',
    ]) {
      const found = await get<LicenseView[]>(`${LICENSES}?${query}`);
      expect([query, ...found.map(({ id }) => id)]).toEqual([query, last.id]);
    }
    expect(await get<LicenseView[]>(`${LICENSES}?appid=lost-1&archived=true`)).toMatchObject([{ id: first.id }]);
    expect(await get<LicenseView[]>(`${LICENSES}?key=FIRST&status=expired`)).toEqual([]);
  });

  it('is not edited, and its history tells what became of it', async () => {
    const [master, duplicate] = [await add({ key: 'A' }), await add({ key: 'B' })];
    await one(master, duplicate);
    const refused = await edit({ ...duplicate, version: 2 }, { dba: 'X' });
    expect([refused.status, refused.body.type, refused.body.archivedInto]).toEqual([
      409,
      '/problems/license-archived',
      master.id,
    ]);
    const { body } = await api.call<{ data: { kind: string; sentence: string }[]; meta: { license: unknown } }>(
      'GET',
      `${LICENSES}/${duplicate.id}/history?blame=true`,
    );
    expect(body.data.map(({ kind }) => kind)).toEqual(['archived', 'created']);
    expect(body.data[0]?.sentence).toBe('Consolidated into another license by test reviewer.');
    expect(body.meta.license).toMatchObject({ id: duplicate.id, archivedInto: master.id });
    const told = await get<{ kind: string }[]>(`${LICENSES}/${master.id}/history`);
    expect(told.map(({ kind }) => kind)).toEqual(['merged', 'created']);
  });
});

describe('a merge', () => {
  it('is listed page by page, and by license and state', async () => {
    const [a, b, c] = [await add({ key: 'A' }), await add({ key: 'B' }), await add({ key: 'C' })];
    const { merges } = await one(a, b, c);
    await undo(merges[0]?.id ?? 0);
    const page = await api.call<{ data: MergeView[]; meta: { nextCursor: string } }>('GET', `${MERGES}?limit=1`);
    expect(page.headers.get('link')).toContain('rel="next"');
    const next = await get<MergeView[]>(`${MERGES}?limit=1&cursor=${page.body.meta.nextCursor}`);
    expect([...page.body.data, ...next].map(({ id }) => id)).toEqual(merges.map(({ id }) => id).reverse());
    expect(await get<MergeView[]>(`${MERGES}?state=applied&licenseId=A`)).toHaveLength(1);
    expect(await get<MergeView[]>(`${MERGES}?licenseId=${b.id}`)).toHaveLength(1);
    for (const [path, status] of [
      [`${MERGES}?licenseId=nobody`, 404],
      [`${MERGES}?state=open`, 400],
      [`${MERGES}/999999`, 404],
      [`${MERGES}/x`, 400],
    ] as const) {
      expect([path, (await api.call('GET', path)).status]).toEqual([path, status]);
    }
  });

  it('says beforehand what undoing does, and is undone once', async () => {
    const [master, duplicate] = [await add({ key: 'A', zip: '1' }), await add({ key: 'B', zip: '2' })];
    const before = await get<LicenseView>(`${LICENSES}/${duplicate.id}`);
    const id = (await one(master, duplicate)).merges[0]?.id ?? 0;
    const { undo: preview } = await get<MergeDetail>(`${MERGES}/${id}`);
    expect(preview.possible).toBe(true);
    expect(preview.restores).toContainEqual({ field: 'zip', before: '2', after: '1' });
    expect((await undo<Problem>(id, viewer)).status).toBe(403);
    const { status, body } = await undo(id);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ state: 'undone', undoneBy: 'test reviewer', undoNote: 'two shops' });
    expect(body.meta.restoredFields).toContain('zip');
    const { version, updatedAt, updatedBy, ...rest } = await get<LicenseView>(`${LICENSES}/${duplicate.id}`);
    expect(before).toMatchObject(rest);
    expect(version).toBe(3);
    const again = await undo<Problem>(id);
    expect([again.status, again.body.type]).toEqual([409, '/problems/merge-undone']);
    expect(again.body.detail).toContain('undone by test reviewer at');
    expect((await get<MergeDetail>(`${MERGES}/${id}`)).undo).toMatchObject({ possible: false });
  });

  it('is not undone over a later edit, which is named', async () => {
    const [master, duplicate] = [await add({ key: 'A' }), await add({ key: 'B', external_email: 'b@b.example' })];
    const { license, merges } = await one(master, duplicate);
    const id = merges[0]?.id ?? 0;
    expect((await edit(license, { external_email: 'c@c.example' })).status).toBe(200);
    const { status, body, text } = await undo<Problem>(id);
    expect([status, body.type]).toEqual([409, '/problems/merge-blocked']);
    expect(body.blockers).toMatchObject([{ kind: 'field', field: 'external_email', version: 3, by: 'test reviewer' }]);
    expect(text).not.toContain('@');
    expect((await get<MergeDetail>(`${MERGES}/${id}`)).undo.blockers).toMatchObject(body.blockers);
  });

  it('is undone, not overruled: an override that would part it is refused, and names it', async () => {
    const [master, duplicate] = [await add({ key: 'A' }), await add({ key: 'B' })];
    const now = '2026-01-01 00:00:00.000';
    await sql`
      INSERT INTO external_licenses (source_key, row_hash, countid, seen_operation, created_at, updated_at)
      VALUES ('c:31', ${'x'.repeat(32)}, 31, 1, ${now}, ${now})
    `.execute(database.db);
    await database.db
      .insertInto('license_links')
      .values({
        source_key: 'c:31',
        license_id: duplicate.id,
        role: 'primary',
        matched_by: 'countid',
        confidence: null,
        base: '{}',
        base_hash: 'x'.repeat(32),
        operation: 1,
        created_at: now,
        updated_at: now,
      })
      .execute();
    const { merges } = await one(master, duplicate);
    expect(merges[0]?.records).toEqual([{ sourceKey: 'c:31', role: 'primary' }]);
    const never = { kind: 'never', sourceKey: 'c:31', licenseId: master.id };
    const { status, body } = await api.call<Problem>('POST', '/api/v1/overrides', reviewer, json(never));
    expect([status, body.type, body.mergeId]).toEqual([409, '/problems/override-refused', merges[0]?.id]);
  });
});

describe('license-sync merges', () => {
  const cli = (...args: string[]) =>
    runProcess(
      'cli/main.ts',
      ['merges', ...args],
      { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: reviewer, LICENSE_SYNC_HOME: tmpdir() },
      90_000,
    );

  it('lists, shows and undoes', async () => {
    const [master, duplicate] = [await add({ key: 'KEY-A', zip: '1' }), await add({ key: 'KEY-B', zip: '2' })];
    const id = (await one(master, duplicate)).merges[0]?.id ?? 0;
    const [listed, shown] = await Promise.all([cli('list', '--license', 'KEY-B'), cli('show', String(id))]);
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringMatching(/applied +consolidation +KEY-A .* KEY-B/)]);
    expect(shown.stdout).toMatch(/zip +1 -> 2/);
    expect(shown.stdout).toContain('Undoing it brings back license KEY-B; ');
    expect(shown.stdout).toContain(`npx license-sync merges undo ${id}`);
    const undone = await cli('undo', String(id), '--note', 'two shops', '--json');
    expect([undone.code, JSON.parse(undone.stdout).state]).toEqual([0, 'undone']);
    const again = await cli('undo', String(id));
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/undone already.* was undone by test reviewer/),
    ]);
  });
});
