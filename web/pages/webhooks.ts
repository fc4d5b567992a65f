/** Webhooks: who is told of events, and what became of what was sent. For administrators. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { DeliveryState } from '../../db/tables.ts';
import { EVENT_MEANINGS, type EventType, SUBSCRIBABLE } from '../../domain/events.ts';
import { TOKEN_NAME_RULE } from '../../domain/roles.ts';
import { PROBLEMS } from '../../http/problem.ts';
import { Refusal } from '../../operations/errors.ts';
import type { DeliveryView, WebhookView } from '../../operations/webhooks.ts';
import { acts, sees } from '../access.ts';
import {
  actionForm,
  badge,
  card,
  checkField,
  filterForm,
  notice,
  pager,
  selectField,
  table,
  textField,
  when,
} from '../components/index.ts';
import { readQuery } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const PATH = '/webhooks';
const ROLE = 'admin';
const PAGE_SIZE = 50;
const MAX_NAME_CHARS = 60;
const STATES = ['any', 'pending', 'delivered', 'failed', 'cancelled'] as const;
const query = z.object({
  state: z.enum(STATES, { error: `expected one of ${STATES.join(', ')}` }).default('any'),
  cursor: z.coerce.number().int().positive().optional(),
});
const TONES: Record<DeliveryState, 'info' | 'good' | 'bad' | 'muted'> = {
  pending: 'info',
  delivered: 'good',
  failed: 'bad',
  cancelled: 'muted',
};
const ID = ':id{[0-9]{1,9}}';

interface Typed {
  name: string;
  url: string;
  types: readonly string[];
  fault: { field: 'name' | 'url' | 'types'; text: string };
}

export function webhookPages(site: Site): Hono {
  const { webhooks } = site.operations;

  async function listPage(c: Context, typed: Typed | null, status = 200): Promise<Response> {
    const found = await webhooks.list();
    const main = html`
<p>Each event is posted to every webhook that wants it, signed, and tried again until the receiver takes it. How a receiver checks the signature says <code>docs/webhooks.md</code>.</p>
${list(c, found)}
${creationCard(c, typed)}`;
    return await showPage(c, { title: 'Webhooks', area: 'webhooks', main, status });
  }

  return new Hono()
    .get(PATH, sees(site, ROLE), async (c) => await listPage(c, null))
    .post(PATH, acts(site, ROLE), async (c) => {
      const form = c.get('form');
      const name = form.get('name') ?? '';
      const url = form.get('url') ?? '';
      const types = SUBSCRIBABLE.filter((type) => form.get(type) === 'on');
      if (types.length === 0) {
        const fault = { field: 'types' as const, text: 'expected at least one kind of event' };
        return await listPage(c, { name, url, types, fault }, 400);
      }
      const all = types.length === SUBSCRIBABLE.length;
      try {
        const made = await webhooks.create({ name, url, types: all ? null : types, by: c.get('visitor').name });
        return await secretPage(c, made, 'The webhook was made');
      } catch (error) {
        if (!(error instanceof Refusal) || !error.code.startsWith('webhook-')) throw error;
        const field = error.code === 'webhook-address-invalid' ? 'url' : 'name';
        return await listPage(
          c,
          { name, url, types, fault: { field, text: error.message } },
          PROBLEMS[error.code].status,
        );
      }
    })
    .get(`${PATH}/${ID}`, sees(site, ROLE), async (c) => {
      const { state, cursor } = readQuery(c, query);
      const id = Number(c.req.param('id'));
      const webhook = await webhooks.get(id);
      const page = await webhooks.deliveries(id, {
        limit: PAGE_SIZE,
        ...(state === 'any' ? {} : { state }),
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      const path = `${PATH}/${id}`;
      const main = html`
<p>${stateBadge(webhook)} <code>${webhook.url}</code></p>
<p>Told of ${webhook.types === null ? 'all events' : webhook.types.join(', ')}. Made ${when(webhook.createdAt)} by ${webhook.createdBy}.</p>
${controls(c, webhook)}
${filterForm(path, selectField({ label: 'State', name: 'state', value: state, options: STATES.map((value) => ({ value, label: value })) }), { active: state !== 'any' })}
${deliveryTable(c, webhook, page.deliveries)}
${pager({ path, query: { state }, next: page.next, shown: page.deliveries.length, first: cursor === undefined, what: 'deliveries' })}`;
      return await showPage(c, { title: `Webhook ${webhook.name}`, area: 'webhooks', main });
    })
    .post(`${PATH}/${ID}/state`, acts(site, ROLE), async (c) => {
      const state = c.get('form').get('state') === 'paused' ? ('paused' as const) : ('active' as const);
      const { id, name } = await webhooks.update(Number(c.req.param('id')), { state }, c.get('visitor').name);
      const text =
        state === 'paused' ? `“${name}” is paused: nothing is sent to it.` : `“${name}” is told of events again.`;
      return await seeOther(c, `${PATH}/${id}`, { tone: 'good', text });
    })
    .post(`${PATH}/${ID}/test`, acts(site, ROLE), async (c) => {
      const id = Number(c.req.param('id'));
      const { eventId } = await webhooks.test(id, c.get('visitor').name);
      return await seeOther(c, `${PATH}/${id}`, { tone: 'good', text: `Test event ${eventId} is on its way.` });
    })
    .post(`${PATH}/${ID}/rotate-secret`, acts(site, ROLE), async (c) => {
      const made = await webhooks.rotateSecret(Number(c.req.param('id')), c.get('visitor').name);
      return await secretPage(c, made, 'The webhook has a new secret');
    })
    .post(`${PATH}/${ID}/delete`, acts(site, ROLE), async (c) => {
      await webhooks.delete(Number(c.req.param('id')), c.get('visitor').name);
      return await seeOther(c, PATH, { tone: 'good', text: 'The webhook is deleted.' });
    })
    .post(`${PATH}/${ID}/deliveries/:delivery{[0-9]{1,15}}/retry`, acts(site, ROLE), async (c) => {
      const id = Number(c.req.param('id'));
      const { eventId } = await webhooks.retry(id, Number(c.req.param('delivery')), c.get('visitor').name);
      return await seeOther(c, `${PATH}/${id}`, { tone: 'good', text: `Event ${eventId} is on its way again.` });
    });
}

function creationCard(c: Context, typed: Typed | null): Html {
  const wanted: readonly string[] = typed?.types ?? SUBSCRIBABLE;
  const faultOf = (field: Typed['fault']['field']) => (typed?.fault.field === field ? typed.fault.text : undefined);
  return card({
    title: 'Make a webhook',
    body: actionForm(c, {
      action: PATH,
      label: 'Make it',
      tone: 'primary',
      fields: html`${textField({
        label: 'Name',
        name: 'name',
        value: typed?.name,
        required: true,
        maxLength: MAX_NAME_CHARS,
        hint: `Who receives them: ${TOKEN_NAME_RULE.replace('expected a name of ', '')}.`,
        error: faultOf('name'),
      })}${textField({
        label: 'Address',
        name: 'url',
        value: typed?.url,
        required: true,
        maxLength: 2000,
        hint: 'Such as https://hooks.example.com/license-sync; redirects are not followed.',
        error: faultOf('url'),
      })}<fieldset><legend>Events</legend>${SUBSCRIBABLE.map((type: EventType) =>
        checkField({ label: `${type}: ${EVENT_MEANINGS[type]}`, name: type, checked: wanted.includes(type) }),
      )}${faultOf('types') ? html`<p class="fault">${faultOf('types')}</p>` : ''}</fieldset>`,
    }),
  });
}

/** The answer to the form itself, so that the secret stands in no address, no notice and no cache. */
async function secretPage(
  c: Context,
  { webhook, secret }: { webhook: WebhookView; secret: string },
  title: string,
): Promise<Response> {
  const main = html`
${notice('warn', 'This is the only time that the secret is shown. Copy it now to where deliveries are checked.')}
${card({ title: webhook.name, body: html`<p><code>${secret}</code></p>` })}
<p class="ways"><a class="button" href="${PATH}/${webhook.id}">Go to the webhook</a></p>`;
  return await showPage(c, { title, area: 'webhooks', main, status: 201 });
}

