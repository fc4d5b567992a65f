/** Making licenses of one business one by hand, the ledger of all that was made one, and undoing it. */
import { closeOutdated } from '../db/case-opening.ts';
import { type MergeUpstream, mergeUpstream } from '../db/compensation-report.ts';
import { isoInstant, sqlInstant } from '../db/connect.ts';
import { type ConsolidationOutcome, consolidateGroups } from '../db/consolidation.ts';
import { findLicenseRow } from '../db/licenses.ts';
import { findLicenseId } from '../db/lineage.ts';
import { type Blocker, blockerText, inspectMerge, type UndoOutcome, undoMerge } from '../db/merge-undo.ts';
import { findListedMerge, type ListedMerge, listMerges, mergeOf } from '../db/merges.ts';
import { inTransaction } from '../db/retry.ts';
import type { Strategy } from '../domain/consolidation.ts';
import type { LicenseField } from '../domain/license.ts';
import { apiName } from '../domain/license-edit.ts';
import type { LineageValue, RecordedField } from '../domain/lineage.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal, Refusal } from './errors.ts';
import { type LicenseView, viewOfLicense } from './license-view.ts';

/** A field of the master, by the API's name. */
export interface FieldView {
  field: string;
  before: LineageValue;
  after: LineageValue;
}

export interface MergeView {
  id: number;
  kind: 'consolidation' | 'link';
  state: 'applied' | 'undone';
  master: { id: string; key: string | null; dba: string | null };
  /** Null for a link. */
  duplicate: { id: string; key: string | null; dba: string | null } | null;
  /** The duplicate case that was approved. */
  caseId: number | null;
  /** The run that did it; null for people. */
  operationId: string | null;
  strategy: string;
  confidence: number | null;
  changes: FieldView[];
  /** Records that came with the duplicate; of a link, the one that was linked. */
  records: { sourceKey: string; role: 'primary' | 'secondary' }[];
  note: string | null;
  createdBy: string;
  createdAt: string;
  undoneBy: string | null;
  undoneAt: string | null;
  undoNote: string | null;
  /** What was done, by whom, in words. */
  sentence: string;
}

/** What undoing a merge would do, or what stands in its way. */
export interface UndoPreview {
  possible: boolean;
  reason: string | null;
  blockers: (Blocker & { sentence: string })[];
  /** Fields of the master that would get back their former value. */
  restores: FieldView[];
  /** Records that would go back. */
  returns: string[];
  /** Later merges of the master whose values stay. */
  handedOn: number[];
}

export type MergeDetail = MergeView & { undo: UndoPreview; upstream: MergeUpstream };

export interface ConsolidationRequest {
  masterLicenseId: string;
  duplicateLicenseIds: readonly string[];
  strategy: Strategy;
  /** Field → id of the license whose value stands. */
  fields: Partial<Record<LicenseField, string>>;
  note: string | null;
}

export interface ConsolidationResult {
  masterLicenseId: string;
  archivedLicenseIds: string[];
  /** The master as it is now. */
  license: LicenseView;
  /** One a duplicate. */
  merges: MergeView[];
}

export interface UndoResult {
  merge: MergeView;
  restoredFields: string[];
  sourceKeys: string[];
  handedOn: number[];
  /** Whether the case behind it has no merge in force any more. */
  caseUndone: boolean;
  /** What was sent to the License API on account of the merge, and what of it is to be taken back. */
  upstream: MergeUpstream;
}

export interface Consolidation {
  /** @throws {Refusal} `license-not-found`, `license-archived` with the one that it leads to, `consolidation-refused` */
  consolidate(request: ConsolidationRequest, by: string): Promise<ConsolidationResult>;
  /** Newest first. `license` is an id or a key. @throws {Refusal} `license-not-found` */
  list(
    filter: { license?: string | undefined; state?: 'applied' | 'undone' | undefined; caseId?: number | undefined },
    page: { limit: number; cursor?: number | undefined },
  ): Promise<{ merges: MergeView[]; next: number | null }>;
  /** @throws {Refusal} `merge-not-found` */
  get(id: number): Promise<MergeDetail>;
  /** @throws {Refusal} `merge-not-found`, `merge-undone`, `merge-blocked` with what stands in the way */
  undo(id: number, request: { by: string; note: string | null }): Promise<UndoResult>;
}

const BATCH_SIZE = 100;

