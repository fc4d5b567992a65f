import type { RunStatus } from '../../workflows/names.ts';
import { type Html, html } from '../html.ts';

export type BadgeTone = 'good' | 'info' | 'warn' | 'bad' | 'muted';

export function badge(text: string, tone: BadgeTone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

const RUNS: Readonly<Record<RunStatus, [string, BadgeTone]>> = {
  running: ['running', 'info'],
  paused: ['paused', 'warn'],
  awaiting_approval: ['awaits approval', 'warn'],
  completed: ['completed', 'good'],
  completed_with_findings: ['completed with findings', 'good'],
  incomplete: ['incomplete', 'warn'],
  failed: ['failed', 'bad'],
  cancelled: ['cancelled', 'muted'],
  skipped: ['skipped', 'muted'],
};

/** How a run stands, in one word or two. */
export function runBadge(status: RunStatus): Html {
  const [text, tone] = RUNS[status];
  return badge(text, tone);
}
