/** Rows for tests of the database: an operation, and staged rows of records that say little. */
import type { Db } from '../../db/connect.ts';
import { openOperation } from '../../db/operations.ts';
import type { StagedRow, Unreadable } from '../../db/staging.ts';
import { canonicalJson } from '../../domain/canonical.ts';
import type { ExternalRecord } from '../../domain/external.ts';
import { rowHash } from '../../domain/hash.ts';
import { appidKey, emailKey } from '../../domain/identity.ts';
import { record } from '../domain/arbitraries.ts';

/** Opens an operation and gives its number. */
export async function newOperation(db: Db, operationId: string): Promise<number> {
  const { row } = await openOperation(db, {
    operationId,
    workflowId: 'license-sync',
    runId: operationId,
    trigger: 'test',
    options: '{}',
    type: 'external_sync',
    planId: null,
    replayId: null,
  });
  return row.id;
}

export function staged(position: number, fields: Partial<ExternalRecord> & { countid: number }): StagedRow {
  const content = canonicalJson(record(fields));
  return {
    position,
    sourceKey: `c:${fields.countid}`,
    rowHash: rowHash(content),
    countid: fields.countid,
    appidKey: appidKey(fields.appid),
    emailKey: emailKey(fields.email),
    lastActive: fields.lastActive ?? null,
    content,
  };
}

export function unreadable(position: number, positions = 1): Unreadable {
  return {
    position,
    positions,
    sourceKey: null,
    errorType: 'validation',
    errorCode: 'FIELD_INVALID',
    severity: 'low',
    retryable: false,
    message: 'ActivateDate: expected a day',
    rawContent: null,
  };
}
