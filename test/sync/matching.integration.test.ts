/** Licenses that were there before the first sync: who is recognised by what, and whose values stand when the sides differ. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from '../../db/bulk.ts';
import { sqlInstant } from '../../db/connect.ts';
import { LICENSE_COLUMNS, licenseRow } from '../../db/license-rows.ts';
import type { OperationRow } from '../../db/operations.ts';
import type { License } from '../../domain/license.ts';
import { createLicense } from '../../domain/mapping.ts';
import { record } from '../domain/arbitraries.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import type { RawRecord } from '../support/simulator.ts';
import { startTestWorker } from '../support/worker.ts';

const INVENTED = 300;
const VERSION = 3;

/** Records beside the invented ones, by countid. */
const RECORDS: Record<number, RawRecord> = {
  90001: {
    appid: ' VBBP-1 ',
    dba: 'Outside Name',
    zip: '77001',
    mid: 'M9',
    status: 1,
    Note: 'outside note',
    smsBalance: 9,
    monthlyFee: 49.99,
    Coming_expired: '03/12/2027',
  },
  90002: { appid: 'own-2', Email_license: ' Owner@B.example', dba: 'By mail' },
  90003: { appid: 'own-3', dba: 'By number' },
  90004: { appid: 'own-4', Email_license: 'd@d.example', dba: 'All three' },
  90005: { appid: 'own-5', Email_license: 'e@e.example', dba: 'Mail and number' },
  90011: { appid: 'TWICE', dba: 'Twice, second' },
  90010: { appid: 'twice', dba: 'Twice, first' },
  90020: { appid: 'contested', dba: 'Contested' },
  90030: { appid: 'own-30', Email_license: 'shared@g.example', dba: 'Shop one' },
  90031: { appid: 'own-31', Email_license: 'SHARED@g.example', dba: 'Shop two' },
  90040: { appid: 'archived', dba: 'Archived' },
  90050: { appid: 'own-50', dba: 'Said to be another' },
  90051: { appid: 'own-51', dba: 'Said to join it' },
  90052: { appid: 'own-52', dba: 'Said to be nobody known' },
  90053: { appid: 'own-53', dba: 'Said to be what is not there' },
};

/** Licenses beforehand, by a name for the test. */
const LICENSES: Record<string, Partial<License>> = {
  appid: {
    appid: 'vbbp-1',
    product: 'Gold',
    plan: 'Pro',
    dba: 'Inside Name',
    status: 'expiring',
    notes: 'inside note',
    smsBalance: '5.0000',
  },
  email: { externalEmail: 'owner@b.EXAMPLE' },
  countid: { countid: 90_003 },
  byAllAppid: { appid: 'OWN-4' },
  byAllEmail: { externalEmail: 'd@d.example' },
  byAllCountid: { countid: 90_004 },
  byTwoEmail: { externalEmail: 'e@e.example' },
  byTwoCountid: { countid: 90_005 },
  twice: { appid: 'twice' },
  contestedOne: { appid: 'contested' },
  contestedTwo: { appid: ' Contested' },
  shared: { externalEmail: 'shared@g.example' },
  archived: { appid: 'archived' },
  said: { appid: 'said' },
  byKeyOnly: { appid: 'own-50' },
  barred: { appid: 'own-52' },
  stranger: { appid: 'nobody', externalEmail: 'nobody@example.com', countid: 1_000_000 },
};

/** What people said beforehand. */
const OVERRIDES: [number, 'always' | 'never', string][] = [
  [90_050, 'always', 'said'],
  [90_051, 'always', 'said'],
  [90_052, 'never', 'barred'],
  [90_053, 'always', 'gone'],
];

let rig: Rig;
let first: OperationRow;

beforeAll(async () => {
  rig = await createRig(
    { records: INVENTED, seed: 17 },
    { ...QUICK, LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '100', LICENSE_SYNC_EXTERNAL_PAGE_SIZE: '50' },
  );
  for (const [countid, fields] of Object.entries(RECORDS)) {
    await rig.simulator.control.add({ record: { countid: Number(countid), ...fields } });
  }
  await insertLicenses();
  first = await rig.sync();
});
afterAll(() => rig?.close());

