/** Pairs looked at one by one: those that runs keep without asking anybody, and any two licenses, also such that do not match. */
import { isoInstant } from '../db/connect.ts';
import { licenseBriefs } from '../db/duplicate-check.ts';
import { listObserved, type ObservedPair, recordsOfLicense } from '../db/duplicate-pairs.ts';
import { findLicenseId } from '../db/lineage.ts';
import { countSubjects, loadSubjects, statisticsFor } from '../db/match-candidates.ts';
import { currentLicenses, currentSubjects, type SubjectNow } from '../db/match-subjects.ts';
import { isKnownRecord } from '../db/overrides.ts';
import { pairKey, readVerdicts } from '../db/pair-verdicts.ts';
import { rootsOf } from '../db/redirects.ts';
import {
  type Business,
  candidateKeys,
  type KeyKind,
  type PairScore,
  type Prepared,
  prepare,
  type Statistics,
  scorePair,
} from '../domain/matching/index.ts';
import { rulesOf } from '../domain/matching-rules.ts';
import { licenseRef } from '../domain/matching-subject.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';

/** One side of a pair. */
export interface PairSide {
  /** A source key, or `l:` and the id of a license. */
  ref: string;
  licenseId: string | null;
  licenseKey: string | null;
  business: Business;
}

export interface Observation {
  confidence: number;
  a: PairSide;
  b: PairSide;
  explanation?: PairScore;
}

export interface Explanation {
  a: PairSide;
  b: PairSide;
  score: PairScore;
  /** What brings the two together; when empty, no run ever compares them. */
  sharedKeys: KeyKind[];
  /** What a person decided of these two; null when nobody did. */
  verdict: { verdict: 'same' | 'different'; by: string; at: string; outdated: boolean } | null;
  /** What the score means for the two. */
  sentence: string;
  /** Pairs of records of the two licenses that were compared; this is the one most alike. */
  compared: number;
}

export interface DuplicatePairs {
  /** The most alike first; a page may hold fewer than asked for, where licenses have become one since. */
  observations(page: {
    limit: number;
    after?: ObservedPair | undefined;
    explain: boolean;
  }): Promise<{ observations: Observation[]; next: ObservedPair | null }>;
  /**
   * Each side is the id or key of a license, or the source key of a record.
   * @throws {Refusal} `license-not-found`, or `pair-invalid` when both are the same license.
   */
  explain(a: string, b: string): Promise<Explanation>;
}

/** Of one license; more would multiply into thousands of pairs. */
const MAX_RECORDS = 20;

