/** Replays what people decided against other weights or thresholds, before anybody changes them. Writes nothing. */
import { setImmediate as breathe } from 'node:timers/promises';
import { z } from 'zod';
import { isoInstant } from '../db/connect.ts';
import { countSubjects, statisticsFor } from '../db/match-candidates.ts';
import { peoplesVerdicts } from '../db/match-lab.ts';
import type { PairVerdictRow } from '../db/pair-verdicts.ts';
import {
  type ChangedRule,
  changeRules,
  countReplayed,
  harm,
  type LabCounts,
  type ReplayedPair,
  type RuleChanges,
  rulePaths,
} from '../domain/match-lab.ts';
import {
  confidenceOf,
  decisionOf,
  type MatchingRules,
  type Prepared,
  prepare,
  type Statistics,
} from '../domain/matching/index.ts';
import { rulesOf } from '../domain/matching-rules.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal } from './errors.ts';

export interface FlippedPair extends ReplayedPair {
  a: { ref: string; dba: string | null };
  b: { ref: string; dba: string | null };
  /** Confidence under the rules in force, and under the others. */
  before: number;
  after: number;
  decidedBy: string;
  decidedAt: string;
}

export interface LabResult extends LabCounts {
  /** What differs from the rules in force. */
  changed: ChangedRule[];
  verdicts: number;
  /** Verdicts whose content cannot be read, and that were left out. */
  unreadable: number;
  /** Pairs that would be decided otherwise, those that do most harm first. */
  flipped: FlippedPair[];
  /** How many more there are. */
  more: number;
}

/** @throws {DetailedRefusal} `rules-invalid` naming each path at fault, with the rules in force. */
export type MatchLab = (changes: RuleChanges) => Promise<LabResult>;

const VERDICTS_AT_ONCE = 500;
const MAX_TOLD = 200;

const text = z.string().nullable();
const content = z.object({
  business: z.object({ dba: text, email: text, phone: text, address: text, city: text, zip: text }),
  standing: z.object({ active: z.boolean(), appid: text, from: text, until: text }).nullable(),
});

interface Decided {
  row: PairVerdictRow;
  a: Prepared;
  b: Prepared;
}

export function createMatchLab({ config, db }: Pick<OperationsDeps, 'config' | 'db'>): MatchLab {
  const inForce = rulesOf(config);

  return async (changes) => {
    const read = changeRules(inForce, changes);
    if ('faults' in read) {
      const named = read.faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new DetailedRefusal('rules-invalid', named, {
        errors: read.faults,
        rules: Object.fromEntries(rulePaths(inForce)),
      });
    }
    const records = await countSubjects(db);
    const replayed: ReplayedPair[] = [];
    const flipped: FlippedPair[] = [];
    let unreadable = 0;
    for (let after: PairVerdictRow | null = null; ; ) {
      const rows: PairVerdictRow[] = await peoplesVerdicts(db, { limit: VERDICTS_AT_ONCE, after });
      after = rows.at(-1) ?? null;
      if (after === null) break;
      const decided = rows.flatMap((row) => decidedOf(row) ?? []);
      unreadable += rows.length - decided.length;
      const prepared = decided.flatMap(({ a, b }) => [a, b]);
      const statistics = await statisticsFor(db, prepared, { records, sizes: new Map() });
      for (const each of decided) {
        const pair = replay(each, statistics, inForce, read.rules);
        replayed.push({ verdict: pair.verdict, from: pair.from, to: pair.to });
        if (pair.from !== pair.to) flipped.push(pair);
      }
      await breathe();
    }
    flipped.sort((x, y) => harm(y) - harm(x) || y.after - x.after);
    return {
      changed: read.changed,
      verdicts: replayed.length,
      unreadable,
      ...countReplayed(replayed),
      flipped: flipped.slice(0, MAX_TOLD),
      more: Math.max(0, flipped.length - MAX_TOLD),
    };
  };
}

function decidedOf(row: PairVerdictRow): Decided | null {
  const [a, b] = [row.a_content, row.b_content].map((kept) => {
    const read = content.safeParse(parsed(kept));
    return read.success ? prepare(read.data.business, read.data.standing) : null;
  });
  return a && b ? { row, a, b } : null;
}

function replay(
  { row, a, b }: Decided,
  statistics: Statistics,
  inForce: MatchingRules,
  other: MatchingRules,
): FlippedPair {
  const before = confidenceOf(a, b, statistics, inForce);
  const after = confidenceOf(a, b, statistics, other);
  return {
    verdict: row.verdict,
    from: decisionOf(before, inForce),
    to: decisionOf(after, other),
    a: { ref: row.a_ref, dba: a.business.dba },
    b: { ref: row.b_ref, dba: b.business.dba },
    before,
    after,
    decidedBy: row.decided_by,
    decidedAt: isoInstant(row.decided_at),
  };
}

function parsed(kept: string): unknown {
  try {
    return JSON.parse(kept);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
