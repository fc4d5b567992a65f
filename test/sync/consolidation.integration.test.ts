/** Duplicates through whole runs: made one by itself, kept so, and not repeated once it was undone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlInstant } from '../../db/connect.ts';
import { undoMerge } from '../../db/merge-undo.ts';
import { inTransaction } from '../../db/retry.ts';
import { licenseIdFor } from '../../domain/identity.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const SHOP = {
  dba: 'Quixotic Harbor Bakery',
  phone: '+1 713 555 0142',
  Email_license: 'owner@quixotic-harbor.example',
  address: '4711 Lighthouse Rd',
  city: 'Galveston',
  zip: '77550',
};

let rig: Rig;

beforeAll(async () => {
  rig = await createRig({ records: 60, seed: 23 }, { ...QUICK, LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true' });
  await rig.simulator.control.add({ record: { ...SHOP, countid: 91_001, appid: 'old-1', status: 0 } });
  await rig.simulator.control.add({ record: { ...SHOP, countid: 91_002, appid: 'new-2', status: 1 } });
});
afterAll(() => rig?.close());

const link = (countid: number) =>
  rig.db
    .selectFrom('license_links')
    .select(['license_id', 'role'])
    .where('source_key', '=', `c:${countid}`)
    .executeTakeFirst();
const own = () =>
  rig.db.selectFrom('merges').selectAll().where('duplicate_id', '=', licenseIdFor('c:91001')).orderBy('id').execute();

describe('two records of one business', () => {
  it('become one license, which the one in force feeds, and stay so', async () => {
    await rig.sync();
    const master = licenseIdFor('c:91002');
    expect(await own()).toMatchObject([{ state: 'applied', master_id: master }]);
    expect(await link(91_001)).toEqual({ license_id: master, role: 'secondary' });
    expect(await link(91_002)).toEqual({ license_id: master, role: 'primary' });
    const before = await rig.checksum();
    await rig.sync();
    expect(await rig.checksum()).toBe(before);
  });

  it('are two again once it is undone, and no run repeats it', async () => {
    const [merge] = await own();
    const by = { by: 'reviewer', now: sqlInstant(Date.now()), note: null };
    const outcome = await inTransaction(rig.db, (trx) => undoMerge(trx, merge?.id ?? 0, by));
    expect(outcome).toMatchObject({ done: true, sourceKeys: ['c:91001'] });
    await rig.simulator.control.patch(91_001, { smsBalance: 12 });
    await rig.sync();
    expect(await own()).toMatchObject([{ state: 'undone' }]);
    expect(await link(91_001)).toEqual({ license_id: licenseIdFor('c:91001'), role: 'primary' });
    const restored = await rig.db
      .selectFrom('licenses')
      .select(['archived_into', 'sms_balance', 'dba'])
      .where('id', '=', licenseIdFor('c:91001'))
      .executeTakeFirst();
    expect(restored).toEqual({ archived_into: null, sms_balance: '12.0000', dba: SHOP.dba });
  });
});
