/** What a score means to whoever asked: the reasons in words that programs can rely on, and what to do. */
import type { Evidence, MatchingRules, PairScore, Prepared } from './matching/index.ts';

/** The first three are the original system's. */
export const MATCH_REASONS = [
  'exact_key',
  'fuzzy_dba',
  'email_domain',
  'email',
  'phone',
  'address',
  'zip',
  'city',
] as const;
export type MatchReason = (typeof MATCH_REASONS)[number];

export const RECOMMENDATIONS = ['consolidate', 'review', 'keep_separate'] as const;
export type Recommendation = (typeof RECOMMENDATIONS)[number];

/** What speaks for the pair, strongest first. `asked` is the record that was compared. */
export function reasonsOf({ evidence }: Pick<PairScore, 'evidence'>, asked: Prepared): MatchReason[] {
  const agreeing = evidence.filter(({ bits }) => bits > 0).sort((a, b) => b.bits - a.bits);
  return [...new Set(agreeing.flatMap((each) => reasonsOfGroup(each, asked)))];
}

function reasonsOfGroup({ group, level }: Evidence, { domains }: Prepared): MatchReason[] {
  switch (group) {
    case 'name':
      return ['fuzzy_dba'];
    case 'phone':
      return ['phone'];
    case 'email': {
      if (level === 'email_domain') return ['email_domain'];
      // Whoever has the same address has the same domain too, which says something of a company's only.
      return level === 'email_equal' && domains.length > 0 ? ['email', 'email_domain'] : ['email'];
    }
    case 'location':
      if (level.startsWith('zip_')) return ['zip'];
      return level.startsWith('city_') ? ['city'] : ['address'];
    default:
      return [];
  }
}

export function recommendationOf(confidence: number, { thresholds }: MatchingRules): Recommendation {
  if (confidence > thresholds.auto) return 'consolidate';
  return confidence >= thresholds.review ? 'review' : 'keep_separate';
}
