/** Tokens: made, listed and revoked by administrators, and what a revoked one can still do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureToken, hashToken } from '../../db/tokens.ts';
import type { TokenView } from '../../operations/tokens.ts';
import { type Answer, createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const TOKENS = '/api/v1/tokens';

let database: TestDatabase;
let api: TestApp;
let admin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await createToken(database.db, 'admin');
  api = await startTestApp(
    {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEMPORAL_ADDRESS ?? '',
      TEMPORAL_NAMESPACE: 'license-sync-test-none',
    },
    admin,
  );
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

interface Made {
  data: TokenView & { value: string };
  type: string;
  detail: string;
}

function create(body: unknown, token = admin) {
  return api.call<Made>('POST', TOKENS, token, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function list(query = ''): Promise<TokenView[]> {
  return (await api.call<{ data: TokenView[] }>('GET', `${TOKENS}${query}`)).body.data;
}

describe('a token', () => {
  it('is made with a value that is random, known to scanners, and kept as a hash only', async () => {
    const { status, headers, body } = await create({ name: 'dashboard', role: 'viewer' });
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { value, ...token } = body.data;
    expect(value).toMatch(/^lsk_[A-Za-z0-9_-]{43}$/);
    expect(token).toMatchObject({ name: 'dashboard', role: 'viewer', createdBy: 'test admin', lastUsedAt: null });
    expect(headers.get('location')).toBe(`${TOKENS}/${token.id}`);
    const rows = await database.db.selectFrom('api_tokens').selectAll().where('id', '=', token.id).execute();
    expect(rows[0]?.token_hash).toBe(hashToken(value));
    expect(JSON.stringify(rows)).not.toContain(value);
    expect((await api.call('GET', `${SYNC}/status`, value)).status).toBe(200);
    expect((await api.call('POST', TOKENS, value)).status).toBe(403);
    expect((await create({ name: 'another', role: 'viewer' })).body.data.value).not.toBe(value);
  });

  it.each([
    [{ name: 'sync:12', role: 'viewer' }, 'name: expected a name of 1 to 60'],
    [{ name: '', role: 'viewer' }, 'name: '],
    [{ name: ' x', role: 'viewer' }, 'name: '],
    [{ name: 'x'.repeat(61), role: 'viewer' }, 'name: '],
    [{ name: 'x\n', role: 'viewer' }, 'name: '],
    [{ name: 'x', role: 'root' }, 'role: '],
    [{ name: 'x' }, 'role: '],
    [{ name: 'x', role: 'viewer', value: 'lsk_chosen' }, 'value: unknown member'],
  ])('is not made of %j', async (body, detail) => {
    const { status, body: problem } = await create(body);
    expect([status, problem.type]).toEqual([400, '/problems/invalid-request']);
    expect(problem.detail).toContain(detail);
  });

  it('has a name that no other live one has, whoever comes first', async () => {
    const answers = await Promise.all(
      ['Nightly', 'nightly', 'Nightly', 'NIGHTLY'].map((name) => create({ name, role: 'operator' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const made = answers.find(({ status }) => status === 201)?.body.data;
    expect(answers.find(({ status }) => status === 409)?.body.type).toBe('/problems/token-name-taken');
    await api.call('DELETE', `${TOKENS}/${made?.id}`);
    expect((await create({ name: 'nightly', role: 'operator' })).status).toBe(201);
  });

  it('is listed without its value, page by page', async () => {
    const all = await list();
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['test admin', 'dashboard', 'nightly']));
    expect(Object.keys(all[0] ?? {}).sort()).toEqual(
      ['createdAt', 'createdBy', 'id', 'lastUsedAt', 'name', 'revokedAt', 'revokedBy', 'role'].sort(),
    );
    const seen: number[] = [];
    let next: string | undefined = `${TOKENS}?limit=2`;
    while (next) {
      const page: Answer<{ data: TokenView[] }> = await api.call('GET', next);
      seen.push(...page.body.data.map(({ id }) => id));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('shows when it was last used, noted once a minute', async () => {
    const { body } = await create({ name: 'used', role: 'viewer' });
    const { id, value } = body.data;
    const noted = async () => (await api.call<{ data: TokenView }>('GET', `${TOKENS}/${id}`)).body.data.lastUsedAt;
    await api.call('GET', `${SYNC}/status`, value);
    const first = await eventually(noted, (at) => at !== null);
    await api.call('GET', `${SYNC}/status`, value);
    expect(await noted()).toBe(first);
    await database.db
      .updateTable('api_tokens')
      .set({ last_used_at: '2026-01-01 00:00:00.000' })
      .where('id', '=', id)
      .execute();
    await api.call('GET', `${SYNC}/status`, value);
    await eventually(noted, (at) => at !== '2026-01-01T00:00:00.000Z');
  });
});

describe('a revoked token', () => {
  it('stops at once, says who revoked it, and stays revoked', async () => {
    const { body } = await create({ name: 'leaked', role: 'admin' });
    const { id, value } = body.data;
    expect((await api.call('GET', TOKENS, value)).status).toBe(200);
    const revoked = await api.call<{ data: TokenView }>('DELETE', `${TOKENS}/${id}`);
    expect([revoked.status, revoked.body.data.revokedBy]).toEqual([200, 'test admin']);
    expect((await api.call('GET', TOKENS, value)).status).toBe(401);
    const again = await api.call<{ data: TokenView }>('DELETE', `${TOKENS}/${id}`);
    expect([again.status, again.body.data]).toEqual([200, revoked.body.data]);
    expect((await list()).map((token) => token.id)).not.toContain(id);
    expect((await list('?revoked=true')).map((token) => token.id)).toContain(id);
    // What migrates with it in the environment does not bring it back.
    expect(await ensureToken(database.db, value, 'bootstrap', 'admin')).toBe(false);
    expect((await api.call('GET', TOKENS, value)).status).toBe(401);
  });

  it('loses the streams that it opened', async () => {
    await database.db
      .insertInto('sync_operations')
      .values({
        operation_id: '00000000-0000-4000-8000-00000000000a',
        operation_type: 'external_sync',
        status: 'running',
        phase: 'fetch',
        triggered_by: 'test',
        options: '{}',
        workflow_id: 'none',
        workflow_run_id: 'none',
        created_at: '2026-01-01 00:00:00.000',
        started_at: '2026-01-01 00:00:00.000',
        phase_started_at: '2026-01-01 00:00:00.000',
        updated_at: '2026-01-01 00:00:00.000',
      })
      .execute();
    const { body } = await create({ name: 'watcher', role: 'viewer' });
    const stream = await fetch(`${api.url}${SYNC}/operations/00000000-0000-4000-8000-00000000000a/events`, {
      headers: { authorization: `Bearer ${body.data.value}` },
    });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('event: progress');
    await api.call('DELETE', `${TOKENS}/${body.data.id}`);
    let said = '';
    for (;;) {
      const { done, value = '' } = (await reader?.read()) ?? { done: true };
      said += value;
      if (done) break;
    }
    expect(said).toContain('/problems/unauthenticated');
  });

  it('is never the last one of an administrator, nor are the last two revoked by each other', async () => {
    const second = (await create({ name: 'second admin', role: 'admin' })).body.data;
    const mine = (await list()).find(({ name }) => name === 'test admin');
    const answers = await Promise.all([
      api.call('DELETE', `${TOKENS}/${second.id}`, admin),
      api.call('DELETE', `${TOKENS}/${mine?.id}`, second.value),
    ]);
    const statuses = answers.map(({ status }) => status).sort();
    // The one that came too late was refused as the last one, or had lost its own token already.
    expect(statuses[0]).toBe(200);
    expect([401, 409]).toContain(statuses[1]);
    const left = (await database.db
      .selectFrom('api_tokens')
      .select('id')
      .where('role', '=', 'admin')
      .where('revoked_at', 'is', null)
      .execute()) as { id: number }[];
    expect(left).toHaveLength(1);
    const survivor = left[0]?.id === second.id ? second.value : admin;
    const last = await api.call('DELETE', `${TOKENS}/${left[0]?.id}`, survivor);
    expect([last.status, last.body.type]).toEqual([409, '/problems/last-admin-token']);
    expect(last.body.detail).toContain('create another one first');
  });

  it.each([
    ['abc', 400],
    ['-1', 400],
    ['1e3', 400],
    ['9999999999999999', 400],
    ['0', 404],
    ['4294967296', 404],
    ['999999999999999', 404],
  ])('is not one called %s', async (id, expected) => {
    const any = await createToken(database.db, 'admin');
    expect((await api.call('DELETE', `${TOKENS}/${id}`, any)).status).toBe(expected);
    expect((await api.call('GET', `${TOKENS}/${id}`, any)).status).toBe(expected);
  });
});
