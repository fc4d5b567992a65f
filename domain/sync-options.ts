/** The flags of a sync: defaults, and what is switched off. */
import type { Config } from '../config.ts';
import type { SyncOptions } from '../workflows/messages.ts';
import type { OperationType } from '../workflows/names.ts';

/** Flags that this installation does not allow, or that make no sense together. */
export class SyncOptionsError extends Error {
  override readonly name = 'SyncOptionsError';
  readonly code: 'feature-disabled' | 'options-invalid';

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
  const options = completeOptions(config, asked);
  const problem = selectionProblem(options) ?? featureProblem(config, options);
  if (problem) throw problem;
  return options;
}

/** What was asked for and the defaults, without a look at whether a run may be started with them. */
export function completeOptions({ sync }: Pick<Config, 'sync'>, asked: AskedOptions): SyncOptions {
  return {
    comprehensive: asked.comprehensive ?? sync.enableComprehensiveSync,
    detectDuplicates: asked.detectDuplicates ?? sync.enableDuplicateDetection,
    bidirectional: asked.bidirectional ?? sync.enableBidirectionalSync,
    dryRun: asked.dryRun ?? false,
    partial: asked.partial ?? false,
    maxPages: asked.maxPages ?? null,
    status: asked.status ?? null,
    dbaId: asked.dbaId ?? null,
  };
}

/** A selection that cannot be meant: read as no selection it would start a run over everything. */
function selectionProblem({ partial, maxPages, status, dbaId }: SyncOptions): SyncOptionsError | null {
  const invalid = (message: string) => new SyncOptionsError('options-invalid', message);
  if (!partial && (maxPages !== null || status !== null || dbaId !== null)) {
    return invalid('maxPages, status and dba go only together with partial=true; nothing was started');
  }
  if (maxPages !== null && !isCount(maxPages))
    return invalid('maxPages is a whole number from 1 on; nothing was started');
  if (status !== null && status !== 0 && status !== 1) return invalid('status is 1 or 0; nothing was started');
  if (dbaId !== null && !isCount(dbaId)) return invalid('dbaId is the id of a typed value; nothing was started');
  return null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

/** Why a run with these flags cannot be started; null when it can. */
function featureProblem({ features }: Pick<Config, 'features'>, options: SyncOptions): SyncOptionsError | null {
  const switchedOff: [boolean, string, string][] = [
    [options.comprehensive && !features.enableComprehensiveSync, 'comprehensive=true', 'ENABLE_COMPREHENSIVE_SYNC'],
    [
      options.detectDuplicates && !features.enableDuplicateDetection,
      'detectDuplicates=true',
      'ENABLE_DUPLICATE_DETECTION',
    ],
    [options.bidirectional && !features.enableBidirectionalSync, 'bidirectional=true', 'ENABLE_BIDIRECTIONAL_SYNC'],
    [options.dryRun && !features.enableDryRunMode, 'dryRun=true', 'ENABLE_DRY_RUN_MODE'],
    [options.partial && !features.enablePartialSync, 'partial=true', 'ENABLE_PARTIAL_SYNC'],
  ];
  for (const [off, flag, setting] of switchedOff) {
    if (off)
      return new SyncOptionsError(
        'feature-disabled',
        `${flag} is switched off: set LICENSE_SYNC_FEATURES_${setting}=true for API and workers, and start them again`,
      );
  }
  return null;
}

/** The options as an operation's row keeps them; what an older row lacks was not chosen. */
export function storedOptions(json: string): SyncOptions {
  const { partial = false, maxPages = null, status = null, dbaId = null, ...flags } = JSON.parse(json) as SyncOptions;
  return { ...flags, partial, maxPages, status, dbaId };
}

/** What kind of operation these options make. */
export function operationType(options: Pick<SyncOptions, 'dryRun'>, planId: string | null): OperationType {
  if (planId !== null) return 'plan_apply';
  return options.dryRun ? 'external_sync_dry_run' : 'external_sync';
}
