/** Duplicate cases decided by people: four ways to the same state, two at once, late, stale, after a member changed, over a killed worker, many at once. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sqlInstant } from '../../db/connect.ts';
import { ensureToken } from '../../db/tokens.ts';
import type { BulkItemView, BulkView } from '../../operations/bulk-reviews.ts';
import type { ReviewDetail, ReviewListItem } from '../../operations/review-view.ts';
import type { ReviewCounts } from '../../operations/reviews.ts';
import { pokeReviewQueue } from '../../temporal/reviews.ts';
import { bulkReviewWorkflowId, REVIEW_QUEUE_WORKFLOW_ID, reviewWorkflowId } from '../../workflows/names.ts';
import type { Answer } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type SeededCase, seedCase, seedLicense, seedPair } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { cleanEnv, runProcess, type TestProcess } from '../support/processes.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';
import { startTestWorker } from '../support/worker.ts';
import { createTurnstile } from '../workflows/fake-steps.ts';

const REVIEWS = '/api/v1/reviews';
const ANN = 'test-token-of-ann-0123456789';
const BOB = 'test-token-of-bob-0123456789';
/** TEST_LONG decides as many cases at once as one first sync may leave behind. */
const MANY = process.env.TEST_LONG ? 5000 : 240;
const ENV = {
  LICENSE_SYNC_MONITORING_ENABLE_HEALTH_CHECKS: 'false',
  LICENSE_SYNC_REVIEW_OPEN_PER_SECOND: '200',
  LICENSE_SYNC_REVIEW_MAX_OPEN: '5',
};

let database: TestDatabase;
let temporal: TestNamespace;
let worker: TestProcess;
let app: TestApp;
let env: Record<string, string>;

interface Body {
  data: ReviewDetail;
  type: string;
  detail: string;
  version: number;
  decidedBy: string;
  decidedAt: string;
}

const call = <T = Body>(
  method: string,
  path: string,
  body?: unknown,
  token = ANN,
  headers: Record<string, string> = {},
) =>
  app.call<T>(method, path, token, {
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  });
const decide = (id: number, body: object, token = ANN) => call('POST', `${REVIEWS}/${id}/decide`, body, token);
const show = async (id: number) => (await call('GET', `${REVIEWS}/${id}`)).body.data;
const caseRow = (id: number) =>
  database.db.selectFrom('duplicate_cases').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const archivedInto = async (licenseId: string) =>
  (await database.db.selectFrom('licenses').select('archived_into').where('id', '=', licenseId).executeTakeFirst())
    ?.archived_into ?? null;
const inState = (id: number, state: string) =>
  eventually(
    () => caseRow(id),
    (row) => row.state === state,
  );
const ended = (workflowId: string) =>
  eventually(
    async () => (await temporal.client.workflow.getHandle(workflowId).describe()).status.name,
    (status) => status !== 'RUNNING',
  );
const poke = () => pokeReviewQueue(temporal.client, 'license-sync');

async function startWorker(): Promise<TestProcess> {
  return await startTestWorker({
    databaseUrl: database.url,
    upstreamUrl: 'http://127.0.0.1:9',
    apiKey: null,
    namespace: temporal.namespace,
    env: ENV,
  });
}

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  await ensureToken(database.db, ANN, 'ann', 'reviewer');
  await ensureToken(database.db, BOB, 'bob', 'reviewer');
  env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...ENV,
  };
  [worker, app] = await Promise.all([startWorker(), startTestApp(env, ANN)]);
});
afterAll(async () => {
  await app?.close();
  await worker?.stop();
  await temporal?.close();
  await database?.drop();
});
beforeEach(async () => {
  // What a test left undecided must not be opened in the place of the next one's cases.
  await database.db
    .updateTable('duplicate_cases')
    .set({ state: 'superseded', open_key: null, review: 'closed' })
    .where('state', 'in', ['open', 'flagged'])
    .execute();
});

