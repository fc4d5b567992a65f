/**
 * The match index: what is compared when duplicates are looked for, and the keys by which those that may be alike find each other.
 * Derived from staged records and licenses alone, so that it can be thrown away and made anew.
 */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { type Prepared, prepare } from '../domain/matching/business.ts';
import { candidateKeys, keyHash } from '../domain/matching/keys.ts';
import { countables } from '../domain/matching/statistics.ts';
import {
  businessHash,
  contentHash,
  licenseContent,
  licenseRef,
  recordContent,
  type SubjectContent,
} from '../domain/matching-subject.ts';
import { advanceBatch, type BatchRef } from './batches.ts';
import { insertRows } from './bulk.ts';
import type { Db } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import { inTransaction, type Trx } from './retry.ts';

/** Of the normalisation and the keys: an index made by another version is made anew. */
const INDEX_VERSION = 1;
/** Licenses that one transaction looks at again. */
const STALE_AT_ONCE = 500;
/** Rows in one statement; these are narrow. */
const NARROW_BATCH = 2000;

/** Makes the index fit for this version; an index of another one is emptied, and every license is to be looked at. */
export async function openIndex(db: Db): Promise<void> {
  const row = await db.selectFrom('match_state').select('value').where('name', '=', 'index_version').executeTakeFirst();
  if (Number(row?.value ?? 0) === INDEX_VERSION) return;
  // The state first: killed in between, it is begun anew.
  for (const table of ['match_state', 'match_pairs', 'match_keys', 'match_words', 'match_subjects'] as const) {
    await sql`TRUNCATE TABLE ${sql.table(table)}`.execute(db);
  }
  await sql`INSERT IGNORE INTO match_stale (license_id) SELECT id FROM licenses WHERE archived_into IS NULL`.execute(
    db,
  );
  await db.insertInto('match_state').values({ name: 'index_version', value: INDEX_VERSION }).execute();
}

/** Brings the subjects of the records staged on pages `from`…`to` up to date, and the batch's progress with them. */
export async function indexSlice(
  db: Db,
  ref: BatchRef,
  { from, to }: { from: number; to: number },
  _batchSize: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows } = await sql<{ source_key: string; row_hash: string; content: string }>`
      SELECT r.source_key, r.row_hash, r.content
      FROM sync_rows r FORCE INDEX (PRIMARY) LEFT JOIN match_subjects s FORCE INDEX (ref) ON s.ref = r.source_key
      WHERE r.operation = ${ref.operation} AND r.pass <= ${ref.pass} AND r.page BETWEEN ${from} AND ${to} AND r.state = 'staged'
        AND (s.id IS NULL OR s.row_hash IS NULL OR s.row_hash <> r.row_hash)
      ORDER BY r.source_key
    `.execute(trx);
    const changed = await writeSubjects(
      trx,
      rows.map((row) => ({
        ref: row.source_key,
        rowHash: row.row_hash,
        content: recordContent(JSON.parse(row.content) as ExternalRecord),
      })),
    );
    await advanceBatch(trx, ref, to + 1, { rows: rows.length, created: 0, updated: changed });
  });
}

/** Brings the subjects of these records up to date, where the index knows them; the others join it when they are read. */
export async function reindexRecords(
  trx: Trx,
  records: readonly { sourceKey: string; rowHash: string; record: ExternalRecord }[],
): Promise<void> {
  const known = await subjectsOf(
    trx,
    records.map(({ sourceKey }) => ({ ref: sourceKey })),
  );
  const refs = new Set(known.map(({ ref }) => ref));
  await writeSubjects(
    trx,
    records
      .filter(({ sourceKey }) => refs.has(sourceKey))
      .map(({ sourceKey, rowHash, record }) => ({ ref: sourceKey, rowHash, content: recordContent(record) })),
  );
}

/**
 * Looks again at licenses that changed. A license is a subject of its own when no record speaks for it: none is linked, or what it says of the
 * business differs from its primary record.
 * @param max at most so many; the rest stays noted.
 * @returns how many were looked at.
 */
export async function refreshStale(
  db: Db,
  { max, checkpoint }: { max: number; checkpoint?: () => void },
): Promise<number> {
  for (let done = 0; done < max; ) {
    checkpoint?.();
    const seen = await inTransaction(db, (trx) => refreshPart(trx, Math.min(STALE_AT_ONCE, max - done)));
    if (seen === 0) return done;
    done += seen;
  }
  return max;
}

