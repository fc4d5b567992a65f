/**
 * Making licenses of one business one: for a run, a reviewer or the API, many groups at once, in the caller's transaction. The master
 * gets what the strategy gives it, the duplicates are archived, their records are moved to the master, and the ledger (`merges`)
 * holds what undoing it takes. Nothing is deleted.
 */
import { takeFields } from '../domain/consolidated-fields.ts';
import { chooseMaster, type MasterCandidate, type Strategy } from '../domain/consolidation.ts';
import { licenseIdFor } from '../domain/identity.ts';
import type { LicenseField } from '../domain/license.ts';
import type { RecordedField } from '../domain/lineage.ts';
import { choosePrimary, type LinkedRecord } from '../domain/link-roles.ts';
import { isoInstant } from './connect.ts';
import { each, type LockedLicense, type LockedLink, lockWithLinks, syncStatusOf } from './consolidation-locks.ts';
import { type GroupWrite, writeConsolidated } from './consolidation-writes.ts';
import { rootsOf } from './redirects.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

export interface ConsolidationGroup {
  /** Null: chosen by `chooseMaster`. */
  masterId: string | null;
  /** With a master that is to be chosen: all members. */
  duplicateIds: readonly string[];
  strategy: Strategy;
  /** Field → id of the license whose value stands; goes before the strategy. */
  fields?: Partial<Record<LicenseField, string>> | undefined;
  /** Of the pair or group, 0 to 100. */
  confidence: number | null;
  caseId: number | null;
  note: string | null;
}

export interface ConsolidationContext {
  by: string;
  now: SqlInstant;
  /** The run that does it; null for people. */
  operation: number | null;
  batchSize: number;
}

export type ConsolidationFault = 'license-not-found' | 'license-archived' | 'consolidation-refused';
export type ConsolidationOutcome =
  | { done: true; masterId: string; mergeIds: number[] }
  | {
      done: false;
      code: ConsolidationFault;
      reason: string;
      /** The live license that an archived one leads to. */
      archivedInto?: string;
    };

/**
 * Consolidates each group, or says why not; one that cannot be done stops no other. Groups that share a license are done one
 * after the other, so the later one sees what the earlier one did.
 * @returns one outcome a group, in their order.
 */
export async function consolidateGroups(
  trx: Trx,
  groups: readonly ConsolidationGroup[],
  context: ConsolidationContext,
): Promise<ConsolidationOutcome[]> {
  const outcomes: ConsolidationOutcome[] = [];
  for (let waiting = [...groups.entries()]; waiting.length > 0; ) {
    const [round, rest] = withoutSharing(waiting);
    await consolidateRound(trx, round, context, outcomes);
    waiting = rest;
  }
  return outcomes;
}

/** A group and its place among those given. */
type Placed = [number, ConsolidationGroup];

/** The groups that share no license with an earlier one, and the others. */
function withoutSharing(groups: readonly Placed[]): [Placed[], Placed[]] {
  const taken = new Set<string>();
  const round: Placed[] = [];
  const rest: Placed[] = [];
  for (const placed of groups) {
    const ids = idsOf(placed[1]);
    (ids.some((id) => taken.has(id)) ? rest : round).push(placed);
    for (const id of ids) taken.add(id);
  }
  return [round, rest];
}

async function consolidateRound(
  trx: Trx,
  groups: readonly Placed[],
  context: ConsolidationContext,
  outcomes: ConsolidationOutcome[],
): Promise<void> {
  const locked = await lockWithLinks(
    trx,
    groups.flatMap(([, group]) => idsOf(group)),
  );
  const archived = [...locked.values()].filter(({ row }) => row.archived_into !== null).map(({ row }) => row.id);
  const roots = await rootsOf(trx, archived);
  const barred = await barredLicenses(trx, [...locked.values()]);
  const writes: { place: number; write: GroupWrite }[] = [];
  for (const [place, group] of groups) {
    const decided = whyNot(group, locked, roots, barred) ?? decide(group, locked, context);
    if ('done' in decided) outcomes[place] = decided;
    else writes.push({ place, write: decided });
  }
  const mergeIds = await writeConsolidated(
    trx,
    writes.map(({ write }) => write),
    context,
  );
  for (const { place, write } of writes) {
    const ids = write.duplicates.flatMap(({ locked: { row } }) => mergeIds.get(row.id) ?? []);
    outcomes[place] = { done: true, masterId: write.master.row.id, mergeIds: ids };
  }
}

