/** Clashes of values between a record and its license: look at them, settle them. */
import { type ResolveOutcome, type ResolveRequest, resolveConflicts } from '../db/conflict-resolution.ts';
import {
  type ConflictFilter,
  type ConflictRow,
  findConflict,
  licensesOfConflicts,
  listConflicts,
  openConflictIds,
  recordedConflict,
} from '../db/conflicts.ts';
import { isoInstant } from '../db/connect.ts';
import { findLicenseId } from '../db/lineage.ts';
import { inTransaction } from '../db/retry.ts';
import type { ConflictState } from '../db/tables.ts';
import { type Choice, type MappedValue, presentValue } from '../domain/conflicts.ts';
import type { MappedField } from '../domain/mapping.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal, Refusal } from './errors.ts';
import { readTyped } from './typed-value.ts';

export interface ConflictView {
  id: number;
  /** Null when the license is not there any more. */
  license: { id: string; key: string; dba: string | null; version: number } | null;
  sourceKey: string;
  operationId: string | null;
  field: MappedField;
  /** The three values in the spelling of the API; `base` is null where the two met for the first time. */
  internal: MappedValue;
  external: MappedValue;
  base: MappedValue;
  /** What the license holds now. */
  present: MappedValue;
  resolution: 'took_external' | 'kept_internal';
  /** Whether the field is kept from being sent to the API until someone has decided. */
  held: boolean;
  state: ConflictState;
  choice: 'keep' | 'take' | 'value' | null;
  resolvedBy: string | null;
  resolvedAt: string | null;
  createdAt: string;
  /** What happened, and what to do. */
  sentence: string;
}

export type BulkResult =
  | { id: number; outcome: 'resolved' }
  | { id: number; outcome: 'skipped'; reason: string; detail: string };

/** What is settled at once: named conflicts, or open ones by a filter, in the order of their ids from the cursor on. */
export type BulkTarget =
  | { ids: readonly number[] }
  | { filter: Omit<ConflictFilter, 'state'>; cursor?: number | undefined };

export interface Conflicts {
  /** Newest first. `licenseId` of the filter is an id or a key. @throws {Refusal} `license-not-found` */
  list(
    filter: ConflictFilter,
    page: { limit: number; cursor?: number | undefined },
  ): Promise<{ conflicts: ConflictView[]; next: number | null }>;
  /** @throws {Refusal} `conflict-not-found` */
  get(id: number): Promise<ConflictView>;
  /**
   * @param asked `value` belongs to the choice `value` only, in the spelling of the API.
   * @throws {Refusal} `conflict-not-found`, `conflict-state`, `value-invalid`, `license-changed`, `license-not-found`
   */
  resolve(
    id: number,
    asked: { choice: 'keep' | 'take' } | { choice: 'value'; value: unknown },
    by: { name: string; expectedVersion: number | null },
  ): Promise<ConflictView>;
  /**
   * Settles at most `MAX_AT_ONCE`; what is left of a filter is named by `next`, the cursor to go on with.
   * @throws {Refusal} `license-not-found` when the filter names a license, by id or key, that is not there.
   */
  resolveMany(
    target: BulkTarget,
    choice: 'keep' | 'take',
    by: string,
  ): Promise<{ results: BulkResult[]; next: number | null }>;
}

export const MAX_AT_ONCE = 1000;
/** Conflicts of one transaction: it holds the locks of their licenses. */
const PER_TRANSACTION = 50;

