/** A product with something for every command of the documents to show or to change, and a shell to type them into. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raiseAlert } from '../../db/alerts.ts';
import type { Operations } from '../../operations/index.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { cleanEnv, type Finished, projectFile } from '../support/processes.ts';
import { createPushing, TWO_WAY } from '../support/pushing.ts';
import { createRig, type Rig } from '../support/rig.ts';

const ADMIN = { tokenId: 1, name: 'test admin' };
const REVIEWER = 'test reviewer';
const BAD = { countid: 999_001, appid: 'BAD-1', dba: 'Bad Date', ActivateDate: 'not a date' };
/** One that the documents name too. */
export const RECORD = 'c:10002';
const COMMAND_WITHIN_MS = 60_000;

export interface Product {
  rig: Rig;
  api: TestApi;
  operations: Operations;
  /** Ids of things that are there from the beginning. */
  ids: { run: string; plan: string; license: string; twoLicenses: [string, string]; bulk: string };
  /** Runs a line in a shell in which `license-sync`, `curl` and `temporal` are there, in a folder with `.data`. */
  type(line: string): Promise<Finished>;
  /** Waits until no run is under way. */
  idle(): Promise<void>;
  /** A run that lasts until `idle`. */
  slowRun(): Promise<string>;
  failedRun(): Promise<string>;
  /** One that the guard holds back, and how many records it is about. */
  waitingRun(): Promise<{ id: string; due: number }>;
  dryRun(): Promise<string>;
  openCase(): Promise<number>;
  approvedCase(): Promise<number>;
  appliedMerge(): Promise<number>;
  openConflict(): Promise<number>;
  quarantined(): Promise<number>;
  /** A run with an entry that is still open. */
  quarantinedRun(): Promise<string>;
  override(): Promise<number>;
  withoutOverrides(): Promise<void>;
  token(): Promise<number>;
  alert(): Promise<number>;
  withoutWebhooks(): Promise<void>;
  /** One that has ended, and its webhook. */
  delivery(): Promise<{ webhook: number; delivery: number }>;
  schedule(there: boolean): Promise<void>;
  /** A request under this id, and the logs as they are now in `.data/logs`. */
  logs(requestId: string): Promise<void>;
  close(): Promise<void>;
}

