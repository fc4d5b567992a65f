/** The model of making licenses one: who stays, what it gets, and which record feeds it then. Written from the design. */
import { isDeepStrictEqual } from 'node:util';
import { licenseIdFor } from '../../../domain/identity.ts';
import type { Held, Value } from './fields.ts';
import { differing } from './merging.ts';
import {
  bestOf,
  isBarred,
  licenseOf,
  linksOf,
  type Model,
  type ModelConflict,
  type ModelLicense,
  type ModelLink,
  type ModelMerge,
  rootOf,
  write,
} from './state.ts';

export type Strategy = 'merge_keep_newer' | 'keep_master' | 'fill_empty';

export interface Joining {
  /** Null: the best of all stays. */
  masterId: string | null;
  /** Without the master, if that is named. */
  others: readonly string[];
  strategy: Strategy;
  /** Columns whose value comes from a certain license. */
  chosen?: Readonly<Record<string, string>>;
  caseId?: number | null;
}

/** Where the values of columns come from; the columns of one entry come from one license. */
const SOURCES: readonly { columns: readonly string[]; source: 'newest' | 'fill' | 'identity' }[] = [
  ...[
    'dba',
    'zip',
    'license_type',
    'sendbat_workspace',
    'external_email',
    'phone',
    'address',
    'city',
    'last_active',
  ].map((column) => ({ columns: [column], source: 'newest' as const })),
  ...['product', 'plan', 'term', 'starts_at', 'notes', 'package_data'].map((column) => ({
    columns: [column],
    source: 'fill' as const,
  })),
  { columns: ['expires_at', 'coming_expired'], source: 'fill' },
  ...['appid', 'countid', 'mid'].map((column) => ({ columns: [column], source: 'identity' as const })),
];

const STATES = ['draft', 'cancel', 'pending', 'expired', 'expiring', 'active'];
const POINTS: Readonly<Record<string, number>> = {
  draft: 10,
  cancel: 20,
  pending: 40,
  expired: 60,
  expiring: 80,
  active: 100,
};

/** Best first. All of it was written within minutes, so that the freshness is the same for all. */
export function ranked(model: Model, ids: readonly string[]): string[] {
  const merit = (id: string) => {
    const { held, created } = licenseOf(model, id);
    if (!STATES.includes(String(held.status))) throw new Error(`the model knows no status ${held.status}`);
    const filled = ['dba', 'external_email', 'zip', 'phone', 'address'].filter(
      (column) => (held[column] ?? null) !== null,
    );
    const active =
      ((held.last_active ?? null) === null ? 0 : 20) +
      (Number(held.sms_sent ?? 0) > 0 ? 15 : 0) +
      (Number(held.agents ?? 0) > 0 ? 15 : 0) +
      (Number(held.last_payment ?? 0) === 0 ? 0 : 25);
    const score = 0.85 * (POINTS[String(held.status)] ?? 0) + (filled.length / 5) * 5 + (active / 75) * 5;
    const isFed = linksOf(model, id).some(({ link, lives }) => lives && link.role === 'primary');
    return {
      score: Math.round(score * 100),
      isFed,
      countid: held.countid === null ? Number.POSITIVE_INFINITY : Number(held.countid),
      created,
    };
  };
  const merits = new Map(ids.map((id) => [id, merit(id)]));
  return [...ids].sort((one, other) => {
    const [a, b] = [merits.get(one), merits.get(other)];
    if (!a || !b) throw new Error('a license has no merit');
    return (
      b.score - a.score ||
      Number(b.isFed) - Number(a.isFed) ||
      (a.countid === b.countid ? 0 : a.countid - b.countid) ||
      a.created - b.created ||
      (one < other ? -1 : 1)
    );
  });
}

