/** Whether a business is known already, asked before a license is made for it. */
import { readVersion } from '../db/data-versions.ts';
import { hasStale, type LicenseBrief, licenseBriefs, licenseHolding } from '../db/duplicate-check.ts';
import { countLicenses } from '../db/licenses.ts';
import { countSubjects, findAlike } from '../db/match-candidates.ts';
import {
  type MatchReason,
  RECOMMENDATIONS,
  type Recommendation,
  reasonsOf,
  recommendationOf,
} from '../domain/match-reasons.ts';
import { type Business, type MatchingRules, type PairScore, prepare } from '../domain/matching/index.ts';
import { rulesOf } from '../domain/matching-rules.ts';
import type { OperationsDeps } from './deps.ts';
import type { MatchUpkeep } from './match-upkeep.ts';
import { createVersionCache } from './version-cache.ts';

export interface DuplicateQuery {
  /** Null or blank for what is not known. */
  business: Business;
  /** Key of a license. */
  key: string | null;
  /** 0…100; licenses that resemble it more are told. */
  threshold: number;
  explain: boolean;
}

export interface PotentialDuplicate {
  licenseId: string;
  licenseKey: string;
  dba: string | null;
  status: LicenseBrief['status'];
  /** 0…100; the scorer's, or 100 for the same key. */
  confidenceScore: number;
  matchReasons: MatchReason[];
  recommendation: Recommendation;
  explanation?: PairScore | null;
}

export interface DuplicateCheck {
  hasDuplicates: boolean;
  /** The strongest of those found; `keep_separate` when there are none. */
  recommendation: Recommendation;
  /** Best first, fifty at most. */
  potentialDuplicates: PotentialDuplicate[];
  /** Licenses that are not archived. */
  checkedAgainst: number;
  threshold: number;
  /** False while changes of the last moments are still to be taken into the comparison. */
  upToDate: boolean;
}

export type CheckDuplicates = (query: DuplicateQuery) => Promise<DuplicateCheck>;

/** The original system's. */
export const CHECK_THRESHOLD = 60;
const MAX_TOLD = 50;
/** Licenses changed since that one check looks at first: some 20 ms. */
const REFRESH = 100;
const COUNT_KEPT_MS = 300_000;
/** So many more or less do not change a score; a small stock is counted each time. */
const SUBJECTS_KEPT = { forMs: 10_000, from: 10_000 };

export function createDuplicateCheck({
  config,
  db,
  upkeep,
}: Pick<OperationsDeps, 'config' | 'db'> & { upkeep: MatchUpkeep }): CheckDuplicates {
  const rules = rulesOf(config);
  const counts = createVersionCache({ forMs: COUNT_KEPT_MS, maxEntries: 1 });
  let kept = { records: 0, until: 0 };

  async function subjects(): Promise<number> {
    if (performance.now() < kept.until) return kept.records;
    const records = await countSubjects(db);
    kept = { records, until: records < SUBJECTS_KEPT.from ? 0 : performance.now() + SUBJECTS_KEPT.forMs };
    return records;
  }

  return async ({ business, key, threshold, explain }) => {
    const asked = prepare(business, null);
    const [[alike = []], keyed, checkedAgainst] = await Promise.all([
      subjects().then((records) =>
        findAlike(db, [asked], { rules: toldFrom(threshold, rules), refresh: upkeep.isBusy() ? 0 : REFRESH, records }),
      ),
      key === null ? null : licenseHolding(db, key),
      readVersion(db, 'licenses').then((version) => counts.get('all', version, () => countLicenses(db, {}))),
    ]);
    const scores = new Map(alike.map(({ licenseId, score }) => [licenseId, score]));
    const briefs = await licenseBriefs(
      db,
      [...(keyed === null ? [] : [keyed]), ...scores.keys()].slice(0, MAX_TOLD + 1),
    );
    const told = [...briefs.values()].flatMap((brief): PotentialDuplicate[] => {
      const score = scores.get(brief.id) ?? null;
      const confidenceScore = brief.id === keyed ? 100 : (score?.confidence ?? 0);
      if (brief.id !== keyed && confidenceScore <= threshold) return [];
      return [
        {
          licenseId: brief.id,
          licenseKey: brief.key,
          dba: brief.dba,
          status: brief.status,
          confidenceScore,
          matchReasons: [
            ...(brief.id === keyed ? (['exact_key'] as const) : []),
            ...(score ? reasonsOf(score, asked) : []),
          ],
          recommendation: recommendationOf(confidenceScore, rules),
          ...(explain ? { explanation: score } : {}),
        },
      ];
    });
    const potentialDuplicates = told
      .sort((a, b) => b.confidenceScore - a.confidenceScore || (a.licenseId < b.licenseId ? -1 : 1))
      .slice(0, MAX_TOLD);
    const upToDate = !(await hasStale(db));
    if (!upToDate) upkeep.catchUp();
    return {
      hasDuplicates: potentialDuplicates.length > 0,
      recommendation: strongest(potentialDuplicates),
      potentialDuplicates,
      checkedAgainst,
      threshold,
      upToDate,
    };
  };
}

/** The rules, with what is worth telling moved to a threshold of the caller's; the scores stay the same. */
export function toldFrom(threshold: number, rules: MatchingRules): MatchingRules {
  return { ...rules, thresholds: { ...rules.thresholds, observe: threshold } };
}

function strongest(found: readonly PotentialDuplicate[]): Recommendation {
  return RECOMMENDATIONS.find((each) => found.some(({ recommendation }) => recommendation === each)) ?? 'keep_separate';
}
