/** Alerts: what the service found wrong by itself, and who looks after it. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { allows } from '../../domain/roles.ts';
import type { AlertView } from '../../operations/alerts.ts';
import { acts, sees } from '../access.ts';
import { actionForm, badge, filterForm, pager, selectField, table, when } from '../components/index.ts';
import { readQuery } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const PATH = '/alerts';
const PAGE_SIZE = 50;
const ROLE = 'operator';
const STATES = ['unresolved', 'open', 'acknowledged', 'resolved'] as const;
const query = z.object({
  state: z.enum(STATES, { error: `expected one of ${STATES.join(', ')}` }).default('unresolved'),
  cursor: z.coerce.number().int().positive().optional(),
});
const TONES = { info: 'info', warning: 'warn', critical: 'bad' } as const;

export function alertPages(site: Site): Hono {
  const { alerts } = site.operations;
  return new Hono()
    .get(PATH, sees(site), async (c) => {
      const { state, cursor } = readQuery(c, query);
      const found = await alerts.list({ limit: PAGE_SIZE, state, ...(cursor === undefined ? {} : { before: cursor }) });
      const main = html`
<p>What the service noticed by itself and somebody should know. Acknowledge one to say that you look after it; it resolves by itself when its cause is gone.</p>
${allows(c.get('visitor').role, ROLE) ? '' : html`<p class="muted">Acknowledging needs the role ${ROLE}.</p>`}
${filterForm(PATH, selectField({ label: 'State', name: 'state', value: state, options: STATES.map((value) => ({ value, label: value })) }), { active: state !== 'unresolved' })}
${list(c, found.alerts, state)}
${pager({ path: PATH, query: { state }, next: found.next, shown: found.alerts.length, first: cursor === undefined, what: 'alerts' })}`;
      return await showPage(c, { title: 'Alerts', area: 'alerts', main });
    })
    .post(`${PATH}/:id{[0-9]{1,15}}/acknowledge`, acts(site, ROLE), async (c) => {
      const { id } = await alerts.acknowledge(Number(c.req.param('id')), c.get('visitor').name);
      return await seeOther(c, PATH, {
        tone: 'good',
        text: `Alert ${id} is acknowledged: it says that you look after it.`,
      });
    });
}

function list(c: Context, alerts: readonly AlertView[], state: string): Html {
  const may = allows(c.get('visitor').role, ROLE);
  return table({
    caption: 'Newest first',
    columns: [{ head: 'Since' }, { head: 'Severity' }, { head: 'What', wide: true }, { head: 'State' }, { head: 'Do' }],
    rows: alerts.map((alert) => [
      html`${when(alert.firstSeenAt)}${alert.occurrences > 1 ? html`<br><span class="muted">seen ${alert.occurrences} times, last ${when(alert.lastSeenAt)}</span>` : ''}`,
      badge(alert.severity, TONES[alert.severity]),
      html`${alert.message} ${alert.operationId === null ? '' : html`<a href="/runs/${alert.operationId}">Open the run</a>`}`,
      stateOf(alert),
      may && alert.state === 'open'
        ? actionForm(c, { action: `${PATH}/${alert.id}/acknowledge`, label: 'Acknowledge' })
        : html`<span class="muted">nothing</span>`,
    ]),
    empty: state === 'unresolved' ? 'Nothing is wrong: no alert is open or acknowledged.' : `No alert is ${state}.`,
  });
}

function stateOf({ state, acknowledgedBy, resolvedAt }: AlertView): Html {
  if (state === 'acknowledged') return html`${badge('acknowledged', 'info')} by ${acknowledgedBy ?? 'somebody'}`;
  return state === 'open' ? badge('open', 'warn') : html`${badge('resolved', 'good')} ${when(resolvedAt)}`;
}
