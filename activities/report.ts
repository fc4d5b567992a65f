import { isoInstant, sqlInstant } from '../db/connect.ts';
import { bookColumns, findOperation, NO_WAIT } from '../db/operations.ts';
import { countRun } from '../db/reporting.ts';
import { concludeRun } from '../domain/books.ts';
import type { ReportInput, SyncResult } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Counts what became of every record, checks that the counts add up, and names the final status. Runs for failed and cancelled runs too.
 */
export async function report({ db, log }: ActivityDeps, input: ReportInput): Promise<SyncResult> {
  const { ref, grid, proof } = input;
  const counts = await countRun(db, {
    operation: ref.operation,
    pass: grid?.pass ?? 1,
    finished: input.outcome === 'finished',
  });
  const proven = proof === 'proven' || proof === 'proven_by_two_passes';
  const conclusion = concludeRun({
    outcome: input.outcome,
    books: counts.books,
    proven,
    emptyOverMirror: grid?.total === 0 && counts.mirrored > 0,
    conflicts: counts.conflicts,
    ambiguous: counts.ambiguous,
  });
  const operation = await findOperation(db, ref.operationId);
  const now = Date.now();
  const started = operation ? Date.parse(isoInstant(operation.started_at)) : now;
  const message = input.error?.message ?? conclusion.reason;
  const { books } = counts;
  await db
    .updateTable('sync_operations')
    .set({
      status: conclusion.status,
      phase: input.outcome === 'finished' ? 'report' : input.phase,
      ...bookColumns(books),
      conflict_count: counts.conflicts,
      missing_count: proven ? counts.missing : null,
      report: JSON.stringify({
        proof,
        balanced: conclusion.balanced,
        reason: conclusion.reason,
        mirror: { created: counts.mirrorCreated, updated: counts.mirrorUpdated, live: counts.mirrored },
        ambiguous: counts.ambiguous,
        unknownKeys: counts.unknownKeys,
        errors: counts.errors,
      }),
      error_type: input.error?.type.slice(0, 64) ?? null,
      error_message: message?.slice(0, 1000) ?? null,
      ...NO_WAIT,
      ended_at: sqlInstant(now),
      duration_ms: now - started,
      updated_at: sqlInstant(now),
    })
    .where('id', '=', ref.operation)
    .execute();
  const result = { operationId: ref.operationId, status: conclusion.status, ...books };
  log.info({ ...result, proof, reason: message }, 'run ended');
  return result;
}
