/** How runs are told apart in lists. */
import type { OperationType, RunStatus } from '../workflows/names.ts';

/** `plan`: carries out the plan of a dry run. `replay`: reads again only what could not be read. */
export const RUN_KINDS = ['full', 'partial', 'dry_run', 'plan', 'replay'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** Who starts runs; `schedule` is any of them. */
export const RUN_TRIGGERS = ['console', 'cli', 'api', 'schedule', 'temporal'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

export interface RunFilter {
  status?: RunStatus | undefined;
  kind?: RunKind | undefined;
  trigger?: RunTrigger | undefined;
}

export function runKind(run: { type: OperationType; replay: boolean; partial: boolean }): RunKind {
  if (run.type === 'plan_apply') return 'plan';
  if (run.type === 'external_sync_dry_run') return 'dry_run';
  if (run.replay) return 'replay';
  return run.partial ? 'partial' : 'full';
}