/** Whether these may be made one. */
export function mayJoin(model: Model, joining: Joining): boolean {
  const ids = joining.masterId === null ? joining.others : [joining.masterId, ...joining.others];
  if (new Set(ids).size !== ids.length || ids.length < 2) return false;
  if (ids.some((id) => licenseOf(model, id).archivedInto !== null)) return false;
  const isApart = ids.some((id) =>
    linksOf(model, id).some(({ sourceKey }) => ids.some((other) => other !== id && isBarred(model, sourceKey, other))),
  );
  // Where a record that is never one of them would be brought otherwise: nobody could say where it belongs.
  const isExiled = model.overrides.some(
    ({ kind, sourceKey, licenseId }) =>
      kind === 'never' &&
      ids.includes(rootOf(model, licenseId)) &&
      homesOf(model, sourceKey).some((home) => ids.includes(home) && home !== rootOf(model, licenseId)),
  );
  if (isApart || isExiled) return false;
  const masterId = joining.masterId ?? ranked(model, ids)[0] ?? '';
  return Object.entries(joining.chosen ?? {}).every(([column, from]) => {
    const here = licenseOf(model, masterId).held[column] ?? null;
    const there = licenseOf(model, from).held[column] ?? null;
    const isIdentity = SOURCES.some(({ columns, source }) => source === 'identity' && columns.includes(column));
    return ids.includes(from) && !(isIdentity && !isEmpty(here) && !isDeepStrictEqual(here, there));
  });
}

/** The license that a person said a record always belongs to, and the one that was made of it. */
function homesOf(model: Model, sourceKey: string): string[] {
  const always = model.overrides.filter((said) => said.kind === 'always' && said.sourceKey === sourceKey);
  const homes = [...always.map(({ licenseId }) => licenseId), licenseIdFor(sourceKey)];
  return homes.filter((id) => model.licenses.has(id)).map((id) => rootOf(model, id));
}

/**
 * Makes them one.
 * @param idOf the number that the product gave the line of the ledger for a duplicate.
 * @returns the license that stays.
 */
export function join(model: Model, joining: Joining, idOf: (duplicateId: string) => number): string {
  const ids = joining.masterId === null ? joining.others : [joining.masterId, ...joining.others];
  const order = ranked(model, ids);
  const masterId = joining.masterId ?? order[0] ?? '';
  const master = licenseOf(model, masterId);
  const duplicates = order.filter((id) => id !== masterId).map((id) => licenseOf(model, id));
  const gifts = giftsOf(master, duplicates, joining);
  const own = linksOf(model, masterId);
  const moved = duplicates.flatMap(({ id }) => linksOf(model, id));
  const promoted = promotedBy(model, own, moved);
  const former = own.find(({ link }) => link.role === 'primary');
  const demoted = promoted !== null && former ? { sourceKey: former.sourceKey, link: { ...former.link } } : null;
  const bringer = duplicates.find(({ id }) => linksOf(model, id).some(({ sourceKey }) => sourceKey === promoted));

  const lines = duplicates.map((duplicate, index): ModelMerge => {
    const links = linksOf(model, duplicate.id);
    const remembers = demoted !== null && (bringer ? duplicate === bringer : index === 0);
    const keys = [...links.map(({ sourceKey }) => sourceKey), ...(remembers ? [demoted.sourceKey] : [])];
    return {
      id: idOf(duplicate.id),
      masterId,
      duplicateId: duplicate.id,
      caseId: joining.caseId ?? null,
      changes: Object.fromEntries(
        Object.entries(gifts.get(duplicate.id) ?? {}).map(([column, after]) => [
          column,
          { before: master.held[column] ?? null, after },
        ]),
      ),
      moved: Object.fromEntries(links.map(({ sourceKey, link }) => [sourceKey, { ...link }])),
      demoted: remembers ? demoted : null,
      superseded: takeConflicts(model, keys),
      write: master.writes + 1,
      sentBefore: model.sent.length,
      undone: false,
    };
  });
  for (const { sourceKey, link } of [...(promoted === null ? [] : own), ...moved]) {
    link.licenseId = masterId;
    if (sourceKey !== promoted) link.role = 'secondary';
    else if (link.role === 'secondary') Object.assign(link, { role: 'primary', base: {}, read: null });
  }
  const changes = Object.assign({}, ...gifts.values()) as Record<string, Value>;
  if (moved.length > 0) changes.external_sync_status = standingOf([...own, ...moved]);
  write(model, master, differing(master.held, changes));
  for (const duplicate of duplicates) {
    write(model, duplicate, {});
    duplicate.archivedInto = masterId;
  }
  for (const line of lines) model.merges.set(line.id, line);
  return masterId;
}

