/** Schedules and the alert of missing runs, as an operator meets them: through the API, with a real worker and a real Temporal. */
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import type { AlertView } from '../../operations/alerts.ts';
import { createOperations } from '../../operations/index.ts';
import type { ScheduleDetails, ScheduleView } from '../../operations/schedule-view.ts';
import type { SyncStatus } from '../../operations/status.ts';
import { type Answer, createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { runProcess } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const SCHEDULES = '/api/v1/schedules';
const RECORDS = 120;
const HOUR = 3_600_000;
const QUICK_LOOKS = { LICENSE_SYNC_ALERTS_CHECK_INTERVAL: '500' };

interface ScheduleBody {
  data: ScheduleDetails;
  type: string;
  detail: string;
}

let rig: Rig;
let api: TestApi;
let operator: string;
let env: Record<string, string>;

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, seed: 31 },
    { ...QUICK, LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '40', LICENSE_SYNC_EXTERNAL_PAGE_SIZE: '10' },
  );
  operator = await createToken(rig.db, 'operator');
  env = {
    DATABASE_URL: rig.databaseUrl,
    TEMPORAL_ADDRESS: rig.temporal.address,
    TEMPORAL_NAMESPACE: rig.temporal.namespace,
    EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    // Only the API of the test about it looks for missing runs.
    LICENSE_SYNC_ALERTS_CHECK_INTERVAL: '86400000',
  };
  api = await startTestApi(env, operator);
});

afterAll(async () => {
  await api.process.stop();
  for await (const { scheduleId } of rig.temporal.client.schedule.list()) {
    await rig.temporal.client.schedule.getHandle(scheduleId).delete();
  }
  await rig.close();
});

afterEach(() => rig.simulator.control.clearFaults());

const call = (method: string, path: string, body?: unknown): Promise<Answer<ScheduleBody>> =>
  api.call<ScheduleBody>(
    method,
    `${SCHEDULES}${path}`,
    operator,
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
  );
const RARELY = '0 0 1 1 *';

async function create(name: string, settings: Record<string, unknown> = {}): Promise<ScheduleDetails> {
  const { status, body } = await call('POST', '', { name, cron: RARELY, ...settings });
  expect(status, body.detail).toBe(201);
  return body.data;
}

const read = async (name: string) => (await call('GET', `/${name}`)).body.data;

async function triggered(name: string): Promise<ScheduleDetails['recentOperations'][number] | undefined> {
  expect((await call('POST', `/${name}/trigger`)).status).toBe(202);
  const seen = await eventually(
    () => read(name),
    ({ recentOperations: [first], running }) => first !== undefined && first.endedAt !== null && running === null,
  );
  return seen.recentOperations[0];
}