describe('a license that was there before', () => {
  it('is recognised: the run says how many, and for how many someone must look', async () => {
    expect(first).toMatchObject({
      status: 'completed_with_findings',
      updated_count: 7,
      linked_count: 1,
      created_count: INVENTED + Object.keys(RECORDS).length - 8,
      pending_count: 0,
    });
    expect(JSON.parse(first.report ?? '{}')).toMatchObject({ ambiguous: 5 });
  });

  it.each([
    [90_001, 'appid', 'appid'],
    [90_002, 'email', 'email'],
    [90_003, 'countid', 'countid'],
    [90_004, 'byAllAppid', 'appid'],
    [90_005, 'byTwoEmail', 'email'],
    [90_010, 'twice', 'appid'],
    [90_050, 'said', 'override'],
  ])('record %d belongs to the license %s, by %s', async (countid, license, by) => {
    expect(await linkOf(countid)).toMatchObject({ license_id: idOf(license), matched_by: by, role: 'primary' });
  });

  it('is joined by another record that a person said is of it', async () => {
    const link = await linkOf(90_051);
    expect(link).toMatchObject({ license_id: idOf('said'), matched_by: 'override', role: 'secondary' });
    expect(await licenseOf('said')).toMatchObject({ dba: 'Said to be another' });
  });

  it.each([
    [90_011, 'appid:lower_countid_matched'],
    [90_020, 'appid:several_licenses'],
    [90_030, 'email:several_records'],
    [90_031, 'email:several_records'],
    [90_040, null],
    [90_052, null],
    [90_053, 'override:license_missing'],
  ])('record %d gets a license of its own, and the reason is kept: %s', async (countid, reason) => {
    expect(await linkOf(countid)).toMatchObject({ matched_by: 'created' });
    const match = await rig.db
      .selectFrom('sync_matches')
      .selectAll()
      .where('operation', '=', first.id)
      .where('source_key', '=', `c:${countid}`)
      .executeTakeFirst();
    expect(match?.ambiguous ?? null).toBe(reason);
  });

  it('grows by one version when it is matched, and is not touched otherwise', async () => {
    const rows = await rig.db.selectFrom('licenses').selectAll().where('origin', '=', 'internal').execute();
    const risen = rows.filter(({ version }) => version !== VERSION);
    expect(risen.map(({ id }) => id).sort()).toEqual(
      ['appid', 'email', 'countid', 'byAllAppid', 'byTwoEmail', 'twice', 'said'].map(idOf).sort(),
    );
    expect(risen.every((row) => row.version === VERSION + 1 && row.external_sync_status === 'synced')).toBe(true);
    expect(rows.filter((row) => row.external_sync_status !== null)).toHaveLength(risen.length);
  });

  it('takes business-critical values, fills what is empty, and keeps the rest', async () => {
    expect(await licenseOf('appid')).toMatchObject({
      dba: 'Outside Name',
      zip: '77001',
      mid: 'M9',
      last_payment: '49.9900',
      coming_expired: '2027-03-12',
      expires_at: '2027-03-12 23:59:59.000',
      countid: 90_001,
      status: 'expiring',
      notes: 'inside note',
      sms_balance: '5.0000',
      appid: 'vbbp-1',
      product: 'Gold',
      plan: 'Pro',
      origin: 'internal',
      created_by: 'import',
    });
    expect(await conflictsOf(90_001)).toEqual({
      dba: ['Inside Name', 'Outside Name', null, 'took_external', 0],
      note: ['inside note', 'outside note', null, 'kept_internal', 1],
      smsBalance: ['5.0000', '9.0000', null, 'kept_internal', 1],
    });
  });

  it('has a line of lineage that names every field that changed', async () => {
    const [line, ...more] = await rig.db
      .selectFrom('license_changes')
      .selectAll()
      .where('license_id', '=', idOf('appid'))
      .execute();
    expect(more).toEqual([]);
    expect(line).toMatchObject({ version: VERSION + 1, kind: 'updated', source_key: 'c:90001', operation: first.id });
    const fields = JSON.parse(line?.fields ?? '[]') as { field: string; rule: string; before: unknown }[];
    expect(Object.fromEntries(fields.map(({ field, rule, before }) => [field, [before, rule]]))).toEqual({
      externalSyncStatus: [null, 'matched'],
      dba: ['Inside Name', 'policy_external_wins'],
      zip: [null, 'filled_empty'],
      mid: [null, 'filled_empty'],
      lastPayment: [null, 'filled_empty'],
      comingExpired: [null, 'filled_empty'],
      expiresAt: [null, 'filled_empty'],
      countid: [null, 'filled_empty'],
    });
  });

  it('is matched the same way when batches are of another size', async () => {
    const before = { data: await rig.checksum(), matches: await matches(first.id) };
    await rig.worker().stop();
    const other = await startTestWorker({
      databaseUrl: rig.databaseUrl,
      upstreamUrl: rig.simulator.url,
      apiKey: rig.simulator.apiKey,
      namespace: rig.temporal.namespace,
      env: { ...QUICK, LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '2000' },
    });
    try {
      await rig.reset();
      await insertLicenses();
      first = await rig.sync();
      expect({ data: await rig.checksum(), matches: await matches(first.id) }).toEqual(before);
    } finally {
      await other.stop();
      await rig.startWorker();
    }
  });
});

