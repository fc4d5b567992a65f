/** The flags of a sync: defaults, what is switched off, and what this version cannot do yet. */
import type { Config } from '../config.ts';
import type { SyncOptions } from '../workflows/messages.ts';

/** Flags that this installation or this version does not allow. */
export class SyncOptionsError extends Error {
  override readonly name = 'SyncOptionsError';
  readonly code: 'feature-disabled' | 'not-implemented';

  constructor(code: SyncOptionsError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Flags as asked for; what is absent takes its default. */
export type AskedOptions = { [K in keyof SyncOptions]?: SyncOptions[K] | undefined };

/**
 * The flags a run is started with.
 * @throws {SyncOptionsError} naming the flag and the setting.
 */
export function resolveOptions(config: Pick<Config, 'sync' | 'features'>, asked: AskedOptions): SyncOptions {
  const options: SyncOptions = {
    comprehensive: asked.comprehensive ?? config.sync.enableComprehensiveSync,
    detectDuplicates: asked.detectDuplicates ?? false,
    bidirectional: asked.bidirectional ?? config.sync.enableBidirectionalSync,
    dryRun: asked.dryRun ?? false,
    partial: asked.partial ?? false,
  };
  const problem = featureProblem(config, options);
  if (problem) throw problem;
  return options;
}

/** Why a run with these flags cannot be started; null when it can. What is switched off is said before what is missing. */
function featureProblem({ features }: Pick<Config, 'features'>, options: SyncOptions): SyncOptionsError | null {
  const switchedOff: [boolean, string, string][] = [
    [options.comprehensive && !features.enableComprehensiveSync, 'comprehensive=true', 'ENABLE_COMPREHENSIVE_SYNC'],
    [options.bidirectional && !features.enableBidirectionalSync, 'bidirectional=true', 'ENABLE_BIDIRECTIONAL_SYNC'],
    [options.dryRun && !features.enableDryRunMode, 'dryRun=true', 'ENABLE_DRY_RUN_MODE'],
    [options.partial && !features.enablePartialSync, 'partial=true', 'ENABLE_PARTIAL_SYNC'],
  ];
  for (const [off, flag, setting] of switchedOff) {
    if (off)
      return new SyncOptionsError('feature-disabled', `${flag} is switched off by LICENSE_SYNC_FEATURES_${setting}`);
  }
  const missing: [boolean, string][] = [
    [options.detectDuplicates, 'detectDuplicates=true'],
    [options.bidirectional, 'bidirectional=true'],
    [options.dryRun, 'dryRun=true'],
    [options.partial, 'partial=true'],
    [!options.comprehensive, 'comprehensive=false'],
  ];
  for (const [asked, flag] of missing) {
    if (asked)
      return new SyncOptionsError('not-implemented', `${flag} is not built in this version; nothing was started`);
  }
  return null;
}