/** What is left of a case and its licenses, without ids and times. */
async function outcomeOf({ id, licenseIds }: SeededCase) {
  const row = await caseRow(id);
  const { db } = database;
  const verdicts = await db.selectFrom('pair_verdicts').selectAll().where('case_id', '=', id).execute();
  const merges = await db.selectFrom('merges').selectAll().where('case_id', '=', id).execute();
  const into = await Promise.all(licenseIds.map(archivedInto));
  const decisions = await db.selectFrom('review_decisions').selectAll().where('case_id', '=', id).execute();
  return {
    state: row.state,
    version: row.version,
    review: row.review,
    openKey: row.open_key,
    decidedBy: row.decided_by,
    verdicts: verdicts.map(({ verdict, decided_by: by }) => [verdict, by]),
    merges: merges.map((merge) => [merge.state, licenseIds.indexOf(merge.master_id), merge.note]),
    archived: into.map((one) => (one === null ? null : licenseIds.indexOf(one))),
    decisions: decisions.map(({ decision, reviewer, note, case_version: version }) => [
      decision,
      reviewer,
      note,
      version,
    ]),
  };
}

describe('a case', () => {
  it('approved by the temporal program, by update, by API and by CLI ends in the same state', async () => {
    const pairs: SeededCase[] = [];
    for (let i = 0; i < 4; i += 1) pairs.push(await seedPair(database.db));
    const [bySignal, byUpdate, byApi, byCli] = pairs as [SeededCase, SeededCase, SeededCase, SeededCase];
    await poke();
    await eventually(
      () => caseRow(byCli.id),
      (row) => row.review === 'open',
    );
    const second = (of: SeededCase) => of.licenseIds[1] ?? '';

    const signal = { reviewer: 'ann', note: 'same owner', masterId: second(bySignal) };
    const workflow = ['--workflow-id', reviewWorkflowId(bySignal.id)];
    await temporalCli('workflow', 'signal', ...workflow, '--name', 'approve', '--input', JSON.stringify(signal));
    const { insertId } = await database.db
      .insertInto('typed_values')
      .values({ value: 'same owner', created_by: 'ann', created_at: sqlInstant(Date.now()) })
      .executeTakeFirstOrThrow();
    const update = {
      decision: 'approve',
      masterId: second(byUpdate),
      noteId: Number(insertId),
      reviewerId: 'ann',
      version: 1,
    };
    await temporalCli(
      'workflow',
      'update',
      'execute',
      ...['--workflow-id', reviewWorkflowId(byUpdate.id)],
      ...['--name', 'decide', '--input', JSON.stringify(update)],
    );
    const body = { decision: 'approve', masterId: second(byApi), note: 'same owner', version: 1 };
    expect((await decide(byApi.id, body)).status).toBe(200);
    const cli = await licenseSync(
      'reviews',
      'approve',
      String(byCli.id),
      '--master',
      second(byCli),
      '--note',
      'same owner',
    );
    expect(cli).toMatchObject({ code: 0, stderr: '' });

    await inState(bySignal.id, 'approved');
    const outcomes = await Promise.all(pairs.map(outcomeOf));
    expect(outcomes[0]).toEqual({
      state: 'approved',
      version: 2,
      review: 'closed',
      openKey: null,
      decidedBy: 'ann',
      verdicts: [['same', 'ann']],
      merges: [['applied', 1, 'same owner']],
      archived: [1, null],
      decisions: [['approve', 'ann', 'same owner', 1]],
    });
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    for (const { id } of pairs) expect(await ended(reviewWorkflowId(id))).toBe('COMPLETED');
    const { searchAttributes } = await temporal.client.workflow.getHandle(reviewWorkflowId(byApi.id)).describe();
    expect(searchAttributes).toMatchObject({ ReviewState: ['approved'], ReviewConfidence: [80] });
  });

  it('that was never opened is decided all the same, and a rejection is remembered', async () => {
    const seeded = await seedPair(database.db);
    const { status, body, headers } = await decide(seeded.id, { decision: 'reject', version: 1 });
    expect([status, body.data.state, headers.get('etag')]).toEqual([200, 'rejected', '"2"']);
    expect(await outcomeOf(seeded)).toMatchObject({ verdicts: [['different', 'ann']], archived: [null, null] });
  });

  it('decided by two at once goes to one, and the other is told who and when', async () => {
    const { id } = await seedPair(database.db);
    const answers = await Promise.all([
      decide(id, { decision: 'approve', version: 1 }, ANN),
      decide(id, { decision: 'reject', version: 1 }, BOB),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const won = answers.find(({ status }) => status === 200)?.body.data;
    const lost = answers.find(({ status }) => status === 409)?.body;
    expect(lost?.type).toBe('/problems/review-decided');
    expect(lost?.detail).toContain(`by ${won?.decidedBy} at ${won?.decidedAt}`);
    const late = await decide(id, { decision: 'flag', version: 2 });
    expect([late.status, late.body.type]).toEqual([409, '/problems/review-decided']);
  });

  it('is refused on another version than the one that was looked at, and without any', async () => {
    const { id } = await seedPair(database.db);
    expect((await decide(id, { decision: 'flag', version: 1 })).body.data.state).toBe('flagged');
    const stale = await decide(id, { decision: 'approve', version: 1 });
    expect([stale.status, stale.body.type, stale.body.version]).toEqual([412, '/problems/review-changed', 2]);
    const unseen = await decide(id, { decision: 'approve' });
    expect([unseen.status, unseen.body.detail]).toEqual([428, expect.stringContaining('now "2"')]);
    const viaHeader = await call('POST', `${REVIEWS}/${id}/decide`, { decision: 'reject' }, ANN, { 'if-match': '"2"' });
    expect([viaHeader.status, viaHeader.body.data.state]).toEqual([200, 'rejected']);
  });

  it('is refused when a member was merged or says something else, and names what happened', async () => {
    const [a, b, c] = [await seedLicense(database.db), await seedLicense(database.db), await seedLicense(database.db)];
    const first = await seedCase(database.db, [a, b]);
    const other = await seedCase(database.db, [b, c]);
    const both = await seedCase(database.db, [a, b, c]);
    // Opening the case of three closed those over two of them; they are asked about here all the same.
    await database.db
      .updateTable('duplicate_cases')
      .set({ state: 'open', open_key: null })
      .where('id', 'in', [first.id, other.id])
      .execute();
    const { version } = await show(first.id);
    expect((await decide(first.id, { decision: 'approve', masterId: a.id, version })).status).toBe(200);
    for (const { id } of [other, both]) {
      const merged = await decide(id, { decision: 'approve', version: (await show(id)).version });
      expect([merged.status, merged.body.type]).toEqual([409, '/problems/review-member-changed']);
      expect(merged.body.detail).toContain(`license ${b.id} was merged into ${a.id} by ann at 20`);
    }
    const pair = await seedPair(database.db);
    const license = await call<{ data: { version: number } }>('GET', `/api/v1/licenses/${pair.licenseIds[0]}`);
    const edit = await call('PATCH', `/api/v1/licenses/${pair.licenseIds[0]}`, { phone: '512-555-0999' }, ANN, {
      'if-match': `"${license.body.data.version}"`,
    });
    expect(edit.status).toBe(200);
    const changed = await decide(pair.id, { decision: 'reject', version: 1 });
    expect([changed.status, changed.body.detail]).toEqual([409, expect.stringContaining('its phone changed')]);
    expect(changed.text).not.toContain('0999');
    expect((await show(pair.id)).members.map(({ trouble }) => trouble?.kind)).toContain('changed');
  });

  it('closes other cases in which nothing is left to decide', async () => {
    const [a, b] = [await seedLicense(database.db), await seedLicense(database.db)];
    const one = await seedCase(database.db, [a, b]);
    await database.db.updateTable('duplicate_cases').set({ open_key: null }).where('id', '=', one.id).execute();
    const other = await seedCase(database.db, [a, b]);
    expect((await decide(one.id, { decision: 'approve', version: 1 })).status).toBe(200);
    const { state, sentence } = await show(other.id);
    expect([state, sentence]).toEqual(['superseded', expect.stringContaining(`the verdict on case ${one.id}`)]);
  });

  it('takes values of fields from the license that the reviewer names, and refuses strangers', async () => {
    const { id, licenseIds } = await seedPair(database.db);
    const [first = '', second = ''] = licenseIds;
    const bad = await decide(id, { decision: 'approve', masterId: crypto.randomUUID(), version: 1 });
    expect([bad.status, bad.body.type]).toEqual([409, '/problems/review-refused']);
    const nonsense = await decide(id, { decision: 'approve', fields: { nothing: first }, version: 1 });
    expect([nonsense.status, nonsense.body.type]).toEqual([400, '/problems/value-invalid']);
    expect((await caseRow(id)).state).toBe('open');
    const chosen = await decide(id, { decision: 'approve', masterId: first, fields: { phone: second }, version: 1 });
    expect(chosen.status).toBe(200);
    const master = chosen.body.data.members.find(({ licenseId }) => licenseId === first)?.license;
    expect(master?.phone).toBe('512-555-0102');
  });

  it('that was approved is undone as a whole, and one that was rejected waits again', async () => {
    const approved = await seedPair(database.db);
    await decide(approved.id, { decision: 'approve', version: 1 });
    const undone = await call('POST', `${REVIEWS}/${approved.id}/undo`, { note: 'two shops', version: 2 });
    expect([undone.status, undone.body.data.state]).toEqual([200, 'undone']);
    expect(await Promise.all(approved.licenseIds.map(archivedInto))).toEqual([null, null]);
    const again = await call('POST', `${REVIEWS}/${approved.id}/undo`, {});
    expect([again.status, again.body.type]).toEqual([409, '/problems/undo-refused']);

    const flagged = await seedPair(database.db);
    await decide(flagged.id, { decision: 'flag', version: 1 });
    expect((await call('POST', `${REVIEWS}/${flagged.id}/undo`, { version: 2 })).body.data.state).toBe('open');
    const review = temporal.client.workflow.getHandle(reviewWorkflowId(flagged.id));
    await eventually(
      () => review.query<{ details: string }>('review'),
      ({ details }) => details.startsWith('Waits for a reviewer'),
    );

    const rejected = await seedPair(database.db);
    await decide(rejected.id, { decision: 'reject', version: 1 });
    const back = await call('POST', `${REVIEWS}/${rejected.id}/undo`, {});
    expect([back.status, back.body.data.state, back.body.data.version]).toEqual([200, 'open', 3]);
    expect(await outcomeOf(rejected)).toMatchObject({ verdicts: [] });
    expect((await decide(rejected.id, { decision: 'approve', version: 3 })).status).toBe(200);
  });

  it('is assigned, held back and commented on, and the queue follows', async () => {
    const low = await seedPair(database.db, { priority: 5, confidence: 71 });
    const high = await seedPair(database.db, { priority: 50, confidence: 88 });
    const list = async (query: string) => {
      const { body } = await call<{
        data: ReviewListItem[];
        meta: { nextCursor: string | null; counts: ReviewCounts };
      }>('GET', `${REVIEWS}${query}`);
      return { ids: body.data.map(({ id }) => id), ...body.meta };
    };
    const first = await list('?limit=1');
    expect(first.ids).toEqual([high.id]);
    expect(first.counts.openByBand).toEqual([
      { from: 90, cases: 0 },
      { from: 80, cases: 1 },
      { from: 70, cases: 1 },
      { from: 0, cases: 0 },
    ]);
    expect((await list(`?limit=1&cursor=${first.nextCursor}`)).ids).toEqual([low.id]);
    expect((await call('POST', `${REVIEWS}/${low.id}/assign`, { to: 'me' })).body.data.assignedTo).toBe('ann');
    expect((await list('?assignedTo=me')).ids).toEqual([low.id]);
    expect((await list('?assignedTo=none')).ids).toEqual([high.id]);
    expect((await list('?minConfidence=80')).ids).toEqual([high.id]);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await call('POST', `${REVIEWS}/${high.id}/hold`, { until, note: 'asked them' })).status).toBe(200);
    expect((await list('')).ids).toEqual([low.id]);
    expect((await list('?heldBack=only')).ids).toEqual([high.id]);
    const { body } = await call('POST', `${REVIEWS}/${high.id}/comment`, { note: 'they called back' });
    expect(body.data.history.map(({ what, by, note }) => [what, by, note])).toEqual([
      ['hold', 'ann', 'asked them'],
      ['comment', 'ann', 'they called back'],
    ]);
    expect(body.data.version).toBe(1);
    const cli = await licenseSync('reviews', '--held', 'include', '--json');
    expect((JSON.parse(cli.stdout) as ReviewListItem[]).map(({ id }) => id)).toEqual([high.id, low.id]);
    const shown = await licenseSync('reviews', 'show', String(high.id));
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/name .*[+-]{2}/);
    expect(shown.stdout).toContain('Who would stay:');
  });

  it.each([
    [null],
    ['approve it please'],
    [{ reviewer: 7 }],
    [{ reviewer: '' }],
    [{ reviewer: 'ann', masterId: 5 }],
    [{ reviewer: 'x'.repeat(500) }],
    [[1, 2]],
  ])('survives a signal that says %j, and says why it was not taken', async (given) => {
    const { id } = await seedPair(database.db, { priority: 900 });
    await poke();
    await eventually(
      () => caseRow(id),
      (row) => row.review === 'open',
    );
    const handle = temporal.client.workflow.getHandle(reviewWorkflowId(id));
    await handle.signal('approve', given);
    const seen = await eventually(
      () => handle.query<{ refused: string | null; details: string }>('review'),
      ({ refused }) => refused !== null,
    );
    expect(seen.details).toContain('The last verdict was not taken');
    await handle.signal('reject', { reviewer: 'ann' });
    await inState(id, 'rejected');
    expect(await ended(reviewWorkflowId(id))).toBe('COMPLETED');
  });
});