export function createConsolidation({ db, log }: Pick<OperationsDeps, 'db' | 'log'>): Consolidation {
  async function find(id: number): Promise<ListedMerge> {
    const row = await findListedMerge(db, id);
    if (!row) throw new Refusal('merge-not-found', `there is no merge ${id}`);
    return row;
  }

  async function preview(id: number): Promise<UndoPreview> {
    const seen = await inTransaction(db, (trx) => inspectMerge(trx, id, { lock: false }));
    if ('code' in seen) {
      const blockers = seen.blockers.map((blocker) => ({ ...inApiNames(blocker), sentence: blockerText(blocker) }));
      return { possible: false, reason: seen.reason, blockers, restores: [], returns: [], handedOn: [] };
    }
    return {
      possible: true,
      reason: null,
      blockers: [],
      restores: seen.fields.restored.map(fieldView),
      returns: seen.merge.moved.map(({ sourceKey }) => sourceKey),
      handedOn: seen.fields.handedOn.map((merge) => merge.id),
    };
  }

  return {
    async consolidate({ masterLicenseId, duplicateLicenseIds, strategy, fields, note }, by) {
      const group = {
        masterId: masterLicenseId,
        duplicateIds: duplicateLicenseIds,
        strategy,
        fields,
        confidence: null,
        caseId: null,
        note,
      };
      const outcome = await inTransaction(db, async (trx) => {
        const context = { by, now: sqlInstant(Date.now()), operation: null, batchSize: BATCH_SIZE };
        const [first] = await consolidateGroups(trx, [group], context);
        return first;
      });
      if (!outcome?.done) throw refusalOf(outcome);
      const { masterId, mergeIds } = outcome;
      // What was asked about these licenses may be answered by this.
      await closeOutdated(db, sqlInstant(Date.now()), () => undefined);
      log.info({ licenseId: masterId, archived: duplicateLicenseIds, merges: mergeIds }, 'licenses consolidated');
      const master = await findLicenseRow(db, masterId);
      if (!master) throw new Refusal('license-not-found', `there is no license ${masterId} any more`);
      return {
        masterLicenseId: masterId,
        archivedLicenseIds: [...duplicateLicenseIds],
        license: viewOfLicense(master),
        merges: await Promise.all(mergeIds.map(async (id) => viewOf(await find(id)))),
      };
    },

    async list({ license, state, caseId }, { limit, cursor }) {
      const licenseId = license === undefined ? undefined : await findLicenseId(db, license.trim());
      if (licenseId === null) throw new Refusal('license-not-found', 'there is no license with this id or key');
      const rows = await listMerges(db, { licenseId, state, caseId }, { limit: limit + 1, before: cursor });
      const merges = rows.slice(0, limit).map(viewOf);
      return { merges, next: rows.length > limit ? (merges.at(-1)?.id ?? null) : null };
    },

    async get(id) {
      const row = await find(id);
      return { ...viewOf(row), undo: await preview(id), upstream: await mergeUpstream(db, row) };
    },

    async undo(id, { by, note }) {
      const outcome = await inTransaction(db, (trx) => undoMerge(trx, id, { by, now: sqlInstant(Date.now()), note }));
      if (!outcome.done) throw undoRefusal(id, outcome);
      log.info({ merge: id, records: outcome.sourceKeys, caseUndone: outcome.caseUndone }, 'merge undone');
      const row = await find(id);
      return {
        merge: viewOf(row),
        restoredFields: outcome.restored.map(apiName),
        sourceKeys: outcome.sourceKeys,
        handedOn: outcome.handedOn,
        caseUndone: outcome.caseUndone,
        upstream: await mergeUpstream(db, row),
      };
    },
  };
}

function refusalOf(outcome: Extract<ConsolidationOutcome, { done: false }> | undefined): Refusal {
  if (!outcome) return new Refusal('consolidation-refused', 'there was nothing to consolidate');
  const { code, reason, archivedInto } = outcome;
  return archivedInto === undefined ? new Refusal(code, reason) : new DetailedRefusal(code, reason, { archivedInto });
}

function undoRefusal(id: number, { code, reason, blockers }: Extract<UndoOutcome, { done: false }>): Refusal {
  if (code !== 'merge-blocked') return new Refusal(code, reason);
  const named = blockers.map((blocker) => ({ ...inApiNames(blocker), sentence: blockerText(blocker) }));
  return new DetailedRefusal(code, reason, { mergeId: id, blockers: named });
}

function inApiNames(blocker: Blocker): Blocker {
  return blocker.kind === 'field' ? { ...blocker, field: apiName(blocker.field) as typeof blocker.field } : blocker;
}

function viewOf(row: ListedMerge): MergeView {
  const { changes, moved, details } = mergeOf(row);
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    master: { id: row.master_id, key: row.master_key, dba: row.master_dba },
    duplicate:
      row.duplicate_id === null ? null : { id: row.duplicate_id, key: row.duplicate_key, dba: row.duplicate_dba },
    caseId: row.case_id,
    operationId: row.operation_id,
    strategy: row.strategy,
    confidence: row.confidence === null ? null : Number(row.confidence),
    changes: changes.map(fieldView),
    records: moved.map(({ sourceKey, role }) => ({ sourceKey, role })),
    note: row.note,
    createdBy: row.created_by,
    createdAt: isoInstant(row.created_at),
    undoneBy: row.undone_by,
    undoneAt: isoInstant(row.undone_at),
    undoNote: details.undoNote ?? null,
    sentence: sentenceOf(row, moved.map(({ sourceKey }) => sourceKey).join(', ')),
  };
}

function fieldView({ field, before, after }: RecordedField): FieldView {
  return { field: apiName(field), before, after };
}

function sentenceOf(row: ListedMerge, records: string): string {
  const what =
    row.kind === 'link'
      ? `Record ${records} was linked to a license that it resembled`
      : 'The duplicate was archived into the master';
  const who = `${what}, by ${row.created_by}.`;
  return row.state === 'applied' ? who : `${who} ${row.undone_by ?? 'Somebody'} has undone it.`;
}
