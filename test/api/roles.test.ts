/** Who may do what, taken from the routes themselves: a route that somebody adds is tested without a word here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../domain/roles.ts';
import { createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Routes for everyone. Whatever is neither here nor says which role it needs is a hole. */
const PUBLIC = new Set(['GET /livez', 'GET /readyz', 'GET /openapi.json', 'GET /docs', 'GET /metrics']);
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

interface Operation {
  'x-required-role'?: Role;
  security?: unknown[];
  parameters?: { name: string; in: string; schema?: unknown }[];
}

let database: TestDatabase;
let api: TestApp;
let documented: Map<string, Operation>;
/** `METHOD /path/{id}` of everything that answers. */
let routes: string[];
const tokens = new Map<Role, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  for (const role of ROLES) tokens.set(role, await createToken(database.db, role));
  // A namespace that does not exist: whatever passes the gate finds no Temporal to do anything with.
  api = await startTestApp(
    {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEMPORAL_ADDRESS ?? '',
      TEMPORAL_NAMESPACE: 'license-sync-test-none',
      // Wrong tokens, one for each route, from one address.
      LICENSE_SYNC_API_FAILED_AUTH_PER_MINUTE: '10000',
    },
    '',
  );
  const { status, body } = await api.call<{ paths: Record<string, Record<string, Operation>> }>(
    'GET',
    '/openapi.json',
    null,
  );
  if (status !== 200) throw new Error(`there is no OpenAPI document: ${api.log.join('')}`);
  documented = new Map(
    Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  );
  const mounted = api.app.routes
    .filter(({ path }) => !/^\/?\*$/.test(path))
    .map(({ method, path }) => `${method} ${path.replace(/:([A-Za-z]+)/g, '{$1}')}`);
  routes = [...new Set([...mounted, ...documented.keys()])].sort();
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

function isProtected(route: string): boolean {
  return !PUBLIC.has(route);
}

function roleOf(route: string): Role {
  const role = documented.get(route)?.['x-required-role'];
  if (role === undefined) throw new Error(`${route} says of no role that it is needed`);
  return role;
}

async function answerTo(route: string, token: string | null): Promise<{ status: number; type: string | undefined }> {
  const [method = '', path = ''] = route.split(' ');
  // An id that nobody has, and no body: what passes the gate is refused or finds nothing.
  const { status, body } = await api.call(method, path.replace(/\{[^}]+\}/g, UNKNOWN_ID), token);
  return { status, type: body.type };
}

describe('every route', () => {
  it('is in the OpenAPI document, and is public or names the role it needs', () => {
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter((route) => !documented.has(route))).toEqual([]);
    const nameless = routes.filter(
      (route) => isProtected(route) && !ROLES.includes(documented.get(route)?.['x-required-role'] as Role),
    );
    expect(nameless).toEqual([]);
    expect(routes.filter((route) => isProtected(route) && !documented.get(route)?.security?.length)).toEqual([]);
  });

  it('that is public has no role that it pretends to need', () => {
    expect([...PUBLIC].filter((route) => documented.get(route)?.['x-required-role'])).toEqual([]);
  });

  it('answers 401 without a token, and with a wrong one, also to HEAD', async () => {
    for (const route of routes.filter(isProtected)) {
      for (const token of [null, 'wrong']) {
        expect([route, token, await answerTo(route, token)]).toEqual([
          route,
          token,
          { status: 401, type: '/problems/unauthenticated' },
        ]);
      }
      if (!route.startsWith('GET ')) continue;
      const { status } = await answerTo(route.replace('GET', 'HEAD'), null);
      expect([route, status]).toEqual([route, 401]);
    }
  });

  it('answers 403 one role below the one it needs', async () => {
    for (const route of routes.filter(isProtected)) {
      const below = ROLES[ROLES.indexOf(roleOf(route)) - 1];
      if (below === undefined) continue;
      const answer = await answerTo(route, tokens.get(below) ?? '');
      expect([route, answer]).toEqual([route, { status: 403, type: '/problems/forbidden' }]);
    }
  });

  it('lets the role through that it names, and those above', async () => {
    for (const route of routes.filter(isProtected)) {
      for (const role of new Set<Role>([roleOf(route), 'admin'])) {
        const { status, type } = await answerTo(route, tokens.get(role) ?? '');
        expect([route, role, status === 401 || type === '/problems/forbidden']).toEqual([route, role, false]);
        expect([route, role, status]).not.toEqual([route, role, 500]);
      }
    }
  });

  it('that changes something takes an Idempotency-Key, and says so', async () => {
    const changing = routes.filter((route) => isProtected(route) && !route.startsWith('GET '));
    expect(changing.length).toBeGreaterThan(3);
    for (const route of changing) {
      const headers = (documented.get(route)?.parameters ?? []).filter((parameter) => parameter.in === 'header');
      expect([route, headers.map(({ name }) => name)]).toEqual([route, expect.arrayContaining(['Idempotency-Key'])]);
    }
  });
});
