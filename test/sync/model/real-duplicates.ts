/** The product as the commands see it, where it is about duplicates: what people decide, and what runs made one. */
import { sqlInstant } from '../../../db/connect.ts';
import { consolidateGroups } from '../../../db/consolidation.ts';
import { inTransaction } from '../../../db/retry.ts';
import type { LicenseField } from '../../../domain/license.ts';
import { EDITABLE_FIELDS } from '../../../domain/license-edit.ts';
import { createConsolidation } from '../../../operations/consolidation.ts';
import type { OperationsDeps } from '../../../operations/deps.ts';
import { DetailedRefusal, Refusal } from '../../../operations/errors.ts';
import { createObserver } from '../../../operations/observe.ts';
import { createReviews } from '../../../operations/reviews.ts';
import type { Joining } from './consolidating.ts';
import type { ModelCase } from './state.ts';

/** Numbers of the ledger's lines by the license that was archived. */
export type Lines = ReadonlyMap<string, number>;

export interface Verdict {
  decision: 'approve' | 'reject' | 'flag';
  masterId: string | null;
  /** Columns whose value comes from a certain license. */
  chosen: Readonly<Record<string, string>>;
  version: number;
}

/** What a run did about duplicates. */
export interface Findings {
  /** Licenses that records were matched with because they resemble them. */
  similar: Map<string, string>;
  /** Lines of the ledger for such links, by record. */
  linked: Map<string, number>;
  /** What was made one, in order. */
  joined: { masterId: string; lines: Lines; afterPushes: boolean }[];
}

export interface RealDuplicates {
  /** Null: it was refused. */
  join(joining: Joining): Promise<{ masterId: string; lines: Lines } | null>;
  /** What stood in the way, as the model names it; empty when it was done. */
  undo(mergeId: number): Promise<string[]>;
  /** What is said to stand in the way. */
  obstacles(mergeId: number): Promise<string[]>;
  /** The lines of the ledger; or why it was refused. */
  decide(caseId: number, verdict: Verdict): Promise<Lines | string>;
  /** Whether it was taken. */
  takeBack(caseId: number): Promise<boolean>;
  cases(): Promise<ModelCase[]>;
  findings(operation: number): Promise<Findings>;
}

const BY = 'property test';
const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const apiNameOf = (column: string) => EDITABLE_FIELDS.find(({ field }) => field === camel(column))?.name ?? column;
const columnOf = (name: string) => snake(EDITABLE_FIELDS.find((field) => field.name === name)?.field ?? name);

/** What an obstacle says beside its kind. */
interface Named {
  kind: string;
  field?: string;
  sourceKey?: string;
  mergeId?: number;
}

const obstacleNames = (blockers: readonly Named[]) =>
  [
    ...new Set(
      blockers.map(({ kind, field, sourceKey, mergeId }) => {
        return `${kind} ${field === undefined ? (sourceKey ?? mergeId) : columnOf(field)}`;
      }),
    ),
  ].sort();