export async function createProduct(): Promise<Product> {
  const env = {
    ...TWO_WAY,
    LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true',
    LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1',
    LICENSE_SYNC_EXTERNAL_TIMEOUT: '10000',
    LICENSE_SYNC_EXTERNAL_GIVE_UP_AFTER: '20000',
  };
  const rig = await createRig({ bundled: true }, env);
  const { db, simulator, temporal } = rig;
  const { control } = simulator;
  const settings = {
    DATABASE_URL: rig.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    EXTERNAL_LICENSE_API_URL: simulator.url,
    EXTERNAL_LICENSE_API_KEY: simulator.apiKey ?? '',
  };
  const token = await createToken(db, 'admin');
  const pushing = createPushing(rig);
  const { operations } = pushing;
  await control.add({ record: BAD });
  const [api, first] = await Promise.all([startTestApi({ ...settings, ...env }, token), rig.sync()]);
  const home = makeHome(api.url, token, settings);
  let clashes = 0;

  const live = async () =>
    await db
      .selectFrom('sync_operations')
      .select('operation_id')
      .where('status', 'in', ['running', 'paused', 'awaiting_approval'])
      .execute();

  async function start(query = 'detectDuplicates=false'): Promise<string> {
    const { status, body, text } = await api.call('POST', `${SYNC}?${query}`);
    if (status !== 202) throw new Error(`no run was started: ${text}`);
    return body.data.operationId;
  }

  async function idle(): Promise<void> {
    await control.clearFaults();
    // What was paused says so a moment later, and who looks at a run closes it when its workflow is gone: so all is looked at again.
    await eventually(
      async () => await Promise.all((await live()).map(({ operation_id: id }) => letEnd(id))),
      (rows) => rows.length === 0,
    );
    // The row ends before the workflow does, which keeps its id until then.
    const workflow = temporal.client.workflow.getHandle('license-sync');
    await eventually(
      () => workflow.describe(),
      ({ status }) => status.name !== 'RUNNING',
    );
  }

  async function letEnd(id: string): Promise<void> {
    const { status } = await operations.getOperation(id);
    if (status === 'paused') await operations.resumeOperation(id, 'test').catch(tooLate);
    if (status === 'awaiting_approval') await operations.cancelOperation(id).catch(tooLate);
  }

  async function slowRun(): Promise<string> {
    await control.fault({ name: 'latency', ms: 3000 });
    return await start();
  }

  async function clash(): Promise<number> {
    clashes += 1;
    const subject = await db
      .selectFrom('licenses as l')
      .innerJoin('license_links as k', 'k.license_id', 'l.id')
      .select('l.countid')
      .where('l.archived_into', 'is', null)
      .where('l.countid', 'is not', null)
      .where('k.role', '=', 'primary')
      .orderBy('l.countid')
      .offset(clashes)
      .limit(1)
      .executeTakeFirstOrThrow();
    const countid = Number(subject.countid);
    await pushing.edit(countid, { city: `Springfield ${clashes}` });
    await control.patch(countid, { city: `Shelbyville ${clashes}` });
    return countid;
  }

  async function decided(decision: 'approve' | 'reject'): Promise<number> {
    const id = await openCase();
    const { version } = await operations.reviews.get(id);
    const verdict = { decision, version, masterId: null, fields: null, note: null, reviewer: REVIEWER };
    await operations.reviews.decide(id, verdict);
    return id;
  }

  async function openCase(): Promise<number> {
    const { reviews } = await operations.reviews.list({ state: 'open' }, { limit: 1, after: null });
    return found(reviews[0]?.id, 'an open case');
  }

  async function withoutWebhooks(): Promise<void> {
    for (const { id } of await operations.webhooks.list()) await operations.webhooks.delete(id, ADMIN.name);
  }

  await clash();
  await clash();
  await rig.sync({ options: { detectDuplicates: false } });
  const bulk = await operations.reviews.bulk.start({
    target: { cases: [{ id: await openCase() }] },
    decision: 'reject',
    note: null,
    reviewer: REVIEWER,
  });
  await control.edit({ ratio: 0.02, seed: 3 });
  const plan = await rig.sync({ options: { dryRun: true, detectDuplicates: false } });
  const licenses = await db.selectFrom('licenses').select('id').where('archived_into', 'is', null).limit(2).execute();
  const [one, other] = [found(licenses[0]?.id, 'a license'), found(licenses[1]?.id, 'another license')];

  return {
    rig,
    api,
    operations,
    ids: { run: first.operation_id, plan: plan.operation_id, license: one, twoLicenses: [one, other], bulk: bulk.id },
    type: (line) => shell(line, home, { ...settings, API: api.url, TOKEN: token }),
    idle,
    slowRun,
    async failedRun() {
      await control.fault({ name: 'unauthorized' });
      const { operation_id: id } = await rig.sync({ options: { detectDuplicates: false } });
      await control.clearFaults();
      return id;
    },
    async waitingRun() {
      await control.remove({ ratio: 0.3, seed: 5 });
      const id = await start();
      await eventually(
        () => operations.getOperation(id),
        ({ status }) => status === 'awaiting_approval',
      );
      const { approvals } = await operations.getOperation(id);
      return { id, due: found(approvals?.needs.find(({ kind }) => kind === 'vanish')?.due, 'a need for an approval') };
    },
    async dryRun() {
      return (await rig.sync({ options: { dryRun: true, detectDuplicates: false } })).operation_id;
    },
    openCase,
    approvedCase: () => decided('approve'),
    async appliedMerge() {
      const caseId = await decided('approve');
      const merges = db
        .selectFrom('merges')
        .select('id')
        .where('case_id', '=', caseId)
        .where('kind', '=', 'consolidation');
      return (await merges.executeTakeFirstOrThrow()).id;
    },
    async openConflict() {
      const open = db
        .selectFrom('field_conflicts')
        .select('id')
        .where('state', '=', 'open')
        .where('field', '=', 'city');
      return (await open.executeTakeFirstOrThrow()).id;
    },
    async quarantined() {
      return found((await operations.quarantine.list({ state: 'open' }, { limit: 1 })).entries[0]?.id, 'an entry');
    },
    async quarantinedRun() {
      const { entries } = await operations.quarantine.list({ state: 'open' }, { limit: 1 });
      return found(entries[0]?.operationId ?? undefined, 'an entry');
    },
    async withoutOverrides() {
      const { overrides } = await operations.overrides.list({}, { limit: 100 });
      for (const { id } of overrides) await operations.overrides.remove(id);
    },
    async override() {
      const request = { kind: 'never', record: RECORD, license: other, note: null } as const;
      return (await operations.overrides.set(request, REVIEWER)).override.id;
    },
    async token() {
      await createToken(db, 'viewer');
      const row = db.selectFrom('api_tokens').select('id').where('role', '=', 'viewer').orderBy('id', 'desc');
      return (await row.executeTakeFirstOrThrow()).id;
    },
    async alert() {
      await raiseAlert(db, {
        kind: 'missing_run',
        subject: 'nightly',
        severity: 'warning',
        message: 'It has not started.',
      });
      const row = db.selectFrom('alerts').select('id').where('state', '=', 'open').orderBy('id');
      return (await row.executeTakeFirstOrThrow()).id;
    },
    withoutWebhooks,
    async delivery() {
      await withoutWebhooks();
      const { webhook } = await operations.webhooks.create({
        name: 'on-call',
        url: 'http://127.0.0.1:9/',
        types: null,
        by: ADMIN.name,
      });
      const { id } = await operations.webhooks.test(webhook.id, ADMIN.name);
      await db.updateTable('webhook_deliveries').set({ state: 'failed' }).where('id', '=', id).execute();
      return { webhook: webhook.id, delivery: id };
    },
    async schedule(there) {
      const { schedules } = await operations.schedules.list({ limit: 10 });
      const known = schedules.some(({ name }) => name === 'nightly');
      if (known && !there) await operations.schedules.remove('nightly');
      if (known || !there) return;
      const definition = {
        cron: '0 3 * * *',
        timezone: 'America/Chicago',
        jitterMs: 60_000,
        catchupWindowMs: 3_600_000,
        pauseOnFailure: true,
        options: {},
        note: null,
      };
      await operations.schedules.create('nightly', definition, { paused: false, by: ADMIN });
    },
    async logs(requestId) {
      await api.call('GET', '/livez', undefined, { headers: { 'x-request-id': requestId } });
      await eventually(
        async () => api.process.output(),
        (output) => output.includes(requestId),
      );
      writeFileSync(join(home, '.data/logs/worker-1.log'), rig.worker().output());
      writeFileSync(join(home, '.data/logs/api.log'), api.process.output());
    },
    async close() {
      await api.process.stop();
      await rig.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const FILE = `id,dba,email,phone,address,city,zip
A1,Joe's Pizza,joe@example.com,3125550147,1 Main Street,Chicago,60601
A2,Joes Pizza LLC,joe@example.com,312-555-0147,1 Main St,Chicago,60601
`;
/** A schedule as `schedule list --json` has it. */
const BACKED_UP = {
  name: 'from-a-backup',
  cron: '0 4 * * *',
  timezone: 'UTC',
  jitterMs: 0,
  catchupWindowMs: 60_000,
  pauseOnFailure: false,
  options: {},
  note: null,
  paused: true,
};
const LICENSES = `key,dba,status,city
LS-DOCS-1,A Shop That Nobody Knows,active,Springfield
`;

/** A folder as that of a checkout with a running stack, and the programs that its user has. */
function makeHome(url: string, token: string, settings: { DATABASE_URL: string; TEMPORAL_ADDRESS: string }): string {
  const home = mkdtempSync(join(tmpdir(), 'license-sync-docs-'));
  mkdirSync(join(home, '.data/logs'), { recursive: true });
  mkdirSync(join(home, 'bin'));
  const { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress } = settings;
  writeFileSync(join(home, '.data/stack.json'), JSON.stringify({ apiUrl: url, token, databaseUrl, temporalAddress }));
  writeFileSync(join(home, 'FILE.csv'), FILE);
  writeFileSync(join(home, 'licenses.csv'), LICENSES);
  writeFileSync(join(home, 'schedules.json'), JSON.stringify([BACKED_UP]));
  const program = (name: string, line: string) => {
    writeFileSync(join(home, 'bin', name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(home, 'bin', name), 0o755);
  };
  // As in the image; `npx license-sync` looks for packages first, and then does the same.
  program('license-sync', `exec '${process.execPath}' '${projectFile('cli/main.ts')}' "$@"`);
  program('node', `exec '${process.execPath}' "$@"`);
  // The last line says which status the answer had.
  program('curl', `exec "$CURL" -sS -w '\\n%{http_code}\\n' "$@"`);
  const { TEST_TEMPORAL_CLI: temporal = 'temporal' } = process.env;
  program('temporal', `exec '${temporal}' "$@"`);
  return home;
}

async function shell(line: string, home: string, env: Record<string, string>): Promise<Finished> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const quiet = {
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    CURL: process.env.TEST_CURL ?? '/usr/bin/curl',
  };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', line], {
    cwd: home,
    env: cleanEnv({
      NODE_COMPILE_CACHE,
      ...quiet,
      ...env,
      LICENSE_SYNC_HOME: join(home, '.data'),
      PATH: `${join(home, 'bin')}:${PATH}`,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** A run may have ended by itself since it was looked at. */
function tooLate(error: unknown): void {
  if (error instanceof Error && error.name === 'WrongState') return;
  throw error;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
