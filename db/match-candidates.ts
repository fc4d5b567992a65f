/** Who may be alike: subjects of the match index that share a key, and the counts by which an agreement is weighed. */
import { sql } from 'kysely';
import type { Prepared } from '../domain/matching/business.ts';
import { candidateKeys, keyHash } from '../domain/matching/keys.ts';
import type { MatchingRules } from '../domain/matching/rules.ts';
import { confidenceOf, type PairScore, scorePair } from '../domain/matching/score.ts';
import { type CountKind, countables, type Statistics } from '../domain/matching/statistics.ts';
import type { SubjectContent } from '../domain/matching-subject.ts';
import type { Db } from './connect.ts';
import { keyHashes, preparedOf, refreshStale, wordHash } from './match-index.ts';
import { currentLicenses } from './match-subjects.ts';
import type { Trx } from './retry.ts';

/** Values in one IN list. */
const IN_LIST = 2000;

export interface Query {
  prepared: Prepared;
  /** Only subjects with a lower number; all when absent. */
  before?: number;
}

/** Sizes of blocks above the cap, by their key: counting one of them looks at every subject in it. */
export type CrowdedBlocks = Map<number, number>;

export interface Candidates {
  /** Index of a query, and the number of a subject that shares a key with it. */
  pairs: (readonly [query: number, subject: number])[];
  /** Blocks above the cap that were passed over, and how many subjects they hold. */
  cappedBlocks: number;
  cappedSubjects: number;
  /** Subjects that share a key, for the keys of the queries. */
  sizes: Map<number, number>;
}

/**
 * Subjects that share a key with a query. A key that more than the rules' block cap share says nothing and is passed over.
 * @param crowded blocks that are known to be above the cap; those that are found to be so are added.
 */
export async function findCandidates(
  db: Db | Trx,
  queries: readonly Query[],
  rules: Pick<MatchingRules, 'blockCap'>,
  crowded: CrowdedBlocks = new Map(),
): Promise<Candidates> {
  const askedBy = new Map<number, number[]>();
  for (const [index, { prepared }] of queries.entries()) {
    for (const hash of keyHashes(prepared)) {
      const asking = askedBy.get(hash);
      if (asking) asking.push(index);
      else askedBy.set(hash, [index]);
    }
  }
  const hashes = [...askedBy.keys()].sort((a, b) => a - b);
  const sizes = await blockSizes(
    db,
    hashes.filter((hash) => !crowded.has(hash)),
  );
  for (const hash of hashes) {
    const size = crowded.get(hash);
    if (size !== undefined) sizes.set(hash, size);
  }
  for (const [hash, size] of sizes) if (size > rules.blockCap) crowded.set(hash, size);
  const capped = hashes.filter((hash) => (sizes.get(hash) ?? 0) > rules.blockCap);
  const usable = hashes.filter((hash) => (sizes.get(hash) ?? 0) > 0 && (sizes.get(hash) ?? 0) <= rules.blockCap);
  const found = queries.map(() => new Set<number>());
  for (const part of parts(usable)) {
    const { rows } = await sql<{ key_hash: number; subject: number }>`
      SELECT key_hash, subject FROM match_keys FORCE INDEX (PRIMARY) WHERE key_hash IN (${sql.join(part)})
    `.execute(db);
    for (const { key_hash: hash, subject } of rows) {
      for (const index of askedBy.get(Number(hash)) ?? []) {
        if (subject < (queries[index]?.before ?? Number.POSITIVE_INFINITY)) found[index]?.add(subject);
      }
    }
  }
  return {
    pairs: found.flatMap((subjects, index) => [...subjects].sort((a, b) => a - b).map((id) => [index, id] as const)),
    cappedBlocks: capped.length,
    cappedSubjects: capped.reduce((sum, hash) => sum + (sizes.get(hash) ?? 0), 0),
    sizes,
  };
}

async function blockSizes(db: Db | Trx, hashes: readonly number[]): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const part of parts(hashes)) {
    const { rows } = await sql<{ key_hash: number; size: number | string }>`
      SELECT key_hash, COUNT(*) AS size FROM match_keys FORCE INDEX (PRIMARY)
      WHERE key_hash IN (${sql.join(part)}) GROUP BY key_hash
    `.execute(db);
    for (const row of rows) sizes.set(Number(row.key_hash), Number(row.size));
  }
  return sizes;
}

export interface IndexedSubject {
  id: number;
  ref: string;
  content: SubjectContent;
  prepared: Prepared;
}

/** Subjects by their numbers; those that are not there any more are left out. */
export async function loadSubjects(db: Db | Trx, ids: readonly number[]): Promise<Map<number, IndexedSubject>> {
  const subjects = new Map<number, IndexedSubject>();
  for (const part of parts([...new Set(ids)].sort((a, b) => a - b))) {
    const { rows } = await sql<StoredSubject>`
      SELECT id, ref, content FROM match_subjects FORCE INDEX (PRIMARY) WHERE id IN (${sql.join(part)})
    `.execute(db);
    for (const row of rows) subjects.set(row.id, indexed(row));
  }
  return subjects;
}

export async function loadSubjectsByRef(db: Db | Trx, refs: readonly string[]): Promise<IndexedSubject[]> {
  const found: IndexedSubject[] = [];
  for (const part of parts(refs)) {
    const { rows } = await sql<StoredSubject>`
      SELECT id, ref, content FROM match_subjects FORCE INDEX (ref) WHERE ref IN (${sql.join(part)})
    `.execute(db);
    found.push(...rows.map(indexed));
  }
  return found;
}