function list(c: Context, webhooks: readonly WebhookView[]): Html {
  return table({
    caption: 'Oldest first',
    columns: [{ head: 'Name', wide: true }, { head: 'State' }, { head: 'Events' }, { head: 'Made' }, { head: 'Do' }],
    rows: webhooks.map((webhook) => [
      html`<a href="${PATH}/${webhook.id}">${webhook.name}</a>`,
      stateBadge(webhook),
      webhook.types === null ? 'all' : webhook.types.join(', '),
      html`${when(webhook.createdAt)} by ${webhook.createdBy}`,
      webhook.state === 'active'
        ? actionForm(c, { action: `${PATH}/${webhook.id}/test`, label: 'Send a test' })
        : html`<span class="muted">nothing</span>`,
    ]),
    empty: 'There is no webhook yet: nobody is told of events.',
  });
}

function controls(c: Context, { id, name, state }: WebhookView): Html {
  const path = `${PATH}/${id}`;
  const other = state === 'active' ? 'paused' : 'active';
  return html`<div class="ways">
${state === 'active' ? actionForm(c, { action: `${path}/test`, label: 'Send a test' }) : ''}
${actionForm(c, { action: `${path}/state`, label: state === 'active' ? 'Pause' : 'Activate', hidden: { state: other } })}
${actionForm(c, { action: `${path}/rotate-secret`, label: 'Replace the secret', confirm: `Deliveries to “${name}” are signed with a new secret from now on; the receiver refuses them until it knows it.` })}
${actionForm(c, { action: `${path}/delete`, label: 'Delete', tone: 'danger', confirm: `Nothing is sent to “${name}” any more, and what is under way is called off. This cannot be taken back.` })}
</div>`;
}

function deliveryTable(c: Context, webhook: WebhookView, deliveries: readonly DeliveryView[]): Html {
  return table({
    caption: 'Newest first',
    columns: [
      { head: 'Event', wide: true },
      { head: 'Happened' },
      { head: 'State' },
      { head: 'Tries' },
      { head: 'Last answer' },
      { head: 'Do' },
    ],
    rows: deliveries.map((delivery) => [
      html`${delivery.type} <span class="muted">${delivery.eventId}</span>`,
      when(delivery.happenedAt),
      badge(delivery.state, TONES[delivery.state]),
      String(delivery.attempts),
      delivery.lastError ?? (delivery.lastStatus === null ? 'none yet' : String(delivery.lastStatus)),
      delivery.state !== 'pending' && webhook.state === 'active'
        ? actionForm(c, { action: `${PATH}/${webhook.id}/deliveries/${delivery.id}/retry`, label: 'Send again' })
        : html`<span class="muted">nothing</span>`,
    ]),
    empty: 'Nothing of this kind was sent to it.',
  });
}

function stateBadge({ state }: WebhookView): Html {
  return state === 'active' ? badge('active', 'good') : badge('paused', 'warn');
}
