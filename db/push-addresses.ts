/** How a record is addressed when it is written upstream: by a key that no other living record carries. */
import { sql } from 'kysely';
import type { RecordAddress } from '../upstream/record-calls.ts';
import type { Db } from './connect.ts';
import type { Trx } from './retry.ts';

export interface Addressed {
  sourceKey: string;
  /** As the API sent it, trimmed. */
  appid: string | null;
  appidKey: string | null;
  email: string | null;
  emailKey: string | null;
}

/**
 * By appid where one living record of the mirror carries it, else by e-mail under the same condition; null where neither tells the record
 * from others: the API would change the first one that it finds.
 */
export async function addressesOf(
  db: Db | Trx,
  records: readonly Addressed[],
): Promise<Map<string, RecordAddress | null>> {
  const appids = await carriers(
    db,
    'appid_key',
    records.flatMap(({ appidKey }) => appidKey ?? []),
  );
  const emails = await carriers(
    db,
    'email_key',
    records.flatMap(({ emailKey }) => emailKey ?? []),
  );
  return new Map(
    records.map(({ sourceKey, appid, appidKey, email, emailKey }): [string, RecordAddress | null] => {
      if (appid !== null && appids.get(appidKey ?? '') === 1) return [sourceKey, { by: 'appid', value: appid }];
      if (email !== null && emails.get(emailKey ?? '') === 1) return [sourceKey, { by: 'email', value: email }];
      return [sourceKey, null];
    }),
  );
}

/** How many living records carry each of these keys. */
async function carriers(
  db: Db | Trx,
  column: 'appid_key' | 'email_key',
  keys: readonly string[],
): Promise<Map<string, number>> {
  const wanted = [...new Set(keys)];
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<{ name: string; records: string | number }>`
    SELECT ${sql.ref(column)} AS name, COUNT(*) AS records FROM external_licenses
    WHERE ${sql.ref(column)} IN (${sql.join(wanted)}) AND vanished_at IS NULL GROUP BY ${sql.ref(column)}
  `.execute(db);
  return new Map(rows.map((row) => [row.name, Number(row.records)]));
}