/** Subjects `from`…`to`, in their order. */
export async function loadRange(db: Db | Trx, from: number, to: number): Promise<IndexedSubject[]> {
  const { rows } = await sql<StoredSubject>`
    SELECT id, ref, content FROM match_subjects FORCE INDEX (PRIMARY) WHERE id BETWEEN ${from} AND ${to} ORDER BY id
  `.execute(db);
  return rows.map(indexed);
}

interface StoredSubject {
  id: number;
  ref: string;
  content: string;
}

function indexed({ id, ref, content: text }: StoredSubject): IndexedSubject {
  const content = JSON.parse(text) as SubjectContent;
  return { id, ref, content, prepared: preparedOf(content) };
}

/** Looks at every entry of an index: to be asked once for many slices. */
export async function countSubjects(db: Db | Trx): Promise<number> {
  const { rows } = await sql<{ n: number | string }>`SELECT COUNT(*) AS n FROM match_subjects`.execute(db);
  return Number(rows[0]?.n ?? 0);
}

/**
 * The counts of the index for the values of these records. Names and phones are counted by their candidate keys, which are a little
 * coarser: a value is never taken to be rarer than it is.
 * @param sizes block sizes that are known already.
 */
export async function statisticsFor(
  db: Db | Trx,
  prepared: readonly Prepared[],
  { records, sizes }: { records: number; sizes: Map<number, number> },
): Promise<Statistics> {
  const hashOf = new Map<string, number>();
  const words = new Map<string, number>();
  for (const each of prepared) {
    for (const { kind, value } of countables(each)) if (kind === 'word') words.set(value, wordHash(value));
    for (const name of each.names) hashOf.set(`name:${name.key}`, keyHash({ kind: 'name', value: name.compact }));
    for (const phone of each.phones) hashOf.set(`phone:${phone}`, keyHash({ kind: 'phone', value: phone.slice(-7) }));
    for (const { kind, value } of candidateKeys(each)) {
      if (kind === 'email' || kind === 'domain') hashOf.set(`${kind}:${value}`, keyHash({ kind, value }));
    }
  }
  const unknown = [...new Set(hashOf.values())].filter((hash) => !sizes.has(hash)).sort((a, b) => a - b);
  const counts = new Map([...sizes, ...(await blockSizes(db, unknown))]);
  const wordCounts = await countsOfWords(db, [...new Set(words.values())]);
  return {
    records,
    count(kind: CountKind, value: string): number {
      if (kind === 'word') return wordCounts.get(words.get(value) ?? -1) ?? 0;
      return counts.get(hashOf.get(`${kind}:${value}`) ?? -1) ?? 0;
    },
  };
}

async function countsOfWords(db: Db | Trx, hashes: readonly number[]): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const part of parts(hashes)) {
    const { rows } = await sql<{ word_hash: number; records: number }>`
      SELECT word_hash, records FROM match_words FORCE INDEX (PRIMARY) WHERE word_hash IN (${sql.join(part)})
    `.execute(db);
    for (const row of rows) counts.set(Number(row.word_hash), row.records);
  }
  return counts;
}

/** Something that a query resembles, and the license that it stands for. */
export interface Alike {
  ref: string;
  licenseId: string;
  score: PairScore;
}

/**
 * Licenses that resemble each query, best first, one line a license: at least as alike as observations have to be.
 * @param refresh licenses changed since that are looked at first, at most.
 * @param records how many subjects there are, where the caller knows; counting 100,000 takes 10 ms.
 */
export async function findAlike(
  db: Db,
  prepared: readonly Prepared[],
  { rules, refresh, records }: { rules: MatchingRules; refresh: number; records?: number },
): Promise<Alike[][]> {
  if (refresh > 0) await refreshStale(db, { max: refresh });
  const { pairs, sizes } = await findCandidates(
    db,
    prepared.map((each) => ({ prepared: each })),
    rules,
  );
  const subjects = await loadSubjects(
    db,
    pairs.map(([, subject]) => subject),
  );
  const licenses = await currentLicenses(
    db,
    [...subjects.values()].map(({ ref }) => ref),
  );
  const among = [...prepared, ...[...subjects.values()].map((subject) => subject.prepared)];
  const statistics = await statisticsFor(db, among, { records: records ?? (await countSubjects(db)), sizes });
  const found = prepared.map(() => new Map<string, Alike>());
  for (const [query, id] of pairs) {
    const subject = subjects.get(id);
    const asked = prepared[query];
    const licenseId = subject && licenses.get(subject.ref);
    if (!subject || !asked || !licenseId) continue;
    const confidence = confidenceOf(asked, subject.prepared, statistics, rules);
    const known = found[query]?.get(licenseId);
    if (confidence < rules.thresholds.observe || (known && known.score.confidence >= confidence)) continue;
    const score = scorePair(asked, subject.prepared, statistics, rules);
    found[query]?.set(licenseId, { ref: subject.ref, licenseId, score });
  }
  return found.map((byLicense) =>
    [...byLicense.values()].sort(
      (a, b) => b.score.confidence - a.score.confidence || (a.licenseId < b.licenseId ? -1 : 1),
    ),
  );
}

function* parts<T>(all: readonly T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += IN_LIST) yield all.slice(from, from + IN_LIST);
}
