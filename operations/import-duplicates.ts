/** Which rows of a file to import are taken for a license that is there, or for an earlier row. */
import { setImmediate as breathe } from 'node:timers/promises';
import { refreshStale } from '../db/match-index.ts';
import type { License } from '../domain/license.ts';
import { type MatchReason, reasonsOf } from '../domain/match-reasons.ts';
import {
  countRecords,
  type Decision,
  decisionOf,
  matchAll,
  type Prepared,
  prepare,
  scorePair,
} from '../domain/matching/index.ts';
import { rulesOf } from '../domain/matching-rules.ts';
import { licenseContent } from '../domain/matching-subject.ts';
import type { OperationsDeps } from './deps.ts';
import { createPrevention } from './duplicate-prevention.ts';

/** A row that will make a license. */
export interface NewRow {
  line: number;
  license: License;
}

/** What a row resembles most. */
export interface Lookalike {
  line: number;
  /** Key of the license that the row makes, or would make. */
  key: string;
  /** The license that it resembles; null when it is an earlier row. */
  licenseId: string | null;
  sameAsLine: number | null;
  confidenceScore: number;
  matchReasons: MatchReason[];
  /** `auto`: taken for one business; `review`: people are asked. */
  decision: Decision;
}

export interface Lookalikes {
  byLine: ReadonlyMap<number, Lookalike>;
  comparedWithin: boolean;
}

/** @throws what the reading of the rows throws. */
export type FindLookalikes = (rows: AsyncIterable<NewRow[]>, signal: AbortSignal) => Promise<Lookalikes>;

/** Rows of a file that are held in memory to be compared with each other: some 2 KB each. */
const MAX_WITHIN = 120_000;

export function createImportCheck({ config, db }: Pick<OperationsDeps, 'config' | 'db'>): FindLookalikes {
  const rules = rulesOf(config);
  const prevention = createPrevention({ config, db });

  return async (parts, signal) => {
    await refreshStale(db, { max: Number.POSITIVE_INFINITY, checkpoint: () => signal.throwIfAborted() });
    const byLine = new Map<number, Lookalike>();
    const rows: { line: number; key: string; prepared: Prepared }[] = [];
    let total = 0;
    for await (const part of parts) {
      const found = await prevention.suspectsOf(
        part.map(({ license }) => license),
        0,
      );
      for (const [index, { line, license }] of part.entries()) {
        const [best] = found[index] ?? [];
        if (best) {
          const { licenseId, confidenceScore, matchReasons, decision } = best;
          byLine.set(line, {
            line,
            key: license.key,
            licenseId,
            sameAsLine: null,
            confidenceScore,
            matchReasons,
            decision,
          });
        }
        total += 1;
        if (total > MAX_WITHIN) {
          rows.length = 0;
          continue;
        }
        const { business, standing } = licenseContent(license);
        rows.push({ line, key: license.key, prepared: prepare(business, standing) });
      }
    }
    const comparedWithin = total <= MAX_WITHIN;
    if (comparedWithin) await compareWithin(rows, byLine, signal);
    return { byLine, comparedWithin };
  };

  /** A row is a duplicate of an earlier one only when that one makes a license. */
  async function compareWithin(
    rows: readonly { line: number; key: string; prepared: Prepared }[],
    byLine: Map<number, Lookalike>,
    signal: AbortSignal,
  ): Promise<void> {
    const prepared = rows.map((row) => row.prepared);
    const statistics = countRecords(prepared);
    const earlier = new Map<number, { of: number; confidence: number }[]>();
    for (const { pairs } of matchAll(prepared, { min: rules.thresholds.review, statistics, rules })) {
      for (const { a, b, confidence } of pairs) earlier.set(b, [...(earlier.get(b) ?? []), { of: a, confidence }]);
      signal.throwIfAborted();
      await breathe();
    }
    for (const [at, others] of [...earlier].sort(([one], [other]) => one - other)) {
      const row = rows[at];
      if (!row) continue;
      const making = others.filter(({ of }) => byLine.get(rows[of]?.line ?? 0)?.decision !== 'auto');
      const best = making.sort((x, y) => y.confidence - x.confidence || x.of - y.of)[0];
      const other = best && rows[best.of];
      if (!best || !other || (byLine.get(row.line)?.confidenceScore ?? 0) >= best.confidence) continue;
      byLine.set(row.line, {
        line: row.line,
        key: row.key,
        licenseId: null,
        sameAsLine: other.line,
        confidenceScore: best.confidence,
        matchReasons: reasonsOf(scorePair(row.prepared, other.prepared, statistics, rules), row.prepared),
        decision: decisionOf(best.confidence, rules),
      });
    }
  }
}
