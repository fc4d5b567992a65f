/** How long the last runs took, and how each ended. */
import type { OperationView } from '../../operations/view.ts';
import type { RunStatus } from '../../workflows/names.ts';
import { count, duration, instant, runBadge, table } from '../components/index.ts';
import { type Html, html } from '../html.ts';

/** So many are shown. */
export const RUNS_CHARTED = 30;

const WIDTH = 900;
const HEIGHT = 190;
const LEFT = 52;
const TOP = 20;
const BOTTOM = 24;
const PLOT = HEIGHT - TOP - BOTTOM;
const MIN_BAR = 2;
/** Few runs do not become broad walls. */
const MIN_SLOTS = 24;

interface Look {
  sign: string;
  word: string;
  fill: 'good' | 'info' | 'warn' | 'bad' | 'muted';
}

/** A sign beside the colour, for those who see no colours. */
const LOOKS: Readonly<Record<RunStatus, Look>> = {
  completed: { sign: '✓', word: 'completed', fill: 'good' },
  completed_with_findings: { sign: '✓', word: 'completed', fill: 'good' },
  incomplete: { sign: '!', word: 'incomplete', fill: 'warn' },
  failed: { sign: '✕', word: 'failed', fill: 'bad' },
  cancelled: { sign: '–', word: 'cancelled', fill: 'muted' },
  skipped: { sign: '»', word: 'skipped', fill: 'muted' },
  running: { sign: '▶', word: 'under way', fill: 'info' },
  paused: { sign: '‖', word: 'held up', fill: 'info' },
  awaiting_approval: { sign: '‖', word: 'held up', fill: 'info' },
};

/** A bar a run, the newest on the right, each a link to its run; the same as a table below. @param operations newest first */
export function runsChart(operations: readonly OperationView[]): Html {
  const runs = operations.slice(0, RUNS_CHARTED).reverse();
  if (runs.length === 0) return html`<p class="empty">There are no runs yet. Each will be a bar here.</p>`;
  const longest = Math.max(1000, ...runs.map(lengthOf));
  const slots = Math.max(MIN_SLOTS, runs.length);
  const step = (WIDTH - LEFT) / slots;
  const looks = new Map(runs.map(({ status }) => [LOOKS[status].word, LOOKS[status]]));
  return html`<figure class="runs-chart">
<div class="chart-scroll"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Duration of the last ${runs.length} runs, oldest first">
${[0, 0.5, 1].map((share) => gridLine(longest, share))}
${runs.map((run, index) => bar(run, LEFT + (slots - runs.length + index) * step, step, longest))}
<text x="${LEFT}" y="${HEIGHT - 6}" font-size="12" class="soft">older</text>
<text x="${WIDTH}" y="${HEIGHT - 6}" font-size="12" class="soft" text-anchor="end">newest run</text>
</svg></div>
<figcaption><span class="muted">Height: how long it took.</span> <ul class="legend">${[...looks.values()].map(
    ({ sign, word, fill }) =>
      html`<li><svg class="swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect width="12" height="12" class="fill-${fill}"></rect></svg> <span aria-hidden="true">${sign}</span> ${word}</li>`,
  )}</ul></figcaption>
<details><summary>The same as a table</summary>${asTable([...runs].reverse())}</details>
</figure>`;
}

function gridLine(longest: number, share: number): Html {
  const y = TOP + PLOT * (1 - share);
  return html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}" class="axis"></line><text x="${LEFT - 6}" y="${y + 4}" font-size="12" text-anchor="end" class="soft">${share === 0 ? '0' : shortly(longest * share)}</text>`;
}

function bar(run: OperationView, x: number, step: number, longest: number): Html {
  const { sign, word, fill } = LOOKS[run.status];
  const ms = lengthOf(run);
  const height = Math.max(MIN_BAR, (ms / longest) * PLOT);
  const y = TOP + PLOT - height;
  const told = `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC: ${word}${ms === 0 ? '' : `, ${duration(ms)}`}`;
  // The whole column can be hit, however short its bar is.
  return html`<a href="/runs/${run.operationId}" aria-label="${told}"><title>${told}</title>
<rect x="${x.toFixed(1)}" y="${TOP}" width="${step.toFixed(1)}" height="${PLOT}" class="hit"></rect>
<rect x="${(x + 2).toFixed(1)}" y="${y.toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${height.toFixed(1)}" class="fill-${fill}"></rect>
<text x="${(x + step / 2).toFixed(1)}" y="${(y - 4).toFixed(1)}" font-size="12" text-anchor="middle">${sign}</text></a>`;
}

/** Milliseconds; of a run under way, so far. */
function lengthOf({ durationMs, endedAt, startedAt }: OperationView): number {
  if (durationMs !== null) return durationMs;
  return endedAt === null ? Math.max(0, Date.now() - Date.parse(startedAt)) : 0;
}

function shortly(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

function asTable(runs: readonly OperationView[]): Html {
  return table({
    caption: 'The last runs, newest first',
    columns: [
      { head: 'Began' },
      { head: 'Ended as' },
      { head: 'Took', numeric: true },
      { head: 'Fetched', numeric: true },
    ],
    rows: runs.map((run) => [
      html`<a href="/runs/${run.operationId}">${instant(run.startedAt)}</a>`,
      runBadge(run.status),
      duration(lengthOf(run)),
      run.books ? count(run.books.fetched) : '–',
    ]),
    empty: '',
  });
}
