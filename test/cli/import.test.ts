/** `license-sync import` as people use it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Finished, runProcess } from '../support/processes.ts';

let database: TestDatabase;
let api: TestApi;
let env: Record<string, string>;
let dir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const token = await createToken(database.db, 'operator');
  api = await startTestApi({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, token);
  dir = mkdtempSync(join(tmpdir(), 'license-sync-import-'));
  env = { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: token, LICENSE_SYNC_HOME: join(dir, 'no-home') };
});
afterAll(async () => {
  await api.process.stop();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

function importFile(content: string | null, ...flags: string[]): Promise<Finished> {
  const file = join(dir, 'licenses.csv');
  if (content === null) rmSync(file, { force: true });
  else writeFileSync(file, content);
  return runProcess('cli/main.ts', ['import', file, ...flags], env);
}

it('imports a file, says what it did, and keeps what differs until it is told to update', async () => {
  const first = await importFile('key,dba\nK-1,One\nK-2,Two\n');
  expect(first.stdout).toBe('2 rows: 2 created, 0 updated, 0 unchanged, 0 kept\n');
  expect(first.code).toBe(0);
  const dry = await importFile('key,dba\nK-1,Other\nK-2,Two\nK-3,Three\n', '--dry-run');
  expect(dry.stdout.split('\n').slice(0, 2)).toEqual([
    '3 rows: 1 created, 0 updated, 1 unchanged, 1 kept (dry run: nothing was written)',
    '  line 2: K-1 differs in dba',
  ]);
  expect(dry.stdout).toContain('--update');
  const updated = await importFile('key,dba\nK-1,Other\nK-2,Two\nK-3,Three\n', '--update', '--json');
  expect(JSON.parse(updated.stdout)).toMatchObject({ dryRun: false, created: 1, updated: 1, unchanged: 1 });
});

it('names every fault with file, line and column: exit code 1, nothing written', async () => {
  const { code, stdout, stderr } = await importFile('key,dba,status\nNEW-1,x,active\nNEW-2,y,nonsense\n');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/licenses\.csv:3: status: expected one of draft/);
  expect(stderr).toContain('nothing was imported: 1 fault\n');
  const json = await importFile('key,dba,status\nNEW-2,y,nonsense\n', '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ errorCount: 1, errors: [{ line: 2, column: 'status' }] });
  expect(await database.db.selectFrom('licenses').select('id').where('key', 'like', 'NEW%').execute()).toEqual([]);
});

it('says when the file cannot be read: exit code 2', async () => {
  const { code, stderr } = await importFile(null);
  expect(code).toBe(2);
  expect(stderr.trim()).toMatch(/licenses\.csv cannot be read \(ENOENT\)$/);
});
