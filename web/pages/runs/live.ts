/** The part of a run that moves: where it is, how fast, why it waits, what to do next. */
import type { Context } from 'hono';
import type { PhaseView } from '../../../operations/batches.ts';
import type { Progress } from '../../../operations/progress.ts';
import type { OperationView } from '../../../operations/view.ts';
import { card, count, duration, progressBar, runBadge } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { approvalCard, runActions } from './actions.ts';
import { stepper } from './stepper.ts';
import { isLive, KINDS, PHASE_NAMES, rateText, sentenceOf, storyOf } from './words.ts';

export interface LiveRun {
  operation: OperationView;
  progress: Progress;
}

/** Seconds between two looks of a browser without scripts. */
export const REFRESH_SECONDS = 5;
/** Name of the script that a page with a live part needs. */
export const LIVE_SCRIPTS: readonly string[] = ['live'];

/** A card for other pages, which keeps itself up to date. */
export function liveRun(c: Context, run: LiveRun): Html {
  return html`<div data-live="/runs/${run.operation.operationId}/live?part=card">${liveCard(c, run)}</div>`;
}

export function liveCard(c: Context, run: LiveRun): Html {
  const { operation } = run;
  return card({
    title: `${KINDS[operation.kind]} under way`,
    tone: operation.status === 'running' ? 'info' : 'warn',
    actions: html`<a href="/runs/${operation.operationId}">Open this run</a>`,
    body: html`${nowPart(run)}${actionsPart(c, run)}`,
  });
}

/** On the run's own page: the card's content with the phases. */
export function liveSection(c: Context, run: LiveRun, phases: readonly PhaseView[]): Html {
  return html`<div class="card">${nowPart(run)}${actionsPart(c, run)}</div>
<div data-part="steps">${stepper(run, phases)}</div>`;
}

/** The sentence, the bar and what has been done so far. */
function nowPart({ operation, progress }: LiveRun): Html {
  const { phase, status, sentence, done, total, elapsedSeconds, etaSeconds, attempt, counts } = progress;
  const story = storyOf(operation);
  const at = story.indexOf(phase) + 1;
  const place = at === 0 ? PHASE_NAMES[phase] : `Phase ${at} of ${story.length}: ${PHASE_NAMES[phase]}`;
  const figures = [
    total === null ? (done > 0 ? `${count(done)} done` : null) : `${count(done)} of ${count(total)}`,
    rateText(progress.ratePerSecond),
    etaSeconds === null || etaSeconds <= 0 ? null : `about ${duration(etaSeconds * 1000)} left in this phase`,
    `${duration(elapsedSeconds * 1000)} since it began`,
    attempt > 1 ? `attempt ${attempt}` : null,
  ].filter((text) => text !== null);
  return html`<div data-part="now" data-say="${place}, ${status.replaceAll('_', ' ')}">
<p class="headline"><strong>${place}</strong> ${runBadge(status)}</p>
${isLive(operation) && (total !== null || status === 'running') ? progressBar({ value: done, max: total, label: `Progress of the phase ${PHASE_NAMES[phase]}` }) : ''}
<p class="figures">${figures.join(' · ')}</p>
<p>${sentenceOf(sentence)}</p>
<ul class="so-far" aria-label="Done so far">
<li><strong>${count(counts.read)}</strong> read</li>
<li><strong>${count(counts.planned)}</strong> planned</li>
<li><strong>${count(counts.created)}</strong> created</li>
<li><strong>${count(counts.updated)}</strong> updated</li>
${operation.options.bidirectional ? html`<li><strong>${count(counts.pushed)}</strong> pushed</li>` : ''}
</ul></div>`;
}

/** Apart from what moves, so that a form that somebody has opened stays as it is. */
function actionsPart(c: Context, { operation }: LiveRun): Html {
  return html`<div data-part="actions">${approvalCard(c, operation) ?? ''}${runActions(c, operation)}</div>`;
}