describe('edits on both sides', () => {
  const edits: [string, { inside?: Record<string, unknown>; outside?: RawRecord }, Record<string, unknown>, number][] =
    [
      ['inside alone are kept', { inside: { dba: 'Mine' } }, { dba: 'Mine' }, 1],
      [
        'inside of what only the inside knows are kept',
        { inside: { product: 'P', agents: 4 } },
        { product: 'P', agents: 4 },
        1,
      ],
      ['outside alone are taken', { outside: { dba: 'Theirs' } }, { dba: 'Theirs' }, 1],
      [
        'of different fields are both kept',
        { inside: { notes: 'Mine' }, outside: { zip: '99999' } },
        { notes: 'Mine', zip: '99999' },
        2,
      ],
      [
        'of a business-critical field: the outside wins',
        { inside: { dba: 'Mine' }, outside: { dba: 'Theirs' } },
        { dba: 'Theirs' },
        2,
      ],
      [
        'of another field: the inside stays',
        { inside: { sms_balance: '1.5000' }, outside: { smsBalance: 2.5 } },
        { sms_balance: '1.5000' },
        1,
      ],
      ['outside of a note never overwrite one', { outside: { Note: 'Theirs' } }, { notes: 'Agreed' }, 0],
      ['to the same value are no clash', { inside: { dba: 'Same' }, outside: { dba: 'Same' } }, { dba: 'Same' }, 1],
      [
        'outside that empty a value change nothing',
        { outside: { dba: '', zip: null } },
        { dba: 'Agreed', zip: '10000' },
        0,
      ],
      [
        'outside of letter case alone in an address change nothing',
        { outside: { Email_license: 'AGREED6@M.example' } },
        {},
        0,
      ],
      [
        'that agree in the coarser status of the outside keep the finer one',
        { inside: { status: 'expired' }, outside: { status: 0 } },
        { status: 'expired' },
        1,
      ],
      ['outside of the status are taken', { outside: { status: 'inactive' } }, { status: 'cancel' }, 1],
    ];
  const countidOf = (index: number) => 95_000 + index;
  let operation: OperationRow;

  beforeAll(async () => {
    const { control } = rig.simulator;
    for (const [index, [, { outside }]] of edits.entries()) {
      const agreed: RawRecord = {
        countid: countidOf(index),
        appid: `edit-${index}`,
        dba: 'Agreed',
        zip: '10000',
        status: 1,
        smsBalance: 1,
        Note: 'Agreed',
        Email_license: outside?.Email_license === undefined ? null : String(outside.Email_license).toLowerCase(),
      };
      await control.add({ record: agreed });
    }
    await rig.sync();
    for (const [index, [, { inside, outside }]] of edits.entries()) {
      if (inside) {
        await rig.db
          .updateTable('licenses')
          .set((eb) => ({ ...inside, version: eb('version', '+', 1) }))
          .where('countid', '=', countidOf(index))
          .execute();
      }
      if (outside) await control.patch(countidOf(index), outside);
    }
    operation = await rig.sync();
  });

  it.each(edits.map(([name, , expected, versions], index) => [name, index, expected, versions] as const))(
    '%s',
    async (_, index, expected, versions) => {
      const row = await rig.db
        .selectFrom('licenses')
        .selectAll()
        .where('countid', '=', countidOf(index))
        .executeTakeFirstOrThrow();
      expect(row).toMatchObject({ ...expected, version: 1 + versions });
    },
  );

  it('leave a row for each clash, with the three values, and none otherwise', async () => {
    const rows = await rig.db.selectFrom('field_conflicts').selectAll().where('operation', '=', operation.id).execute();
    const seen = rows.map((row) => [Number(row.source_key.slice(2)) - 95_000, row.field, row.resolution, row.held]);
    expect(seen.sort()).toEqual([
      [4, 'dba', 'took_external', 0],
      [5, 'smsBalance', 'kept_internal', 1],
      [6, 'note', 'kept_internal', 1],
    ]);
    expect(await conflictsOf(countidOf(4))).toEqual({ dba: ['Mine', 'Theirs', 'Agreed', 'took_external', 0] });
    expect(operation).toMatchObject({ status: 'completed_with_findings', conflict_count: 3 });
  });

  it('are settled: the next run writes nothing and repeats no clash', async () => {
    const before = await rig.checksum();
    const quiet = await rig.sync();
    expect(quiet).toMatchObject({ updated_count: 0, created_count: 0, conflict_count: 0, status: 'completed' });
    expect(await rig.checksum()).toBe(before);
  });

  it('made inside after a clash was settled stay, as long as the outside does not change again', async () => {
    await rig.db.updateTable('licenses').set({ dba: 'Mine after all' }).where('countid', '=', countidOf(4)).execute();
    await rig.sync();
    const row = await rig.db
      .selectFrom('licenses')
      .select('dba')
      .where('countid', '=', countidOf(4))
      .executeTakeFirst();
    expect(row?.dba).toBe('Mine after all');
  });
});

