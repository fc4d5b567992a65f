/** Requests that are sent again under an Idempotency-Key, after whatever kept the first answer away. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimKey, keepAnswer, pruneKeys, releaseKey } from '../../db/idempotency.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { type Answer, createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';

const TOKENS = '/api/v1/tokens';

let database: TestDatabase;
let temporal: TestNamespace;
let api: TestApp;
let admin: string;
let other: string;

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  admin = await createToken(database.db, 'admin');
  other = await createToken(database.db, 'admin');
  api = await startTestApp(
    {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9',
    },
    admin,
  );
});

afterAll(async () => {
  await api.close();
  await temporal.close();
  await database.drop();
});

afterEach(async () => {
  await endRun();
  await database.db.deleteFrom('idempotency_keys').execute();
});

async function endRun(): Promise<void> {
  await temporal.client.workflow
    .getHandle(SYNC_WORKFLOW_ID)
    .terminate('the next test begins')
    .catch(() => undefined);
}

function post(path: string, key: string, { token = admin, body }: { token?: string; body?: unknown } = {}) {
  return api.call('POST', path, token, {
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function replayed({ headers }: Answer): string | null {
  return headers.get('idempotency-replayed');
}

async function kept() {
  return await database.db.selectFrom('idempotency_keys').selectAll().execute();
}

/** Lets the key that a request holds look as one that a process left when it was killed. */
async function abandon(): Promise<void> {
  await database.db.updateTable('idempotency_keys').set({ held_until: '2026-01-01 00:00:00.000' }).execute();
}

describe('the same request under the same key', () => {
  it('is answered as the first time, and starts nothing again', async () => {
    const first = await post(SYNC, 'start-1');
    expect([first.status, replayed(first)]).toEqual([202, null]);
    await endRun();
    const again = await post(SYNC, 'start-1');
    expect([again.status, again.text, replayed(again)]).toEqual([202, first.text, 'true']);
    for (const name of ['location', 'content-type']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    const { status, text } = await post(SYNC, 'start-2');
    expect(status).toBe(202);
    expect(text).not.toBe(first.text);
  });

  it('gets the same refusal, when that was the answer', async () => {
    const path = `${SYNC}/operations/00000000-0000-4000-8000-000000000000/cancel`;
    const first = await post(path, 'cancel-1');
    const again = await post(path, 'cancel-1');
    expect([first.status, replayed(first)]).toEqual([404, null]);
    expect([again.status, again.text, replayed(again)]).toEqual([404, first.text, 'true']);
    expect(again.headers.get('content-type')).toBe('application/problem+json');
  });

  it('waits for no run twice: the start that waited is answered with the ended run', async () => {
    const waiting = post(`${SYNC}?wait=true`, 'wait-1');
    await eventually(kept, (keys) => keys.length === 1);
    const meanwhile = await eventually(
      () => post(`${SYNC}?wait=true`, 'wait-1'),
      ({ status }) => status === 409,
    );
    expect(meanwhile.body.type).toBe('/problems/idempotency-key-in-use');
    expect(Number(meanwhile.headers.get('retry-after'))).toBeGreaterThan(0);
    await eventually(
      () => temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).describe(),
      ({ status }) => status.name === 'RUNNING',
    );
    await endRun();
    const first = await waiting;
    expect([first.status, first.body.data.status]).toEqual([200, 'failed']);
    const again = await post(`${SYNC}?wait=true`, 'wait-1');
    expect([again.status, again.text, replayed(again)]).toEqual([200, first.text, 'true']);
  });

  it('sent many times at once is carried out once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post(TOKENS, 'many', { body: { name: 'made once', role: 'viewer' } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 201).map(({ status, body }) => [status, body.type]);
    for (const answer of others) {
      expect([
        [409, '/problems/idempotency-key-in-use'],
        [409, '/problems/answer-not-kept'],
      ]).toContainEqual(answer);
    }
  });
});

