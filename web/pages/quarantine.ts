/** Quarantine: what could not be read or written; look at it, have it tried again. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { allows } from '../../domain/roles.ts';
import type { QuarantineDetail, QuarantineView } from '../../operations/quarantine.ts';
import { acts, sees } from '../access.ts';
import {
  actionForm,
  badge,
  card,
  definitions,
  filterForm,
  notice,
  pager,
  plural,
  selectField,
  shownValue,
  table,
  textField,
  when,
} from '../components/index.ts';
import { readForm, readQuery } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const PATH = '/quarantine';
const PAGE_SIZE = 50;
const ROLE = 'operator';
const STATES = ['open', 'resolved', 'superseded', 'all'] as const;
const PHASES = [
  { value: 'fetch', label: 'reading' },
  { value: 'push', label: 'sending' },
] as const;

const query = z.object({
  state: z.enum(STATES, { error: `expected one of ${STATES.join(', ')}` }).default('open'),
  phase: z.enum(['fetch', 'push'], { error: 'expected fetch or push' }).optional(),
  code: z
    .string()
    .regex(/^[A-Za-z_]{1,40}$/, 'expected a word such as FIELD_INVALID')
    .optional(),
  operation: z.uuid('expected the number of a run').optional(),
  cursor: z.coerce.number().int().positive().optional(),
});
const target = z.object({
  id: z.coerce.number().int().positive().optional(),
  operation: z.uuid('expected the number of a run').optional(),
});

export function quarantinePages(site: Site): Hono {
  const { quarantine } = site.operations;
  return new Hono()
    .get(PATH, sees(site), async (c) => {
      const { state, phase, code, operation, cursor } = readQuery(c, query);
      const filter = { state: state === 'all' ? undefined : state, phase, code, operationId: operation };
      const found = await quarantine.list(filter, { limit: PAGE_SIZE, cursor });
      const kept = { state: state === 'open' ? null : state, phase, code, operation };
      const active = Object.values(kept).some((value) => value !== null && value !== undefined);
      const main = html`
<p>Rows that could not be read or stored, and edits that the License API would not take. They never stop a run, and none is lost: have them tried again once their cause is mended.</p>
${filterForm(
  PATH,
  html`${selectField({ label: 'State', name: 'state', value: state, options: STATES.map((value) => ({ value, label: value })) })}
${selectField({ label: 'Where', name: 'phase', value: phase, options: PHASES, none: 'anywhere' })}
${textField({ label: 'Code', name: 'code', value: code, hint: 'such as FIELD_INVALID' })}
${operation === undefined ? '' : html`<input type="hidden" name="operation" value="${operation}">`}`,
  { active },
)}
${operation === undefined ? '' : html`<p>Only of <a href="/runs/${operation}">one run</a>.</p>`}
${found.entries.length === 0 ? '' : replayForm(c, operation)}
${list(found.entries, state)}
${pager({ path: PATH, query: kept, next: found.next, shown: found.entries.length, first: cursor === undefined, what: 'entries' })}`;
      return await showPage(c, { title: 'Quarantine', area: 'quarantine', main });
    })
    .get(`${PATH}/:id{[0-9]{1,15}}`, sees(site), async (c) => {
      const entry = await quarantine.get(Number(c.req.param('id')));
      return await showPage(c, { title: `Quarantined entry ${entry.id}`, area: 'quarantine', main: detail(c, entry) });
    })
    .post(`${PATH}/replay`, acts(site, ROLE), async (c) => {
      const { id, operation } = readForm(c, target);
      const asked =
        id === undefined
          ? operation === undefined
            ? { all: true as const }
            : { operationId: operation }
          : { ids: [id] };
      const started = await quarantine.replay(asked, { trigger: 'console', name: c.get('visitor').name });
      const others =
        started.otherParts === 0
          ? ''
          : ` ${plural(started.otherParts, 'entry', 'entries')} of other parts of the feed need a replay of their own, after this one.`;
      return await seeOther(c, `/runs/${started.operation.operationId}`, {
        tone: 'info',
        text: `${plural(started.entries, 'entry is', 'entries are')} tried again by this run.${others}`,
      });
    });
}

function replayForm(c: Context, operation: string | undefined): Html {
  if (!allows(c.get('visitor').role, ROLE)) return html`<p class="muted">Trying again needs the role ${ROLE}.</p>`;
  return html`<div class="actions">${actionForm(c, {
    action: `${PATH}/replay`,
    label: operation === undefined ? 'Try all open ones again' : 'Try those of this run again',
    tone: 'primary',
    ...(operation === undefined ? {} : { hidden: { operation } }),
    confirm:
      'A run starts that reads only the pages of these entries, and sends what could not be sent. What can be taken over now leaves the quarantine; the rest stays.',
  })}</div>`;
}

function list(entries: readonly QuarantineView[], state: string): Html {
  return table({
    caption: 'Newest first',
    columns: [
      { head: 'Entry' },
      { head: 'Since' },
      { head: 'Record' },
      { head: 'What is wrong', wide: true },
      { head: 'State' },
    ],
    rows: entries.map((entry) => [
      html`<a href="${PATH}/${entry.id}">${entry.id}</a>`,
      when(entry.createdAt),
      shownValue(entry.sourceKey ?? placeOf(entry)),
      html`${entry.message}<br><span class="muted"><code>${entry.code}</code>, ${entry.phase === 'push' ? 'while sending' : 'while reading'}</span>`,
      stateOf(entry),
    ]),
    empty:
      state === 'open'
        ? 'Nothing is in quarantine: every row of the last runs could be read and stored.'
        : 'No entry is like this.',
  });
}

function stateOf({ state, replaying }: QuarantineView): Html {
  if (replaying) return badge('being tried again', 'info');
  return badge(state, state === 'open' ? 'warn' : state === 'resolved' ? 'good' : 'muted');
}

function placeOf({ page, position, positions }: QuarantineView): string {
  const first = `page ${page}, row ${position + 1}`;
  return positions === 1 ? first : `${first} and the ${positions - 1} after it`;
}

function detail(c: Context, entry: QuarantineDetail): Html {
  return html`
${notice(entry.state === 'open' ? 'warn' : 'info', entry.message, entry.state === 'open' ? 'What is wrong' : 'What was wrong')}
${card({
  title: 'What to do next',
  body: html`<p>${nextStep(entry)}</p>${
    entry.state === 'open' && allows(c.get('visitor').role, ROLE)
      ? actionForm(c, { action: `${PATH}/replay`, label: 'Try it again', tone: 'primary', hidden: { id: entry.id } })
      : ''
  }`,
})}
${card({
  title: 'Where and what',
  body: definitions([
    ['State', stateOf(entry)],
    ['Record', shownValue(entry.sourceKey)],
    ['Place in the feed', `${placeOf(entry)}, reading ${entry.pass}`],
    ['Class', html`<code>${entry.code}</code> (${entry.type})`],
    ['Severity', entry.severity],
    ['May pass by itself', entry.retryable ? 'yes' : 'no'],
    ['Found', when(entry.createdAt)],
    [
      'By run',
      entry.operationId === null
        ? 'a run that is not kept'
        : html`<a href="/runs/${entry.operationId}">Open the run</a>`,
    ],
    [
      'Settled by',
      entry.resolvedOperationId === null ? '–' : html`<a href="/runs/${entry.resolvedOperationId}">Open the run</a>`,
    ],
  ]),
})}
${card({
  title: 'What the License API sent',
  body:
    entry.rawContent === null
      ? html`<p class="muted">Nothing was kept: the row could not be read at all.</p>`
      : html`<p class="muted">Without secrets, e-mail addresses and phone numbers.</p><pre tabindex="0" aria-label="What the License API sent">${pretty(entry.rawContent)}</pre>`,
})}
<p><a href="${PATH}">All of the quarantine</a></p>`;
}

function nextStep({ state, replaying, retryable, phase }: QuarantineView): string {
  if (replaying) return 'A run is trying it again; look at that run.';
  if (state === 'resolved') return 'Nothing: it was taken over later.';
  if (state === 'superseded') return 'Nothing: a later run found the same again, or has read the row otherwise.';
  if (phase === 'push') return 'Mend what the License API objects to, here or there; then have it tried again.';
  return retryable
    ? 'It may pass by itself: have it tried again.'
    : 'Have the row mended where it comes from; then have it tried again. The next full run looks at it too.';
}

/** What was kept is JSON, cut where it was too long: then it stays as it is. */
function pretty(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return content;
    throw error;
  }
}