function idsOf({ masterId, duplicateIds }: ConsolidationGroup): string[] {
  return masterId === null ? [...duplicateIds] : [masterId, ...duplicateIds];
}

function whyNot(
  group: ConsolidationGroup,
  locked: ReadonlyMap<string, LockedLicense>,
  roots: ReadonlyMap<string, string>,
  barred: readonly Barred[],
): ConsolidationOutcome | null {
  const ids = idsOf(group);
  const members = new Set(ids);
  if (members.size < 2) return refused('at least two licenses are needed to make one of them');
  if (members.size < ids.length) {
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    return refused(`license ${twice} is named twice`);
  }
  for (const id of ids) {
    const license = locked.get(id);
    if (!license) return { done: false, code: 'license-not-found', reason: `there is no license ${id}` };
    if (license.row.archived_into === null) continue;
    const root = roots.get(id) ?? license.row.archived_into;
    const reason = `license ${id} was consolidated into ${root}; name that one`;
    return { done: false, code: 'license-archived', reason, archivedInto: root };
  }
  const against = barred.find(({ of, licenseId }) => members.has(of) && members.has(licenseId) && of !== licenseId);
  if (!against) return null;
  return refused(
    `match override ${against.id} says that record ${against.sourceKey} never belongs to license ${against.licenseId}; remove the override first`,
  );
}

interface Barred {
  id: number;
  sourceKey: string;
  /** The license that the record is linked to, always belongs to, or was made into. */
  of: string;
  /** The license that it never belongs to, at the end of the chain. */
  licenseId: string;
}

/** What people said of the records of these licenses: who is never who. */
async function barredLicenses(trx: Trx, licenses: readonly LockedLicense[]): Promise<Barred[]> {
  const of = new Map(licenses.flatMap(({ row, links }) => links.map((link) => [link.row.source_key, row.id] as const)));
  const linked = await each([...of.keys()], (part) =>
    trx
      .selectFrom('match_overrides')
      .select(['id', 'source_key', 'license_id'])
      .where('kind', '=', 'never')
      .where('source_key', 'in', part)
      .execute(),
  );
  const named = await barredFromThese(trx, new Set(licenses.map(({ row }) => row.id)));
  const rows = [...new Map([...linked, ...named].map((row) => [row.id, row])).values()];
  const wanted = await each([...new Set(rows.map((row) => row.source_key))], (part) =>
    trx
      .selectFrom('match_overrides')
      .select(['source_key', 'license_id'])
      .where('kind', '=', 'always')
      .where('source_key', 'in', part)
      .execute(),
  );
  const always = new Map(wanted.map((row) => [row.source_key, row.license_id]));
  const roots = await rootsOf(trx, [
    ...rows.flatMap((row) => [row.license_id, licenseIdFor(row.source_key)]),
    ...always.values(),
  ]);
  return rows.flatMap(({ id, source_key: sourceKey, license_id: licenseId }) => {
    // Where the next run would bring it: what a person said always, or the license that was made of it.
    const homes = [of.get(sourceKey), roots.get(licenseIdFor(sourceKey)), roots.get(always.get(sourceKey) ?? '')];
    return homes.flatMap((home) =>
      home === undefined ? [] : [{ id, sourceKey, of: home, licenseId: roots.get(licenseId) ?? licenseId }],
    );
  });
}

