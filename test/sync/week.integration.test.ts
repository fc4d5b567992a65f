/**
 * A week of an installation with two API processes, pressed into a minute: schedule, failures, an approval, a reminder, a missing run, with
 * processes killed on the way. What was told to a webhook, once each.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertView } from '../../operations/alerts.ts';
import type { OperationView } from '../../operations/view.ts';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const DAY_MS = 4000;
const OPERATIONS = '/api/v1/external-licenses/sync/operations';
const JSON_BODY = { 'content-type': 'application/json' };
const ENV = {
  ...QUICK,
  LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true',
  LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1',
  LICENSE_SYNC_EXTERNAL_GIVE_UP_AFTER: '1500',
  LICENSE_SYNC_RESUME_MAX_AGE: '0',
  LICENSE_SYNC_REVIEW_REMIND_AFTER: String(3 * DAY_MS),
  LICENSE_SYNC_REVIEW_ESCALATE_AFTER: String(30 * DAY_MS),
  LICENSE_SYNC_REVIEW_OPEN_PER_SECOND: '200',
  LICENSE_SYNC_ALERTS_CHECK_INTERVAL: '500',
  LICENSE_SYNC_ALERTS_MISSING_RUN_AFTER: String(30 * DAY_MS),
  LICENSE_SYNC_WEBHOOKS_RETRY_DELAY: '50',
  LICENSE_SYNC_WEBHOOKS_DISPATCH_INTERVAL: '200',
};

let rig: Rig;
let receiver: Receiver;
let api: TestApi;
let secondApi: TestApi;
let apiEnv: Record<string, string>;
let token: string;
let hook: number;
/** Operation ids by the day they ran on. */
const runs: Record<string, string> = {};

beforeAll(async () => {
  rig = await createRig({ bundled: true }, ENV);
  receiver = await startReceiver();
  token = await createToken(rig.db, 'admin');
  apiEnv = {
    ...ENV,
    DATABASE_URL: rig.databaseUrl,
    TEMPORAL_ADDRESS: rig.temporal.address,
    TEMPORAL_NAMESPACE: rig.temporal.namespace,
    EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    EXTERNAL_LICENSE_API_KEY: rig.simulator.apiKey ?? '',
  };
  [api, secondApi] = await Promise.all([startTestApi(apiEnv, token), startTestApi(apiEnv, token)]);
  const made = await post<{ id: number; secret: string }>('/api/v1/webhooks', { name: 'week', url: receiver.url });
  hook = made.id;
  receiver.secret(made.secret);
  await post('/api/v1/schedules', {
    name: 'nightly',
    cron: '0 3 1 1 *',
    timezone: 'America/Chicago',
    pauseOnFailure: true,
  });
});

afterAll(async () => {
  await Promise.all([api, secondApi].map((one) => one?.process.stop()));
  await receiver?.close();
  await rig?.close();
});

async function post<T>(path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_BODY };
  const answer = await api.call<{ data: T }>('POST', path, undefined, init);
  if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.body.data;
}

async function newest(): Promise<OperationView | null> {
  const { body } = await api.call<{ data: OperationView[] }>('GET', `${OPERATIONS}?limit=1`);
  return body.data[0] ?? null;
}

/** The schedule's time has come. @returns the run when it is in one of these states. */
async function night(day: string, ...until: string[]): Promise<OperationView> {
  const before = (await newest())?.operationId;
  // The run before may have reported and not closed yet.
  await eventually(
    () => api.call('POST', '/api/v1/schedules/nightly/trigger'),
    ({ status }) => status === 202,
  );
  const run = await eventually(newest, (one) => one?.operationId !== before && until.includes(one?.status ?? ''));
  if (!run) throw new Error('no run was started');
  runs[day] = run.operationId;
  return run;
}

async function deliveries(): Promise<{ state: string }[]> {
  const path = `/api/v1/webhooks/${hook}/deliveries?limit=100`;
  return (await api.call<{ data: { state: string }[] }>('GET', path)).body.data;
}

function told(type: string): Record<string, unknown>[] {
  return receiver
    .taken()
    .filter((event) => event.type === type)
    .map(({ data }) => data);
}

async function toldAs(type: string, fits: (data: Record<string, unknown>) => boolean): Promise<void> {
  await eventually(
    async () => told(type),
    (events) => events.some(fits),
  );
}

const ofAlert = (kind: string) => (data: Record<string, unknown>) => data.kind === kind;