export function createDuplicatePairs({ config, db }: Pick<OperationsDeps, 'config' | 'db'>): DuplicatePairs {
  const rules = rulesOf(config);

  async function statisticsOf(prepared: readonly Prepared[]): Promise<Statistics> {
    return await statisticsFor(db, prepared, { records: await countSubjects(db), sizes: new Map() });
  }

  /** Everything that speaks for what a caller named. */
  async function subjectsNamed(named: string): Promise<{ id: string; subjects: SubjectNow[] }> {
    const text = named.trim();
    if (/^[ac]:/.test(text) && (await isKnownRecord(db, text))) {
      return { id: text, subjects: [...(await currentSubjects(db, [text])).values()] };
    }
    const found = await findLicenseId(db, text);
    const id = found === null ? undefined : (await rootsOf(db, [found])).get(found);
    if (id === undefined) {
      throw new Refusal('license-not-found', 'there is no license with this id or key, and no such record');
    }
    const refs = [licenseRef(id), ...(await recordsOfLicense(db, id, MAX_RECORDS))];
    return { id, subjects: [...(await currentSubjects(db, refs)).values()] };
  }

  async function sideOf({ ref, licenseId, business }: SubjectNow): Promise<PairSide> {
    const briefs = await licenseBriefs(db, licenseId === null ? [] : [licenseId]);
    return { ref, licenseId, licenseKey: briefs.get(licenseId ?? '')?.key ?? null, business };
  }

  return {
    async observations({ limit, after, explain }) {
      const rows = await listObserved(db, { limit: limit + 1, after });
      const shown = rows.slice(0, limit);
      const subjects = await loadSubjects(
        db,
        shown.flatMap(({ a, b }) => [a, b]),
      );
      const all = [...subjects.values()];
      const licenses = await currentLicenses(
        db,
        all.map(({ ref }) => ref),
      );
      const briefs = await licenseBriefs(db, [...licenses.values()]);
      const statistics = explain ? await statisticsOf(all.map(({ prepared }) => prepared)) : null;
      const observations = shown.flatMap(({ a, b, confidence }): Observation[] => {
        const [one, other] = [subjects.get(a), subjects.get(b)];
        if (!one || !other) return [];
        const [first, second] = [one, other].map(({ ref, content }): PairSide => {
          const licenseId = licenses.get(ref) ?? null;
          return { ref, licenseId, licenseKey: briefs.get(licenseId ?? '')?.key ?? null, business: content.business };
        });
        if (!first || !second || first.licenseId === null || first.licenseId === second.licenseId) return [];
        const explanation = statistics && scorePair(one.prepared, other.prepared, statistics, rules);
        return [{ confidence: Number(confidence), a: first, b: second, ...(explanation ? { explanation } : {}) }];
      });
      return { observations, next: rows.length > limit ? (shown.at(-1) ?? null) : null };
    },

    async explain(a, b) {
      const [one, other] = [await subjectsNamed(a), await subjectsNamed(b)];
      if (one.id === other.id) {
        throw new Refusal('pair-invalid', 'both are the same license: there is nothing to compare');
      }
      const sides = [one.subjects, other.subjects].map((subjects) =>
        subjects.map((subject) => ({ subject, prepared: prepare(subject.business, subject.standing) })),
      );
      const [lefts = [], rights = []] = sides;
      const statistics = await statisticsOf(sides.flat().map(({ prepared }) => prepared));
      const scored = lefts.flatMap((left) =>
        rights
          .filter((right) => right.subject.ref !== left.subject.ref)
          .map((right) => ({ left, right, score: scorePair(left.prepared, right.prepared, statistics, rules) })),
      );
      const [best] = scored.sort((x, y) => y.score.confidence - x.score.confidence);
      if (!best) throw new Refusal('pair-invalid', 'both are the same record: there is nothing to compare');
      const { left, right, score } = best;
      const sharedKeys = keysShared(left.prepared, right.prepared);
      const refs = [left.subject.ref, right.subject.ref] as const;
      const kept = (await readVerdicts(db, [refs])).get(pairKey(...refs));
      const hashes = [left.subject.businessHash, right.subject.businessHash].sort();
      const verdict = kept
        ? {
            verdict: kept.verdict,
            by: kept.decided_by,
            at: isoInstant(kept.decided_at),
            outdated: [kept.a_hash, kept.b_hash].sort().join() !== hashes.join(),
          }
        : null;
      return {
        a: await sideOf(left.subject),
        b: await sideOf(right.subject),
        score,
        sharedKeys,
        verdict,
        sentence: sentenceOf(score, sharedKeys, verdict),
        compared: scored.length,
      };
    },
  };
}

function keysShared(a: Prepared, b: Prepared): KeyKind[] {
  const keys = new Set(candidateKeys(a).map(({ kind, value }) => `${kind}:${value}`));
  return [
    ...new Set(candidateKeys(b).flatMap(({ kind, value }) => (keys.has(`${kind}:${value}`) ? [kind] : []))),
  ].sort();
}

const MEANS: Record<PairScore['decision'], string> = {
  auto: 'They are taken for one business without asking.',
  review: 'A person decides.',
  observe: 'They are kept as an observation; nobody is asked.',
  none: 'They do not match.',
};

function sentenceOf(
  { confidence, decision, cap }: PairScore,
  sharedKeys: readonly KeyKind[],
  verdict: Explanation['verdict'],
): string {
  const capped = cap ? `, limited to ${cap.confidence} because ${cap.why}` : '';
  const said = `${confidence.toFixed(1)}${capped}.`;
  if (verdict && !verdict.outdated) {
    const means = verdict.verdict === 'same' ? 'one business' : 'different businesses';
    return `${said} ${verdict.by} decided that they are ${means}, and that holds while both say what they say now.`;
  }
  if (sharedKeys.length === 0)
    return `${said} They share no phone, e-mail, name or place to be found by, so no run compares them.`;
  return `${said} ${MEANS[decision]}`;
}
