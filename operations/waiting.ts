/** What waits for people, in numbers, for whoever looks at any page. */
import { countAttention } from '../db/attention.ts';
import { countByStateAndBand } from '../db/cases.ts';
import type { OperationsDeps } from './deps.ts';
import { shared } from './memo.ts';

export interface Waiting {
  /** Open cases. */
  reviews: number;
  /** Open conflicts. */
  conflicts: number;
  /** Open entries. */
  quarantine: number;
  /** Alerts that are not resolved. */
  alerts: number;
}

/** Short, because who has settled something looks at what is left. */
const COUNT_EVERY_MS = 1000;

export function createWaitingReader({ db }: Pick<OperationsDeps, 'db'>): () => Promise<Waiting> {
  return shared(COUNT_EVERY_MS, async () => {
    const [attention, cases] = await Promise.all([countAttention(db), countByStateAndBand(db)]);
    const open = cases.filter(({ state }) => state === 'open');
    return {
      reviews: open.reduce((sum, one) => sum + one.cases, 0),
      conflicts: attention.openConflicts,
      quarantine: attention.openQuarantine,
      alerts: attention.openAlerts,
    };
  });
}
