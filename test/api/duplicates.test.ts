/** Duplicates over HTTP: asked about, kept from being made, explained, counted, replayed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshStale } from '../../db/match-index.ts';
import type { DuplicateCheck } from '../../operations/duplicate-check.ts';
import type { DuplicateMetrics } from '../../operations/duplicate-metrics.ts';
import type { Explanation, Observation } from '../../operations/duplicate-pairs.ts';
import type { Suspect } from '../../operations/duplicate-prevention.ts';
import type { ImportResult } from '../../operations/import.ts';
import type { LabResult } from '../../operations/match-lab.ts';
import { type Answer, createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const LICENSES = '/api/v1/licenses';
const DUPLICATES = `${LICENSES}/duplicates`;

interface Problem {
  type: string;
  detail: string;
  licenses: Suspect[];
  errors: { path?: string; message: string }[];
}
type Reply<T> = Problem & { data: T; meta: { potentialDuplicates: Suspect[]; nextCursor: string | null } };

let database: TestDatabase;
let api: TestApp;
let operator: string;
let viewer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  operator = await createToken(database.db, 'operator');
  viewer = await createToken(database.db, 'viewer');
  api = await startTestApp({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, operator);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});
beforeEach(async () => {
  const { db } = database;
  for (const table of [
    'licenses',
    'license_changes',
    'match_stale',
    'match_pairs',
    'match_keys',
    'match_words',
    'match_subjects',
    'duplicate_cases',
    'duplicate_members',
    'pair_verdicts',
    'merges',
  ] as const) {
    await db.deleteFrom(table).execute();
  }
  api.log.length = 0;
});

const JOES = {
  dba: 'Zanzibar Noodle Palace',
  phone: '+1 (312) 555-0147',
  address: '4821 Kedzie Avenue',
  city: 'Chicago',
  zip: '60632',
};

function post<T>(path: string, body: unknown, token = operator): Promise<Answer<Reply<T>>> {
  return api.call<Reply<T>>('POST', path, token, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

async function add(license: Record<string, unknown>, query = ''): Promise<{ id: string; suspects: Suspect[] }> {
  const { status, body, text } = await post<{ id: string }>(`${LICENSES}${query}`, license);
  expect(status, text).toBe(201);
  return { id: body.data.id, suspects: body.meta.potentialDuplicates };
}

async function check(query: Record<string, string>): Promise<DuplicateCheck> {
  const { status, body, text } = await api.call<Reply<DuplicateCheck> & { potentialDuplicates: unknown }>(
    'GET',
    `${DUPLICATES}/check?${new URLSearchParams(query)}`,
    viewer,
  );
  expect(status, text).toBe(200);
  expect(body.potentialDuplicates).toEqual(body.data.potentialDuplicates);
  return body.data;
}

async function importCsv(csv: string, query = ''): Promise<ImportResult> {
  const { status, body, text } = await api.call<Reply<ImportResult>>('POST', `${LICENSES}/import?${query}`, operator, {
    body: csv,
    headers: { 'content-type': 'text/csv' },
  });
  expect(status, text).toBe(200);
  return body.data;
}

describe('the check', () => {
  it('without anything to look for says that the query, or the body, is at fault', async () => {
    const asked = await api.call<{ detail: string }>('GET', `${DUPLICATES}/check`, viewer);
    const posted = await post<never>(`${DUPLICATES}/check`, {}, viewer);
    expect([asked.status, posted.status]).toEqual([400, 400]);
    expect(asked.body.detail).toMatch(/^the query: /);
    expect(posted.text).toContain('the body: ');
  });

  it('finds a business by what it shares, says by what, and how sure it is', async () => {
    const { id } = await add({ key: 'Z-1', ...JOES, external_email: 'info@zanzibar-noodles.example' });
    await add({ key: 'Z-2', dba: 'Bluebird Tailoring', zip: '10001' });
    const byName = await check({ dba: 'ZANZIBAR NOODLE PALACE, LLC', email: 'orders@zanzibar-noodles.example' });
    expect(byName).toMatchObject({ hasDuplicates: true, checkedAgainst: 2, threshold: 60, upToDate: true });
    expect(byName.potentialDuplicates).toMatchObject([
      { licenseId: id, licenseKey: 'Z-1', matchReasons: ['fuzzy_dba', 'email_domain'], status: 'draft' },
    ]);
    const [best] = byName.potentialDuplicates;
    expect(best?.confidenceScore).toBeGreaterThan(60);
    expect(best?.recommendation).toBe((best?.confidenceScore ?? 0) > 90 ? 'consolidate' : 'review');
    const explained = await check({ ...JOES, dba: 'Zanzibar Noodles', explain: 'true' });
    expect(explained.potentialDuplicates[0]?.matchReasons).toEqual(expect.arrayContaining(['phone', 'address']));
    const explanation = explained.potentialDuplicates[0]?.explanation;
    expect(explanation?.evidence.reduce((sum, { bits }) => sum + bits, 0)).toBe(explanation?.bits);
    expect(explained.potentialDuplicates[0]?.confidenceScore).toBe(explanation?.confidence);
    expect((await check({ ...JOES, threshold: '100' })).hasDuplicates).toBe(false);
    expect(await check({ dba: 'Quite Another Thing', zip: '99999' })).toMatchObject({
      hasDuplicates: false,
      recommendation: 'keep_separate',
      potentialDuplicates: [],
    });
  });

  it('leads from the key of a consolidated license to its master', async () => {
    const master = await add({ key: 'Z-1', ...JOES });
    const old = await add({ key: 'Z-0', dba: 'Old name of it' });
    await database.db.updateTable('licenses').set({ archived_into: master.id }).where('id', '=', old.id).execute();
    expect((await check({ key: 'Z-0' })).potentialDuplicates).toMatchObject([
      { licenseId: master.id, confidenceScore: 100, matchReasons: ['exact_key'], recommendation: 'consolidate' },
    ]);
  });

  it('sees an edit at once', async () => {
    const { id } = await add({ key: 'Z-1', dba: 'Zanzibar Noodle Palace' });
    const asked = { dba: 'Zanzibar Noodle Palace', phone: '773 555 0199' };
    const before = (await check(asked)).potentialDuplicates[0]?.confidenceScore ?? 0;
    const { status } = await api.call('PATCH', `${LICENSES}/${id}`, operator, {
      body: '{"phone":"(773) 555-0199"}',
      headers: { 'content-type': 'application/json', 'if-match': '"1"' },
    });
    expect(status).toBe(200);
    expect((await check(asked)).potentialDuplicates[0]?.confidenceScore).toBeGreaterThan(before);
  });

  it('takes the same by POST, and repeats nothing of it in a log or a refusal', async () => {
    await add({ key: 'Z-1', ...JOES });
    const asked = { ...JOES, email: 'secret.person@mail.example', threshold: 70, explain: false };
    const { body } = await post<DuplicateCheck>(`${DUPLICATES}/check`, asked, viewer);
    const { explain: _, threshold, ...query } = asked;
    expect(body.data).toEqual(await check({ ...query, threshold: String(threshold) }));
    for (const refused of [
      await post(`${DUPLICATES}/check`, { ...asked, phone: `+${'1'.repeat(80)}` }),
      await post(`${DUPLICATES}/check`, { ...asked, email: 5 }),
      await api.call<Problem>('GET', `${DUPLICATES}/check?email=secret.person@mail.example&threshold=many`),
    ]) {
      expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
      expect(refused.text).not.toMatch(/secret|11111/);
    }
    expect(api.log.join('')).not.toMatch(/secret|0147|Kedzie/);
  });

  it.each([
    '',
    'dba=',
    'dba=%20&zip=',
    'name=x',
    'dba=x&threshold=101',
    'dba=x&threshold=-1',
    'dba=x&explain=maybe',
    'dba=a%00b',
  ])('refuses ?%s', async (query) => {
    const { status, body } = await api.call<Problem>('GET', `${DUPLICATES}/check?${query}`);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
  });

  it('takes odd texts for what they are', async () => {
    for (const dba of ['💅💅💅', "'; DROP TABLE licenses; --", '%', '日本料理', 'x'.repeat(255), '&&&', '###']) {
      expect((await check({ dba, zip: dba.slice(0, 20), phone: dba.slice(0, 50) })).hasDuplicates).toBe(false);
    }
  });
});

describe('a new license', () => {
  it('that is taken for one that is there is refused, naming it; insisting is remembered as a verdict', async () => {
    const first = await add({ key: 'Z-1', ...JOES });
    const again = { ...JOES, key: 'Z-2', dba: 'Zanzibar Noodle Palace Inc.' };
    const refused = await post(LICENSES, again);
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/duplicate-suspected']);
    expect(refused.body.detail).toContain('allowDuplicate=true');
    expect(refused.body.detail).not.toContain('Noodle');
    expect(refused.body.licenses).toMatchObject([{ licenseId: first.id, licenseKey: 'Z-1' }]);
    expect(refused.body.licenses[0]?.confidenceScore).toBeGreaterThan(90);
    const second = await add(again, '?allowDuplicate=true');
    expect(second.suspects).toMatchObject([{ licenseId: first.id, decision: 'auto' }]);
    const verdicts = await database.db.selectFrom('pair_verdicts').selectAll().execute();
    expect(verdicts).toMatchObject([{ verdict: 'different', decided_by: 'test operator' }]);
    expect([verdicts[0]?.a_ref, verdicts[0]?.b_ref].sort()).toEqual([`l:${first.id}`, `l:${second.id}`].sort());
    expect(await database.db.selectFrom('duplicate_cases').select('id').execute()).toEqual([]);
    const { body } = await api.call<Reply<Explanation>>('GET', `${DUPLICATES}/explain?a=Z-1&b=Z-2`, viewer);
    expect(body.data.verdict).toMatchObject({ verdict: 'different', by: 'test operator', outdated: false });
  });

  it('that resembles another one is made, and a person is asked', async () => {
    const first = await add({ key: 'Z-1', ...JOES });
    const other = await add({ key: 'Z-2', ...JOES, dba: 'Zanzibar Noodle Garden' });
    expect(other.suspects).toMatchObject([{ licenseId: first.id, decision: 'review' }]);
    const cases = await database.db.selectFrom('duplicate_cases').selectAll().execute();
    expect(cases).toMatchObject([{ state: 'open', kind: 'internal', reason: 'review_band', operation: null }]);
    const members = await database.db.selectFrom('duplicate_members').select('license_id').execute();
    expect(members.map((member) => member.license_id).sort()).toEqual([first.id, other.id].sort());
  });
});

describe('an import', () => {
  const HEADER = 'key,dba,phone,address,city,zip';
  const row = (key: string, dba: string, phone = '312 555 0147') =>
    `${key},${dba},${phone},4821 Kedzie Avenue,Chicago,60632`;

  it('makes no license for a row that is there already or stands above, and tells which', async () => {
    const { id } = await add({ key: 'Z-1', ...JOES });
    const csv = [
      HEADER,
      row('I-1', 'Zanzibar Noodle Palace LLC'),
      row('I-2', 'Zanzibar Noodle Garden'),
      'I-3,Bluebird Tailoring,212 555 0101,9 Elm Street,New York,10001',
      'I-4,Blue Bird Tailoring,212 555 0101,9 Elm St,New York,10001',
      'I-5,Harbor Light Books,415 555 0166,1 Pier,San Francisco,94111',
    ].join('\n');
    const dry = await importCsv(csv, 'dryRun=true');
    const done = await importCsv(csv);
    expect({ ...dry, dryRun: false }).toEqual(done);
    expect(done).toMatchObject({ rows: 5, created: 3, duplicates: 2, alike: 1, comparedWithin: true });
    expect(done.duplicateRows).toMatchObject([
      { line: 2, key: 'I-1', licenseId: id, sameAsLine: null, decision: 'auto' },
      { line: 5, key: 'I-4', licenseId: null, sameAsLine: 4, decision: 'auto' },
    ]);
    expect(done.alikeRows).toMatchObject([{ line: 3, key: 'I-2', licenseId: id, decision: 'review' }]);
    expect(await importCsv(csv)).toMatchObject({ created: 0, unchanged: 3, duplicates: 2, alike: 0 });
  });

  it('makes them all when it is told to', async () => {
    const csv = [HEADER, row('I-1', 'Zanzibar Noodle Palace'), row('I-2', 'Zanzibar Noodle Palace Inc')].join('\n');
    expect(await importCsv(csv, 'allowDuplicates=true')).toMatchObject({ created: 2, duplicates: 0, alike: 1 });
  });
});

describe('a pair', () => {
  it('is explained, also when it does not match, and also when nothing brings the two together', async () => {
    await add({ key: 'Z-1', ...JOES });
    await add({ key: 'Z-2', dba: 'Zanzibar Carpets', phone: '305 555 0111', address: '12 Ocean Drive', zip: '33139' });
    await add({ key: 'Z-3', dba: 'Bluebird Tailoring' });
    const explain = async (a: string, b: string) =>
      await api.call<Reply<Explanation>>('GET', `${DUPLICATES}/explain?${new URLSearchParams({ a, b })}`, viewer);
    const { data } = (await explain('Z-1', 'Z-2')).body;
    expect(data).toMatchObject({ a: { licenseKey: 'Z-1' }, b: { licenseKey: 'Z-2' }, verdict: null });
    expect(data.score.decision).toBe('none');
    expect(data.score.wouldChange.length).toBeGreaterThan(0);
    expect((await explain('Z-1', 'Z-3')).body.data).toMatchObject({ sharedKeys: [] });
    expect((await explain('Z-1', 'Z-3')).body.data.sentence).toContain('no run compares them');
    expect((await explain('Z-1', 'nobody')).body.type).toBe('/problems/license-not-found');
    expect((await explain('Z-1', 'Z-1')).body.type).toBe('/problems/pair-invalid');
  });

  it('that resembles itself a little is listed, page by page', async () => {
    for (const n of [1, 2, 3, 4]) await add({ key: `Z-${n}`, dba: `Business number ${n}` }, '?allowDuplicate=true');
    await refreshStale(database.db, { max: 100 });
    const subjects = await database.db.selectFrom('match_subjects').select('id').orderBy('id').execute();
    const [a = 0, b = 0, c = 0, d = 0] = subjects.map(({ id }) => id);
    const pairs = [
      [a, b, 61.5, 0],
      [a, c, 61.5, 1],
      [a, d, 55, 1],
      [b, c, 69.9, 0],
      [b, d, 80, 0],
    ] as const;
    for (const [x, y, confidence, settled] of pairs) {
      const decision = confidence >= 70 ? 'review' : 'observe';
      await database.db
        .insertInto('match_pairs')
        .values({ a: x, b: y, confidence: String(confidence), decision, settled, operation: 1 })
        .execute();
    }
    const seen: Observation[] = [];
    let next: string | null = `${DUPLICATES}/observations?limit=2&explain=true`;
    for (let page = 0; next !== null && page < 5; page += 1) {
      const answer: Answer<Reply<Observation[]>> = await api.call<Reply<Observation[]>>('GET', next, viewer);
      expect(answer.status, answer.text).toBe(200);
      seen.push(...answer.body.data);
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(seen.map(({ confidence }) => confidence)).toEqual([69.9, 61.5, 61.5, 55]);
    expect(seen[0]).toMatchObject({ a: { licenseKey: 'Z-2' }, b: { licenseKey: 'Z-3' } });
    expect(seen[0]?.explanation?.evidence.length).toBeGreaterThan(3);
    const odd = await api.call<Problem>('GET', `${DUPLICATES}/observations?cursor=1;2`, viewer);
    expect(odd.body.type).toBe('/problems/invalid-request');
  });
});

describe('the figures', () => {
  it('say what they are made of, and are empty before anything has happened', async () => {
    const read = async () =>
      (await api.call<Reply<DuplicateMetrics>>('GET', `${DUPLICATES}/metrics?days=7`, viewer)).body.data;
    const empty = await read();
    expect(empty.metrics.falsePositiveRate).toMatchObject({ value: null, numerator: 0, denominator: 0 });
    expect(empty.queue).toEqual({ total: 0, sizes: [] });
    await add({ key: 'Z-1', ...JOES });
    for (const name of ['Garden', 'Harbor', 'Corner']) {
      await add({ key: name, ...JOES, dba: `Zanzibar Noodle ${name}` }, '?allowDuplicate=true');
    }
    const cases = await database.db.selectFrom('duplicate_cases').select('id').orderBy('id').execute();
    expect(cases.length).toBeGreaterThan(0);
    const [first] = cases;
    await database.db
      .updateTable('duplicate_cases')
      .set({
        state: 'rejected',
        open_key: null,
        decided_by: 'someone',
        decided_at: new Date().toISOString().slice(0, 19).replace('T', ' '),
      })
      .where('id', '=', first?.id ?? 0)
      .execute();
    const { metrics, queue } = await read();
    expect(metrics.falsePositiveRate).toMatchObject({ value: 1, numerator: 1, denominator: 1 });
    expect(metrics.duplicateAccuracy).toMatchObject({ value: 0, numerator: 0, denominator: 1 });
    expect(metrics.manualReviewsQueued.value).toBe(cases.length);
    const open = await database.db.selectFrom('duplicate_cases').select('id').where('state', '=', 'open').execute();
    expect(queue).toEqual({ total: open.length, sizes: [{ state: 'open', age: 'day', cases: open.length }] });
    expect(metrics.detectionRate.value).toBeNull();
  });
});

describe('the lab', () => {
  it('says which verdicts other rules would overturn, those that do harm first', async () => {
    await add({ key: 'Z-1', ...JOES });
    await add({ key: 'Z-2', ...JOES, dba: 'Zanzibar Noodle Palace Inc.' }, '?allowDuplicate=true');
    const replay = async (set: Record<string, number>) => await post<LabResult>(`${DUPLICATES}/lab`, { set });
    const now = (await replay({})).body.data;
    expect(now).toMatchObject({
      changed: [],
      verdicts: 1,
      falseMerges: { before: 1, after: 1 },
      flips: [],
      flipped: [],
    });
    const strict = (await replay({ auto: 100, 'phone.equal': 6.5 })).body.data;
    expect(strict).toMatchObject({
      changed: [
        { path: 'phone.equal', before: 7, after: 6.5 },
        { path: 'thresholds.auto', before: 90, after: 100 },
      ],
      falseMerges: { before: 1, after: 0 },
      flips: [{ verdict: 'different', from: 'auto', to: 'review', count: 1 }],
      flipped: [{ from: 'auto', to: 'review', decidedBy: 'test operator' }],
    });
    for (const set of [{ 'name.nothing': 1 }, { auto: 60 }, { auto: 101 }]) {
      const { status, body } = await replay(set);
      expect([status, body.type]).toEqual([400, '/problems/rules-invalid']);
      expect(body.errors.length).toBe(1);
    }
    const refused = await post(`${DUPLICATES}/lab`, { set: {} }, viewer);
    expect(refused.status).toBe(403);
  });
});
