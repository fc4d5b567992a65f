import { isoInstant, sqlInstant } from '../db/connect.ts';
import { bumpVersion } from '../db/data-versions.ts';
import { raiseDuplicateAlerts } from '../db/duplicate-alerts.ts';
import { countDuplicates } from '../db/duplicate-report.ts';
import { countLicenses } from '../db/licenses.ts';
import { bookColumns, findOperation, NO_WAIT, storedNeeds } from '../db/operations.ts';
import { keepPlan, nameUnlinked } from '../db/plan-store.ts';
import { countPushes, nameUnconfirmed } from '../db/push-report.ts';
import { settleEarlier, settleReplay } from '../db/replays.ts';
import { countRun, type RunCounts } from '../db/reporting.ts';
import { noteRunEnd } from '../db/run-end.ts';
import { countUnlinked } from '../db/statistics.ts';
import { hasUnidentified } from '../db/vanishing.ts';
import { concludeRun } from '../domain/books.ts';
import { type DuplicateReport, duplicateReport } from '../domain/duplicate-report.ts';
import type { ReportInput, SyncOptions, SyncResult } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Counts what became of every record, checks that the counts add up, and names the final status. Runs for failed and cancelled runs too.
 */
export async function report(deps: ActivityDeps, input: ReportInput): Promise<SyncResult> {
  const { db, log } = deps;
  const { ref, grid, proof } = input;
  const operation = await findOperation(db, ref.operationId);
  if (!operation) throw new Error(`operation ${ref.operationId} has no row to report to`);
  const finished = input.outcome === 'finished';
  const options = JSON.parse(operation.options) as SyncOptions;
  const planOnly = ref.type === 'external_sync_dry_run';
  if (finished && !planOnly) {
    await nameUnlinked(db, ref.operation, 'its link was changed by a match override or an undo during the run', true);
  }
  const counts = await countRun(db, {
    operation: ref.operation,
    pass: grid?.pass ?? 1,
    finished,
    planOnly,
  });
  const duplicates = await duplicatesOf(deps, ref.operation, planOnly);
  if (!finished) await nameUnconfirmed(db, ref.operation);
  const pushes = options.bidirectional ? await countPushes(db, ref.operation) : null;
  const proven = proof === 'proven' || proof === 'proven_by_two_passes';
  const conclusion = concludeRun({
    outcome: input.outcome,
    books: counts.books,
    proven,
    proofNeeded: !options.partial,
    planOnly,
    drifted: counts.drifted,
    driftedVanishings: counts.driftedVanishings,
    conflicts: counts.conflicts,
    ambiguous: counts.ambiguous,
    cases: duplicates?.casesOpened ?? 0,
    pushes,
  });
  const comparesAll = options.comprehensive && !options.partial;
  const settled = conclusion.status === 'completed' || conclusion.status === 'completed_with_findings';
  if (settled && planOnly) {
    await keepPlan(db, {
      id: ref.operationId,
      operation: ref.operation,
      createdBy: operation.triggered_by,
      summary: { ...summaryOf(counts, proof), pushes: pushes?.planned ?? 0 },
    });
  }
  if (settled && operation.replay_id !== null) {
    await settleReplay(db, { operation: ref.operation, replayId: operation.replay_id });
  }
  if (settled && !planOnly && options.detectDuplicates) {
    const whole = comparesAll && proven;
    await raiseDuplicateAlerts(db, { operation: ref.operation, operationId: ref.operationId, whole });
  }
  if (settled && proven && ref.type === 'external_sync') await settleEarlier(db, ref.operation);
  // A record behind an unreadable position may be any of those that seem to be missing.
  const knowsMissing = comparesAll && proven && !(await hasUnidentified(db, ref.operation));
  const now = Date.now();
  const message = input.error?.message ?? conclusion.reason;
  const { books } = counts;
  await db
    .updateTable('sync_operations')
    .set({
      status: conclusion.status,
      phase: finished ? 'report' : input.phase,
      ...bookColumns(books),
      conflict_count: counts.conflicts,
      missing_count: knowsMissing ? counts.missing : null,
      vanished_count: counts.vanished,
      drifted_count: counts.drifted + counts.driftedVanishings,
      pushed_count: pushes?.written ?? 0,
      report: JSON.stringify({
        proof,
        balanced: conclusion.balanced,
        reason: conclusion.reason,
        mirror: { created: counts.mirrorCreated, updated: counts.mirrorUpdated, live: counts.mirrored },
        ambiguous: counts.ambiguous,
        unknownKeys: counts.unknownKeys,
        errors: counts.errors,
        needs: storedNeeds(operation),
        duplicates,
        pushes,
        unlinkedLicenses: comparesAll && finished ? await countUnlinked(db) : null,
      }),
      error_type: input.error?.type.slice(0, 64) ?? null,
      error_message: message?.slice(0, 1000) ?? null,
      ...NO_WAIT,
      ended_at: sqlInstant(now),
      duration_ms: now - Date.parse(isoInstant(operation.started_at)),
      updated_at: sqlInstant(now),
    })
    .where('id', '=', ref.operation)
    .execute();
  if (!planOnly) await bumpVersion(db, 'licenses');
  await noteRunEnd(db, ref.operation, deps.config.monitoring.alertThresholds);
  const result = { operationId: ref.operationId, status: conclusion.status, ...books };
  log.info({ ...result, proof, failure: input.error?.type, reason: message }, 'run ended');
  return result;
}

async function duplicatesOf(
  { config, db }: ActivityDeps,
  operation: number,
  planOnly: boolean,
): Promise<DuplicateReport | null> {
  const figures = await countDuplicates(db, { operation, blockCap: config.matching.blockCap });
  if (!figures) return null;
  // Of what there was before.
  const licenses = (await countLicenses(db, {})) + figures.consolidated;
  return duplicateReport(figures, { licenses, planOnly });
}

function summaryOf(counts: RunCounts, proof: ReportInput['proof']) {
  const { created, updated, unchanged, linked, quarantined } = counts.books;
  return {
    created,
    updated,
    unchanged,
    linked,
    quarantined,
    vanished: counts.missing,
    deactivates: counts.deactivates,
    overwrites: counts.overwrites,
    conflicts: counts.plannedConflicts,
    ambiguous: counts.ambiguous,
    proof,
  };
}
