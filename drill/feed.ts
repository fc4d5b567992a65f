/** What changes upstream between the first run and the disturbed one: a little of everything, the same for the same seed. */
import { appidKey, emailKey } from '../domain/identity.ts';
import type { SimulatorControl } from '../upstream/simulator/control-client.ts';
import { mix } from '../upstream/simulator/random.ts';
import type { RawRecord } from '../upstream/simulator/record.ts';

/** Every balance moves, so that every record is written; some names change, some records go and some come. All below the guard's limits. */
const RENAMED = 0.08;
const REMOVED = 0.04;
const ADDED = 0.05;

export interface FeedChange {
  renamed: ReadonlySet<number>;
  removed: ReadonlySet<number>;
  added: ReadonlySet<number>;
}

export async function changeFeed(control: SimulatorControl, records: number, seed: number): Promise<FeedChange> {
  await control.edit({ ratio: 1, seed: mix(seed, 1), fields: ['smsBalance'] });
  const renamed = await control.edit({ ratio: RENAMED, seed: mix(seed, 2), fields: ['dba'] });
  const removed = await control.remove({ ratio: REMOVED, seed: mix(seed, 3) });
  const added = await control.add({ count: Math.ceil(records * ADDED), seed: mix(seed, 4) });
  return { renamed: new Set(renamed), removed: new Set(removed), added: new Set(added) };
}

/** Countids of records that an address leads to without doubt: their appid, or else their e-mail, stands on no other record. */
export async function addressable(control: SimulatorControl): Promise<Set<number>> {
  const records: RawRecord[] = [];
  const carriers = new Map<string, number>();
  for await (const record of control.truth()) {
    records.push(record);
    for (const key of keysOf(record)) carriers.set(key, (carriers.get(key) ?? 0) + 1);
  }
  const unique = records.filter((record) => keysOf(record).every((key) => carriers.get(key) === 1));
  return new Set(unique.filter((record) => keysOf(record).length > 0).map(({ countid }) => Number(countid)));
}

function keysOf({ appid, Email_license: email }: RawRecord): string[] {
  const appid_ = appid === null || appid === undefined ? null : appidKey(String(appid));
  const email_ = typeof email === 'string' ? emailKey(email) : null;
  return [...(appid_ === null ? [] : [`a:${appid_}`]), ...(email_ === null ? [] : [`e:${email_}`])];
}
