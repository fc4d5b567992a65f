/** What people and programs ask about duplicates, beside deciding them. */
import type { OperationsDeps } from './deps.ts';
import { type CheckDuplicates, createDuplicateCheck } from './duplicate-check.ts';
import { createDuplicateMetrics, type DuplicateMetrics } from './duplicate-metrics.ts';
import { createDuplicatePairs, type DuplicatePairs } from './duplicate-pairs.ts';
import { createMatchLab, type MatchLab } from './match-lab.ts';
import type { MatchUpkeep } from './match-upkeep.ts';

export interface Duplicates extends DuplicatePairs {
  check: CheckDuplicates;
  /** @param days how far back it looks. */
  metrics(days: number): Promise<DuplicateMetrics>;
  lab: MatchLab;
}

export function createDuplicates(deps: OperationsDeps & { upkeep: MatchUpkeep }): Duplicates {
  return {
    ...createDuplicatePairs(deps),
    check: createDuplicateCheck(deps),
    metrics: createDuplicateMetrics(deps),
    lab: createMatchLab(deps),
  };
}
