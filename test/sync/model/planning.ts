/** The model's runs: what one would do, and doing it. */
import { isDeepStrictEqual } from 'node:util';
import { licenseIdFor } from '../../../domain/identity.ts';
import type { Held, Said } from './fields.ts';
import { matchAll, type Similar } from './matching.ts';
import { agreedAfter, type Clash, differing, meet } from './merging.ts';
import { compensate, type Push, wanted } from './pushing.ts';
import { type Feed, readFeed } from './reading.ts';
import {
  bestOf,
  dropConflicts,
  licenseOf,
  linksOf,
  type Model,
  type ModelLink,
  newLicense,
  openConflicts,
  worldOf,
  write,
} from './state.ts';

export interface Row {
  outcome: 'created' | 'updated' | 'unchanged' | 'linked';
  licenseId: string;
  role: 'primary' | 'secondary';
  changes: Held;
  clashes: Clash[];
  base: Said;
  /** How often its license had been written; null when it is not written. */
  writes: number | null;
}

/** A record that has gone, its license, and how often that had been written. */
type Gone = { licenseId: string; writes: number } | null;

export interface Plan {
  /** The run that made it, and whether that looked for duplicates and would send. */
  id: string;
  searching: boolean;
  twoWay: boolean;
  feed: Feed;
  rows: Map<string, Row>;
  gone: Map<string, Gone>;
  /** What would be sent upstream. */
  pushes: readonly Push[];
  /** Another run has written since, or this plan was carried out. */
  isPast: boolean;
}

export interface Outcome {
  created: number;
  linked: number;
  vanished: number;
  ambiguous: number;
  /** Source keys. */
  drifted: string[];
}

export interface Done extends Outcome {
  /** What it went by. */
  feed: Feed;
}

/** What a run over this feed would do now. */
export function planRows(model: Model, feed: Feed, similar: Similar): { rows: Map<string, Row>; ambiguous: number } {
  const says = new Map([...feed].map(([sourceKey, { said }]) => [sourceKey, said]));
  const { decisions, ambiguous } = matchAll(model, says, similar);
  const rows = new Map<string, Row>();
  for (const [sourceKey, { said }] of feed) {
    const row = model.links.has(sourceKey)
      ? linkedRow(model, sourceKey, said)
      : newRow(model, sourceKey, said, decisions.get(sourceKey));
    if (row) rows.set(sourceKey, row);
  }
  return { rows, ambiguous: ambiguous.size };
}

/** Null: it says what it said, and lives. */
function linkedRow(model: Model, sourceKey: string, said: Said): Row | null {
  const link = model.links.get(sourceKey);
  if (!link) throw new Error(`the model has no link of ${sourceKey}`);
  const { licenseId, role, base, read } = link;
  const isBack = model.mirror.get(sourceKey)?.vanished === true;
  if (isDeepStrictEqual(read, said) && !isBack) return null;
  const license = licenseOf(model, licenseId);
  const nothing = { changes: {}, clashes: [], base: agreedAfter(base, said) };
  const merged = role === 'primary' ? meet(license.held, base, said) : nothing;
  const changes = differing(license.held, { ...merged.changes, ...(isBack ? { external_sync_status: 'synced' } : {}) });
  const isWritten = Object.keys(changes).length > 0;
  return {
    ...merged,
    outcome: isWritten ? 'updated' : 'unchanged',
    licenseId,
    role,
    changes,
    writes: isWritten ? license.writes : null,
  };
}

function newRow(
  model: Model,
  sourceKey: string,
  said: Said,
  decision: { licenseId: string; role: 'primary' | 'secondary' } | undefined,
): Row {
  const nothing = { changes: {}, clashes: [], base: said, writes: null };
  if (!decision) return { ...nothing, outcome: 'created', licenseId: licenseIdFor(sourceKey), role: 'primary' };
  if (decision.role === 'secondary') return { ...nothing, ...decision, outcome: 'linked' };
  const license = licenseOf(model, decision.licenseId);
  const merged = meet(license.held, null, said);
  const changes = differing(license.held, { ...merged.changes, external_sync_status: 'synced' });
  return { ...merged, ...decision, changes, outcome: 'updated', writes: license.writes };
}

/** The live records that the feed does not hold. */
function goneFrom(model: Model, feed: Feed): Map<string, Gone> {
  const gone = [...model.mirror].filter(([sourceKey, { vanished }]) => !vanished && !feed.has(sourceKey));
  return new Map(gone.map(([sourceKey]) => [sourceKey, standing(model, sourceKey)]));
}

function standing(model: Model, sourceKey: string): Gone {
  const link = model.links.get(sourceKey);
  return link ? { licenseId: link.licenseId, writes: licenseOf(model, link.licenseId).writes } : null;
}

/** A run over upstream as it is. @param meanwhile what happens there once it is read. */
export function sync(
  model: Model,
  { inForce, vanishing, twoWay, similar }: { inForce: boolean; vanishing: boolean; twoWay: boolean; similar: Similar },
  meanwhile: () => void,
): Done {
  if (twoWay) compensate(model);
  const feed = readFeed(model, { inForce });
  meanwhile();
  const { rows, ambiguous } = planRows(model, feed, similar);
  const gone = vanishing ? goneFrom(model, feed) : new Map();
  if (model.plan) model.plan.isPast = true;
  carryOut(model, feed, rows, gone);
  return { ...counted(rows, gone), ambiguous, drifted: [], feed };
}

