/** `license-sync tokens`: the first one of a system that has none, and the rest through the API. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenView } from '../../operations/tokens.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Finished, runProcess } from '../support/processes.ts';

const NO_HOME = join(tmpdir(), 'license-sync-no-such-home');

let database: TestDatabase;
let api: TestApp;
/** The first administrator's, made by the first test. */
let admin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApp({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, '');
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

function cli(args: string[], env: Record<string, string>): Promise<Finished> {
  return runProcess('cli/main.ts', ['tokens', ...args], { LICENSE_SYNC_HOME: NO_HOME, ...env });
}

const overApi = (args: string[], token = admin) =>
  cli(args, { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: token });

describe('tokens', () => {
  it('has a way to the first one: with the database and no token, on the database itself', async () => {
    const { code, stdout, stderr } = await cli(['create', 'first admin', '--role', 'admin'], {
      DATABASE_URL: database.url,
    });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^lsk_[\w-]{43}\n$/)]);
    expect(stderr).toContain('working on the database of DATABASE_URL itself');
    expect(stderr).toContain("'first admin' (admin)");
    admin = stdout.trim();
    expect((await api.call('GET', '/api/v1/tokens', admin)).status).toBe(200);
  });

  it('makes one through the API whose value a script can catch, and which works', async () => {
    const { code, stdout } = await overApi(['create', 'ci', '--role', 'viewer', '--json']);
    const made = JSON.parse(stdout) as TokenView & { value: string };
    expect([code, made.name, made.createdBy]).toEqual([0, 'ci', 'first admin']);
    const refused = await overApi(['list'], made.value);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('needs the role admin')]);
  });

  it('makes one that expires, by the API and on the database', async () => {
    const made = await overApi(['create', 'quarterly', '--role', 'viewer', '--expires', '90d']);
    expect([made.code, made.stderr]).toEqual([0, expect.stringMatching(/it expires at 20\d\d-/)]);
    const direct = await cli(['create', 'weekly', '--role', 'viewer', '--expires', '7d', '--json', '--direct'], {
      DATABASE_URL: database.url,
      LICENSE_SYNC_TOKENS_LIFETIME_DAYS: '30',
    });
    const { expiresAt, createdAt } = JSON.parse(direct.stdout) as TokenView;
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBeCloseTo(7 * 86_400_000, -4);
    expect((await overApi([])).stdout).toMatch(/quarterly +viewer .* 20\d\d-\d\d-\d\d \d\d:\d\d/);
    const odd = await overApi(['create', 'x', '--role', 'viewer', '--expires', '90']);
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('expected 1d to 3650d, or never')]);
  });

  it('lists them without values, and revokes them, but not the last administrator', async () => {
    const list = await overApi([]);
    expect(list.code).toBe(0);
    expect(list.stdout).toMatch(/ID +NAME +ROLE/);
    expect(list.stdout).toMatch(/1 +first admin +admin .*command line/);
    expect(list.stdout).not.toContain('lsk_');
    const revoked = await overApi(['revoke', '2']);
    expect([revoked.code, revoked.stdout]).toEqual([0, expect.stringContaining("Token 2 'ci' is revoked since 20")]);
    const last = await cli(['revoke', '1', '--direct'], { DATABASE_URL: database.url, LICENSE_SYNC_API_TOKEN: admin });
    expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('create another one first')]);
  });

  it('says what is wrong with what was typed', async () => {
    const [name, role] = await Promise.all([
      overApi(['create', 'sync:1', '--role', 'viewer']),
      overApi(['create', 'x', '--role', 'root']),
    ]);
    expect([name.code, name.stderr]).toEqual([2, expect.stringContaining('expected a name of 1 to 60')]);
    expect([role.code, role.stderr]).toEqual([2, expect.stringContaining('viewer, reviewer, operator, admin')]);
  });
});
