/** `typed_values`: texts that people typed. Messages to workflows, and their options, carry only the id. */
import { type Db, sqlInstant } from './connect.ts';

/**
 * Keeps a text.
 * @param by who typed it; at most 100 characters are kept.
 * @returns its id.
 */
export async function keepTypedValue(db: Db, value: string, by: string): Promise<number> {
  const { insertId } = await db
    .insertInto('typed_values')
    .values({ value, created_by: by.slice(0, 100), created_at: sqlInstant(Date.now()) })
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

/** The text with this id; null when there is none. */
export async function findTypedValue(db: Db, id: number): Promise<string | null> {
  const row = await db.selectFrom('typed_values').select('value').where('id', '=', id).executeTakeFirst();
  return row?.value ?? null;
}

/** Forgets a text that nothing refers to after all. */
export async function forgetTypedValue(db: Db, id: number): Promise<void> {
  await db.deleteFrom('typed_values').where('id', '=', id).execute();
}
