/** Webhooks through API and command line, with a receiver and a worker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseAlert } from '../../db/alerts.ts';
import type { DeliveryView, WebhookView } from '../../operations/webhooks.ts';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { runProcess } from '../support/processes.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { createRig, type Rig } from '../support/rig.ts';

const PATH = '/api/v1/webhooks';
const ENV = {
  LICENSE_SYNC_WEBHOOKS_RETRY_DELAY: '20',
  LICENSE_SYNC_WEBHOOKS_GIVE_UP_AFTER: '3000',
  LICENSE_SYNC_WEBHOOKS_DISPATCH_INTERVAL: '100',
};

type Secret = WebhookView & { secret: string };

let rig: Rig;
let api: TestApi;
let receiver: Receiver;
let admin: string;
let hook: Secret;

beforeAll(async () => {
  rig = await createRig({ records: 20, seed: 1 }, ENV);
  receiver = await startReceiver();
  admin = await createToken(rig.db, 'admin');
  api = await startTestApi(
    {
      ...ENV,
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    admin,
  );
});

afterAll(async () => {
  await api?.process.stop();
  await receiver?.close();
  await rig?.close();
});

async function send<T>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; data: T; type: string }> {
  const answer = await api.call<{ data: T; type: string }>(method, `${PATH}${path}`, undefined, {
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: answer.status, data: answer.body.data, type: answer.body.type };
}

async function cli(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return await runProcess('cli/main.ts', args, { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: admin });
}

const settled = (id: number, delivery: number) =>
  eventually(
    async () =>
      (await send<DeliveryView[]>('GET', `/${id}/deliveries?limit=100`)).data.find((one) => one.id === delivery),
    (one) => one !== undefined && one.state !== 'pending',
  );

describe('webhooks', () => {
  it('are made with a secret that is shown once', async () => {
    const made = await send<Secret>('POST', '', { name: 'on-call', url: receiver.url });
    expect(made.status).toBe(201);
    hook = made.data;
    expect(hook.secret).toMatch(/^whsec_/);
    receiver.secret(hook.secret);
    const { data } = await send<WebhookView>('GET', `/${hook.id}`);
    expect(data).toEqual({ ...hook, secret: undefined });
    expect(api.process.output()).not.toContain(hook.secret);
    expect(api.process.output()).not.toContain(receiver.url);
  });

  it.each([
    [{ name: 'on-call', url: 'https://example.com/' }, 409, 'webhook-name-taken'],
    [{ name: 'ON-CALL', url: 'https://example.com/' }, 409, 'webhook-name-taken'],
    [{ name: 'meta', url: 'http://169.254.169.254/' }, 400, 'webhook-address-invalid'],
    [{ name: 'word', url: 'https://me:word@example.com/' }, 400, 'webhook-address-invalid'],
    [{ name: 'none', url: 'https://example.com/', types: [] }, 400, 'invalid-request'],
    [{ name: 'odd', url: 'https://example.com/', types: ['run.began'] }, 400, 'invalid-request'],
    [{ name: '', url: 'https://example.com/' }, 400, 'invalid-request'],
  ])('%j is refused', async (body, status, code) => {
    expect(await send('POST', '', body)).toMatchObject({ status, type: `/problems/${code}` });
  });

  it('are for administrators', async () => {
    const operator = await createToken(rig.db, 'operator');
    expect((await api.call('GET', PATH, operator)).status).toBe(403);
  });

  it('are sent a test that nobody else gets', async () => {
    const other = await send<Secret>('POST', '', { name: 'other', url: receiver.url });
    const { status, data } = await send<DeliveryView>('POST', `/${hook.id}/test`);
    expect(status).toBe(202);
    expect(await settled(hook.id, data.id)).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 204 });
    expect((await send<DeliveryView[]>('GET', `/${other.data.id}/deliveries`)).data).toEqual([]);
    expect((await send('DELETE', `/${other.data.id}`)).status).toBe(200);
    expect((await send('GET', `/${other.data.id}`)).status).toBe(404);
  });

  it('are told only of what they asked for, and of nothing that happened before', async () => {
    await raiseAlert(rig.db, { kind: 'test', subject: 'early', severity: 'critical', message: 'early' });
    await eventually(
      async () => receiver.taken(),
      (events) => events.some(({ data }) => data.subject === 'early'),
    );
    const picky = await send<Secret>('POST', '', { name: 'picky', url: receiver.url, types: ['run.ended'] });
    await raiseAlert(rig.db, { kind: 'test', subject: 'late', severity: 'warning', message: 'late' });
    await raiseAlert(rig.db, { kind: 'test', subject: 'late', severity: 'warning', message: 'again' });
    await raiseAlert(rig.db, { kind: 'test', subject: 'info', severity: 'info', message: 'not worth it' });
    await eventually(
      async () => receiver.taken(),
      (events) => events.some(({ data }) => data.subject === 'late'),
    );
    expect(receiver.taken().filter(({ data }) => data.subject === 'late')).toHaveLength(1);
    expect(receiver.taken().some(({ data }) => data.subject === 'info')).toBe(false);
    expect((await send<DeliveryView[]>('GET', `/${picky.data.id}/deliveries`)).data).toEqual([]);
    await send('DELETE', `/${picky.data.id}`);
  });

  it('that refuse are tried again, alerted of, given up, and can be asked once more', async () => {
    receiver.answerAll(500);
    const { data } = await send<DeliveryView>('POST', `/${hook.id}/test`);
    const failed = await settled(hook.id, data.id);
    expect(failed).toMatchObject({ state: 'failed', lastStatus: 500, lastError: 'the receiver answered 500' });
    expect(failed?.attempts).toBeGreaterThan(2);
    const alert = await rig.db
      .selectFrom('alerts')
      .selectAll()
      .where('kind', '=', 'webhook_failing')
      .executeTakeFirst();
    expect(alert).toMatchObject({ state: 'open', severity: 'warning' });
    expect(alert?.message).toContain(`webhooks retry ${hook.id} ${data.id}`);
    expect(alert?.message).not.toContain(receiver.url);

    receiver.answerAll(204);
    expect((await send('POST', `/${hook.id}/deliveries/${data.id}/retry`)).status).toBe(202);
    expect(await settled(hook.id, data.id)).toMatchObject({ state: 'delivered', lastStatus: 204 });
    await eventually(
      () => rig.db.selectFrom('alerts').select('state').where('kind', '=', 'webhook_failing').executeTakeFirst(),
      (row) => row?.state === 'resolved',
    );
    const same = receiver.all.filter(({ body }) => body.id === data.eventId);
    expect(same.length).toBeGreaterThan(failed?.attempts ?? 0);
    expect(new Set(same.map(({ headers }) => headers['webhook-signature'])).size).toBeGreaterThan(1);
  });

  it('that are gone (410) are not asked again', async () => {
    // Of the alert that has just been resolved the receiver is told too.
    await eventually(
      async () => (await send<DeliveryView[]>('GET', `/${hook.id}/deliveries?limit=100`)).data,
      (all) => all.every(({ state }) => state !== 'pending') && all.some(({ type }) => type === 'alert.resolved'),
    );
    receiver.answerNext(410);
    const { data } = await send<DeliveryView>('POST', `/${hook.id}/test`);
    expect(await settled(hook.id, data.id)).toMatchObject({ state: 'failed', attempts: 1, lastStatus: 410 });
  });

  it('that are paused are sent nothing', async () => {
    expect((await send<WebhookView>('PATCH', `/${hook.id}`, { state: 'paused' })).data.state).toBe('paused');
    expect(await send('POST', `/${hook.id}/test`)).toMatchObject({ status: 409, type: '/problems/webhook-state' });
    expect((await send<WebhookView>('PATCH', `/${hook.id}`, { state: 'active', types: null })).data.state).toBe(
      'active',
    );
  });

  it('get another secret at once', async () => {
    const { data } = await send<Secret>('POST', `/${hook.id}/rotate-secret`);
    expect(data.secret).not.toBe(hook.secret);
    const before = await send<DeliveryView>('POST', `/${hook.id}/test`);
    await eventually(
      async () => receiver.all.at(-1)?.status,
      (status) => status === 401,
    );
    receiver.secret(data.secret);
    expect(await settled(hook.id, before.data.id)).toMatchObject({ state: 'delivered' });
  });

  it('are worked from the command line too', async () => {
    expect((await cli('webhooks')).stdout).toMatch(/on-call\s+active\s+all/);
    const made = await cli('webhooks', 'create', 'from-cli', receiver.url, '--types', 'run.ended', 'cases.opened');
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^whsec_\S+\n$/)]);
    const list = JSON.parse((await cli('webhooks', 'list', '--json')).stdout) as WebhookView[];
    const id = String(list.find(({ name }) => name === 'from-cli')?.id);
    expect((await cli('webhooks', 'update', id, '--all-types', '--state', 'paused')).stdout).toContain(
      'is paused, for all events',
    );
    expect((await cli('webhooks', 'deliveries', String(hook.id), '--state', 'delivered')).stdout).toMatch(
      /evt_\d+\s+webhook\.test\s+delivered/,
    );
    expect((await cli('webhooks', 'delete', id)).stdout).toContain('is deleted');
    const gone = await cli('webhooks', 'test', id);
    expect([gone.code, gone.stderr]).toEqual([
      expect.not.stringMatching(/^0$/),
      expect.stringContaining('there is no webhook'),
    ]);
  });
});