describe('what makes no sense', () => {
  const UNKNOWN = '00000000-0000-4000-8000-000000000000';

  it.each([
    ['GET', '?state=closed', undefined, 400],
    ['GET', '?minConfidence=101', undefined, 400],
    ['GET', '?minConfidence=-1', undefined, 400],
    ['GET', '?cursor=1', undefined, 400],
    ['GET', '?cursor=999999.999_999999999999999', undefined, 200],
    ['GET', '?assignedTo=%F0%9F%A6%86%27%3B--', undefined, 200],
    ['GET', '?heldBack=yes', undefined, 400],
    ['GET', '?limit=201', undefined, 400],
    ['GET', '/0', undefined, 404],
    ['GET', '/999999999999999', undefined, 404],
    ['GET', '/bulk', undefined, 405],
    ['GET', `/bulk/${UNKNOWN}`, undefined, 404],
    ['POST', '/999999/decide', { decision: 'approve', version: 1 }, 404],
    ['POST', '/999999/decide', { decision: 'approve' }, 404],
    ['POST', '/1/decide', { decision: 'merge', version: 1 }, 400],
    ['POST', '/1/decide', { decision: 'reject', masterId: UNKNOWN, version: 1 }, 400],
    ['POST', '/1/decide', { decision: 'reject', version: 1, note: 'x'.repeat(1001) }, 400],
    ['POST', '/1/decide', { decision: 'reject', version: -1 }, 400],
    ['POST', '/1/decide', [], 400],
    ['POST', '/999999/preview', {}, 404],
    ['POST', '/1/preview', { fields: { nothing: UNKNOWN } }, 400],
    ['POST', '/bulk', { decision: 'approve', filter: {}, fingerprint: 'odd' }, 400],
    ['POST', '/bulk', { decision: 'approve', filter: {}, fingerprint: '0'.repeat(32) }, 409],
    ['POST', '/999999/undo', {}, 404],
    ['POST', '/999999/comment', { note: 'x' }, 404],
    ['POST', '/1/comment', { note: ' ' }, 400],
    ['POST', '/1/hold', { until: 'tomorrow' }, 400],
    ['POST', '/1/hold', { until: '1999-01-01T00:00:00Z' }, 400],
    ['POST', '/1/hold', { until: '9999-01-01T00:00:00Z' }, 400],
    ['POST', '/1/assign', { to: '' }, 400],
    ['POST', '/bulk', { decision: 'approve' }, 400],
    ['POST', '/bulk', { decision: 'approve', filter: {}, cases: [{ id: 1 }] }, 400],
    ['POST', '/bulk', { decision: 'approve', cases: [{ id: 999_999 }] }, 404],
    ['POST', '/bulk', { decision: 'approve', filter: { minConfidence: 99.5 } }, 409],
    ['POST', '/bulk', { decision: 'approve', filter: { state: 'approved' } }, 400],
  ])('is told so: %s %s', async (method, path, body, status) => {
    const answer = await call(method, `${REVIEWS}${path}`, body);
    expect([answer.status, answer.body.detail ?? '']).toEqual([status, expect.any(String)]);
  });
});

