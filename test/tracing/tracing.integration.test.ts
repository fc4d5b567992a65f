/** Traces of a real run: from the request that starts it down to the calls upstream, and nothing of anybody in them. */
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noTracing } from '../../tracing/index.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import { testBundle } from '../support/worker.ts';

const RECORDS = 150;

let collector: Collector;
let rig: Rig;
let api: TestApi;
let trace: CollectedSpan[];
let operationId: string;
let scheduled: string;

beforeAll(async () => {
  collector = await startCollector();
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  rig = await createRig({ records: RECORDS, seed: 7 }, { ...QUICK, ...traced });
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
      ...traced,
    },
    await createToken(rig.db, 'operator'),
  );
  const json = { 'content-type': 'application/json' };
  const { status, body } = await api.call('POST', `${SYNC}?wait=true&comprehensive=true`, undefined, {
    headers: { 'x-request-id': 'the-start' },
  });
  expect([status, body.data.status]).toEqual([200, 'completed']);
  operationId = body.data.operationId;

  await api.call('GET', '/api/v1/licenses?search=owner%40example.com');
  await api.call('POST', '/api/v1/schedules', undefined, {
    body: JSON.stringify({ name: 'nightly', cron: '0 3 * * *', timezone: 'UTC' }),
    headers: json,
  });
  await rig.simulator.control.fault({ name: 'unauthorized' });
  const triggered = await api.call<{ data: { operationId: string } }>('POST', '/api/v1/schedules/nightly/trigger');
  expect(triggered.status).toBeLessThan(300);
  // A scheduled run ends as Failed after its report, so that pause-on-failure works.
  const latest = () => rig.temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).describe();
  await eventually(latest, ({ status: { name } }) => name === 'FAILED');
  const failed = rig.db.selectFrom('sync_operations').select('operation_id').where('status', '=', 'failed');
  scheduled = (await failed.executeTakeFirstOrThrow()).operation_id;
  // Both send what they have when they stop.
  await Promise.all([api.process.stop(), rig.worker().stop()]);
  const start = collector.spans.find(({ attributes }) => attributes['license_sync.request_id'] === 'the-start');
  trace = collector.spans.filter(({ traceId }) => traceId === start?.traceId);
});
afterAll(async () => {
  await rig?.close();
  await collector?.close();
});

/** Names of a span and of those above it, the span's own first. */
function ancestry(span: CollectedSpan | undefined): string[] {
  if (!span) return [];
  return [span.name, ...ancestry(trace.find(({ spanId }) => spanId === span.parentSpanId))];
}

describe('a traced run', () => {
  it('is one trace from the request over workflow, batch and step to the call upstream', () => {
    const call = trace.find(
      ({ name, attributes }) => name === 'License API GET /api/v1/licenses' && attributes['license_sync.page'] === 2,
    );
    expect(ancestry(call)).toEqual([
      'License API GET /api/v1/licenses',
      'RunActivity:fetchPages',
      'StartActivity:fetchPages',
      'RunWorkflow:fetchBatch',
      'StartChildWorkflow:fetchBatch',
      'RunWorkflow:licenseSync',
      'StartWorkflow:licenseSync',
      `POST ${SYNC}`,
    ]);
  });

  it('has no span that hangs in the air', () => {
    const ids = new Set(trace.map(({ spanId }) => spanId));
    const roots = trace.filter(({ parentSpanId }) => !parentSpanId || !ids.has(parentSpanId));
    expect(roots.map(({ name }) => name)).toEqual([`POST ${SYNC}`]);
    expect(new Set(trace.map(({ service }) => service))).toEqual(new Set(['license-sync-api', 'license-sync-worker']));
  });

  it('shows every phase by its steps', () => {
    const names = new Set(trace.map(({ name }) => name));
    for (const step of ['begin', 'fetchPages', 'mirrorPages', 'planPages', 'applyPages', 'report']) {
      expect(names).toContain(`RunActivity:${step}`);
    }
  });

  it('says route, method and status of a request, and of which run a call is', () => {
    const request = trace.find(({ name }) => name === `POST ${SYNC}`);
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': SYNC,
      'http.response.status_code': 200,
    });
    const calls = trace.filter(({ name }) => name.startsWith('License API'));
    for (const { attributes } of calls) expect(attributes['license_sync.operation_id']).toBe(operationId);
  });
});

describe('a run that a schedule started', () => {
  it('is a trace too, in which the failure shows', () => {
    const failed = collector.spans.filter(
      ({ name, status }) => name === 'RunWorkflow:licenseSync' && status.code === 2,
    );
    expect(failed).toHaveLength(1);
    const calls = collector.spans.filter(
      ({ name, traceId }) => name.startsWith('License API') && traceId === failed[0]?.traceId,
    );
    expect(calls.map(({ status }) => status.message)).toContain('unauthorized');
    expect(calls[0]?.attributes['license_sync.operation_id']).toBe(scheduled);
  });
});

describe('the history of a traced run', () => {
  it('is followed by a worker that does not trace', async () => {
    const complaints: string[] = [];
    Runtime.install({ logger: new DefaultLogger('ERROR', ({ message }) => complaints.push(message)) });
    const handle = rig.temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID);
    const workflowBundle = { codePath: await testBundle() };
    const { sinks } = noTracing;
    await Worker.runReplayHistory({ workflowBundle, sinks }, await handle.fetchHistory(), SYNC_WORKFLOW_ID);
    expect(complaints).toEqual([]);
  });
});

describe('what the collector is sent', () => {
  it('holds no value of a record, no query of an address, no token and no stack', async () => {
    const received = collector.received();
    const secrets = ['owner@', 'search=', 'wait=true', rig.simulator.apiKey ?? '', 'node_modules', 'stacktrace'];
    for await (const { pass, Email_license: email, phone, dba } of rig.simulator.control.truth()) {
      secrets.push(
        ...[pass, email, phone, dba].filter((value) => typeof value === 'string' && value.length > 4).map(String),
      );
    }
    expect(secrets.length).toBeGreaterThan(RECORDS);
    expect(secrets.filter((secret) => received.includes(secret))).toEqual([]);
    expect(received).not.toMatch(/[\w.+-]+@[\w-]+\.[a-z]{2,}/i);
  });
});
