/** Runs in words: kinds, phases, what may be done with them. */
import type { GuardKind } from '../../../domain/guard.ts';
import type { RunKind, RunTrigger } from '../../../domain/run-filter.ts';
import type { OperationView } from '../../../operations/view.ts';
import { type OperationType, PHASES, type Phase, type RunStatus } from '../../../workflows/names.ts';
import { count, plural } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';

export const KINDS: Readonly<Record<RunKind, string>> = {
  full: 'Full sync',
  partial: 'Partial sync',
  dry_run: 'Dry run',
  plan: 'Applied plan',
  replay: 'Replay of quarantine',
};

export const TRIGGERS: Readonly<Record<RunTrigger, string>> = {
  console: 'Console',
  cli: 'Command line',
  api: 'API',
  schedule: 'A schedule',
  temporal: 'Temporal',
};

export const STATUSES: Readonly<Record<RunStatus, string>> = {
  running: 'Running',
  paused: 'Paused',
  awaiting_approval: 'Awaits approval',
  completed: 'Completed',
  completed_with_findings: 'Completed with findings',
  incomplete: 'Incomplete',
  failed: 'Failed',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
};

export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  begin: 'Begin',
  fetch: 'Fetch',
  mirror: 'Mirror',
  analyse: 'Analyse',
  plan: 'Plan',
  guard: 'Guard',
  apply: 'Apply',
  push: 'Push',
  report: 'Report',
};

/** What each phase is for. */
export const PHASE_TEXTS: Readonly<Record<Phase, string>> = {
  begin: 'gets ready',
  fetch: 'reads the records from the License API',
  mirror: 'keeps what was read',
  analyse: 'looks for businesses recorded twice',
  plan: 'works out what has to change',
  guard: 'asks people when that is unusually much',
  apply: 'writes the changes to the licenses',
  push: 'sends edits to the License API',
  report: 'counts, and checks the counts',
};

/** The phases that each type of operation goes through, in their order. */
const STORIES: Readonly<Record<OperationType, readonly Phase[]>> = {
  external_sync: PHASES.slice(1),
  external_sync_dry_run: ['fetch', 'analyse', 'plan', 'report'],
  plan_apply: ['plan', 'mirror', 'guard', 'apply', 'push', 'report'],
};

/** The phases of this run; what its options leave out is left out. */
export function storyOf({ operationType, options }: OperationView): readonly Phase[] {
  return STORIES[operationType].filter((phase) => {
    if (phase === 'push') return options.bidirectional;
    return phase !== 'analyse' || options.detectDuplicates;
  });
}

const ENDED_SHORT: ReadonlySet<RunStatus> = new Set(['failed', 'incomplete', 'cancelled']);

export function isLive({ status }: Pick<OperationView, 'status'>): boolean {
  return status === 'running' || status === 'paused' || status === 'awaiting_approval';
}

/** Whether a new attempt can go on where it stopped. */
export function isResumable({ status }: Pick<OperationView, 'status'>): boolean {
  return ENDED_SHORT.has(status);
}

/** `comprehensive, looks for duplicates`. */
export function optionsText({ options, kind }: OperationView): string {
  const { comprehensive, detectDuplicates, bidirectional, partial, maxPages, status, dba } = options;
  const parts = [
    kind === 'dry_run' && partial ? 'partial' : null,
    comprehensive && !partial ? 'comprehensive' : null,
    detectDuplicates ? 'looks for duplicates' : null,
    bidirectional ? 'two-way' : null,
    maxPages === null ? null : `first ${plural(maxPages, 'page')}`,
    status === null ? null : `only ${status === 1 ? 'active' : 'inactive'} records`,
    dba === null ? null : 'only some business names',
  ].filter((part) => part !== null);
  return parts.join(', ');
}

/** What the guard asks people to allow, by kind. */
export function needText(kind: GuardKind, due: number): string {
  switch (kind) {
    case 'vanish':
      return `mark ${plural(due, 'record')} as vanished`;
    case 'deactivate':
      return `deactivate ${plural(due, 'license')}`;
    case 'overwrite':
      return `overwrite values of ${plural(due, 'license')}`;
    case 'push':
      return `change ${plural(due, 'record')} in the License API`;
  }
}

/** `12 records a second`; null when it is not known. */
export function rateText(ratePerSecond: number | null): string | null {
  if (ratePerSecond === null) return null;
  return `${ratePerSecond < 10 ? ratePerSecond : count(Math.round(ratePerSecond))} records a second`;
}

/** A sentence as the command line says it, with what it quotes set as code. */
export function sentenceOf(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