async function refreshPart(trx: Trx, limit: number): Promise<number> {
  // The locks keep two from looking at the same license at once, and whoever writes one now from being overlooked.
  const stale = await trx
    .selectFrom('match_stale')
    .select('license_id')
    .orderBy('license_id')
    .limit(limit)
    .forUpdate()
    .execute();
  const ids = stale.map((row) => row.license_id);
  if (ids.length === 0) return 0;
  const rows = await trx.selectFrom('licenses').selectAll().where('id', 'in', ids).execute();
  const spoken = await primaryBusinesses(trx, ids);
  const wanted = rows.flatMap((row) => {
    if (row.archived_into !== null) return [];
    const content = licenseContent(licenseOf(row).license);
    if (spoken.get(row.id) === businessHash(content.business)) return [];
    return [{ ref: licenseRef(row.id), rowHash: null, content }];
  });
  const kept = new Set(wanted.map(({ ref }) => ref));
  await dropSubjects(
    trx,
    ids.map(licenseRef).filter((ref) => !kept.has(ref)),
  );
  await writeSubjects(trx, wanted);
  await trx.deleteFrom('match_stale').where('license_id', 'in', ids).execute();
  return ids.length;
}

/** Of licenses whose primary record is in the index: the hash of the business that it tells there. */
async function primaryBusinesses(trx: Trx, ids: string[]): Promise<Map<string, string>> {
  const rows = await trx
    .selectFrom('license_links as k')
    .innerJoin('match_subjects as s', 's.ref', 'k.source_key')
    .select(['k.license_id', 's.business_hash'])
    .where('k.license_id', 'in', ids)
    .where('k.role', '=', 'primary')
    .execute();
  return new Map(rows.map((row) => [row.license_id, row.business_hash]));
}

/**
 * Held by everyone who adds subjects, until the commit. Whoever takes it alone knows that no number below the highest is still to appear.
 */
async function shareIndex(trx: Trx): Promise<void> {
  await sql`SELECT value FROM match_state WHERE name = 'index_version' LOCK IN SHARE MODE`.execute(trx);
}

/** The highest number of a subject, when all below it are there to be seen. */
export async function lastSubject(db: Db): Promise<number> {
  return await inTransaction(db, async (trx) => {
    await sql`SELECT value FROM match_state WHERE name = 'index_version' FOR UPDATE`.execute(trx);
    const { rows } = await sql<{ last: number | string | null }>`SELECT MAX(id) AS last FROM match_subjects`.execute(
      trx,
    );
    return Number(rows[0]?.last ?? 0);
  });
}

interface NewSubject {
  ref: string;
  rowHash: string | null;
  content: SubjectContent;
}

interface StoredSubject {
  id: number;
  ref: string;
  content_hash: string;
  content: string;
}

/** Writes subjects whose content is new, under new numbers. @returns how many those were. */
async function writeSubjects(trx: Trx, subjects: readonly NewSubject[]): Promise<number> {
  if (subjects.length === 0) return 0;
  await shareIndex(trx);
  const stored = new Map((await subjectsOf(trx, subjects)).map((row) => [row.ref, row]));
  const hashed = subjects.map((subject) => ({ ...subject, hash: contentHash(subject.content) }));
  const same = hashed.filter(({ ref, hash }) => stored.get(ref)?.content_hash === hash);
  const fresh = hashed.filter(({ ref, hash }) => stored.get(ref)?.content_hash !== hash);
  await noteRowHashes(trx, same);
  await removeSubjects(
    trx,
    fresh.flatMap(({ ref }) => stored.get(ref) ?? []),
  );
  await insertRows(
    trx,
    'match_subjects',
    ['ref', 'content_hash', 'business_hash', 'row_hash', 'content'],
    fresh.map(({ ref, hash, rowHash, content }) => [
      ref,
      hash,
      businessHash(content.business),
      rowHash,
      JSON.stringify(content),
    ]),
    { batchSize: NARROW_BATCH },
  );
  const ids = new Map((await subjectsOf(trx, fresh)).map((row) => [row.ref, row.id]));
  const prepared = fresh.map(({ ref, content }) => ({ id: ids.get(ref) ?? 0, prepared: preparedOf(content) }));
  const keys = prepared.flatMap(({ id, prepared: each }) => keyHashes(each).map((hash) => [hash, id] as const));
  // In key order, so that neighbours go to the same page of the index.
  keys.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  await insertRows(trx, 'match_keys', ['key_hash', 'subject'], keys, { batchSize: NARROW_BATCH });
  await countWords(
    trx,
    prepared.map((each) => each.prepared),
    1,
  );
  return fresh.length;
}

