/** What can be done with a run in its state, as buttons that say what will happen. */
import type { Context } from 'hono';
import { allows } from '../../../domain/roles.ts';
import type { ApprovalsView, OperationView } from '../../../operations/view.ts';
import { actionForm, card, when } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { isLive, isResumable, needText } from './words.ts';

/** The buttons of this run; for those who may not press them, who may. */
export function runActions(c: Context, operation: OperationView): Html {
  const { operationId, status, kind } = operation;
  if (!isLive(operation) && !isResumable(operation)) return html``;
  if (!allows(c.get('visitor').role, 'operator')) {
    return html`<p class="muted">Operators can ${isLive(operation) ? 'pause, approve or cancel' : 'resume'} this run.</p>`;
  }
  const action = (verb: string) => `/runs/${operationId}/${verb}`;
  if (isResumable(operation)) {
    return html`<div class="actions">
${actionForm(c, { action: action('resume'), label: 'Resume this run', tone: 'primary' })}
<p class="muted">Goes on under the same number from what is done already${kind === 'plan' ? ', as long as no other run has written since' : ''}; nothing is done twice.</p></div>`;
  }
  return html`<div class="actions">
${status === 'paused' ? actionForm(c, { action: action('resume'), label: 'Go on', tone: 'primary' }) : ''}
${status === 'running' ? actionForm(c, { action: action('pause'), label: 'Pause' }) : ''}
${actionForm(c, {
  action: action('cancel'),
  label: 'Cancel this run',
  tone: 'danger',
  confirm:
    'The run ends early with a report. What it has written stays; what it has not reached is left for the next run, and it can be resumed.',
})}
</div>`;
}

/** What the mass-change guard asks, with a form for each kind. Null when it asks nothing now. */
export function approvalCard(c: Context, operation: OperationView): Html | null {
  const { approvals, operationId } = operation;
  if (!isLive(operation) || approvals === null || approvals.expiresAt === null) return null;
  const mayApprove = allows(c.get('visitor').role, 'operator');
  return card({
    title: 'Needs your approval',
    id: 'approvals',
    tone: 'warn',
    body: html`<p>This run would change unusually much, so it waits, and nothing ${operation.phase === 'push' ? 'was sent to the License API' : 'of it was written'} yet. Look at what it plans; when it is as it should be, approve each kind. It gives up ${when(approvals.expiresAt)}.</p>
<ul class="needs">${approvals.needs.map((need) => needItem(c, operationId, need, mayApprove))}</ul>
${mayApprove ? '' : html`<p class="muted">Operators can approve.</p>`}
<p>Not as it should be? Cancel the run below, and find out why the License API has changed so much.</p>`,
  });
}

function needItem(
  c: Context,
  operationId: string,
  { kind, due, approved }: ApprovalsView['needs'][number],
  mayApprove: boolean,
): Html {
  const look =
    kind === 'push'
      ? html`<a href="/runs/${operationId}/pushes">See what it would send</a>`
      : html`<a href="/plans/${operationId}">See what it plans</a>`;
  if (approved >= due) return html`<li><span>✓ Approved: ${needText(kind, due)}.</span> ${look}</li>`;
  const asked = `Allow it to ${needText(kind, due)}`;
  return html`<li>${
    mayApprove
      ? actionForm(c, {
          action: `/runs/${operationId}/approve`,
          label: asked,
          hidden: { kind, ceiling: due },
          tone: 'primary',
          confirm: `The run will ${needText(kind, due)}, and no more than that.`,
        })
      : html`<span>Waits for: ${needText(kind, due)}.</span>`
  } ${look}</li>`;
}