/** A dry run: nothing but a plan. */
export function dryRun(model: Model, made: Pick<Plan, 'id' | 'searching' | 'twoWay'>, similar: Similar): Done {
  const feed = readFeed(model, { inForce: false });
  const { rows, ambiguous } = planRows(model, feed, similar);
  const gone = goneFrom(model, feed);
  const pushes = made.twoWay ? foreseen(model, feed, rows) : [];
  model.plan = { ...made, feed, rows, gone, pushes, isPast: false };
  return { ...counted(rows, new Map()), ambiguous, drifted: [], feed };
}

/** What there would be to send once the rows are carried out. */
function foreseen(model: Model, feed: Feed, rows: ReadonlyMap<string, Row>): Push[] {
  const trial = structuredClone({ ...model, plan: null });
  carryOutRows(trial, feed, rows);
  return wanted(trial, feed);
}

/** Exactly the plan: a record of which something else would be done by now, or whose license was written since, is left. */
export function applyPlan(model: Model, plan: Plan, similar: Similar): Done {
  const { rows: now, ambiguous } = planRows(model, plan.feed, similar);
  const rows = new Map([...plan.rows].filter(([sourceKey, row]) => isDeepStrictEqual(row, now.get(sourceKey))));
  const gone = new Map(
    [...plan.gone].filter(([sourceKey, before]) => isDeepStrictEqual(before, standing(model, sourceKey))),
  );
  const drifted = [
    ...[...now.keys()].filter((sourceKey) => !rows.has(sourceKey)),
    ...[...plan.rows.keys()].filter((sourceKey) => !rows.has(sourceKey) && !now.has(sourceKey)),
    ...[...plan.gone.keys()].filter((sourceKey) => !gone.has(sourceKey)),
  ].sort();
  plan.isPast = true;
  carryOut(model, plan.feed, rows, gone);
  return { ...counted(rows, gone), ambiguous, drifted, feed: plan.feed };
}

function counted(rows: ReadonlyMap<string, Row>, gone: ReadonlyMap<string, Gone>) {
  const count = (outcome: Row['outcome']) => [...rows.values()].filter((row) => row.outcome === outcome).length;
  return { created: count('created'), linked: count('linked'), vanished: gone.size };
}

function carryOut(model: Model, feed: Feed, rows: ReadonlyMap<string, Row>, gone: ReadonlyMap<string, Gone>): void {
  carryOutRows(model, feed, rows);
  for (const sourceKey of gone.keys()) setVanished(model, sourceKey, true);
  for (const licenseId of model.licenses.keys()) settle(model, licenseId);
}

function carryOutRows(model: Model, feed: Feed, rows: ReadonlyMap<string, Row>): void {
  for (const [sourceKey, { said }] of feed) {
    model.mirror.set(sourceKey, { said, vanished: model.mirror.get(sourceKey)?.vanished ?? false });
  }
  for (const [sourceKey, row] of rows) carryOutRow(model, feed, sourceKey, row);
}

function carryOutRow(model: Model, feed: Feed, sourceKey: string, row: Row): void {
  const { licenseId, role, base, changes, clashes } = row;
  const reading = feed.get(sourceKey);
  if (!reading) throw new Error(`the model has not read ${sourceKey}`);
  if (row.outcome === 'created') newLicense(model, { id: licenseId, world: worldOf(sourceKey), held: reading.made });
  if (row.outcome === 'updated') write(model, licenseOf(model, licenseId), changes, sourceKey);
  if (role === 'primary') {
    for (const other of linksOf(model, licenseId)) if (other.sourceKey !== sourceKey) demote(model, other);
  }
  model.links.set(sourceKey, { licenseId, role, base, read: reading.said });
  openConflicts(model, sourceKey, licenseId, clashes);
  setVanished(model, sourceKey, false);
}

/** What a record says that feeds its license no more is nothing to decide. */
function demote(model: Model, { sourceKey, link }: { sourceKey: string; link: ModelLink }): void {
  if (link.role === 'primary') dropConflicts(model, sourceKey);
  link.role = 'secondary';
}

function setVanished(model: Model, sourceKey: string, vanished: boolean): void {
  const record = model.mirror.get(sourceKey);
  if (record) record.vanished = vanished;
}

/** A license lives while one of its records does, and a living one feeds it. */
function settle(model: Model, licenseId: string): void {
  const links = linksOf(model, licenseId);
  if (links.length === 0) return;
  const license = licenseOf(model, licenseId);
  const living = links.filter(({ lives }) => lives);
  const changes: Record<string, Held[string]> = { external_sync_status: living.length > 0 ? 'synced' : 'vanished' };
  let promoted: string | null = null;
  if (living.length > 0 && !living.some(({ link }) => link.role === 'primary')) {
    const best = bestOf(
      model,
      living.map(({ sourceKey }) => sourceKey),
    );
    for (const each of links) {
      const { sourceKey, link } = each;
      if (sourceKey !== best) {
        demote(model, each);
        continue;
      }
      link.role = 'primary';
      promoted = sourceKey;
      const merged = meet(license.held, null, link.base);
      Object.assign(changes, merged.changes);
      openConflicts(model, sourceKey, licenseId, merged.clashes);
    }
  }
  const different = differing(license.held, changes);
  if (Object.keys(different).length > 0) write(model, license, different, promoted);
}
