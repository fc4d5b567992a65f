/** The model: what upstream holds, and what the tables must hold, as plain maps. */
import type { RawRecord } from '../../support/simulator.ts';
import type { Held, Said, Value } from './fields.ts';
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
  /** The license that it was consolidated into. */
  archivedInto: string | null;
  created: number;
  /** When it was written last: a tick of the model's clock, and the run that did it, if any. */
  updated: { at: number; run: number | null };
  /** What was written since it was made: the number of the write, the record behind it, the columns. */
  history: { write: number; sourceKey: string | null; run: number | null; changes: Held; before: Held }[];
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

/** A line of the ledger. */
export interface ModelMerge {
  id: number;
  masterId: string;
  /** Null: a record was linked to a license that it resembled. */
  duplicateId: string | null;
  caseId: number | null;
  /** What the master got, by column. */
  changes: Record<string, { before: Value; after: Value }>;
  /** Links as they were before. */
  moved: Record<string, ModelLink>;
  /** The master's own link that gave way. */
  demoted: { sourceKey: string; link: ModelLink } | null;
  /** Conflicts that had nothing left to decide. */
  superseded: Record<string, ModelConflict>;
  /** Writes of the master by then. */
  write: number;
  /** What had been sent upstream by then: so many entries of `sent`. */
  sentBefore: number;
  undone: boolean;
}

/** A value that a record was told, by column of the mirror. */
export interface PushedValue {
  said: string;
  /** What the record said by then. */
  before: Value;
  after: Value;
}

/** What a record was told. */
export interface ModelSent {
  sourceKey: string;
  fields: readonly PushedValue[];
}

/** A person's word that two licenses are not one, with what was known of both. */
export interface ModelVerdict {
  refs: readonly [string, string];
  says: readonly [string, string];
  caseId: number | null;
}

/** A duplicate case, as the product has it. */
export interface ModelCase {
  id: number;
  state: string;
  version: number;
  reason: string;
  returned: boolean;
  members: { ref: string; licenseId: string; business: string }[];
}

/** `apply`: of a plan that nothing has overtaken; `late`: of one that was carried out or overtaken by another run. */
export type RunKind = 'full' | 'external' | 'partial' | 'dry' | 'apply' | 'late';

export interface Model {
  /** Whether runs look for duplicates. */
  searching: boolean;
  /** Which runs send what was edited inside. */
  twoWay: 'none' | 'drawn' | 'all';
  /** Whether the API fails and people interfere while runs are under way. */
  disturbed: boolean;
  /** Ticks with every write that is not of the same moment. */
  clock: number;
  /** The run that writes; null: people do. */
  run: number | null;
  merges: Map<number, ModelMerge>;
  /** Pairs that are not one, by both refs. */
  verdicts: Map<string, ModelVerdict>;
  cases: Map<number, ModelCase>;
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
  /** What was sent upstream, in order. */
  sent: ModelSent[];
  /** What an undone merge leaves to be taken back upstream. */
  due: { sourceKey: string; fields: readonly PushedValue[] }[];
  /** By record and license: how often that had been written when the API refused what it said. */
  refused: Map<string, number>;
  /** Records whose changes the API refuses in the run under way. */
  refusing: Set<string>;
  /** Changes that the API has made for us. */
  puts: number;
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
    searching: false,
    twoWay: 'none',
    disturbed: false,
    clock: 0,
    run: null,
    merges: new Map(),
    verdicts: new Map(),
    cases: new Map(),
    upstream: new Map(),
    removed: new Map(),
    mirror: new Map(),
    licenses: new Map(),
    links: new Map(),
    overrides: [],
    conflicts: new Map(),
    sent: [],
    due: [],
    refused: new Map(),
    refusing: new Set(),
    puts: 0,
    plan: null,
    runs: 0,
  };
}

/** @param sourceKey the record behind it. */
export function write(model: Model, license: ModelLicense, changes: Held, sourceKey: string | null = null): void {
  const before = Object.fromEntries(Object.keys(changes).map((column) => [column, license.held[column] ?? null]));
  license.held = { ...license.held, ...changes };
  license.writes += 1;
  license.updated = { at: model.clock, run: model.run };
  license.history.push({ write: license.writes, sourceKey, run: model.run, changes, before });
}

/** A license that nobody has written since. */
export function newLicense(model: Model, { id, world, held }: Pick<ModelLicense, 'id' | 'world' | 'held'>): void {
  const moment = { created: model.clock, updated: { at: model.clock, run: model.run } };
  model.licenses.set(id, { id, world, held, writes: 1, archivedInto: null, ...moment, history: [] });
}

/** The live license that one leads to. @throws when the chain does not end. */
export function rootOf(model: Model, id: string): string {
  let at = licenseOf(model, id);
  for (let step = 0; at.archivedInto !== null; step += 1) {
    if (step > model.licenses.size) throw new Error(`license ${id} leads to none that lives`);
    at = licenseOf(model, at.archivedInto);
  }
  return at.id;
}

/** Names a pair, whichever comes first. */
export const pairOf = (a: string, b: string) => [a, b].sort().join(' ');

export const liveLicenses = (model: Model) =>
  [...model.licenses.values()].filter(({ archivedInto }) => archivedInto === null);

/** Whether a person said that the record is never the license, or what that was consolidated into. */
export function isBarred(model: Model, sourceKey: string, licenseId: string): boolean {
  return model.overrides.some(
    (said) => said.kind === 'never' && said.sourceKey === sourceKey && rootOf(model, said.licenseId) === licenseId,
  );
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
