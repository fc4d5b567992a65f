/** Dry runs and what becomes of their plans. TEST_RECORDS takes more records than the default. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FieldChange } from '../../domain/merge.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = Number(process.env.TEST_RECORDS ?? 500);
const BUSINESS_TABLES = [
  'external_licenses',
  'licenses',
  'license_links',
  'license_changes',
  'field_conflicts',
  'alerts',
  'match_overrides',
  'data_versions',
];
const env = { ...QUICK, LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '2000' };
let planned: Rig;
let plain: Rig;

beforeAll(async () => {
  const options = { records: RECORDS, bundled: false, seed: 11 };
  [planned, plain] = await Promise.all([createRig(options, env), createRig(options, env)]);
  for (const rig of [planned, plain]) {
    expect(await rig.sync()).toMatchObject({ status: expect.stringMatching(/^completed/), created_count: RECORDS });
    // The same on both sides: what was edited, removed and added depends on the seed alone.
    await rig.simulator.control.edit({ ratio: 0.05, seed: 3 });
    await rig.simulator.control.remove({ ratio: 0.02, seed: 4 });
    await rig.simulator.control.add({ count: Math.round(RECORDS * 0.02), seed: 5 });
  }
});
afterAll(async () => {
  await Promise.all([planned?.close(), plain?.close()]);
});

/** By MySQL itself, over every column of every business table. */
async function tableChecksums(rig: Rig): Promise<unknown> {
  const { rows } = await sql`CHECKSUM TABLE ${sql.join(BUSINESS_TABLES.map((name) => sql.table(name)))}`.execute(
    rig.db,
  );
  return rows;
}

const planOf = (rig: Rig, id: string) =>
  rig.db.selectFrom('sync_plans').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('a dry run', () => {
  let planId: string;

  it('leaves a plan and writes nothing else', async () => {
    const before = await tableChecksums(planned);
    const dryRun = await planned.sync({ options: { dryRun: true } });
    expect(await tableChecksums(planned)).toEqual(before);
    expect(dryRun).toMatchObject({
      operation_type: 'external_sync_dry_run',
      status: expect.stringMatching(/^completed/),
      created_count: Math.round(RECORDS * 0.02),
      missing_count: Math.round(RECORDS * 0.02),
      vanished_count: 0,
      pending_count: 0,
    });
    planId = dryRun.operation_id;
    const plan = await planOf(planned, planId);
    expect(plan).toMatchObject({ state: 'ready', operation: dryRun.id });
    expect(JSON.parse(plan.summary)).toMatchObject({
      created: dryRun.created_count,
      updated: dryRun.updated_count,
      vanished: Math.round(RECORDS * 0.02),
      proof: 'proven',
    });
  });

  it('is carried out exactly: the data are those of a real run', async () => {
    const real = await plain.sync();
    const applied = await planned.sync({ planId });
    const counted = ({
      created_count,
      updated_count,
      unchanged_count,
      vanished_count,
      drifted_count,
    }: typeof real) => ({
      created_count,
      updated_count,
      unchanged_count,
      vanished_count,
      drifted_count,
    });
    expect(applied).toMatchObject({
      operation_type: 'plan_apply',
      plan_id: planId,
      status: real.status,
      error_message: real.error_message,
    });
    expect(counted(applied)).toEqual(counted(real));
    expect(applied.vanished_count).toBe(Math.round(RECORDS * 0.02));
    expect(await planned.checksum()).toBe(await plain.checksum());
    expect(await planOf(planned, planId)).toMatchObject({ state: 'applied', applied_operation: applied.operation_id });
  });

  it('is not carried out twice', async () => {
    const again = await planned.sync({ planId });
    expect(again).toMatchObject({ status: 'failed', error_type: 'PLAN_APPLIED' });
    expect(await planned.checksum()).toBe(await plain.checksum());
  });

  it('leaves what was edited in between, and names it', async () => {
    await planned.simulator.control.edit({ ratio: 0.05, seed: 13 });
    const [gone] = await planned.simulator.control.remove({ ratio: 2 / RECORDS, seed: 14 });
    const dryRun = await planned.sync({ options: { dryRun: true } });
    const { db } = planned;
    const changes = await db
      .selectFrom('plan_changes')
      .select(['source_key', 'license_id'])
      .where('operation', '=', dryRun.id)
      .where('outcome', '=', 'updated')
      .orderBy('source_key')
      .execute();
    const edited = changes.slice(0, 3);
    const ids = edited.map((row) => row.license_id ?? '');
    await db
      .updateTable('licenses')
      .set({ dba: 'Edited inside', version: sql`version + 1` })
      .where('id', 'in', ids)
      .execute();
    await db
      .updateTable('licenses')
      .set({ notes: 'kept', version: sql`version + 1` })
      .where('countid', '=', gone ?? 0)
      .execute();

    const applied = await planned.sync({ planId: dryRun.operation_id });
    expect(applied).toMatchObject({
      status: 'completed_with_findings',
      drifted_count: 4,
      vanished_count: 1,
      pending_count: 3,
    });
    const skipped = await db
      .selectFrom('plan_changes')
      .select(['source_key', 'drift'])
      .where('operation', '=', applied.id)
      .where('drift', 'is not', null)
      .orderBy('source_key')
      .execute();
    expect(skipped.map((row) => row.source_key).sort()).toEqual(
      [...edited.map((row) => row.source_key), `c:${gone}`].sort(),
    );
    for (const { drift } of skipped) expect(drift).toContain('edited since');
    const kept = await db.selectFrom('licenses').select('dba').where('id', 'in', ids).execute();
    expect(kept.map((row) => row.dba)).toEqual(ids.map(() => 'Edited inside'));

    // An ordinary run does what the plan left.
    const next = await planned.sync();
    expect(next).toMatchObject({ updated_count: 3, vanished_count: 1, pending_count: 0 });
  });

  it('is refused when another run has written since', async () => {
    const dryRun = await planned.sync({ options: { dryRun: true } });
    await planned.simulator.control.edit({ ratio: 2 / RECORDS, seed: 15 });
    expect(await planned.sync()).toMatchObject({ updated_count: 2 });
    const late = await planned.sync({ planId: dryRun.operation_id });
    expect(late).toMatchObject({ status: 'failed', error_type: 'PLAN_OUTDATED' });
    expect(late.error_message).toContain('has run since');
  });
});