it('a signal in an encoding that nobody here reads does not stop its review', async () => {
  const { id } = await seedPair(database.db, { priority: 900 });
  await poke();
  await eventually(
    () => caseRow(id),
    (row) => row.review === 'open',
  );
  const signal = ['workflow', 'signal', '--workflow-id', reviewWorkflowId(id), '--name', 'approve'];
  await temporalCli(...signal, '--input', '{"reviewer":"ann"}', '--input-meta', 'encoding=json/protobuf');
  await temporalCli(...signal, '--input', '"bm90aGluZw=="', '--input-meta', 'encoding=binary/encrypted');
  expect((await decide(id, { decision: 'reject', version: 1 })).status).toBe(200);
});

describe('the queue of reviews', () => {
  it('opens the first by priority, and the next ones when those are closed', async () => {
    const cases: SeededCase[] = [];
    for (let i = 0; i < 7; i += 1) cases.push(await seedPair(database.db, { priority: 700 - i }));
    const reviews = async () => {
      const rows = await Promise.all(cases.map(({ id }) => caseRow(id)));
      return rows.map(({ review }) => review);
    };
    await poke();
    expect(await ended(REVIEW_QUEUE_WORKFLOW_ID)).toBe('COMPLETED');
    expect(await reviews()).toEqual(['open', 'open', 'open', 'open', 'open', 'waiting', 'waiting']);
    await decide(cases[1]?.id ?? 0, { decision: 'reject', version: 1 });
    await eventually(reviews, (seen) => seen[5] === 'open');
    expect((await reviews())[6]).toBe('waiting');
    const bulk = await call<{ data: BulkView }>('POST', `${REVIEWS}/bulk`, { filter: {}, decision: 'reject' });
    expect(bulk.status).toBe(202);
    for (const { id } of cases.slice(0, 6)) expect(await ended(reviewWorkflowId(id))).toBe('COMPLETED');
  });
});