export function createConflicts({ db, log }: OperationsDeps): Conflicts {
  async function views(rows: ConflictRow[]): Promise<ConflictView[]> {
    const licenses = await licensesOfConflicts(db, rows);
    return rows.map((row) => viewOf(row, licenses.get(row.license_id) ?? null));
  }

  /** With the id of the license: an unknown one must not look like a license without conflicts. */
  async function byLicenseId<F extends Pick<ConflictFilter, 'licenseId'>>(filter: F): Promise<F> {
    if (filter.licenseId === undefined) return filter;
    const licenseId = await findLicenseId(db, filter.licenseId);
    if (licenseId === null) throw new Refusal('license-not-found', 'there is no license with this id or key');
    return { ...filter, licenseId };
  }

  async function get(id: number): Promise<ConflictView> {
    const row = await findConflict(db, id);
    const [view] = row ? await views([row]) : [];
    if (!view) throw notFound(id);
    return view;
  }

  async function settle(request: ResolveRequest): Promise<ResolveOutcome[]> {
    const outcomes = await inTransaction(db, (trx) => resolveConflicts(trx, request));
    const resolved = outcomes.filter(({ outcome }) => outcome === 'resolved').length;
    log.info({ resolved, skipped: outcomes.length - resolved, choice: request.choice.choice }, 'conflicts resolved');
    return outcomes;
  }

  return {
    async list(filter, { limit, cursor }) {
      const rows = await listConflicts(db, await byLicenseId(filter), { limit: limit + 1, before: cursor });
      const shown = rows.slice(0, limit);
      return { conflicts: await views(shown), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    get,

    async resolve(id, asked, { name, expectedVersion }) {
      const { field } = await get(id);
      const choice: Choice =
        asked.choice === 'value' ? { choice: 'value', value: readTyped(field, asked.value) } : asked;
      const [outcome] = await settle({ ids: [id], choice, by: name, expectedVersion });
      if (outcome?.outcome === 'skipped') throw refusalOf(outcome);
      return await get(id);
    },

    async resolveMany(target, choice, by) {
      const filtered = 'filter' in target;
      const found = filtered
        ? await openConflictIds(db, await byLicenseId(target.filter), {
            limit: MAX_AT_ONCE + 1,
            after: target.cursor ?? 0,
          })
        : [...new Set(target.ids)];
      const ids = found.slice(0, MAX_AT_ONCE);
      const results: BulkResult[] = [];
      for (let from = 0; from < ids.length; from += PER_TRANSACTION) {
        const part = ids.slice(from, from + PER_TRANSACTION);
        const outcomes = await settle({ ids: part, choice: { choice }, by, expectedVersion: null });
        results.push(...outcomes.map(resultOf));
      }
      return { results, next: filtered && found.length > ids.length ? (ids.at(-1) ?? null) : null };
    },
  };
}

function viewOf(row: ConflictRow, found: VersionedLicense | null): ConflictView {
  const conflict = recordedConflict(row);
  const present = found ? presentValue(found.license, conflict.field) : null;
  const view = {
    id: row.id,
    license: found
      ? { id: found.license.id, key: found.license.key, dba: found.license.dba, version: found.version }
      : null,
    sourceKey: row.source_key,
    operationId: row.operation_id,
    ...conflict,
    present,
    held: row.held === 1,
    state: row.state,
    choice: row.choice,
    resolvedBy: row.resolved_by,
    resolvedAt: isoInstant(row.resolved_at),
    createdAt: isoInstant(row.created_at),
  };
  return { ...view, sentence: sentenceOf(view) };
}

const CHOSEN = { keep: 'the internal value stands', take: 'the external value stands', value: 'a value was typed' };

function sentenceOf(view: Omit<ConflictView, 'sentence'>): string {
  const { field, base, resolution, state, choice, resolvedBy, sourceKey, held } = view;
  const clash =
    base === null
      ? `The license and record ${sourceKey} said different things in ${field} when they met`
      : `The license and record ${sourceKey} both changed ${field}`;
  const done = resolution === 'took_external' ? 'the external value was taken' : 'the internal value was kept';
  const now =
    state === 'resolved' && choice
      ? `${resolvedBy ?? 'someone'} decided: ${CHOSEN[choice]}`
      : state === 'superseded'
        ? 'there is nothing to decide any more: a newer conflict speaks for it, or the record feeds the license no more'
        : `decide whether that is right${held ? '; until then the field is not sent to the API' : ''}`;
  return `${clash}; ${done}. ${now.charAt(0).toUpperCase()}${now.slice(1)}.`;
}

type Skipped = Extract<ResolveOutcome, { outcome: 'skipped' }>;

/** Why a conflict was not settled, and what to do; values stand in the details only. */
function explain({ id, reason, resolved }: Skipped): string {
  switch (reason) {
    case 'unknown':
      return `there is no conflict ${id}`;
    case 'license_missing':
      return `the license of conflict ${id} is not there any more`;
    case 'license_archived':
      return `the license of conflict ${id} was merged into another one; edit that one`;
    case 'version_changed':
      return `the license of conflict ${id} is not at the version that If-Match names; look at it again`;
    case 'resolved_before':
      return `conflict ${id} was resolved otherwise already: ${resolved?.by ?? 'someone'} chose ${resolved?.choice ?? 'something'}; edit the license to change it`;
    case 'superseded':
      return `conflict ${id} is superseded: a newer one of the same field speaks for it, or the record feeds the license no more; list the open ones`;
    case 'edited_since':
      return `the license does not hold what conflict ${id} left there: it was changed since; to settle it as it is now, choose value with what it holds now`;
    case 'record_moved_on':
      return `the record does not say any more what conflict ${id} shows as the external value; keep, or choose value`;
  }
}

function refusalOf(skipped: Skipped): Refusal {
  const { id, reason, version, now } = skipped;
  const message = explain(skipped);
  if (reason === 'unknown') return notFound(id);
  if (reason === 'license_missing') return new Refusal('license-not-found', message);
  const details = { reason, licenseVersion: version, ...(now === undefined ? {} : { now }) };
  return new DetailedRefusal(reason === 'version_changed' ? 'license-changed' : 'conflict-state', message, details);
}

function resultOf(outcome: ResolveOutcome): BulkResult {
  if (outcome.outcome === 'resolved') return { id: outcome.id, outcome: 'resolved' };
  return { id: outcome.id, outcome: 'skipped', reason: outcome.reason, detail: explain(outcome) };
}

function notFound(id: number): Refusal {
  return new Refusal('conflict-not-found', `there is no conflict ${id}`);
}