describe('records that have gone', () => {
  it('vanish after a proven run, with lineage, and live again when they return', async () => {
    const { simulator, db } = planned;
    const records = [];
    for await (const record of simulator.control.truth()) records.push(record);
    const record = records[7] ?? {};
    const countid = Number(record.countid);
    const license = () =>
      db
        .selectFrom('licenses')
        .select(['id', 'external_sync_status', 'status', 'dba', 'version'])
        .where('countid', '=', countid)
        .executeTakeFirstOrThrow();
    const before = await license();
    await simulator.control.removeRecord(countid);
    expect(await planned.sync()).toMatchObject({ vanished_count: 1, missing_count: 1, updated_count: 0 });
    expect(await license()).toEqual({ ...before, external_sync_status: 'vanished', version: before.version + 1 });
    const lineage = await db
      .selectFrom('license_changes')
      .select(['fields', 'version'])
      .where('license_id', '=', before.id)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(lineage.fields ?? '')).toEqual([
      { field: 'externalSyncStatus', before: 'synced', after: 'vanished', rule: 'vanished' },
    ] satisfies FieldChange[]);
    expect(await planned.sync()).toMatchObject({ vanished_count: 0, missing_count: 0, updated_count: 0 });

    await simulator.control.add({ record });
    expect(await planned.sync()).toMatchObject({ updated_count: 1, created_count: 0 });
    expect(await license()).toEqual({ ...before, version: before.version + 2 });
    const mirror = await db
      .selectFrom('external_licenses')
      .select('vanished_at')
      .where('source_key', '=', `c:${countid}`)
      .executeTakeFirstOrThrow();
    expect(mirror.vanished_at).toBeNull();
    const quiet = await planned.checksum();
    expect(await planned.sync()).toMatchObject({ updated_count: 0, created_count: 0, vanished_count: 0 });
    expect(await planned.checksum()).toBe(quiet);
  });

  it('are not told from records that hide behind an unreadable position', async () => {
    const { simulator } = planned;
    await simulator.control.remove({ ratio: 1 / RECORDS, seed: 21 });
    await simulator.control.fault({ name: 'expecting_value_500', position: 5 });
    expect(await planned.sync()).toMatchObject({ failed_count: 1, vanished_count: 0, missing_count: null });
    await simulator.control.clearFaults();
    expect(await planned.sync()).toMatchObject({ failed_count: 0, vanished_count: 1 });
  });
});