async function dropSubjects(trx: Trx, refs: readonly string[]): Promise<void> {
  await removeSubjects(
    trx,
    await subjectsOf(
      trx,
      refs.map((ref) => ({ ref })),
    ),
  );
}

async function removeSubjects(trx: Trx, subjects: readonly StoredSubject[]): Promise<void> {
  if (subjects.length === 0) return;
  const prepared = subjects.map(({ id, content }) => ({
    id,
    prepared: preparedOf(JSON.parse(content) as SubjectContent),
  }));
  const keys = JSON.stringify(prepared.flatMap(({ id, prepared: each }) => keyHashes(each).map((hash) => [hash, id])));
  await sql`
    DELETE k FROM JSON_TABLE(${keys}, '$[*]' COLUMNS (
        key_hash BIGINT UNSIGNED PATH '$[0]', subject INT UNSIGNED PATH '$[1]')) n
      STRAIGHT_JOIN match_keys k FORCE INDEX (PRIMARY) ON k.key_hash = n.key_hash AND k.subject = n.subject
  `.execute(trx);
  const ids = subjects.map(({ id }) => id);
  await trx.deleteFrom('match_pairs').where('a', 'in', ids).execute();
  await trx.deleteFrom('match_pairs').where('b', 'in', ids).execute();
  await trx.deleteFrom('match_subjects').where('id', 'in', ids).execute();
  await countWords(
    trx,
    prepared.map((each) => each.prepared),
    -1,
  );
}

async function subjectsOf(trx: Trx, subjects: readonly { ref: string }[]): Promise<StoredSubject[]> {
  if (subjects.length === 0) return [];
  const refs = subjects.map(({ ref }) => ref);
  const { rows } = await sql<StoredSubject>`
    SELECT id, ref, content_hash, content FROM match_subjects FORCE INDEX (ref) WHERE ref IN (${sql.join(refs)})
  `.execute(trx);
  return rows;
}

async function noteRowHashes(trx: Trx, subjects: readonly { ref: string; rowHash: string | null }[]): Promise<void> {
  const rows = subjects.filter(({ rowHash }) => rowHash !== null);
  if (rows.length === 0) return;
  await sql`
    UPDATE match_subjects s JOIN JSON_TABLE(${JSON.stringify(rows.map(({ ref, rowHash }) => [ref, rowHash]))}, '$[*]' COLUMNS (
      ref VARCHAR(202) CHARACTER SET utf8mb4 PATH '$[0]', row_hash CHAR(32) CHARACTER SET utf8mb4 PATH '$[1]')) n
      ON s.ref = n.ref COLLATE utf8mb4_bin
    SET s.row_hash = n.row_hash
  `.execute(trx);
}

/** Last in its transaction: common words are wanted by every other one too. */
async function countWords(trx: Trx, prepared: readonly Prepared[], sign: 1 | -1): Promise<void> {
  const counts = new Map<number, number>();
  for (const each of prepared) {
    for (const { kind, value } of countables(each)) {
      if (kind !== 'word') continue;
      const hash = wordHash(value);
      counts.set(hash, (counts.get(hash) ?? 0) + sign);
    }
  }
  const rows = [...counts].sort((a, b) => a[0] - b[0]);
  for (let from = 0; from < rows.length; from += NARROW_BATCH) {
    const part = rows.slice(from, from + NARROW_BATCH).map(([hash, count]) => sql`(${hash}, ${count})`);
    await sql`
      INSERT INTO match_words (word_hash, records) VALUES ${sql.join(part)}
      ON DUPLICATE KEY UPDATE records = records + VALUES(records)
    `.execute(trx);
  }
}

export function preparedOf({ business, standing }: SubjectContent): Prepared {
  return prepare(business, standing);
}

/** Each once, although two keys may have one hash. */
export function keyHashes(prepared: Prepared): number[] {
  return [...new Set(candidateKeys(prepared).map(keyHash))];
}

/** Words have a table of their own, so they cannot be taken for a key. */
export function wordHash(word: string): number {
  return keyHash({ kind: 'name', value: word });
}