describe('a bulk verdict', () => {
  it(
    'decides every case by itself and is honest about each',
    async () => {
      const cases: SeededCase[] = [];
      for (let i = 0; i < MANY; i += 1) cases.push(await seedPair(database.db));
      const [first, second, third] = cases as [SeededCase, SeededCase, SeededCase];
      const named = cases.map(({ id }) => ({ id, version: 1 }));
      const preview = await call<{ data: { cases: number } }>('POST', `${REVIEWS}/bulk`, {
        filter: {},
        decision: 'approve',
        preview: true,
      });
      expect(preview.body.data.cases).toBe(MANY);
      const since = performance.now();
      await call('GET', REVIEWS);
      const pageMs = performance.now() - since;
      // One is decided before, one is flagged and so has another version, and of one a member is gone.
      await decide(first.id, { decision: 'reject', version: 1 }, BOB);
      await decide(second.id, { decision: 'flag', version: 1 }, BOB);
      await database.db
        .updateTable('licenses')
        .set({ archived_into: first.licenseIds[0] ?? '' })
        .where('id', '=', third.licenseIds[0] ?? '')
        .execute();
      const began = performance.now();
      const started = await call<{ data: BulkView }>('POST', `${REVIEWS}/bulk`, {
        cases: named,
        decision: 'approve',
        note: 'all checked',
      });
      expect(started.status).toBe(202);
      const seen = await followBulk(started.body.data.id);
      if (process.env.TEST_LONG) {
        console.log(
          `queue page ${Math.round(pageMs)} ms; ${MANY} cases in ${Math.round(performance.now() - began)} ms`,
        );
      }
      expect(seen).toMatchObject({ state: 'completed', total: MANY, pending: 0, done: MANY - 3, refused: 3 });
      expect(seen.items.map(({ caseId }) => caseId)).toEqual([first.id, second.id, third.id]);
      expect(seen.items[0]?.reason).toContain('rejected already, by bob');
      expect(seen.items[1]?.reason).toContain('has version 2');
      expect(seen.items[2]?.reason).toContain('was merged into');
      const done = cases.slice(3);
      const rows = await database.db
        .selectFrom('merges')
        .select('case_id')
        .where(
          'case_id',
          'in',
          done.map(({ id }) => id),
        )
        .execute();
      expect(rows.map((row) => row.case_id).sort((a, b) => Number(a) - Number(b))).toEqual(done.map(({ id }) => id));
      expect(await ended(bulkReviewWorkflowId(started.body.data.id))).toBe('COMPLETED');
    },
    process.env.TEST_LONG ? 1_800_000 : 120_000,
  );
});

