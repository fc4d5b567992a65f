/** What must never be said: after runs in which much went wrong, no address, number, password or key is found where people look. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationRow } from '../../db/operations.ts';
import { batchOfWorkflow, SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import { foundIn, readHistories } from '../support/secrets.ts';

const API_KEY = 'key-4f9b1c7e2d8a';
const RECORDS = 250;
/** Broken records that carry, in one place or another, what must not be repeated. */
const BROKEN = [
  { status: 'call jane.roe@example.com', Note: 'password: pw-secret1' },
  { ActivateDate: '+1 (555) 010-2233', pass: 'pw-secret2' },
  { Package: '{"pass":"pw-secret3"', Email_license: 'john.roe@example.com' },
  { monthlyFee: 'pw-secret4@example.com', phone: '555-010-4455' },
  { dba: `${'x'.repeat(300)} mary.roe@example.com 555-010-6677` },
  { countid: 1_000_006, status: { owner: { mail: 'ann.roe@example.com', pass: 'pw-secret5' } } },
];
const HIDDEN_IN_BROKEN = [
  ...['jane', 'john', 'mary', 'ann'].map((name) => `${name}.roe@example.com`),
  ...[1, 2, 3, 4, 5].map((n) => `pw-secret${n}`),
  ...['010-2233', '010-4455', '010-6677'],
];

let rig: Rig;
let secrets: string[];
let outputs: string;
let operations: OperationRow[];

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, seed: 41, apiKey: API_KEY },
    {
      ...QUICK,
      LICENSE_SYNC_EXTERNAL_GIVE_UP_AFTER: '1500',
      LICENSE_SYNC_MONITORING_ENABLE_DETAILED_LOGGING: 'true',
      LICENSE_SYNC_GUARD_MIN_CHANGES: '10000',
    },
  );
  const { control } = rig.simulator;
  for (const record of BROKEN) await control.add({ record: { dba: 'Broken', appid: 'broken', ...record } });
  const { password } = new URL(rig.databaseUrl);
  // A short one is a word that may stand anywhere.
  secrets = [API_KEY, ...HIDDEN_IN_BROKEN, ...(password.length < 8 ? [] : [password])];
  const remember = async () => {
    for await (const { pass, Email_license: email, phone } of control.truth()) {
      secrets.push(
        ...[pass, email, phone].filter((value) => typeof value === 'string' && value.length > 4).map(String),
      );
    }
  };
  await remember();

  for (const kind of ['countid_text', 'null_row', 'bad_date', 'dba_too_long', 'status_unknown']) {
    await control.fault({ name: 'bad_row', kind, position: 20 + kind.length });
  }
  await control.fault({ name: 'duplicate_row', position: 60, of: 50, altered: true });
  await control.fault({ name: 'expecting_value_500', position: 130 });
  expect((await rig.sync()).status).toBe('completed_with_findings');

  // Both sides change addresses, numbers and names: clashes.
  await control.clearFaults();
  await control.edit({ ratio: 0.3, seed: 2, fields: ['Email_license', 'phone', 'dba'] });
  await remember();
  await sql`UPDATE licenses SET external_email = CONCAT('mine.', external_email), phone = '555-010-8899', dba = 'Mine'`.execute(
    rig.db,
  );
  secrets.push('555-010-8899', 'mine.');
  expect((await rig.sync()).conflict_count).toBeGreaterThan(10);

  await control.edit({ ratio: 0.1, seed: 5, fields: ['Email_license', 'phone', 'dba'] });
  await remember();
  const dryRun = await rig.sync({ options: { dryRun: true } });
  expect((await rig.sync({ planId: dryRun.operation_id })).updated_count).toBeGreaterThan(10);

  for (const name of ['unauthorized', 'html_200'] as const) {
    await control.fault({ name, afterCalls: 1 });
    expect((await rig.sync()).status).toBe('failed');
    await control.clearFaults();
  }
  operations = await rig.db.selectFrom('sync_operations').selectAll().execute();
  await rig.worker().stop();
  outputs = rig.worker().output();
});
afterAll(() => rig?.close());