/** Overrides that bar a record from one of these licenses, or from one that was consolidated into it. */
async function barredFromThese(
  trx: Trx,
  licenseIds: ReadonlySet<string>,
): Promise<{ id: number; source_key: string; license_id: string }[]> {
  const rows = await each([...licenseIds], (part) =>
    trx
      .selectFrom('match_overrides as o')
      .innerJoin('licenses as l', 'l.id', 'o.license_id')
      .select(['o.id', 'o.source_key', 'o.license_id'])
      .where('o.kind', '=', 'never')
      .where((is) => is.or([is('o.license_id', 'in', part), is('l.archived_into', 'is not', null)]))
      .execute(),
  );
  return rows;
}

/** Who stays, what it takes, and which record feeds it then. */
function decide(
  group: ConsolidationGroup,
  locked: ReadonlyMap<string, LockedLicense>,
  { now }: ConsolidationContext,
): GroupWrite | ConsolidationOutcome {
  const members = idsOf(group).flatMap((id) => locked.get(id) ?? []);
  const { masterId: best, ranking } = chooseMaster(members.map(candidateOf), Date.parse(isoInstant(now)));
  const masterId = group.masterId ?? best;
  const master = locked.get(masterId);
  if (!master) throw new Error(`license ${masterId} was to be the master but was not locked`);
  const duplicates = ranking.flatMap(({ licenseId }) => (licenseId === masterId ? [] : (locked.get(licenseId) ?? [])));
  const fields = takeFields({
    master: memberOf(master),
    duplicates: duplicates.map(memberOf),
    strategy: group.strategy,
    fields: group.fields,
  });
  if ('fault' in fields) return refused(fields.fault);
  const moved = duplicates.flatMap(({ links }) => links);
  const promoted = promotedBy(master.links, moved);
  const before = master.license.externalSyncStatus;
  const after = moved.length === 0 ? before : syncStatusOf([...master.links, ...moved]);
  const status: RecordedField[] =
    before === after ? [] : [{ field: 'externalSyncStatus', before, after, rule: 'consolidated' }];
  return {
    master,
    duplicates: duplicates.map((duplicate) => ({
      locked: duplicate,
      taken: fields.taken.get(duplicate.row.id) ?? [],
    })),
    status,
    promoted,
    strategy: group.strategy,
    confidence: group.confidence,
    caseId: group.caseId,
    note: group.note,
  };
}

/**
 * The record that comes to feed the master; null when its own one goes on to. Records that fed a duplicate go before those that only
 * joined one, because what they say has been merged into it.
 */
function promotedBy(own: readonly LockedLink[], moved: readonly LockedLink[]): string | null {
  const feeding = moved.filter(({ record }) => record.role === 'primary');
  const joined = feeding.some(({ record }) => record.live) ? feeding : moved;
  const links: LinkedRecord[] = [
    ...own.map(({ record }) => record),
    ...joined.map(({ record }) => ({ ...record, role: 'secondary' as const })),
  ];
  return choosePrimary(links)?.sourceKey ?? null;
}

/** What the choice of a master goes by. */
export function candidateOf({ row, license, links }: LockedLicense): MasterCandidate {
  return {
    licenseId: row.id,
    status: license.status,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
    fed: links.some(({ record }) => record.role === 'primary' && record.live),
    countid: license.countid,
    dba: license.dba,
    email: license.externalEmail,
    zip: license.zip,
    phone: license.phone,
    address: license.address,
    lastActive: license.lastActive,
    smsSent: license.smsSent,
    agents: license.agents,
    lastPayment: license.lastPayment,
  };
}

function memberOf({ row, license }: LockedLicense) {
  return { license, updatedAt: isoInstant(row.updated_at), updatedBy: row.updated_by };
}

function refused(reason: string): Extract<ConsolidationOutcome, { done: false }> {
  return { done: false, code: 'consolidation-refused', reason };
}