describe('a worker that dies', () => {
  it('in the middle of verdicts leaves nothing half done, and each is given once', async () => {
    const seeded = await seedPair(database.db);
    const many: SeededCase[] = [];
    for (let i = 0; i < 12; i += 1) many.push(await seedPair(database.db));
    const release = await holdLastStep();
    const answer = decide(seeded.id, { decision: 'approve', version: 1, note: 'sure' });
    const cases = many.map(({ id }) => ({ id }));
    const bulk = await call<{ data: BulkView }>('POST', `${REVIEWS}/bulk`, { cases, decision: 'approve' });
    await eventually(lockWaits, (waits) => waits > 1);
    await worker.kill();
    await release();
    await eventually(lockWaits, (waits) => waits === 0);
    expect(await outcomeOf(seeded)).toMatchObject({
      state: 'open',
      verdicts: [],
      merges: [],
      archived: [null, null],
      decisions: [],
    });
    expect((await answer).body.type).toBe('/problems/review-unconfirmed');
    worker = await startWorker();
    await inState(seeded.id, 'approved');
    expect(await outcomeOf(seeded)).toMatchObject({
      version: 2,
      verdicts: [['same', 'ann']],
      merges: [['applied', expect.any(Number), 'sure']],
      decisions: [['approve', 'ann', 'sure', 1]],
    });
    expect(await followBulk(bulk.body.data.id)).toMatchObject({ state: 'completed', done: many.length, refused: 0 });
    for (const outcome of await Promise.all(many.map(outcomeOf))) {
      expect(outcome).toMatchObject({ state: 'approved', version: 2, decisions: [['approve', 'ann', null, 1]] });
      expect(outcome.merges).toHaveLength(1);
    }
  });

  it('and has no successor makes the API say so, and the verdict is not given later', async () => {
    const { id } = await seedPair(database.db);
    await worker.stop();
    const refused = await eventually(
      () => decide(id, { decision: 'approve', version: 1 }),
      ({ body }: Answer<Body>) => /no worker is running/.test(body.detail),
    );
    expect([refused.status, refused.body.type]).toEqual([503, '/problems/review-unconfirmed']);
    expect(refused.body.detail).toContain('it was not given');
    const cli = await licenseSync('reviews', 'approve', String(id));
    expect([cli.code, cli.stderr]).toEqual([4, expect.stringContaining('no worker is running')]);
    worker = await startWorker();
    const given = await eventually(
      () => decide(id, { decision: 'reject', version: 1 }),
      ({ status }) => status !== 503,
    );
    expect(given.body.data.state).toBe('rejected');
  });
});