describe('a key', () => {
  it('that stands for another request is refused: other query, address, body or state', async () => {
    expect((await post(`${SYNC}?comprehensive=true`, 'k')).status).toBe(202);
    for (const [path, body] of [
      [`${SYNC}?comprehensive=1`, undefined],
      [`${SYNC}/operations/00000000-0000-4000-8000-000000000000/cancel`, undefined],
      [TOKENS, { name: 'x', role: 'viewer' }],
    ] as const) {
      const answer = await post(path, 'k', { body });
      expect([path, answer.status, answer.body.type]).toEqual([path, 422, '/problems/idempotency-key-reused']);
    }
    const state = await api.call('POST', `${SYNC}?comprehensive=true`, admin, {
      headers: { 'idempotency-key': 'k', 'if-match': '"3"' },
    });
    expect(state.status).toBe(422);
  });

  it('is one of its token: two callers may draw the same', async () => {
    const mine = await post(TOKENS, 'same', { body: { name: 'mine', role: 'viewer' } });
    const theirs = await post(TOKENS, 'same', { token: other, body: { name: 'theirs', role: 'viewer' } });
    expect([mine.status, theirs.status]).toEqual([201, 201]);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256), 'gr\u00fcn'])('that cannot be one is refused: %j', async (key) => {
    const { status, body } = await post(SYNC, key);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
    expect(body.detail).toContain('Idempotency-Key');
  });

  it('may have any visible character, 255 of them', async () => {
    for (const key of ['!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 'x'.repeat(255), "'; DROP TABLE x"].map((k) =>
      k.replaceAll(' ', '_'),
    )) {
      expect((await post(`${SYNC}/operations/1/cancel`, key)).status).toBe(400);
    }
  });

  it('is kept as a hash, and so is the request', async () => {
    await post(SYNC, 'my-key-in-clear');
    const [row] = await kept();
    expect(JSON.stringify(row)).not.toContain('my-key-in-clear');
    expect(row?.key_hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('nothing is remembered', () => {
  it('of a request that was not understood, not allowed, or met a run under way', async () => {
    expect((await post(`${SYNC}?dryrun=1`, 'odd')).status).toBe(400);
    expect((await post(`${SYNC}?bidirectional=true`, 'off')).status).toBe(403);
    const viewer = await createToken(database.db, 'viewer');
    expect((await post(SYNC, 'low', { token: viewer })).status).toBe(403);
    expect(await kept()).toEqual([]);
    expect((await post(SYNC, 'first')).status).toBe(202);
    const met = await post(SYNC, 'second');
    expect([met.status, met.body.type]).toEqual([409, '/problems/sync-already-running']);
    await endRun();
    expect((await post(SYNC, 'second')).status).toBe(202);
  });

  it('of a failure: the request may be sent again, and is carried out', async () => {
    await database.db.schema.alterTable('sync_operations').renameTo('sync_operations_away').execute();
    const failed = await post(`${SYNC}/operations/00000000-0000-4000-8000-000000000000/cancel`, 'again');
    await database.db.schema.alterTable('sync_operations_away').renameTo('sync_operations').execute();
    expect(failed.status).toBe(503);
    expect(await kept()).toEqual([]);
    expect((await post(`${SYNC}/operations/00000000-0000-4000-8000-000000000000/cancel`, 'again')).status).toBe(404);
  });

  it('of a request whose process was killed: after two minutes another may carry it out', async () => {
    expect((await post(TOKENS, 'killed', { body: { name: 'after a crash', role: 'viewer' } })).status).toBe(201);
    await database.db.updateTable('idempotency_keys').set({ completed_at: null, status: null }).execute();
    const early = await post(TOKENS, 'killed', { body: { name: 'after a crash', role: 'viewer' } });
    expect([early.status, early.body.type]).toEqual([409, '/problems/idempotency-key-in-use']);
    await abandon();
    // The token is there: the rule of its name protects what the key no longer can.
    const late = await post(TOKENS, 'killed', { body: { name: 'after a crash', role: 'viewer' } });
    expect([late.status, late.body.type]).toEqual([409, '/problems/token-name-taken']);
  });

  it('of one that was thought dead and ends after its successor took over', async () => {
    const use = { tokenId: 1, keyHash: 'a'.repeat(64), requestHash: 'b'.repeat(64) };
    const answer = { status: 200, headers: {}, withheld: null };
    const [dead, alive] = [
      { ...use, owner: 'dead' },
      { ...use, owner: 'alive' },
    ];
    const { db } = database;
    expect(await claimKey(db, dead, 0)).toEqual({ state: 'mine' });
    expect(await claimKey(db, alive, 60_000)).toEqual({ state: 'mine' });
    await keepAnswer(db, dead, { ...answer, body: 'of the dead' });
    await releaseKey(db, dead);
    expect(await claimKey(db, { ...use, owner: 'third' }, 0)).toEqual({ state: 'under-way' });
    await keepAnswer(db, alive, { ...answer, body: 'of the living' });
    expect(await claimKey(db, { ...use, owner: 'third' }, 0)).toEqual({
      state: 'answered',
      answer: { ...answer, body: 'of the living' },
    });
  });

  it('after a day', async () => {
    const first = await post(SYNC, 'old');
    await endRun();
    await database.db.updateTable('idempotency_keys').set({ created_at: '2026-01-01 00:00:00.000' }).execute();
    const anew = await post(SYNC, 'old');
    expect([anew.status, replayed(anew)]).toEqual([202, null]);
    expect(anew.text).not.toBe(first.text);
    await database.db.updateTable('idempotency_keys').set({ created_at: '2026-01-01 00:00:00.000' }).execute();
    await pruneKeys(database.db);
    expect(await kept()).toEqual([]);
  });
});

describe('a secret', () => {
  it('is not kept: whoever asks again learns that it was made, and which one it is', async () => {
    const body = { name: 'deploy', role: 'operator' };
    const made = await api.call<{ data: { id: number; value: string } }>('POST', TOKENS, admin, {
      headers: { 'idempotency-key': 'secret', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { id, value } = made.body.data;
    const again = await post(TOKENS, 'secret', { body });
    expect([again.status, again.body.type]).toEqual([409, '/problems/answer-not-kept']);
    expect(again.body.detail).toContain(`made token ${id}, whose value is shown once`);
    expect(again.body.link).toBe(`${TOKENS}/${id}`);
    expect(JSON.stringify(await kept())).not.toContain(value);
    expect(api.log.join('')).not.toContain(value);
  });
});
