/** Records that could not be written upstream, as people find them: in the quarantine, with the API's own words. */
import { insertRows } from './bulk.ts';
import type { PushResult, ResultContext } from './push-results.ts';
import type { Trx } from './retry.ts';

const COLUMNS = [
  'operation',
  'phase',
  'pass',
  'page',
  'position',
  'state',
  'source_key',
  'error_type',
  'error_code',
  'severity',
  'retryable',
  'error_message',
  'created_at',
] as const;
const ON_DUPLICATE = COLUMNS.slice(5);
/** Of what was read passes count from 1; this is none, so it never meets an entry about the same position. */
const NO_PASS = 0;
const MAX_MESSAGE = 500;
const BATCH = 100;

/** One open entry a record: an older one about the same record is superseded. */
export async function quarantinePush(
  trx: Trx,
  results: readonly PushResult[],
  { operation, now }: ResultContext,
): Promise<void> {
  if (results.length === 0) return;
  const keys = results.map(({ intent }) => intent.sourceKey);
  await trx
    .updateTable('sync_errors')
    .set({ state: 'superseded', replay_id: null })
    .where('state', '=', 'open')
    .where('phase', '=', 'push')
    .where('source_key', 'in', keys)
    .execute();
  await insertRows(
    trx,
    'sync_errors',
    COLUMNS,
    results.map(({ intent, state, reason }) => {
      const refused = state === 'rejected';
      return [
        operation,
        'push',
        NO_PASS,
        intent.page,
        intent.position,
        'open',
        intent.sourceKey,
        refused ? 'validation' : 'unknown',
        refused ? 'push_rejected' : 'push_unconfirmed',
        refused ? 'medium' : 'high',
        refused ? 0 : 1,
        `record ${intent.sourceKey}: ${reason ?? ''}`.slice(0, MAX_MESSAGE),
        now,
      ];
    }),
    { batchSize: BATCH, onDuplicate: ON_DUPLICATE },
  );
}

/** The write has succeeded after all, or there is nothing to be written any more. */
export async function resolveQuarantined(
  trx: Trx,
  sourceKeys: readonly string[],
  { operation }: Pick<ResultContext, 'operation'>,
): Promise<void> {
  if (sourceKeys.length === 0) return;
  await trx
    .updateTable('sync_errors')
    .set({ state: 'resolved', resolved_operation: operation, replay_id: null })
    .where('state', '=', 'open')
    .where('phase', '=', 'push')
    .where('source_key', 'in', [...sourceKeys])
    .execute();
}