describe('a week', () => {
  it('goes by', { timeout: 240_000 }, async () => {
    const { control } = rig.simulator;
    await night('monday', 'completed_with_findings');

    // A receiver that is not well, and the API process that gives events to it dies.
    receiver.answerNext(500, 503, 500);
    await night('tuesday', 'completed');
    await secondApi.process.kill();
    secondApi = await startTestApi(apiEnv, token);

    await control.fault({ name: 'unauthorized' });
    await night('wednesday', 'failed');
    await toldAs('alert.raised', ofAlert('run_failed'));
    await control.clearFaults();
    await post('/api/v1/schedules/nightly/resume');

    // The worker dies as it brings what happened to the webhook.
    receiver.answerNext(500, 500, 500, 500);
    await night('thursday', 'completed', 'completed_with_findings');
    await rig.worker().kill();
    await rig.startWorker();
    await toldAs('alert.resolved', ofAlert('run_failed'));

    await control.remove({ ratio: 0.6, seed: 5 });
    const held = await night('friday', 'awaiting_approval');
    await toldAs('run.awaiting_approval', ({ operationId }) => operationId === held.operationId);
    await toldAs('alert.raised', ofAlert('guard_waiting'));
    for (const { kind, due } of held.approvals?.needs ?? []) {
      await post(`${OPERATIONS}/${held.operationId}/approve`, { kind, ceiling: due });
    }
    await toldAs('alert.resolved', ofAlert('guard_waiting'));
    await eventually(newest, (run) => /^completed/.test(run?.status ?? ''));

    for (let n = 0; n < 40; n += 1) {
      await control.add({ record: { countid: 990_000 + n, appid: `BAD-${n}`, dba: 'Bad', ActivateDate: 'no date' } });
    }
    await night('saturday', 'completed_with_findings');
    await toldAs('alert.raised', ofAlert('error_rate'));
    const { body } = await api.call<{ data: AlertView[] }>('GET', '/api/v1/alerts?state=open');
    const open = body.data.find(({ kind }) => kind === 'error_rate');
    await post(`/api/v1/alerts/${open?.id}/acknowledge`);

    for (let n = 0; n < 40; n += 1) await control.removeRecord(990_000 + n);
    await night('sunday', 'completed', 'completed_with_findings');
    await toldAs('alert.resolved', ofAlert('error_rate'));
    await toldAs('alert.raised', ofAlert('review_overdue'));
    await eventually(deliveries, (all) => all.every(({ state }) => state !== 'pending'));
  });

  it('tells every end of a run, once', () => {
    const ends = told('run.ended').map(({ operationId, status }) => [operationId, status]);
    expect(ends.sort()).toEqual(
      Object.entries({
        monday: 'completed_with_findings',
        tuesday: 'completed',
        wednesday: 'failed',
        thursday: expect.stringMatching(/^completed/),
        friday: expect.stringMatching(/^completed/),
        saturday: 'completed_with_findings',
        sunday: expect.stringMatching(/^completed/),
      })
        .map(([day, status]) => [runs[day], status])
        .sort(),
    );
  });

  it('tells of cases, of the approval and of each alert, once', () => {
    expect(told('cases.opened').filter(({ operationId }) => operationId === runs.monday)).toHaveLength(1);
    expect(told('run.awaiting_approval').map(({ operationId }) => operationId)).toEqual([runs.friday]);
    const raised = told('alert.raised').map(({ kind }) => kind);
    expect(raised.sort()).toEqual(['error_rate', 'guard_waiting', 'review_overdue', 'run_failed']);
    const resolved = told('alert.resolved').map(({ kind }) => kind);
    expect(resolved.sort()).toEqual(['error_rate', 'guard_waiting', 'run_failed']);
  });

  it('takes nothing twice: what was refused came again under its id, signed anew', () => {
    const ids = receiver.taken().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const refused = receiver.all.filter(({ status }) => status >= 500);
    expect(refused.length).toBe(7);
    for (const { body, headers } of refused) {
      expect(ids).toContain(body.id);
      expect(headers['webhook-id']).toBe(body.id);
    }
    expect(receiver.all.every(({ status }) => status !== 401)).toBe(true);
  });

  it('leaves no delivery behind, and counts what was done', async () => {
    const all = await deliveries();
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['delivered']));
    const { text } = await secondApi.call('GET', '/metrics', null);
    const value = (series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    expect(value('license_sync_runs_total{type="sync",status="failed"}')).toBe(1);
    expect(value('license_sync_run_duration_seconds_count{type="sync"}')).toBe(7);
    expect(value('license_sync_records_total{outcome="created"}')).toBe(864);
    expect(value('license_sync_records_total{outcome="quarantined"}')).toBe(40);
    expect(value('license_sync_webhook_deliveries{state="delivered"}')).toBe(all.length);
    expect(value('license_sync_alerts_unresolved{severity="warning"}')).toBe(1);
    // A worker that is killed takes what it counted in its last seconds along: enough is left.
    expect(value('license_sync_upstream_request_duration_seconds_count{call="page",result="ok"}')).toBeGreaterThan(0);
  });
});
