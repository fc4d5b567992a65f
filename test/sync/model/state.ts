/** The model: what upstream holds, and what the tables must hold, as plain maps. */
import type { RawRecord } from '../../support/simulator.ts';
import type { Held, Said } from './fields.ts';
import type { Clash } from './merging.ts';
import type { Plan } from './planning.ts';

export interface ModelLicense {
  id: string;
  /** Whose records and licenses it can meet. */
  world: number;
  /** Every compared column of `licenses`, `external_sync_status` among them. */
  held: Held;
  /** Times it was written: a version that need not be the same number. */
  writes: number;
}

export interface ModelLink {
  licenseId: string;
  role: 'primary' | 'secondary';
  /** What the two agreed on last. */
  base: Said;
  /** What the record said when it was read for this link; null when the two are to meet anew. */
  read: Said | null;
}

export interface ModelOverride {
  kind: 'always' | 'never';
  sourceKey: string;
  licenseId: string;
}

export interface ModelConflict extends Clash {
  licenseId: string;
}

export interface Model {
  /** By countid. */
  upstream: Map<number, RawRecord>;
  /** Removed upstream, as they were. */
  removed: Map<number, RawRecord>;
  /** Every record that was ever read, by source key. */
  mirror: Map<string, { said: Said; vanished: boolean }>;
  /** In the order in which they came to be. */
  licenses: Map<string, ModelLicense>;
  links: Map<string, ModelLink>;
  overrides: ModelOverride[];
  /** Open ones, by source key and field. */
  conflicts: Map<string, ModelConflict>;
  /** The last dry run's. */
  plan: Plan | null;
  /** Runs so far, the first one not counted: each takes about a second. */
  runs: number;
}

/** Countids of a world lie between this and the next one's. */
export const firstCountid = (world: number) => (world + 1) * 100;

/** The world of a record. */
export const worldOf = (sourceKey: string) => Math.floor(Number(sourceKey.slice(2)) / 100) - 1;

export function emptyModel(): Model {
  return {
    upstream: new Map(),
    removed: new Map(),
    mirror: new Map(),
    licenses: new Map(),
    links: new Map(),
    overrides: [],
    conflicts: new Map(),
    plan: null,
    runs: 0,
  };
}

export function write(license: ModelLicense, changes: Held): void {
  license.held = { ...license.held, ...changes };
  license.writes += 1;
}

/** @throws when there is none: the model contradicts itself. */
export function licenseOf(model: Model, id: string): ModelLicense {
  const license = model.licenses.get(id);
  if (!license) throw new Error(`the model has no license ${id}`);
  return license;
}

/** The links of a license, with their source keys. */
export function linksOf(model: Model, licenseId: string): { sourceKey: string; link: ModelLink; lives: boolean }[] {
  return [...model.links]
    .filter(([, link]) => link.licenseId === licenseId)
    .map(([sourceKey, link]) => ({ sourceKey, link, lives: model.mirror.get(sourceKey)?.vanished === false }));
}

/** The record that should feed a license rather than others: in force, then in use last, then the lowest countid. */
export function bestOf(model: Model, sourceKeys: readonly string[]): string | undefined {
  const merit = (key: string) => {
    const { status, last_active: active, countid } = model.mirror.get(key)?.said ?? {};
    return [status === 1 ? 0 : 1, active ?? '', Number(countid)] as const;
  };
  return [...sourceKeys].sort((a, b) => {
    const [statusA, activeA, countidA] = merit(a);
    const [statusB, activeB, countidB] = merit(b);
    return statusA - statusB || (activeA === activeB ? 0 : activeA > activeB ? -1 : 1) || countidA - countidB;
  })[0];
}

export function openConflicts(model: Model, sourceKey: string, licenseId: string, clashes: readonly Clash[]): void {
  for (const clash of clashes) model.conflicts.set(`${sourceKey} ${clash.field}`, { ...clash, licenseId });
}

export function dropConflicts(model: Model, sourceKey: string): void {
  for (const key of model.conflicts.keys()) if (key.startsWith(`${sourceKey} `)) model.conflicts.delete(key);
}
