/** What a master takes from the licenses that are consolidated into it. */
import { canonicalJson } from './canonical.ts';
import type { Strategy } from './consolidation.ts';
import type { Instant } from './external.ts';
import type { License, LicenseField } from './license.ts';
import { apiName } from './license-edit.ts';
import type { RecordedField } from './lineage.ts';

/**
 * `newest`: describes the business, so whoever wrote it last knows best. `fill`: what was agreed on with the customer, taken only where
 * the master has nothing. `identity`: as `fill`, and no reviewer can have it otherwise, because records are recognised by it. `master`:
 * balances, fees, seats and the state stand for the master alone and are never taken, unless a reviewer names the field.
 */
type Source = 'newest' | 'fill' | 'identity' | 'master';

/** THE table of what may be taken. */
export const FIELD_SOURCES: Readonly<Record<LicenseField, Source>> = {
  product: 'fill',
  plan: 'fill',
  status: 'master',
  term: 'fill',
  seatsTotal: 'master',
  seatsUsed: 'master',
  startsAt: 'fill',
  expiresAt: 'fill',
  dba: 'newest',
  zip: 'newest',
  lastPayment: 'master',
  smsPurchased: 'master',
  smsSent: 'master',
  smsBalance: 'master',
  agents: 'master',
  agentsName: 'master',
  agentsCost: 'master',
  notes: 'fill',
  appid: 'identity',
  countid: 'identity',
  mid: 'identity',
  licenseType: 'newest',
  packageData: 'fill',
  sendbatWorkspace: 'newest',
  comingExpired: 'fill',
  externalEmail: 'newest',
  phone: 'newest',
  address: 'newest',
  city: 'newest',
  lastActive: 'newest',
};

/** Two fields that are one day: they come from one license. */
const ONE_DAY: readonly LicenseField[] = ['expiresAt', 'comingExpired'];
const UNITS: readonly (readonly LicenseField[])[] = [
  ...(Object.keys(FIELD_SOURCES) as LicenseField[]).filter((field) => !ONE_DAY.includes(field)).map((field) => [field]),
  ONE_DAY,
];

/** A license in a group, and who wrote it last. */
export interface Member {
  license: License;
  updatedAt: Instant;
  updatedBy: string;
}

export interface MergeChoice {
  master: Member;
  /** Best first. */
  duplicates: readonly Member[];
  strategy: Strategy;
  /** What a reviewer wants: field → id of the license whose value stands, also when it has none. It goes before the strategy. */
  fields?: Partial<Record<LicenseField, string>> | undefined;
}

/** What each duplicate gives, by its id; or why it cannot be done as asked. */
export type TakenFields = { taken: Map<string, RecordedField[]> } | { fault: string };

/**
 * Every field of the master is changed by one duplicate at most. Rule `consolidated` where the strategy decided, `chosen` where a person did.
 * By `merge_keep_newer` the value of the license that was written last stands, where it has one. What one and the same run wrote counts as
 * written at one time: there the business that was active last goes first, then the master, then the better duplicate.
 */
export function takeFields({ master, duplicates, strategy, fields = {} }: MergeChoice): TakenFields {
  const byId = new Map([master, ...duplicates].map((member) => [member.license.id, member]));
  const newestFirst = byRecency([master, ...duplicates]);
  const taken = new Map<string, RecordedField[]>();
  for (const unit of UNITS) {
    const chosen = chosenFor(unit, fields, byId, master);
    if ('fault' in chosen) return chosen;
    const from =
      chosen.member ?? sourceOf(unit, { source: sourceOfUnit(unit), strategy, master, duplicates, newestFirst });
    if (from === master) continue;
    const rule = chosen.member ? 'chosen' : 'consolidated';
    const changes = unit.flatMap((field): RecordedField[] => {
      const before = master.license[field];
      const after = from.license[field];
      return canonicalJson(before) === canonicalJson(after) ? [] : [{ field, before, after, rule }];
    });
    if (changes.length > 0) taken.set(from.license.id, [...(taken.get(from.license.id) ?? []), ...changes]);
  }
  return { taken };
}

function sourceOfUnit([first]: readonly LicenseField[]): Source {
  return first === undefined ? 'master' : FIELD_SOURCES[first];
}

function sourceOf(
  unit: readonly LicenseField[],
  {
    source,
    strategy,
    master,
    duplicates,
    newestFirst,
  }: Pick<MergeChoice, 'strategy' | 'master' | 'duplicates'> & { source: Source; newestFirst: readonly Member[] },
): Member {
  if (strategy === 'keep_master' || source === 'master') return master;
  const hasValue = (member: Member) => unit.some((field) => !isEmpty(member.license[field]));
  if (strategy === 'merge_keep_newer' && source === 'newest') return newestFirst.find(hasValue) ?? master;
  return [master, ...duplicates].find(hasValue) ?? master;
}

/** The member that a reviewer named for these fields; null when none is named. */
function chosenFor(
  unit: readonly LicenseField[],
  fields: Partial<Record<LicenseField, string>>,
  byId: ReadonlyMap<string, Member>,
  master: Member,
): { member: Member | null } | { fault: string } {
  let member: Member | null = null;
  for (const field of unit) {
    const id = fields[field];
    if (id === undefined) continue;
    const name = apiName(field);
    const named = byId.get(id);
    if (!named) return { fault: `${name} cannot come from license ${id}, which is none of those to be consolidated` };
    if (member && member !== named) return { fault: `${unit.map(apiName).join(' and ')} must come from one license` };
    const before = master.license[field];
    const isOther = canonicalJson(before) !== canonicalJson(named.license[field]);
    if (FIELD_SOURCES[field] === 'identity' && !isEmpty(before) && isOther) {
      return { fault: `${name} of the master cannot be replaced: records are recognised by it. Choose another master` };
    }
    member = named;
  }
  return { member };
}

/** Those written last first; within one run's work the time of writing says nothing of whose data are newer. */
function byRecency(members: readonly Member[]): Member[] {
  const runs = new Map<string, Instant>();
  for (const { updatedBy, updatedAt } of members) {
    if (isRun(updatedBy) && updatedAt > (runs.get(updatedBy) ?? '')) runs.set(updatedBy, updatedAt);
  }
  const writtenAt = ({ updatedBy, updatedAt }: Member) => runs.get(updatedBy) ?? updatedAt;
  // The sort is stable: the master comes before the duplicates, and the better duplicate before the others.
  return [...members].sort(
    (a, b) => -compare(writtenAt(a), writtenAt(b)) || -compare(a.license.lastActive ?? '', b.license.lastActive ?? ''),
  );
}

function isRun(author: string): boolean {
  return author.startsWith('sync:');
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
