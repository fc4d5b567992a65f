/** Whether all is well, in one sentence, for whoever looks first. */
import type { RunStatus } from '../workflows/names.ts';

export interface Situation {
  /** The run under way; null when there is none. */
  running: { status: RunStatus; sentence: string } | null;
  /** The run that ended last; null when none has. */
  last: { status: RunStatus; sentence: string | null } | null;
  circuit: 'closed' | 'open' | 'half_open';
  /** What the database, Temporal or the workers lack; empty when nothing. */
  troubles: readonly string[];
  openAlerts: number;
  /** Cases, conflicts and quarantined entries that wait for people. */
  waiting: { cases: number; conflicts: number; quarantine: number };
}

export interface Wellbeing {
  /** `good`: nothing to do; `info`: nothing is wrong, something may be done; `warn`: somebody has to act; `bad`: it does not work. */
  tone: 'good' | 'info' | 'warn' | 'bad';
  sentence: string;
}

const SHORT_OF_ITS_GOAL: ReadonlySet<RunStatus> = new Set(['failed', 'incomplete']);

/** What is worst comes first; the rest is on the page below it. */
export function wellbeing(of: Situation): Wellbeing {
  const { running, last, circuit, troubles, openAlerts, waiting } = of;
  if (troubles.length > 0) return { tone: 'bad', sentence: `Something does not work: ${troubles.join('; ')}.` };
  if (running?.status === 'awaiting_approval' || running?.status === 'paused') {
    return { tone: 'warn', sentence: running.sentence };
  }
  if (running === null && last !== null && SHORT_OF_ITS_GOAL.has(last.status)) {
    const said = last.sentence ?? 'open it to see why, and resume it';
    return { tone: last.status === 'failed' ? 'bad' : 'warn', sentence: `The last run is ${last.status}: ${said}` };
  }
  if (circuit !== 'closed') {
    return {
      tone: 'warn',
      sentence:
        'The License API has failed several times in a row, so calls to it are held back; they go on by themselves when it answers again.',
    };
  }
  if (openAlerts > 0) {
    return { tone: 'warn', sentence: `${counted(openAlerts, 'alert')} ${openAlerts === 1 ? 'is' : 'are'} open.` };
  }
  if (running) return { tone: 'good', sentence: `A sync is running. ${running.sentence}` };
  if (last === null) return { tone: 'info', sentence: 'Nothing has been synced yet: start the first sync.' };
  const waits = waitingText(waiting);
  if (waits === null) return { tone: 'good', sentence: 'The last run ended well, and nothing waits for you.' };
  return { tone: 'good', sentence: `The last run ended well. ${waits} for people to decide.` };
}

function waitingText({ cases, conflicts, quarantine }: Situation['waiting']): string | null {
  const parts = [
    [cases, 'duplicate case'],
    [conflicts, 'conflict'],
    [quarantine, 'quarantined row'],
  ] as const;
  const named = parts.flatMap(([n, what]) => (n === 0 ? [] : [counted(n, what)]));
  if (named.length === 0) return null;
  const last = named.pop() ?? '';
  const all = named.length === 0 ? last : `${named.join(', ')} and ${last}`;
  return `${all} ${cases + conflicts + quarantine === 1 ? 'waits' : 'wait'}`;
}

function counted(n: number, what: string): string {
  return `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
}