describe('after runs with broken records, clashes, a refused key and an API that is away', () => {
  it('the worker has said nothing secret', () => {
    expect(outputs).toContain('run ended');
    expectNothingSecret(outputs);
  });

  it('the log is one JSON line an event, and each line of a run names it', () => {
    const lines = outputs
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const { time, level, name, msg } of lines) {
      expect([typeof time, typeof level, name, typeof msg]).toEqual(['string', 'string', 'worker', 'string']);
    }
    const ofRuns = lines.filter(({ activity, workflowId }) => activity !== undefined || isOfARun(workflowId));
    expect(ofRuns.length).toBeGreaterThan(100);
    expect(ofRuns.filter(({ operationId }) => typeof operationId !== 'string')).toEqual([]);
    for (const { operation_id: id } of operations) {
      const story = ofRuns.filter(({ operationId }) => operationId === id);
      const told = new Set(story.map(({ msg }) => msg));
      for (const msg of ['workflow begins', 'run begins', 'run goes on', 'step done', 'run ended'])
        expect(told).toContain(msg);
      // From inside the workflow, by the SDK's own log.
      expect(
        story.filter(({ part, workflow }) => part === 'worker' && workflow === 'licenseSync').length,
      ).toBeGreaterThan(0);
      expect(story.filter(({ batch }) => batch !== undefined).length).toBeGreaterThan(0);
    }
    expect(lines.filter(({ msg }) => msg === 'step failed')).toMatchObject([
      { activity: 'fetchPages', tries: 1, triedAgain: false, type: 'auth', err: { code: 'unauthorized' } },
      { activity: 'fetchPages', tries: 1, triedAgain: false, type: 'network' },
    ]);
  });

  it('no history in Temporal holds anything secret', async () => {
    const { histories, text } = await readHistories(rig);
    expect(histories).toBeGreaterThan(8);
    expect(text).toContain('EXTERNAL_LICENSE_API_KEY');
    expect(text).toContain('"rowsPerBatch":300');
    expectNothingSecret(text);
  });

  it('the quarantine shows what was wrong and hides whom it concerns', async () => {
    const errors = await rig.db.selectFrom('sync_errors').selectAll().execute();
    expect(errors.length).toBeGreaterThan(2 * BROKEN.length);
    expect(errors.filter(({ raw_content: raw }) => raw !== null).length).toBeGreaterThan(BROKEN.length);
    expect(JSON.stringify(errors)).toContain('[removed]');
    expectNothingSecret(JSON.stringify(errors));
  });

  it.each(['sync_operations', 'sync_pages', 'sync_batches', 'sync_matches', 'schema_drift', 'upstream_state'] as const)(
    'the table %s holds nothing secret',
    async (table) => {
      expectNothingSecret(JSON.stringify(await rig.db.selectFrom(table).selectAll().execute()));
    },
  );

  it('no password and no key stands in any table, that of business data included', async () => {
    const words = secrets.filter((secret) => secret.startsWith('pw-') || secret === API_KEY);
    expect(words.length).toBeGreaterThan(RECORDS);
    const { rows } = await sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()
    `.execute(rig.db);
    for (const { name } of rows) {
      const content = await sql`SELECT * FROM ${sql.table(name)}`.execute(rig.db);
      const text = JSON.stringify(content.rows);
      expect(
        words.filter((word) => text.includes(word)),
        name,
      ).toEqual([]);
    }
  });
});

function isOfARun(workflowId: unknown): boolean {
  return workflowId === SYNC_WORKFLOW_ID || (typeof workflowId === 'string' && batchOfWorkflow(workflowId) !== null);
}

function expectNothingSecret(text: string): void {
  expect(foundIn(text, secrets)).toEqual([]);
}