describe('a record that arrives later', () => {
  it('is not given a license that another record feeds', async () => {
    const [countid = 0] = await rig.simulator.control.add({ record: { appid: 'Vbbp-1', dba: 'Late twin' } });
    const before = await licenseOf('appid');
    const operation = await rig.sync();
    expect(await licenseOf('appid')).toEqual(before);
    expect(await linkOf(countid)).toMatchObject({ matched_by: 'created' });
    expect(await matches(operation.id)).toEqual([`c:${countid} null appid:license_linked`]);
  });
});

async function insertLicenses(): Promise<void> {
  const now = sqlInstant(Date.UTC(2026, 0, 1));
  const columns = [
    ...LICENSE_COLUMNS,
    'version',
    'archived_into',
    'created_at',
    'updated_at',
    'created_by',
    'updated_by',
  ];
  const rows = Object.entries(LICENSES).map(([name, fields]) => [
    ...licenseRow({
      ...createLicense(record({ countid: null }), `a:${name}`),
      id: idOf(name),
      key: `KEY-${name}`,
      countid: null,
      origin: 'internal',
      externalSyncStatus: null,
      ...fields,
    }),
    VERSION,
    name === 'archived' ? idOf('stranger') : null,
    now,
    now,
    'import',
    'import',
  ]);
  await insertRows(rig.db, 'licenses', columns, rows, { batchSize: 100 });
  await insertRows(
    rig.db,
    'match_overrides',
    ['source_key', 'kind', 'license_id', 'created_by', 'created_at'],
    OVERRIDES.map(([countid, kind, name]) => [`c:${countid}`, kind, idOf(name), 'test', now]),
    { batchSize: 100 },
  );
}

function idOf(license: string): string {
  return `0000-${license}`.padEnd(36, '-');
}

const linkOf = (countid: number) =>
  rig.db.selectFrom('license_links').selectAll().where('source_key', '=', `c:${countid}`).executeTakeFirst();

const licenseOf = (license: string) =>
  rig.db.selectFrom('licenses').selectAll().where('id', '=', idOf(license)).executeTakeFirstOrThrow();

/** field → internal, external, base, resolution, held. */
async function conflictsOf(countid: number): Promise<Record<string, unknown[]>> {
  const rows = await rig.db
    .selectFrom('field_conflicts')
    .selectAll()
    .where('source_key', '=', `c:${countid}`)
    .execute();
  const value = (text: string | null): unknown => JSON.parse(text ?? 'null');
  return Object.fromEntries(
    rows.map((row) => [
      row.field,
      [value(row.internal_value), value(row.external_value), value(row.base_value), row.resolution, row.held],
    ]),
  );
}

/** Records that were matched or left to a person. */
async function matches(operation: number): Promise<string[]> {
  const rows = await rig.db
    .selectFrom('sync_matches')
    .selectAll()
    .where('operation', '=', operation)
    .where((eb) => eb.or([eb('license_id', 'is not', null), eb('ambiguous', 'is not', null)]))
    .orderBy('source_key')
    .execute();
  return rows.map((row) => `${row.source_key} ${row.license_id} ${row.ambiguous}`);
}
