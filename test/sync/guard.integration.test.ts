/** An upstream that seems to have lost its records, and what people allow. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approveSignal, approveUpdate } from '../../workflows/messages.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 200;
let rig: Rig;

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, bundled: false, seed: 21 },
    { ...QUICK, LICENSE_SYNC_GUARD_EXPIRY: '9000' },
  );
  expect(await rig.sync()).toMatchObject({ created_count: RECORDS });
});
afterAll(() => rig?.close());

const vanished = async () =>
  (await rig.db.selectFrom('external_licenses').select('source_key').where('vanished_at', 'is not', null).execute())
    .length;
const marked = async () =>
  (await rig.db.selectFrom('licenses').select('id').where('external_sync_status', '=', 'vanished').execute()).length;

async function startGuarded() {
  const handle = await rig.start();
  const { runId } = await handle.describe();
  await eventually(
    () => rig.db.selectFrom('sync_operations').select('status').where('operation_id', '=', runId).executeTakeFirst(),
    (row) => row?.status === 'awaiting_approval',
  );
  return { handle, operation: await rig.operation(runId) };
}

describe('an upstream without records (total: 0)', () => {
  it('waits for an approval, and without one ends as incomplete with nothing changed', async () => {
    const before = await rig.checksum();
    await rig.simulator.control.fault({ name: 'total_zero' });
    const { handle, operation } = await startGuarded();
    expect(operation).toMatchObject({ phase: 'guard', wait_kind: 'approval' });
    expect(operation.wait_reason).toContain(`${RECORDS} records to be marked as vanished`);
    expect(JSON.parse(operation.report ?? '')).toEqual({ needs: [{ kind: 'vanish', due: RECORDS }] });
    await expect(handle.result()).rejects.toThrow();
    const ended = await rig.operation(operation.operation_id);
    expect(ended).toMatchObject({ status: 'incomplete', vanished_count: 0, wait_kind: null });
    expect(ended.error_message).toContain('nobody approved');
    expect(await vanished()).toBe(0);
    expect(await rig.checksum()).toBe(before);
    await rig.simulator.control.clearFaults();
  });

  it('goes on as ever under the same id, when it is resumed and the records are back', async () => {
    const { operation_id: operationId } = await rig.db
      .selectFrom('sync_operations')
      .select('operation_id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    // The reading that found nothing must not be believed for an hour.
    expect(await rig.sync({ operationId })).toMatchObject({
      status: 'completed',
      unchanged_count: RECORDS,
      attempt: 2,
    });
  });
});

describe('an upstream of which 90 % are gone', () => {
  const records: Record<string, unknown>[] = [];

  it('waits, waits on when fewer are approved than are due, and does what is approved', async () => {
    for await (const record of rig.simulator.control.truth()) records.push(record);
    const gone = await rig.simulator.control.remove({ ratio: 0.9, seed: 2 });
    const { handle, operation } = await startGuarded();
    expect(await handle.executeUpdate(approveUpdate, { args: [{ kind: 'vanish', ceiling: 10 }] })).toEqual({
      stillDue: [{ kind: 'vanish', due: gone.length }],
    });
    expect(await vanished()).toBe(0);
    expect(await rig.operation(operation.operation_id)).toMatchObject({ status: 'awaiting_approval' });
    await handle.signal(approveSignal, { kind: 'vanish', ceiling: gone.length });
    expect(await handle.result()).toMatchObject({ status: 'completed', unchanged: RECORDS - gone.length });
    expect(await rig.operation(operation.operation_id)).toMatchObject({ vanished_count: gone.length });
    expect([await vanished(), await marked()]).toEqual([gone.length, gone.length]);
  });

  it('has its records live again when they return', async () => {
    const there = new Set<number>();
    for await (const record of rig.simulator.control.truth()) there.add(Number(record.countid));
    for (const record of records.filter(({ countid }) => !there.has(Number(countid)))) {
      await rig.simulator.control.add({ record });
    }
    expect(await rig.sync()).toMatchObject({ status: 'completed', updated_count: 180, created_count: 0 });
    expect([await vanished(), await marked()]).toEqual([0, 0]);
    expect(await rig.sync()).toMatchObject({ status: 'completed', unchanged_count: RECORDS, updated_count: 0 });
  });
});

describe('an upstream that overwrites', () => {
  it('waits for each kind by itself: names and the end of licenses', async () => {
    const chosen = await rig.db
      .selectFrom('licenses')
      .select('countid')
      .where('status', 'in', ['active', 'expiring'])
      .orderBy('countid')
      .limit(60)
      .execute();
    for (const { countid } of chosen) await rig.simulator.control.patch(Number(countid), { status: 0, dba: 'TEST' });
    const { handle, operation } = await startGuarded();
    expect(JSON.parse(operation.report ?? '')).toEqual({
      needs: [
        { kind: 'deactivate', due: 60 },
        { kind: 'overwrite', due: 60 },
      ],
    });
    await handle.executeUpdate(approveUpdate, { args: [{ kind: 'deactivate', ceiling: 60 }] });
    expect((await rig.operation(operation.operation_id)).status).toBe('awaiting_approval');
    await handle.executeUpdate(approveUpdate, { args: [{ kind: 'overwrite', ceiling: 100 }] });
    expect(await handle.result()).toMatchObject({ status: 'completed', updated: 60 });
  });
});

describe('a run that is resumed after another one has written', () => {
  it('does not believe what it read before', async () => {
    const { simulator } = rig;
    await simulator.control.fault({ name: 'unauthorized', afterCalls: 2 });
    const failed = await rig.sync();
    expect(failed).toMatchObject({ status: 'failed' });
    await simulator.control.clearFaults();
    const [first] = await simulator.control.edit({ ratio: 1 / RECORDS, seed: 6, fields: ['dba'] });
    const [added] = await simulator.control.add({ count: 1, seed: 9 });
    const between = await rig.sync();
    expect(between).toMatchObject({ updated_count: 1, created_count: 1 });
    const after = await rig.checksum();
    const resumed = await rig.sync({ operationId: failed.operation_id });
    expect(resumed).toMatchObject({ created_count: 0, updated_count: 0, vanished_count: 0, attempt: 2 });
    expect(resumed.unchanged_count).toBe(RECORDS + 1);
    expect(await rig.checksum()).toBe(after);
    expect([first, added]).not.toContain(undefined);
  });
});