export function createRealDuplicates(deps: OperationsDeps): RealDuplicates {
  const { db } = deps;
  const consolidation = createConsolidation(deps);
  const reviews = createReviews(deps, createObserver(deps));

  async function linesOf(caseId: number): Promise<Lines> {
    const rows = await db.selectFrom('merges').selectAll().where('case_id', '=', caseId).orderBy('id').execute();
    return new Map(rows.map((row) => [row.duplicate_id ?? '', row.id]));
  }

  return {
    async join({ masterId, others, strategy, chosen = {} }) {
      const fields = Object.fromEntries(Object.entries(chosen).map(([column, id]) => [camel(column), id])) as Partial<
        Record<LicenseField, string>
      >;
      if (masterId === null) return await joinAsARunDoes(deps, { others, strategy, fields });
      const request = { masterLicenseId: masterId, duplicateLicenseIds: others, strategy, fields, note: null };
      try {
        const { merges } = await consolidation.consolidate(request, BY);
        return { masterId, lines: new Map(merges.map(({ id, duplicate }) => [duplicate?.id ?? '', id])) };
      } catch (error) {
        if (error instanceof Refusal && error.code === 'consolidation-refused') return null;
        throw error;
      }
    },

    async undo(mergeId) {
      try {
        await consolidation.undo(mergeId, { by: BY, note: null });
        return [];
      } catch (error) {
        if (!(error instanceof DetailedRefusal) || error.code !== 'merge-blocked') throw error;
        return obstacleNames(error.details.blockers as Named[]);
      }
    },

    obstacles: async (mergeId) => obstacleNames((await consolidation.get(mergeId)).undo.blockers),

    async decide(caseId, { decision, masterId, chosen, version }) {
      const fields = Object.fromEntries(Object.entries(chosen).map(([column, id]) => [apiNameOf(column), id]));
      const asked = { decision, masterId, fields, note: null, version, reviewer: BY };
      try {
        await reviews.decide(caseId, decision === 'approve' ? asked : { ...asked, masterId: null, fields: null });
        return await linesOf(caseId);
      } catch (error) {
        if (error instanceof Refusal) return error.code;
        throw error;
      }
    },

    async takeBack(caseId) {
      try {
        await reviews.undo(caseId, { name: BY, note: null, version: null });
        return true;
      } catch (error) {
        if (error instanceof Refusal && error.code === 'undo-refused') return false;
        throw error;
      }
    },

    async cases() {
      const [cases, members] = await Promise.all([
        db.selectFrom('duplicate_cases').selectAll().orderBy('id').execute(),
        db.selectFrom('duplicate_members').selectAll().orderBy('ref').execute(),
      ]);
      return cases.map(({ id, state, version, reason, explanation }) => ({
        id,
        state,
        version,
        reason,
        returned: (JSON.parse(explanation) as { returned: unknown }).returned !== null,
        members: members
          .filter((member) => member.case_id === id)
          .map(({ ref, license_id: licenseId, business }) => {
            const { dba, email, phone, address, city, zip } = JSON.parse(business);
            return { ref, licenseId, business: JSON.stringify([dba, email, phone, address, city, zip]) };
          }),
      }));
    },

    async findings(operation) {
      const [matches, merges, pushes] = await Promise.all([
        db.selectFrom('sync_matches').selectAll().where('operation', '=', operation).execute(),
        db.selectFrom('merges').selectAll().where('operation', '=', operation).orderBy('id').execute(),
        db.selectFrom('sync_pushes').select('updated_at').where('operation', '=', operation).execute(),
      ]);
      // Records say something else once they were sent something, and are settled again.
      const sentAt = pushes.map(({ updated_at: at }) => at).sort()[0];
      const joined = new Map<string, { masterId: string; lines: Map<string, number>; afterPushes: boolean }>();
      const linked = new Map<string, number>();
      for (const {
        id,
        master_id: masterId,
        duplicate_id: duplicateId,
        master_version: version,
        moved,
        created_at: at,
      } of merges) {
        if (duplicateId === null) {
          for (const { sourceKey } of JSON.parse(moved) as { sourceKey: string }[]) linked.set(sourceKey, id);
          continue;
        }
        // What was made one at once made one version of the license that stays.
        const group = joined.get(`${masterId} ${version}`) ?? {
          masterId,
          lines: new Map(),
          afterPushes: sentAt !== undefined && at > sentAt,
        };
        joined.set(`${masterId} ${version}`, group);
        group.lines.set(duplicateId, id);
      }
      const bySimilarity = matches.filter(({ matched_by: by }) => by === 'similarity');
      const similar = new Map(bySimilarity.map((row) => [row.source_key, row.license_id ?? '']));
      return { similar, linked, joined: [...joined.values()] };
    },
  };
}

/** A reviewer's approval without a choice, and every run, leaves the choice of the master to the stated score. */
async function joinAsARunDoes(
  { db }: OperationsDeps,
  { others, ...how }: Pick<Joining, 'others' | 'strategy'> & { fields: Partial<Record<LicenseField, string>> },
): Promise<{ masterId: string; lines: Lines } | null> {
  const group = { masterId: null, duplicateIds: others, ...how, confidence: null, caseId: null, note: null };
  const [outcome] = await inTransaction(db, (trx) =>
    consolidateGroups(trx, [group], { by: BY, now: sqlInstant(Date.now()), operation: null, batchSize: 100 }),
  );
  if (!outcome?.done) return null;
  const rows = await db.selectFrom('merges').selectAll().where('id', 'in', outcome.mergeIds).execute();
  return { masterId: outcome.masterId, lines: new Map(rows.map((row) => [row.duplicate_id ?? '', row.id])) };
}
