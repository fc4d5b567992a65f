/**
 * Where the values of a license come from, told from its recorded changes. The changes are undone from the newest to the oldest: the
 * first one met for a field put the present value there, and what is left in the end is what the license was created with.
 */
import { canonicalJson } from './canonical.ts';
import type { License, LicenseField } from './license.ts';

/** What is recorded of a license: its fields, and how it stands towards its records. */
export type LineageField = LicenseField | 'externalSyncStatus';
export type LineageValue = License[LineageField];

/** The fields as a license has them. */
export const LINEAGE_FIELDS = [
  'product',
  'plan',
  'status',
  'term',
  'seatsTotal',
  'seatsUsed',
  'startsAt',
  'expiresAt',
  'dba',
  'zip',
  'lastPayment',
  'smsPurchased',
  'smsSent',
  'smsBalance',
  'agents',
  'agentsName',
  'agentsCost',
  'notes',
  'appid',
  'countid',
  'mid',
  'licenseType',
  'packageData',
  'sendbatWorkspace',
  'comingExpired',
  'externalEmail',
  'phone',
  'address',
  'city',
  'lastActive',
  'externalSyncStatus',
] as const satisfies readonly LineageField[];

/** One field in a recorded change; the rule says why it got its value. */
export interface RecordedField {
  field: LineageField;
  before: LineageValue;
  after: LineageValue;
  rule: string;
}

/**
 * What a change was. `merged`: other licenses were consolidated into this one, `unmerged`: that was undone, or a link by similarity was;
 * `archived`: it was consolidated into another one, `restored`: that was undone.
 */
export const CHANGE_KINDS = ['created', 'updated', 'merged', 'archived', 'unmerged', 'restored'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One recorded change of a license. */
export interface RecordedChange {
  kind: ChangeKind;
  /** Null for a creation that is told by the values that it left. */
  fields: readonly RecordedField[] | null;
}

/** Who put a field's present value there. */
export interface Blame<C extends RecordedChange> {
  field: LineageField;
  /** The present value. */
  value: LineageValue;
  /** The change that put it there; null when none on record did. */
  change: C | null;
  rule: string | null;
  /** What stood there before; null also for a value that is there since the creation. */
  replaced: LineageValue;
}

/** A license with its newest changes undone; begin with `traceOf`. */
export interface Trace<C extends RecordedChange> {
  readonly present: Readonly<Record<LineageField, LineageValue>>;
  /** The values before everything that was undone so far. */
  readonly values: Readonly<Record<LineageField, LineageValue>>;
  /** The newest change of each field among those that were undone. */
  readonly latest: ReadonlyMap<LineageField, { change: C; recorded: RecordedField }>;
  readonly creation: C | null;
}

/** The license as it stands, nothing undone. */
export function traceOf<C extends RecordedChange>(license: License): Trace<C> {
  const values = Object.fromEntries(LINEAGE_FIELDS.map((field) => [field, license[field]])) as Trace<C>['values'];
  return { present: values, values, latest: new Map(), creation: null };
}

/** Undoes one more change; they come newest first. */
export function undo<C extends RecordedChange>(trace: Trace<C>, change: C): Trace<C> {
  if (change.kind === 'created') return { ...trace, creation: change };
  const values = { ...trace.values };
  const latest = new Map(trace.latest);
  // Within one change the later entry was made later.
  for (const recorded of [...(change.fields ?? [])].reverse()) {
    values[recorded.field] = recorded.before;
    if (!latest.has(recorded.field)) latest.set(recorded.field, { change, recorded });
  }
  return { ...trace, values, latest };
}

/**
 * What the license was created with: one entry for each field that had a value, when every change of it was undone.
 * @returns entries that read as changes from nothing; how the license stood towards its records is no value of its own.
 */
export function creationFields<C extends RecordedChange>({ values }: Trace<C>): RecordedField[] {
  return entries(values)
    .filter(([field, value]) => field !== 'externalSyncStatus' && value !== null)
    .map(([field, after]) => ({ field, before: null, after, rule: 'created' }));
}

/** Who put the present value of each field there, in the order of the license's fields, when every change of it was undone. */
export function blameOf<C extends RecordedChange>(trace: Trace<C>): Blame<C>[] {
  return entries(trace.present).flatMap(([field, value]) => {
    const newest = trace.latest.get(field);
    if (!newest) {
      if (field === 'externalSyncStatus') return [];
      const { creation } = trace;
      return { field, value, change: creation, rule: creation ? 'created' : null, replaced: null };
    }
    const { change, recorded } = newest;
    // Something else wrote to the table since: naming the last recorded author would accuse the wrong one.
    if (!same(recorded.after, value)) return { field, value, change: null, rule: null, replaced: recorded.after };
    return { field, value, change, rule: recorded.rule, replaced: recorded.before };
  });
}

function same(a: LineageValue, b: LineageValue): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function entries(values: Readonly<Record<LineageField, LineageValue>>): [LineageField, LineageValue][] {
  return Object.entries(values) as [LineageField, LineageValue][];
}
