import type { Config } from '../config.ts';
import { DEFAULT_RULES, type MatchingRules } from './matching/rules.ts';

/** The rules of this installation: the thresholds are settings, the weights come with the product. */
export function rulesOf({ matching }: Pick<Config, 'matching'>): MatchingRules {
  return {
    ...DEFAULT_RULES,
    thresholds: {
      auto: matching.autoThreshold,
      review: matching.reviewThreshold,
      observe: matching.observeThreshold,
    },
    blockCap: matching.blockCap,
  };
}
