import type { Db } from '../db/connect.ts';
import type { StagedRow, Unreadable } from '../db/staging.ts';
import { canonicalJson } from '../domain/canonical.ts';
import { rowHash } from '../domain/hash.ts';
import { appidKey, emailKey, sourceKeyOf } from '../domain/identity.ts';
import { parseRow, redactRow } from '../upstream/contract.ts';

const MAX_DRIFT_KEYS = 100;

/** Reads what the API sent, row by row: staged rows, and the ones that cannot be read, redacted. */
export function readRows(
  raw: unknown[],
  firstPosition: number,
  timezone: string,
): { rows: StagedRow[]; unreadable: Unreadable[]; unknownKeys: Set<string> } {
  const rows: StagedRow[] = [];
  const unreadable: Unreadable[] = [];
  const unknownKeys = new Set<string>();
  for (const [index, value] of raw.entries()) {
    const position = firstPosition + index;
    const parsed = parseRow(value, timezone);
    const sourceKey = parsed.ok ? sourceKeyOf(parsed.record) : null;
    if (!parsed.ok || sourceKey === null) {
      const [code, reason] = parsed.ok ? ['ROW_WITHOUT_KEY', 'it has no identity'] : [parsed.code, parsed.reason];
      unreadable.push({
        position,
        positions: 1,
        sourceKey: null,
        errorType: 'validation',
        errorCode: code,
        severity: 'low',
        retryable: false,
        message: reason,
        rawContent: redactRow(value),
      });
      continue;
    }
    for (const key of parsed.unknownKeys) unknownKeys.add(key);
    const { record } = parsed;
    const content = canonicalJson(record);
    rows.push({
      position,
      sourceKey,
      rowHash: rowHash(content),
      countid: record.countid,
      appidKey: appidKey(record.appid),
      emailKey: emailKey(record.email),
      lastActive: record.lastActive,
      content,
    });
  }
  return { rows, unreadable, unknownKeys };
}

/** Remembers keys that the contract does not know, once a run, so that the report can name them. */
export async function reportDrift(db: Db, operation: number, keys: Set<string>): Promise<void> {
  if (keys.size === 0) return;
  const known = await db.selectFrom('schema_drift').select('field').where('operation', '=', operation).execute();
  const seen = new Set(known.map((row) => row.field));
  const fresh = [...keys].map((key) => key.slice(0, 100)).filter((key) => !seen.has(key));
  const room = fresh.slice(0, Math.max(0, MAX_DRIFT_KEYS - seen.size));
  if (room.length === 0) return;
  await db
    .insertInto('schema_drift')
    .ignore()
    .values(room.map((field) => ({ operation, field })))
    .execute();
}
