/** `typed_values` of one kind: what people search for. It may be an address or a number, so addresses of pages carry only its id. */
import { type Db, sqlInstant } from './connect.ts';

/** Signs searches, so that no other typed text can be asked for as one. Names of tokens have no colon. */
const PREFIX = 'search:';
/** Searches of one person that are kept, the newest; addresses of older ones lead nowhere. */
const KEPT = 200;
const REMOVED_AT_ONCE = 100;

/** @param by name of a token. @returns the id; of the same text searched before, the same one. */
export async function keepSearch(db: Db, value: string, by: string): Promise<number> {
  const signed = `${PREFIX}${by}`.slice(0, 100);
  const kept = await db
    .selectFrom('typed_values')
    .select(['id', 'value'])
    .where('created_by', '=', signed)
    .orderBy('id', 'desc')
    .limit(KEPT + REMOVED_AT_ONCE)
    .execute();
  // Compared here: the column's collation takes texts for the same that are not.
  const same = kept.find((row) => row.value === value);
  if (same) return same.id;
  const old = kept.slice(KEPT - 1).map(({ id }) => id);
  if (old.length > 0) await db.deleteFrom('typed_values').where('id', 'in', old).execute();
  const { insertId } = await db
    .insertInto('typed_values')
    .values({ value, created_by: signed, created_at: sqlInstant(Date.now()) })
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

/** Whoever searched for it; null when it is no search, or is not kept any more. */
export async function findSearch(db: Db, id: number): Promise<string | null> {
  const row = await db
    .selectFrom('typed_values')
    .select(['value', 'created_by'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.created_by.startsWith(PREFIX) ? row.value : null;
}
