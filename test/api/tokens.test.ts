/** Tokens: made, listed and revoked by administrators, and what a revoked one can still do. */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubjects } from '../../db/alerts.ts';
import { sqlInstant } from '../../db/connect.ts';
import { ensureToken, hashToken } from '../../db/tokens.ts';
import type { TokenView } from '../../operations/tokens.ts';
import { createTokenWatch } from '../../operations/watch-tokens.ts';
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
      ['createdAt', 'createdBy', 'expiresAt', 'id', 'lastUsedAt', 'name', 'revokedAt', 'revokedBy', 'role'].sort(),
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

const DAY_MS = 86_400_000;

/** As if so much time had passed for this token. */
async function age(id: number, days: number): Promise<void> {
  const row = await database.db.selectFrom('api_tokens').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const earlier = (text: string) => sqlInstant(Date.parse(`${text.replace(' ', 'T')}Z`) - days * DAY_MS);
  await database.db
    .updateTable('api_tokens')
    .set({ created_at: earlier(row.created_at), expires_at: row.expires_at && earlier(row.expires_at) })
    .where('id', '=', id)
    .execute();
}

describe('a token that expires', () => {
  it('lives as many days as were asked for, for ever without, and as the setting says where there is one', async () => {
    const { data } = (await create({ name: 'quarterly', role: 'viewer', expiresInDays: 90 })).body;
    expect(Date.parse(data.expiresAt ?? '') - Date.parse(data.createdAt)).toBeCloseTo(90 * DAY_MS, -4);
    expect((await create({ name: 'lasting', role: 'viewer' })).body.data.expiresAt).toBeNull();
    expect((await create({ name: 'lasting too', role: 'viewer', expiresInDays: 0 })).body.data.expiresAt).toBeNull();
    const strict = await startTestApp(
      { DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9', LICENSE_SYNC_TOKENS_LIFETIME_DAYS: '30' },
      admin,
    );
    try {
      const init = { headers: { 'content-type': 'application/json' }, body: '{"name":"monthly","role":"viewer"}' };
      const made = await strict.call<Made>('POST', TOKENS, admin, init);
      const { expiresAt, createdAt } = made.body.data;
      expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBeCloseTo(30 * DAY_MS, -4);
    } finally {
      await strict.close();
    }
    for (const expiresInDays of [-1, 1.5, 3651, '90', null]) {
      expect((await create({ name: 'odd', role: 'viewer', expiresInDays })).status).toBe(400);
    }
  });

  it('is refused from then on, which only its holder is told, and so are its sessions', async () => {
    const { id, value } = (await create({ name: 'brief', role: 'viewer', expiresInDays: 2 })).body.data;
    const signIn = () =>
      fetch(`${api.url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'text/html' },
        body: new URLSearchParams({ token: value, next: '/' }),
      });
    const cookie = (await signIn()).headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = () => fetch(`${api.url}/runs`, { redirect: 'manual', headers: { accept: 'text/html', cookie } });
    expect((await page()).status).toBe(200);
    expect((await api.call('GET', `${SYNC}/status`, value)).status).toBe(200);
    await age(id, 2.1);
    const refused = await api.call('GET', `${SYNC}/status`, value);
    expect([refused.status, refused.body.type]).toEqual([401, '/problems/unauthenticated']);
    expect(refused.body.detail).toContain('The token has expired; ask an administrator for another one');
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await page()).headers.get('location')).toContain('/sign-in');
    const again = await signIn();
    expect([again.status, await again.text()]).toEqual([401, expect.stringContaining('This token has expired')]);
    const unknown = await api.call('GET', `${SYNC}/status`, `${value}x`);
    expect([unknown.status, unknown.body.detail]).toEqual([401, expect.not.stringContaining('expired')]);
    expect((await list()).find((token) => token.id === id)?.expiresAt).not.toBeNull();
  });

  it('gives its name up once it has expired, and still says so', async () => {
    const first = (await create({ name: 'exporter', role: 'viewer', expiresInDays: 1 })).body.data;
    expect((await create({ name: 'exporter', role: 'viewer' })).status).toBe(409);
    await age(first.id, 1.1);
    expect((await create({ name: 'Exporter', role: 'viewer' })).status).toBe(201);
    const { body } = await api.call('GET', `${SYNC}/status`, first.value);
    expect(body.detail).toContain('has expired');
    const old = await api.call<{ data: TokenView }>('GET', `${TOKENS}/${first.id}`);
    expect(old.body.data).toMatchObject({ revokedBy: 'expiry', revokedAt: old.body.data.expiresAt });
  });

  it('does not stand in for the last administrator who lasts', async () => {
    const own = await createTestDatabase();
    const forever = await createToken(own.db, 'admin');
    const alone = await startTestApp({ DATABASE_URL: own.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, forever);
    const make = async (name: string, expiresInDays: number) => {
      const init = {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, role: 'admin', expiresInDays }),
      };
      return (await alone.call<Made>('POST', TOKENS, forever, init)).body.data;
    };
    try {
      const long = await make('long', 90);
      const brief = await make('brief', 3);
      const revoke = async (id: number, as: string) => (await alone.call('DELETE', `${TOKENS}/${id}`, as)).status;
      // For ever: only another one that lives for ever replaces it.
      expect(await revoke(1, long.value)).toBe(409);
      const second = await make('second', 0);
      expect(await revoke(1, second.value)).toBe(200);
      await own.db
        .updateTable('api_tokens')
        .set({ expires_at: long.expiresAt?.replace('T', ' ').slice(0, 23) ?? null })
        .where('id', '=', second.id)
        .execute();
      // Now all of them end: what ends in three days replaces none, what has weeks to go does.
      expect(await revoke(second.id, long.value)).toBe(200);
      expect(await revoke(long.id, brief.value)).toBe(409);
      expect(await revoke(brief.id, long.value)).toBe(200);
    } finally {
      await alone.close();
      await own.drop();
    }
  });

  it('raises an alert seven days before, which names no person, and is over when it is replaced or has ended', async () => {
    const { db } = database;
    const watch = createTokenWatch({ db, log: pino({ level: 'silent' }) });
    const open = async () => (await openSubjects(db, 'token_expiring')).sort();
    const [near, far, gone] = [
      (await create({ name: 'near', role: 'operator', expiresInDays: 6 })).body.data,
      (await create({ name: 'far', role: 'operator', expiresInDays: 8 })).body.data,
      (await create({ name: 'gone', role: 'operator', expiresInDays: 5 })).body.data,
    ];
    await watch(Date.now());
    await watch(Date.now());
    expect(await open()).toEqual([`token:${near.id}`, `token:${gone.id}`].sort());
    const alert = await db
      .selectFrom('alerts')
      .selectAll()
      .where('subject', '=', `token:${near.id}`)
      .executeTakeFirstOrThrow();
    expect(alert).toMatchObject({ severity: 'warning', occurrences: 1 });
    expect(alert.message).toBe(
      `token ${near.id} (operator) expires at ${near.expiresAt}: make another one, give it to whoever uses this one, and revoke this one`,
    );
    await api.call('DELETE', `${TOKENS}/${near.id}`);
    expect(await open()).toEqual([`token:${gone.id}`]);
    await watch(Date.now() + 2 * DAY_MS);
    expect(await open()).toEqual([`token:${gone.id}`, `token:${far.id}`].sort());
    await watch(Date.now() + 5.5 * DAY_MS);
    expect(await open()).toEqual([`token:${far.id}`]);
    await watch(Date.now() + 9 * DAY_MS);
    expect(await open()).toEqual([]);
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
    expect(await ensureToken(database.db, value, 'bootstrap', 'admin')).toBe('revoked');
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
