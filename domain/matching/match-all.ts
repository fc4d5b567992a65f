/** All pairs within a list of records that is held in memory. */
import type { Prepared } from './business.ts';
import { candidateKeys, keyHash } from './keys.ts';
import { DEFAULT_RULES, type MatchingRules } from './rules.ts';
import { confidenceOf } from './score.ts';
import { countRecords, type Statistics } from './statistics.ts';

export interface MatchedPair {
  /** Places in the list; a < b. */
  a: number;
  b: number;
  confidence: number;
}

/** What a stretch of records brought. */
export interface MatchStep {
  done: number;
  total: number;
  pairs: MatchedPair[];
}

export interface MatchSummary {
  records: number;
  /** Pairs that were looked at, each once. */
  candidatePairs: number;
  /** Keys that two or more records share. */
  blocks: number;
  /** Of them those that too many share; their pairs are looked at only where another key brings them. */
  droppedBlocks: number;
  droppedPairs: number;
}

export interface MatchOptions {
  /** Pairs below are not told. */
  min: number;
  statistics?: Statistics;
  rules?: MatchingRules;
}

const RECORDS_PER_STEP = 500;

/**
 * Compares every pair that shares a candidate key, in steps that the caller may spread over time. What comes out depends on the
 * records alone, not on their order. Memory grows with the records, never with the pairs looked at.
 */
export function* matchAll(list: Iterable<Prepared>, options: MatchOptions): Generator<MatchStep, MatchSummary> {
  const { min, rules = DEFAULT_RULES } = options;
  const records = Array.isArray(list) ? (list as readonly Prepared[]) : [...list];
  const statistics = options.statistics ?? countRecords(records);
  const blocks = buildBlocks(records, rules.blockCap);
  const total = records.length;
  // The record that last looked at this one, plus one: a pair with several keys in common is compared once.
  const seenBy = new Uint32Array(total);
  let candidatePairs = 0;
  for (let from = 0; from < total; from += RECORDS_PER_STEP) {
    const pairs: MatchedPair[] = [];
    const to = Math.min(total, from + RECORDS_PER_STEP);
    for (let a = from; a < to; a += 1) {
      const record = records[a];
      if (!record) continue;
      for (const b of blocks.partnersAfter(a)) {
        const other = records[b];
        if (!other || seenBy[b] === a + 1) continue;
        seenBy[b] = a + 1;
        candidatePairs += 1;
        const confidence = confidenceOf(record, other, statistics, rules);
        if (confidence >= min) pairs.push({ a, b, confidence });
      }
    }
    yield { done: to, total, pairs };
  }
  const { shared, dropped, droppedPairs } = blocks;
  return { records: total, candidatePairs, blocks: shared, droppedBlocks: dropped, droppedPairs };
}

interface Blocks {
  shared: number;
  dropped: number;
  droppedPairs: number;
  /** Records behind this one that share a key with it; some more than once. */
  partnersAfter(record: number): Iterable<number>;
}

/** Records by key: numbers in typed arrays, each block's members side by side and in their order. */
function buildBlocks(records: readonly Prepared[], cap: number): Blocks {
  const { hashes, starts } = hashAll(records);
  const { blockOf, sizes } = numberBlocks(hashes);
  const offsets = new Uint32Array(sizes.length + 1);
  let shared = 0;
  let dropped = 0;
  let droppedPairs = 0;
  for (let block = 0; block < sizes.length; block += 1) {
    const size = sizes[block] ?? 0;
    const kept = size >= 2 && size <= cap;
    if (size >= 2) shared += 1;
    if (size > cap) {
      dropped += 1;
      droppedPairs += (size * (size - 1)) / 2;
    }
    offsets[block + 1] = (offsets[block] ?? 0) + (kept ? size : 0);
  }
  const members = new Uint32Array(offsets[sizes.length] ?? 0);
  const filled = offsets.slice(0, sizes.length);
  for (let record = 0; record < records.length; record += 1) {
    for (let at = starts[record] ?? 0; at < (starts[record + 1] ?? 0); at += 1) {
      const block = blockOf[at] ?? 0;
      const place = filled[block] ?? 0;
      if (place >= (offsets[block + 1] ?? 0)) continue;
      members[place] = record;
      filled[block] = place + 1;
    }
  }
  return {
    shared,
    dropped,
    droppedPairs,
    *partnersAfter(record) {
      for (let at = starts[record] ?? 0; at < (starts[record + 1] ?? 0); at += 1) {
        const block = blockOf[at] ?? 0;
        for (let place = (offsets[block + 1] ?? 0) - 1; place >= (offsets[block] ?? 0); place -= 1) {
          const member = members[place] ?? 0;
          if (member <= record) break;
          yield member;
        }
      }
    },
  };
}

/** The hashes of all keys, those of record `r` from `starts[r]` to `starts[r + 1]`, each once a record. */
function hashAll(records: readonly Prepared[]): { hashes: Float64Array; starts: Uint32Array } {
  const starts = new Uint32Array(records.length + 1);
  let hashes = new Float64Array(Math.max(16, records.length * 10));
  let used = 0;
  records.forEach((record, at) => {
    const own = new Set(candidateKeys(record).map(keyHash));
    if (used + own.size > hashes.length) {
      const larger = new Float64Array(2 * hashes.length + own.size);
      larger.set(hashes);
      hashes = larger;
    }
    for (const hash of own) {
      hashes[used] = hash;
      used += 1;
    }
    starts[at + 1] = used;
  });
  return { hashes: hashes.subarray(0, used), starts };
}

/** Gives every hash the number of its block (open addressing with linear probing), and counts the members. */
function numberBlocks(hashes: Float64Array): { blockOf: Uint32Array; sizes: Uint32Array } {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * hashes.length)));
  const table = new Uint32Array(slots);
  const first = new Float64Array(hashes.length);
  const sizes = new Uint32Array(hashes.length);
  const blockOf = new Uint32Array(hashes.length);
  let blocks = 0;
  hashes.forEach((hash, at) => {
    let slot = hash % slots;
    for (;;) {
      const block = table[slot] ?? 0;
      if (block === 0) {
        first[blocks] = hash;
        blocks += 1;
        table[slot] = blocks;
        break;
      }
      if (first[block - 1] === hash) break;
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
    const block = (table[slot] ?? 1) - 1;
    blockOf[at] = block;
    sizes[block] = (sizes[block] ?? 0) + 1;
  });
  return { blockOf, sizes: sizes.subarray(0, blocks) };
}
