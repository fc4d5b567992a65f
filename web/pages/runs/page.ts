/** One run as its saga. */
import type { Context } from 'hono';
import type { PhaseView } from '../../../operations/batches.ts';
import type { OperationView } from '../../../operations/view.ts';
import { card, definitions, duration, instant, plural, runBadge, when } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { runActions } from './actions.ts';
import { LIVE_SCRIPTS, liveSection, REFRESH_SECONDS } from './live.ts';
import { reasonCard, runReport } from './report.ts';
import { stepper } from './stepper.ts';
import { isLive, isResumable, KINDS, optionsText, sentenceOf } from './words.ts';

export async function runPage({ operations, feed }: Site, c: Context, id: string): Promise<Response> {
  const [operation, phases] = await Promise.all([operations.getOperation(id), operations.batches.phases(id)]);
  const live = isLive(operation);
  const above = live
    ? html`<div data-live="/runs/${id}/live">${liveSection(c, { operation, progress: await feed(id) }, phases)}</div>`
    : endedSection(c, operation, phases);
  const main = html`${above}
${runReport(operation)}
${aboutCard(operation, phases)}`;
  const title = `${KINDS[operation.kind]} of ${operation.createdAt.slice(0, 16).replace('T', ' ')} UTC`;
  return await showPage(c, {
    title,
    area: 'runs',
    main,
    ...(live ? { scripts: LIVE_SCRIPTS, refresh: REFRESH_SECONDS } : {}),
  });
}

function endedSection(c: Context, operation: OperationView, phases: readonly PhaseView[]): Html {
  const { sentence, status, planId, reason } = operation;
  const steps = status === 'skipped' ? '' : stepper({ operation }, phases);
  const actions = runActions(c, operation);
  if (isResumable(operation)) return html`${reasonCard(operation, actions)}${steps}`;
  return html`<div class="card">
<p class="headline">${runBadge(status)} <strong>${sentenceOf(sentence)}</strong></p>
${status === 'completed_with_findings' && reason !== null ? html`<p>Found: ${reason}.</p>` : ''}
${operation.kind === 'dry_run' && planId !== null ? html`<p class="ways"><a class="button primary" href="/plans/${planId}">Look at its plan</a></p>` : ''}
</div>
${steps}`;
}

function aboutCard(operation: OperationView, phases: readonly PhaseView[]): Html {
  const { operationId, trigger, attempt, createdAt, startedAt, endedAt, durationMs, temporalUiUrl, options } =
    operation;
  const batches = phases.filter(({ phase }) => phase !== 'fetch').reduce((sum, one) => sum + one.batches, 0);
  return card({
    title: 'About this run',
    body: definitions([
      ['Type', KINDS[operation.kind]],
      ['Options', optionsText(operation) || 'none'],
      ...(options.dba === null ? [] : [['Business name holds', options.dba] as const]),
      ['Started by', trigger],
      ['Began', html`${instant(startedAt)}, ${when(startedAt)}`],
      ['Ended', instant(endedAt)],
      ['Took', durationMs === null ? '–' : duration(durationMs)],
      ['Attempts', attempt === 1 ? '1' : html`${plural(attempt, 'attempt')}, the first ${when(createdAt)}`],
      [
        'Batches',
        batches === 0 && !isLive(operation)
          ? 'none'
          : html`<a href="/runs/${operationId}/batches">${isLive(operation) ? 'Those so far' : plural(batches, 'batch', 'batches')}</a>`,
      ],
      ...(options.bidirectional
        ? [['Sent upstream', html`<a href="/runs/${operationId}/pushes">Record by record</a>`] as const]
        : []),
      [
        'Temporal',
        temporalUiUrl === null
          ? 'no address is set (TEMPORAL_UI_URL)'
          : html`<a href="${temporalUiUrl}" rel="noreferrer">Open its workflow</a>`,
      ],
      ['Number', html`<code>${operationId}</code>`],
    ]),
  });
}