/** How a license stands towards its records. */
export function standingOf(links: readonly { lives: boolean }[]): Value {
  if (links.length === 0) return null;
  return links.some(({ lives }) => lives) ? 'synced' : 'vanished';
}

/** Columns that the master gets another value of, by the duplicate that gives it. */
function giftsOf(
  master: ModelLicense,
  duplicates: readonly ModelLicense[],
  { strategy, chosen = {} }: Joining,
): Map<string, Held> {
  const members = [master, ...duplicates];
  const named = Object.keys(chosen).filter((column) => !SOURCES.some(({ columns }) => columns.includes(column)));
  const units = [...SOURCES, ...named.map((column) => ({ columns: [column], source: 'master' as const }))];
  const gifts = new Map<string, Held>();
  for (const { columns, source } of units) {
    const has = ({ held }: ModelLicense) => columns.some((column) => !isEmpty(held[column] ?? null));
    const wanted = columns.map((column) => chosen[column]).find((id) => id !== undefined);
    const bySource =
      strategy === 'keep_master' || source === 'master'
        ? master
        : ((strategy === 'merge_keep_newer' && source === 'newest' ? newestFirst(members) : members).find(has) ??
          master);
    const from = wanted === undefined ? bySource : members.find(({ id }) => id === wanted);
    if (!from || from === master) continue;
    const given = Object.fromEntries(columns.map((column) => [column, from.held[column] ?? null]));
    const different = differing(master.held, given);
    if (Object.keys(different).length > 0) gifts.set(from.id, { ...gifts.get(from.id), ...different });
  }
  return gifts;
}

/** What one run wrote counts as written at one time; then the business that was active last goes first. */
function newestFirst(members: readonly ModelLicense[]): ModelLicense[] {
  const at = ({ updated }: ModelLicense) =>
    updated.run === null
      ? updated.at
      : Math.max(...members.flatMap((each) => (each.updated.run === updated.run ? each.updated.at : [])));
  const active = ({ held }: ModelLicense) => String(held.last_active ?? '');
  return [...members].sort((a, b) => at(b) - at(a) || (active(a) === active(b) ? 0 : active(a) > active(b) ? -1 : 1));
}

type Linked = { sourceKey: string; link: ModelLink; lives: boolean };

/** The record that feeds the master from now on, where its own one does not; what fed a duplicate goes before what joined one. */
function promotedBy(model: Model, own: readonly Linked[], moved: readonly Linked[]): string | null {
  const primary = own.find(({ link }) => link.role === 'primary');
  if (primary?.lives) return null;
  const feeding = moved.filter(({ link }) => link.role === 'primary');
  const newcomers = feeding.some(({ lives }) => lives) ? feeding : moved;
  const candidates = [...own.filter((each) => each !== primary), ...newcomers];
  const living = candidates.filter(({ lives }) => lives);
  if (primary && living.length === 0) return null;
  const among = living.length > 0 ? living : candidates;
  return (
    bestOf(
      model,
      among.map(({ sourceKey }) => sourceKey),
    ) ?? null
  );
}

/** Closes the conflicts of these records, and tells which those were. */
function takeConflicts(model: Model, sourceKeys: readonly string[]): Record<string, ModelConflict> {
  const taken: Record<string, ModelConflict> = {};
  for (const [key, conflict] of model.conflicts) {
    if (!sourceKeys.includes(key.split(' ')[0] ?? '')) continue;
    taken[key] = conflict;
    model.conflicts.delete(key);
  }
  return taken;
}

function isEmpty(value: Value): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
