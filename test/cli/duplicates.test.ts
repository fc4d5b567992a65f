/** `license-sync duplicates` and `match-lab` as people use them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { seedCase, seedLicense, seedPair } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Finished, runProcess } from '../support/processes.ts';

let database: TestDatabase;
let api: TestApp;
let env: Record<string, string>;
let dir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const token = await createToken(database.db, 'operator');
  api = await startTestApp({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, token);
  dir = mkdtempSync(join(tmpdir(), 'license-sync-duplicates-'));
  env = { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: token, LICENSE_SYNC_HOME: join(dir, 'no-home') };
  for (const [key, dba] of [
    ['Z-1', 'Zanzibar Noodle Palace'],
    ['Z-2', 'Zanzibar Noodle Palace Inc.'],
  ]) {
    const license = { key, dba, phone: '312 555 0147', address: '4821 Kedzie Ave', city: 'Chicago', zip: '60632' };
    const { status } = await api.call('POST', '/api/v1/licenses?allowDuplicate=true', token, {
      body: JSON.stringify(license),
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(201);
  }
});
afterAll(async () => {
  await api.close();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

function cli(...args: string[]): Promise<Finished> {
  return runProcess('cli/main.ts', args, env);
}

it('checks a business, explains a pair with its waterfall, and tells the figures', async () => {
  const [checked, explained, figures, none] = await Promise.all([
    cli('duplicates', 'check', '--dba', 'Zanzibar Noodle Palace', '--phone', '3125550147', '--explain'),
    cli('duplicates', 'explain', 'Z-1', 'Z-2'),
    cli('duplicates', 'metrics', '--days', '7', '--json'),
    cli('duplicates', 'observations'),
  ]);
  expect(checked.stdout).toMatch(
    /Z-1 +Zanzibar Noodle Palace +fuzzy_dba, phone|Z-1 +Zanzibar Noodle Palace +phone, fuzzy_dba/,
  );
  expect(checked.stdout).toContain('+++');
  expect(explained.stdout).toContain('Z-1 and Z-2');
  expect(explained.stdout).toContain('test operator decided that they are different businesses');
  expect(JSON.parse(figures.stdout)).toMatchObject({ days: 7, metrics: { autoConsolidations: { value: 0 } } });
  expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('There are no observations')]);
  const refused = await cli('duplicates', 'check', '--threshold', '101');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('0 to 100')]);
});

it('replays verdicts against other rules, from flags and from a file', async () => {
  const rules = join(dir, 'rules.json');
  writeFileSync(rules, '{"thresholds": {"auto": 95}, "phone.equal": 6}');
  const [lab, json, odd] = await Promise.all([
    cli('match-lab', '--set', 'auto=100'),
    cli('match-lab', '--rules', rules, '--set', 'auto=100', '--json'),
    cli('match-lab', '--set', 'no.such=1'),
  ]);
  expect(lab.stdout).toContain('Changed: thresholds.auto 90 → 100');
  expect(lab.stdout).toContain('False merges: 1 now, 0 then.');
  expect(lab.stdout).toMatch(/auto → review \(different\): 1/);
  expect(JSON.parse(json.stdout).changed).toEqual([
    { path: 'phone.equal', before: 7, after: 6 },
    { path: 'thresholds.auto', before: 90, after: 100 },
  ]);
  expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('no.such: no such rule')]);
});

it('says of a case why a person is asked, and shows every pair of its members', async () => {
  const { db } = database;
  const licenses = [];
  for (const dba of ['Quokka Tea', 'Quokka Tea House', 'Quokka Tea LLC']) licenses.push(await seedLicense(db, { dba }));
  const { id } = await seedCase(db, licenses, { confidence: 95 });
  await db.updateTable('duplicate_cases').set({ reason: 'not_all_alike' }).where('id', '=', id).execute();
  const { stdout } = await cli('reviews', 'show', String(id));
  expect(stdout).toContain('because not all of them resemble each other');
  expect(stdout.match(/^l:\S+ and l:\S+$/gm)).toHaveLength(3);
  for (const license of licenses) expect(stdout).toContain(license.key);
  await db.updateTable('duplicate_cases').set({ reason: 'returned' }).where('id', '=', id).execute();
  expect((await cli('reviews', 'show', String(id))).stdout).toContain('somebody said before that they are different');
});

it('says what became of a case that was steered, and how many are held back', async () => {
  const { id } = await seedPair(database.db);
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const minute = `${until.slice(0, 16).replace('T', ' ')} UTC`;
  const said = async (...args: string[]) => (await cli('reviews', ...args)).stdout;
  expect(await said('assign', String(id), 'me')).toContain(`Case ${id}: Assigned to me (test operator).`);
  expect(await said('hold', String(id), until)).toBe(`Case ${id}: Held back until ${minute}.\n`);
  expect(await said('comment', String(id), 'they called')).toContain('Comment kept.');
  const listed = await cli('reviews', '--assigned', 'me');
  expect(listed.stdout).toContain('There are no cases like that.');
  expect(listed.stderr).toContain('1 more like that is held back: --held include');
  expect((await cli('reviews', '--assigned', 'me', '--held', 'include')).stderr).not.toContain('held back');
  const shown = await said('show', String(id));
  expect(shown).toContain('assign to test operator by test operator');
  expect(shown).toContain(`hold until ${minute} by test operator`);
});

it('says of a case whose approval was undone what can still be done', async () => {
  const { id } = await seedPair(database.db);
  await database.db
    .updateTable('duplicate_cases')
    .set({ state: 'undone', open_key: null })
    .where('id', '=', id)
    .execute();
  const refused = await cli('reviews', 'approve', String(id));
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`the approval of case ${id} was undone`)]);
  expect(refused.stderr).toContain('/api/v1/licenses/duplicates/consolidate');
});