it('nothing that people typed, and no number of a phone, came into Temporal', async () => {
  const { workflow } = temporal.client;
  let histories = 0;
  for await (const { workflowId, runId, type } of workflow.list({ pageSize: 50 })) {
    if (type !== 'bulkReview' && type !== 'duplicateReview') continue;
    const text = JSON.stringify(await workflow.getHandle(workflowId, runId).fetchHistory());
    const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) => decoded(data)).join();
    // A note in a signal was sent to Temporal by somebody's own hand.
    if (!text.includes('"signalName":"approve"')) expect(payloads).not.toMatch(/same owner|all checked|sure"|512-555/);
    histories += 1;
    if (histories >= 60) break;
  }
  expect(histories).toBeGreaterThan(10);
});

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** Waits until a bulk verdict has ended; with the cases that it refused. */
async function followBulk(id: string): Promise<BulkView & { items: BulkItemView[] }> {
  return await eventually(
    async () => (await call<{ data: BulkView & { items: BulkItemView[] } }>('GET', `${REVIEWS}/bulk/${id}`)).body.data,
    ({ state }) => state !== 'running',
    900_000,
    500,
  );
}

/** Holds the row that a consolidation writes last: whoever gives a verdict then has done everything else. */
async function holdLastStep(): Promise<() => Promise<void>> {
  const turnstile = createTurnstile<string>();
  const over = database.db.transaction().execute(async (trx) => {
    await trx.selectFrom('data_versions').selectAll().where('name', '=', 'licenses').forUpdate().execute();
    await turnstile.pass('held');
  });
  await eventually(
    async () => turnstile.waiting(),
    (waiting) => waiting.length > 0,
  );
  return async () => {
    turnstile.open();
    await over;
  };
}

/** Sessions on this database, other than the one that asks, that are in the middle of writing the version of the licenses. */
async function lockWaits(): Promise<number> {
  const { rows } = await sql<{ waits: number | string }>`
    SELECT COUNT(*) AS waits FROM information_schema.processlist
    WHERE db = DATABASE() AND info LIKE '%INSERT INTO data_versions%' AND id <> CONNECTION_ID()
  `.execute(database.db);
  return Number(rows[0]?.waits ?? 0);
}

async function temporalCli(...args: string[]): Promise<string> {
  const program = process.env.TEST_TEMPORAL_CLI;
  if (!program) throw new Error('TEST_TEMPORAL_CLI is not set: npm test gets the program and sets it');
  const where = ['--address', temporal.address, '--namespace', temporal.namespace];
  return (await promisify(execFile)(program, [...args, ...where], { env: cleanEnv({}) })).stdout;
}

async function licenseSync(...args: string[]) {
  return await runProcess('cli/main.ts', args, { LICENSE_SYNC_API_URL: app.url, LICENSE_SYNC_API_TOKEN: ANN });
}
