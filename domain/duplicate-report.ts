/** What a run says of the duplicates it found: figures, what to do next, and how much of it was done without asking. */

export interface DuplicateFigures {
  /** Subjects that were new or changed, and the pairs looked at because of them. */
  subjects: number;
  scored: number;
  /** Of those pairs: surely one, for a person, kept as observations. */
  auto: number;
  review: number;
  observed: number;
  /** Keys that too many share to be of use, and how many subjects share them; in the whole index. */
  cappedBlocks: number;
  cappedSubjects: number;
  /** Records that joined the license they resemble instead of making one. */
  linked: number;
  /** Licenses that were consolidated into another one, and consolidations that could not be done. */
  consolidated: number;
  refused: number;
  casesOpened: number;
  /** Of the cases: those that came back after somebody had said no. */
  casesReturned: number;
  /** Groups and cases by kind. */
  kinds: { external: number; internal: number; crossSystem: number };
  /** Milliseconds. */
  detectionMs: number;
  consolidationMs: number;
}

export const RISK_LEVELS = ['none', 'low', 'medium', 'high'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export interface DuplicateReport extends DuplicateFigures {
  recommendations: string[];
  risk: { level: RiskLevel; reasons: string[] };
}

/** Share of all licenses that one run may consolidate before somebody had better look. */
const MANY_CONSOLIDATED = 0.1;
const SOME_CONSOLIDATED = 0.02;
/** Share of candidates that are passed over before recall is in doubt. */
const MUCH_CAPPED = 0.05;

/**
 * Recommendations and risk, from the figures alone.
 * @param licenses how many there were before any was consolidated, archived ones not counted.
 */
export function duplicateReport(
  figures: DuplicateFigures,
  { licenses, planOnly }: { licenses: number; planOnly: boolean },
): DuplicateReport {
  return { ...figures, recommendations: recommendations(figures, planOnly), risk: riskOf(figures, licenses) };
}

function recommendations(figures: DuplicateFigures, planOnly: boolean): string[] {
  const { auto, review, consolidated, linked, casesOpened, casesReturned, refused, cappedBlocks } = figures;
  if (planOnly) {
    return [
      ...told(
        auto,
        'pair is',
        'pairs are',
        'surely alike: what is not one license yet is made one when this is carried out, unless a third one differs',
      ),
      ...told(review, 'pair', 'pairs', 'may be alike: people are asked when this is carried out'),
    ];
  }
  return [
    ...told(
      consolidated + linked,
      'consolidation was',
      'consolidations were',
      'made without asking: look at them with `npx license-sync merges`, and undo what is wrong',
    ),
    ...told(
      casesOpened,
      'case waits',
      'cases wait',
      'for a decision: begin with the first ones of `npx license-sync reviews`',
    ),
    ...told(casesReturned, 'case', 'cases', 'came back because a record says something else since it was rejected'),
    ...told(
      refused,
      'consolidation',
      'consolidations',
      'could not be made: a license was changed meanwhile, or an override says that a record is never one with it',
    ),
    ...told(
      cappedBlocks,
      'key is',
      'keys are',
      'shared by so many records that they were not used to find candidates: look for placeholder phones and addresses',
    ),
  ];
}

function riskOf(
  { consolidated, linked, casesOpened, cappedSubjects, subjects }: DuplicateFigures,
  licenses: number,
): DuplicateReport['risk'] {
  const share = licenses === 0 ? 0 : (consolidated + linked) / licenses;
  const reasons: string[] = [];
  let level: RiskLevel = consolidated + linked + casesOpened > 0 ? 'low' : 'none';
  if (share > SOME_CONSOLIDATED) {
    level = share > MANY_CONSOLIDATED ? 'high' : 'medium';
    reasons.push(`${percent(share)} of all licenses were consolidated in one run`);
  }
  if (subjects > 0 && cappedSubjects > MUCH_CAPPED * subjects) {
    if (level !== 'high') level = 'medium';
    reasons.push(`${cappedSubjects} records share a key with too many others to be compared by it`);
  }
  if (licenses > 0 && casesOpened > SOME_CONSOLIDATED * licenses) {
    if (level !== 'high') level = 'medium';
    reasons.push(`${percent(casesOpened / licenses)} of all licenses are in a new case`);
  }
  if (reasons.length === 0 && level === 'low') reasons.push('every consolidation can be undone');
  return { level, reasons };
}

function told(count: number, one: string, many: string, what: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${what}`];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
