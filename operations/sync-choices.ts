/** What a start may ask for here: for forms. */
import type { Config } from '../config.ts';
import { completeOptions } from '../domain/sync-options.ts';
import type { SyncOptions } from '../workflows/messages.ts';

export interface SyncChoices {
  /** Whether the flag may be asked for. */
  allowed: Record<'comprehensive' | 'detectDuplicates' | 'bidirectional' | 'dryRun' | 'partial', boolean>;
  /** What a start without flags does. */
  defaults: SyncOptions;
}

export function syncChoices({ sync, features }: Pick<Config, 'sync' | 'features'>): SyncChoices {
  return {
    allowed: {
      comprehensive: features.enableComprehensiveSync,
      detectDuplicates: features.enableDuplicateDetection,
      bidirectional: features.enableBidirectionalSync,
      dryRun: features.enableDryRunMode,
      partial: features.enablePartialSync,
    },
    defaults: completeOptions({ sync }, {}),
  };
}
