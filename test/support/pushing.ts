/** What tests of pushes do and look at: edits inside, two-way runs, and who knows what afterwards. */
import { pino } from 'pino';
import { loadConfig } from '../../config.ts';
import type { OperationRow } from '../../db/operations.ts';
import type { License } from '../../domain/license.ts';
import { createOperations, type Operations } from '../../operations/index.ts';
import { QUICK, type Rig } from './rig.ts';
import type { RawRecord } from './simulator.ts';

/** A worker that may push. */
export const TWO_WAY = { ...QUICK, LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC: 'true' };

export interface Pushing {
  operations: Operations;
  /** Edits the license that a record feeds; its id. */
  edit(countid: number, given: Partial<License>): Promise<string>;
  /** @throws when the run did not end well. */
  sync(options?: Record<string, unknown>): Promise<OperationRow>;
  upstream(countid: number): Promise<RawRecord>;
  /** What became of each record, by countid. */
  pushes(operation: OperationRow): Promise<Record<string, { state: string; reason: string | null }>>;
  ledger(): Promise<{ source_key: string; license_version: number; kind: string; state: string }[]>;
  /** Everything that a quiet run must not touch. */
  stamps(): Promise<unknown>;
}

export function createPushing(rig: Rig): Pushing {
  const { db, simulator } = rig;
  const deps = {
    db,
    log: pino({ level: 'silent' }),
    config: loadConfig({
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: simulator.url,
      EXTERNAL_LICENSE_API_KEY: simulator.apiKey ?? '',
      ...TWO_WAY,
    }),
    temporal: rig.temporal.client,
  };
  const operations = createOperations(deps);
  const { licenses } = operations;
  return {
    operations,
    async edit(countid, given) {
      const { license_id: id } = await db
        .selectFrom('license_links')
        .select('license_id')
        .where('source_key', '=', `c:${countid}`)
        .executeTakeFirstOrThrow();
      const { version } = await licenses.get(id);
      await licenses.edit(id, { given, version, by: 'test' });
      return id;
    },
    async sync(options = {}) {
      const operation = await rig.sync({ options: { bidirectional: true, ...options } });
      if (!operation.status.startsWith('completed')) {
        throw new Error(`the run ended as ${operation.status}: ${operation.error_message}`);
      }
      return operation;
    },
    async upstream(countid) {
      for await (const record of simulator.control.truth()) if (record.countid === countid) return record;
      throw new Error(`upstream has no record ${countid}`);
    },
    async pushes(operation) {
      const rows = await db.selectFrom('sync_pushes').selectAll().where('operation', '=', operation.id).execute();
      return Object.fromEntries(
        rows.map(({ source_key: key, state, reason }) => [key.replace('c:', ''), { state, reason }]),
      );
    },
    ledger: () =>
      db
        .selectFrom('push_ledger')
        .select(['source_key', 'license_version', 'kind', 'state'])
        .orderBy('source_key')
        .orderBy('license_version')
        .execute(),
    async stamps() {
      const [held, links, mirror] = await Promise.all([
        db.selectFrom('licenses').select(['id', 'version', 'updated_at']).orderBy('id').execute(),
        db.selectFrom('license_links').selectAll().orderBy('source_key').execute(),
        db
          .selectFrom('external_licenses')
          .select(['source_key', 'updated_at', 'row_hash'])
          .orderBy('source_key')
          .execute(),
      ]);
      return { held, links, mirror };
    },
  };
}
