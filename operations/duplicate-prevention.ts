/** Before a license is made: which ones it may be a duplicate of, and what follows from that. */
import { randomUUID } from 'node:crypto';
import { openCases } from '../db/case-opening.ts';
import { sqlInstant } from '../db/connect.ts';
import { licenseBriefs } from '../db/duplicate-check.ts';
import { recordEvent } from '../db/events.ts';
import { type Alike, countSubjects, findAlike } from '../db/match-candidates.ts';
import { refreshStale } from '../db/match-index.ts';
import { currentSubjects } from '../db/match-subjects.ts';
import { keepVerdicts } from '../db/pair-verdicts.ts';
import { inTransaction, type Trx } from '../db/retry.ts';
import { viewOf } from '../db/settling-view.ts';
import { casesOf } from '../domain/duplicate-groups.ts';
import type { License } from '../domain/license.ts';
import { type MatchReason, reasonsOf } from '../domain/match-reasons.ts';
import { type Decision, prepare } from '../domain/matching/index.ts';
import { rulesOf } from '../domain/matching-rules.ts';
import { licenseContent, licenseRef } from '../domain/matching-subject.ts';
import type { OperationsDeps } from './deps.ts';
import { toldFrom } from './duplicate-check.ts';

/** A license that a new one resembles. */
export interface Suspect {
  licenseId: string;
  licenseKey: string;
  /** 0…100 */
  confidenceScore: number;
  matchReasons: MatchReason[];
  /** `auto`: taken for one business without asking; else `review`. */
  decision: Decision;
}

export interface Prevention {
  /** Per license those that it resembles enough to ask a person, best first. @param refresh licenses changed since, looked at first. */
  suspectsOf(licenses: readonly License[], refresh: number): Promise<Suspect[][]>;
  /** Remembers that whoever made the license said that it is another one. In the transaction that makes it. */
  keepApart(trx: Trx, licenseId: string, suspects: readonly Suspect[], by: string): Promise<void>;
  /** Opens cases for people to decide. The license must be committed. @returns how many are new. */
  askAbout(licenseId: string, suspects: readonly Suspect[]): Promise<number>;
}

/** More that one new license resembles are left to the next run. */
const MAX_SUSPECTS = 20;
const REFRESH = 100;

export function createPrevention({ config, db }: Pick<OperationsDeps, 'config' | 'db'>): Prevention {
  const rules = rulesOf(config);

  return {
    async suspectsOf(licenses, refresh) {
      const prepared = licenses.map((license) => {
        const { business, standing } = licenseContent(license);
        return prepare(business, standing);
      });
      const found = await findAlike(db, prepared, { rules: toldFrom(rules.thresholds.review, rules), refresh });
      const alike = found.map((each) => each.slice(0, MAX_SUSPECTS));
      const briefs = await licenseBriefs(
        db,
        alike.flat().map(({ licenseId }) => licenseId),
      );
      return alike.map((each, index) =>
        each.flatMap(({ licenseId, score }: Alike): Suspect[] => {
          const [brief, asked] = [briefs.get(licenseId), prepared[index]];
          if (!brief || !asked) return [];
          const { confidence, decision } = score;
          return [
            {
              licenseId,
              licenseKey: brief.key,
              confidenceScore: confidence,
              matchReasons: reasonsOf(score, asked),
              decision,
            },
          ];
        }),
      );
    },

    async keepApart(trx, licenseId, suspects, by) {
      const refs = await refsOf(
        trx,
        suspects.map((suspect) => suspect.licenseId),
      );
      const subjects = await currentSubjects(trx, [licenseRef(licenseId), ...refs.keys()]);
      const own = subjects.get(licenseRef(licenseId));
      const confidences = new Map(suspects.map((suspect) => [suspect.licenseId, suspect.confidenceScore]));
      const pairs = [...refs].flatMap(([ref, other]) => {
        const subject = subjects.get(ref);
        return own && subject ? [{ a: own, b: subject, confidence: confidences.get(other) ?? null }] : [];
      });
      await keepVerdicts(trx, 'different', pairs, { by, now: sqlInstant(Date.now()), caseId: null });
    },

    async askAbout(licenseId, suspects) {
      await refreshStale(db, { max: REFRESH });
      const view = await viewOf(db, [licenseId, ...suspects.map((suspect) => suspect.licenseId)], {
        rules,
        records: await countSubjects(db),
      });
      const edges = suspects.map(({ licenseId: other, confidenceScore: confidence }) => {
        const [a, b] = licenseId < other ? [licenseId, other] : [other, licenseId];
        return { a, b, confidence, decision: 'review' as const };
      });
      const caseOf = view.caseMaker(edges.map(askedPair));
      const cases = casesOf([], edges, view.likeness, rules.thresholds.review).flatMap((group) => caseOf(group) ?? []);
      return await inTransaction(db, async (trx) => {
        const opened = await openCases(trx, cases, { operation: null, now: sqlInstant(Date.now()) });
        if (opened > 0) {
          await recordEvent(trx, {
            type: 'cases.opened',
            key: `cases.opened:${randomUUID()}`,
            data: { operationId: null, cases: opened },
          });
        }
        return opened;
      });
    },
  };
}

/** Subjects that speak for the licenses: themselves and their records. */
async function refsOf(trx: Trx, licenseIds: readonly string[]): Promise<Map<string, string>> {
  const refs = new Map(licenseIds.map((id) => [licenseRef(id), id]));
  const links = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id'])
    .where('license_id', 'in', [...licenseIds])
    .execute();
  for (const link of links) refs.set(link.source_key, link.license_id);
  return refs;
}

/** The subjects are chosen from those that the licenses have; the strongest pair is the only one here. */
function askedPair({ a, b, confidence }: { a: string; b: string; confidence: number }) {
  return { refA: licenseRef(a), refB: licenseRef(b), licenseA: a, licenseB: b, confidence, former: null };
}