describe('making a schedule', () => {
  it('answers with it: where it is, when it is due, what it will do', async () => {
    const settings = { cron: '30 4 * * MON-FRI', timezone: 'America/Chicago', jitterMs: 60_000, note: 'for the books' };
    const { status, headers, body } = await call('POST', '', {
      name: 'weekdays',
      ...settings,
      options: { partial: true, maxPages: 2 },
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${SCHEDULES}/weekdays`);
    expect(body.data).toMatchObject({
      ...settings,
      scheduleId: 'license-sync-weekdays',
      overlap: 'skip',
      catchupWindowMs: HOUR,
      pauseOnFailure: false,
      options: { partial: true, maxPages: 2 },
      paused: false,
      running: null,
      createdBy: 'test operator',
    });
    for (const time of body.data.nextTimes) expect(time).toMatch(/T(09|10):3[01]:/);
    const listed = await eventually(
      async () => (await api.call<{ data: ScheduleView[] }>('GET', SCHEDULES)).body.data,
      (list) => list.some(({ name }) => name === 'weekdays'),
    );
    expect(listed.find(({ name }) => name === 'weekdays')).toMatchObject(settings);
    const again = await call('POST', '', { name: 'weekdays', cron: RARELY });
    expect([again.status, again.body.type]).toEqual([409, '/problems/schedule-exists']);
  });

  it.each([
    [{ cron: '61 * * * *' }, 400, 'cron: minute: 61 is not within 0–59'],
    [{ cron: '@every 5m' }, 400, 'cron: expected five fields'],
    [{ cron: '0 0 30 2 *' }, 400, 'cron: it never comes due'],
    [{ timezone: 'Mars/Olympus' }, 400, 'timezone: expected an IANA time zone'],
    // Node takes it, Temporal has the last word.
    [{ timezone: 'america/chicago' }, 400, 'unknown time zone america/chicago'],
    [{ name: 'No Spaces' }, 400, 'name: expected'],
    [{ jitterMs: -1 }, 400, 'jitterMs'],
    [{ catchupWindowMs: 0 }, 400, 'catchupWindowMs'],
    [{ nonsense: 1 }, 400, 'nonsense: unknown member'],
    [{ options: { maxPages: 3 } }, 400, 'maxPages'],
    [{ options: { bidirectional: true } }, 403, 'bidirectional=true is switched off'],
  ])('with %j is refused with %i', async (wrong, expected, detail) => {
    const { status, body } = await call('POST', '', { name: 'wrong', cron: RARELY, ...wrong });
    expect([status, body.detail]).toEqual([expected, expect.stringContaining(detail)]);
    expect((await call('GET', '/wrong')).status).toBe(404);
  });

  it('keeps what was typed out of Temporal', async () => {
    const dba = 'Typed Business';
    const made = await create('typed', { note: 'Typed Note', options: { partial: true, dba } });
    expect([made.note, made.options.dba]).toEqual(['Typed Note', dba]);
    const { action } = await rig.temporal.client.schedule.getHandle('license-sync-typed').describe();
    expect(JSON.stringify(action)).toContain('dbaId');
    expect(JSON.stringify(action)).not.toMatch(/Typed|test operator/);
  });
});

describe('a changed definition', () => {
  it('changes the schedule that exists: times, zone, policies and what its runs are given', async () => {
    await create('changing', { cron: '0 3 * * *', timezone: 'UTC', paused: true, note: 'before' });
    const change = {
      cron: '15 5 * * *',
      timezone: 'Asia/Tokyo',
      jitterMs: 1000,
      catchupWindowMs: 20_000,
      pauseOnFailure: true,
      options: { dryRun: true },
      note: 'after',
    };
    const { status, body } = await call('PATCH', '/changing', change);
    expect([status, body.data]).toMatchObject([200, { ...change, paused: true }]);
    const described = await rig.temporal.client.schedule.getHandle('license-sync-changing').describe();
    expect(described.spec.timezone).toBe('Asia/Tokyo');
    expect(described.spec.jitter).toBe(1000);
    expect(described.spec.calendars).toMatchObject([{ hour: [{ start: 5 }], minute: [{ start: 15 }] }]);
    expect(described.info.nextActionTimes[0]?.toISOString()).toMatch(/T20:15:0/);
    expect(described.policies).toEqual({ overlap: 'SKIP', catchupWindow: 20_000, pauseOnFailure: true });
    expect(described.action.args).toEqual([{ schedule: 'changing', options: { dryRun: true } }]);
    expect(described.state.paused).toBe(true);
  });

  it('leaves alone what it does not name, and is refused when it names nothing or what cannot be', async () => {
    await create('partly', { cron: '0 3 * * *', jitterMs: 5000 });
    const { body } = await call('PATCH', '/partly', { timezone: 'Europe/Berlin' });
    expect(body.data).toMatchObject({ cron: '0 3 * * *', jitterMs: 5000, timezone: 'Europe/Berlin' });
    for (const wrong of [{}, { cron: 'never' }, { timezone: 'europe/berlin' }, { name: 'other' }]) {
      expect((await call('PATCH', '/partly', wrong)).status).toBe(400);
    }
    expect(await read('partly')).toMatchObject({ cron: '0 3 * * *', timezone: 'Europe/Berlin' });
    expect((await call('PATCH', '/nobody', { jitterMs: 1 })).status).toBe(404);
  });

  it('and others made at the same time are all kept, or refused aloud', async () => {
    await create('contended');
    const answers = await Promise.all([
      call('PATCH', '/contended', { jitterMs: 7000 }),
      call('PATCH', '/contended', { pauseOnFailure: true }),
      call('POST', '/contended/pause'),
    ]);
    const after = await read('contended');
    const kept = [after.jitterMs === 7000, after.pauseOnFailure, after.paused];
    expect(kept).toEqual(answers.map(({ status }) => status === 200));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
  });
});

describe('a schedule', () => {
  it('starts nothing while it is paused, and goes on when it is resumed', async () => {
    await create('resting');
    const paused = (await call('POST', '/resting/pause')).body.data;
    expect(paused).toMatchObject({ paused: true, stateNote: 'paused by test operator', nextTimes: [] });
    const resumed = (await call('POST', '/resting/resume')).body.data;
    expect(resumed).toMatchObject({ paused: false, stateNote: 'resumed by test operator' });
    expect(resumed.nextTimes.length).toBeGreaterThan(0);
  });

  it('that was triggered makes a run like any other', async () => {
    await create('now');
    const made = await triggered('now');
    const { body } = await api.call('GET', `${SYNC}/operations/${made?.operationId}`);
    expect(body.data).toMatchObject({ status: 'completed', trigger: 'schedule:now', books: { fetched: RECORDS } });
    const found = [];
    for await (const { runId } of rig.temporal.client.workflow.list({ query: "SyncTrigger = 'schedule:now'" }))
      found.push(runId);
    expect(found).toEqual([made?.operationId]);
  });

  it('that comes due during a run leaves an entry that says so, and counts as no sync', async () => {
    await create('busy');
    const before = (await api.call<{ data: SyncStatus }>('GET', `${SYNC}/status`)).body.data.lastSync;
    await rig.simulator.control.fault({ name: 'latency', ms: 300 });
    const { operationId } = (await api.call('POST', SYNC)).body.data;
    await api.call('POST', `${SYNC}/operations/${operationId}/pause`);
    await rig.simulator.control.clearFaults();
    await eventually(
      async () => (await api.call('GET', `${SYNC}/operations/${operationId}`)).body.data.status,
      (status) => status === 'paused',
    );
    const skipped = await triggered('busy');
    expect(skipped?.status).toBe('skipped');
    const { body } = await api.call('GET', `${SYNC}/operations/${skipped?.operationId}`);
    expect(body.data).toMatchObject({
      status: 'skipped',
      operationType: 'external_sync',
      trigger: 'schedule:busy',
      outcome: null,
      reason: `schedule busy came due while operation ${operationId} was under way (paused in phase fetch)`,
    });
    expect(body.data.sentence).toContain(operationId);
    expect((await api.call<{ data: SyncStatus }>('GET', `${SYNC}/status`)).body.data.lastSync).toEqual(before);
    const resume = await api.call('POST', `${SYNC}/operations/${skipped?.operationId}/resume`);
    expect([resume.status, resume.body.type]).toEqual([409, '/problems/operation-state']);
    const runs = await cli('runs', '--limit', '3');
    expect(runs.stdout).toMatch(new RegExp(`${skipped?.operationId}.*skipped`));
    await api.call('POST', `${SYNC}/operations/${operationId}/resume`);
    await eventually(
      async () => (await api.call('GET', `${SYNC}/operations/${operationId}`)).body.data.books,
      (books) => books !== null,
    );
  });

  it('pauses itself when its run failed, and says why', async () => {
    await create('failing', { pauseOnFailure: true });
    await rig.simulator.control.fault({ name: 'unauthorized' });
    const failed = await triggered('failing');
    expect(failed?.status).toBe('failed');
    const paused = await eventually(
      () => read('failing'),
      (seen) => seen.paused,
    );
    expect(paused.stateNote).toContain(failed?.operationId);
    await rig.simulator.control.clearFaults();
    await call('POST', '/failing/resume');
  });

  it('makes up for times of the past by one run, and only for as many as make sense', async () => {
    await create('quarters', { cron: '*/15 * * * *', paused: true });
    const to = new Date(Math.floor(Date.now() / HOUR) * HOUR);
    const span = (hours: number) => ({
      from: new Date(to.getTime() - hours * HOUR).toISOString(),
      to: to.toISOString(),
    });
    const { status, body } = await api.call<{ data: ScheduleDetails & { times: number } }>(
      'POST',
      `${SCHEDULES}/quarters/backfill`,
      operator,
      { body: JSON.stringify(span(2)), headers: { 'content-type': 'application/json' } },
    );
    expect([status, body.data.times]).toEqual([202, 9]);
    const seen = await eventually(
      () => read('quarters'),
      ({ recentOperations: [first], running }) => first !== undefined && first.endedAt !== null && running === null,
    );
    expect(seen.recentOperations.map((operation) => operation.status)).toEqual(['completed']);
    for (const [wrong, detail] of [
      [span(48), '193 times'],
      [{ from: '2026-01-01T00:01:00Z', to: '2026-01-01T00:02:00Z' }, 'not due'],
      [{ from: to.toISOString(), to: new Date(Date.now() + HOUR).toISOString() }, 'future'],
      [{ from: to.toISOString(), to: '2026-01-01T00:00:00Z' }, 'no earlier than from'],
      [{ from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' }, 'future'],
      [{ from: '0001-01-01T00:00:00Z', to: to.toISOString() }, 'at least 1000 times'],
      [{ from: 'yesterday', to: 'today' }, 'expected an instant'],
    ] as const) {
      const refused = await call('POST', '/quarters/backfill', wrong);
      expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining(detail)]);
    }
  });

  it('is gone when it was deleted; one that is not ours is left alone', async () => {
    await create('leaving');
    expect((await call('DELETE', '/leaving')).status).toBe(200);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/trigger'],
    ]) {
      expect((await call(method ?? '', `/leaving${path}`)).body.type).toBe('/problems/schedule-not-found');
    }
    await rig.temporal.client.schedule.create({
      scheduleId: 'license-sync-foreign',
      spec: { cronExpressions: [RARELY] },
      action: { type: 'startWorkflow', workflowType: 'somethingElse', taskQueue: 'elsewhere' },
    });
    expect((await call('DELETE', '/foreign')).status).toBe(404);
    expect((await call('POST', '', { name: 'foreign', cron: RARELY })).status).toBe(409);
  });
});

describe('a run that is missing', () => {
  const alerts = async (state: string) =>
    (await api.call<{ data: AlertView[] }>('GET', `/api/v1/alerts?state=${state}`)).body.data;

  it('makes an alert while no worker is there, which is resolved by the next success', async () => {
    await rig.worker().stop();
    const strict = await startTestApi(
      { ...env, ...QUICK_LOOKS, LICENSE_SYNC_ALERTS_MISSING_RUN_AFTER: '10000' },
      operator,
    );
    try {
      const [alert] = await eventually(
        () => alerts('open'),
        (open) => open.some(({ message }) => message.includes('No worker polls')),
      );
      expect(alert).toMatchObject({ kind: 'missing_run', subject: 'any', severity: 'critical', occurrences: 1 });
      const ack = await api.call<{ data: AlertView }>('POST', `/api/v1/alerts/${alert?.id}/acknowledge`);
      expect(ack.body.data).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'test operator' });
      expect((await alerts('open')).filter(({ subject }) => subject === 'any')).toEqual([]);
      await rig.startWorker();
      const { operationId } = (await api.call('POST', SYNC)).body.data;
      await eventually(
        () => rig.operation(operationId),
        ({ ended_at }) => ended_at !== null,
      );
      const resolved = await eventually(
        () => alerts('resolved'),
        (list) => list.some(({ id }) => id === alert?.id),
      );
      expect(resolved.find(({ id }) => id === alert?.id)?.resolvedAt).not.toBeNull();
    } finally {
      await strict.process.stop();
    }
  });

  it('of a schedule is noticed from its due times, by several processes as one, and never for one that people paused', async () => {
    await create('hourly', { cron: '0 * * * *' });
    const config = loadConfig({ TEMPORAL_NAMESPACE: rig.temporal.namespace });
    const { db, temporal } = rig;
    const watches = [1, 2].map(
      () => createOperations({ config, db, temporal: temporal.client, log: pino({ level: 'silent' }) }).watchRuns,
    );
    const at = (ms: number) => Promise.all(watches.map((watch) => watch(ms)));
    const open = async () => (await alerts('open')).filter(({ subject }) => subject === 'schedule:hourly');
    const next = Date.parse((await read('hourly')).nextTimes[0] ?? '');
    await eventually(
      () => rig.temporal.client.schedule.list()[Symbol.asyncIterator]().next(),
      ({ done }) => !done,
    );
    await at(next + 14 * 60_000);
    expect(await open()).toEqual([]);
    await at(next + 16 * 60_000);
    const [alert, ...more] = await open();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ occurrences: 1, details: { schedule: 'hourly' } });
    expect(alert?.message).toContain(`schedule hourly was due at ${new Date(next).toISOString().slice(0, 19)}Z`);
    await at(next + 3 * HOUR);
    expect(await open()).toMatchObject([{ id: alert?.id, occurrences: 1 }]);
    const schedule = temporal.client.schedule.getHandle('license-sync-hourly');
    await schedule.pause('paused due to workflow failure: by itself');
    await at(next + 3 * HOUR);
    expect(await open()).toMatchObject([{ id: alert?.id, message: expect.stringContaining('has paused itself') }]);
    expect((await call('POST', '/hourly/pause')).body.data.stateNote).toBe('paused by test operator');
    await at(next + 3 * HOUR);
    expect(await open()).toEqual([]);
  });
});

function cli(...args: string[]) {
  const address = { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: operator };
  return runProcess('cli/main.ts', args, address);
}

describe('the command line', () => {
  it('makes, shows, changes, lists and deletes schedules', async () => {
    const made = await cli('schedule', 'create', 'by-hand', '--cron', '0 6 * * *', '--timezone', 'UTC', '--dry-run');
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('Schedule by-hand is made; next at')]);
    const changed = await cli('schedule', 'update', 'by-hand', '--cron', '0 7 * * *', '--note', 'later', '--json');
    expect(JSON.parse(changed.stdout)).toMatchObject({ cron: '0 7 * * *', note: 'later', options: { dryRun: true } });
    expect((await cli('schedule', 'pause', 'by-hand')).stdout).toContain('is paused');
    const shown = await cli('schedule', 'show', 'by-hand');
    expect(shown.stdout).toContain('paused: paused by test operator');
    await eventually(
      () => cli('schedule'),
      ({ stdout }) => /by-hand +0 7 \* \* \* +UTC +paused/.test(stdout),
    );
    const wrong = await cli('schedule', 'update', 'by-hand', '--cron', 'x');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('cron: expected five fields')]);
    expect((await cli('schedule', 'delete', 'by-hand')).code).toBe(0);
    expect((await cli('schedule', 'show', 'by-hand')).code).toBe(1);
  });

  it('lists alerts and acknowledges one', async () => {
    const all = await cli('alerts', '--all', '--json');
    const [alert] = JSON.parse(all.stdout) as AlertView[];
    expect((await cli('alerts', '--all')).stdout).toContain(alert?.subject);
    expect((await cli('alerts', 'ack', '999999')).code).toBe(1);
    expect((await cli('alerts', 'ack', 'x')).code).toBe(2);
    expect((await cli('alerts', 'ack', String(alert?.id))).code).toBe(alert?.state === 'resolved' ? 1 : 0);
  });
});

describe('without Temporal', () => {
  it('schedules answer 503, the look for missing runs is logged once, and the API goes on', async () => {
    const away = await startTestApi({ ...env, ...QUICK_LOOKS, TEMPORAL_ADDRESS: '127.0.0.1:9' }, operator);
    try {
      const { status, body } = await away.call('GET', SCHEDULES);
      expect([status, body.type]).toEqual([503, '/problems/temporal-unavailable']);
      await eventually(
        async () => away.process.output(),
        (log) => log.includes('the look for missing runs failed'),
      );
      expect((await away.call('GET', '/api/v1/alerts')).status).toBe(200);
      expect(away.process.output().match(/the look for missing runs failed/g)).toHaveLength(1);
    } finally {
      await away.process.stop();
    }
  });
});
