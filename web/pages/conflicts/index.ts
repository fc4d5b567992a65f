/** Conflicts: where license and record said different things; look at them, settle one or many. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { MAPPED_FIELDS, type MappedField } from '../../../domain/mapping.ts';
import { allows } from '../../../domain/roles.ts';
import { ApiProblem, PROBLEMS } from '../../../http/problem.ts';
import { type BulkResult, type ConflictView, MAX_AT_ONCE } from '../../../operations/conflicts.ts';
import { Refusal } from '../../../operations/errors.ts';
import { acts, sees } from '../../access.ts';
import {
  actionForm,
  areaField,
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
  when,
} from '../../components/index.ts';
import { readForm, readQuery } from '../../forms.ts';
import { type Html, html, type MaybeHtml } from '../../html.ts';
import { withQuery } from '../../paths.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { fullValue, licenseLink, mappedLabel } from '../licenses/fields.ts';
import { conflictPolicy, effectOf } from './choices.ts';

const PATH = '/conflicts';
const PAGE_SIZE = 50;
const MAX_NAMED = 5;
const ROLE = 'reviewer';

const filters = {
  field: z.enum(MAPPED_FIELDS as [MappedField, ...MappedField[]], { error: 'expected the name of a field' }).optional(),
  licenseId: z.uuid('expected the id of a license').optional(),
  operationId: z.string().max(64, 'expected the id of a run').optional(),
};
const listQuery = z.object({
  ...filters,
  state: z.enum(['open', 'resolved', 'superseded'], { error: 'expected open, resolved or superseded' }).default('open'),
  cursor: z.coerce.number({ error: 'expected the number of a conflict' }).int().min(1).optional(),
});
const choice = z.enum(['keep', 'take'], { error: 'expected keep or take' });
const bulkForm = z.object({ ...filters, choice });
const oneForm = z.object({
  choice: z.enum(['keep', 'take', 'value'], { error: 'expected keep, take or value' }),
  version: z.coerce.number({ error: 'expected the version of the license' }).int().min(0),
});
type Filters = Omit<z.output<typeof bulkForm>, 'choice'>;

export function conflictPages(site: Site): Hono {
  const { conflicts } = site.operations;

  return new Hono()
    .get(PATH, sees(site), async (c) => {
      const { cursor, ...filter } = readQuery(c, listQuery);
      const page = await conflicts.list(filter, { limit: PAGE_SIZE, cursor });
      const main = listPage(c, page, filter, cursor === undefined);
      return await showPage(c, { title: 'Conflicts', area: 'conflicts', main, scripts: ['select-all'] });
    })
    .post(`${PATH}/resolve`, acts(site, ROLE), async (c) => {
      const { choice: chosen, ...filter } = readForm(c, bulkForm);
      const ids = c.get('form').getAll('id').map(numberOf);
      const all = c.get('form').get('all') === 'on';
      const back = withQuery(PATH, filter);
      if (ids.length === 0 && !all) {
        return await seeOther(c, back, { tone: 'warn', text: 'Nothing was settled: tick the conflicts first.' });
      }
      const { results, next } = await conflicts.resolveMany(all ? { filter } : { ids }, chosen, c.get('visitor').name);
      return await seeOther(c, back, bulkNotice(results, next !== null));
    })
    .get(`${PATH}/:id`, sees(site), async (c) => {
      return await conflictPage(c, await conflicts.get(numberOf(c.req.param('id'))), { typed: null });
    })
    .post(`${PATH}/:id/resolve`, acts(site, ROLE), async (c) => {
      const id = numberOf(c.req.param('id'));
      const { choice: chosen, version } = readForm(c, oneForm);
      const typed = c.get('form').get('value') ?? '';
      try {
        const { field } = await conflicts.get(id);
        const asked = chosen === 'value' ? { choice: chosen, value: typedValue(field, typed) } : { choice: chosen };
        const settled = await conflicts.resolve(id, asked, { name: c.get('visitor').name, expectedVersion: version });
        return await seeOther(c, `${PATH}/${id}`, { tone: 'good', text: settled.sentence });
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'conflict-not-found') throw error;
        const { status } = PROBLEMS[error.code];
        if (status >= 500) throw error;
        const fault = `Nothing was settled: ${error.message}.`;
        return await conflictPage(c, await conflicts.get(id), {
          typed: chosen === 'value' ? typed : null,
          fault,
          status,
        });
      }
    });
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new ApiProblem('conflict-not-found', 'There is no such conflict: they have numbers.');
}

/** A package is typed as a document; what is none is left to the field's own rule. */
function typedValue(field: MappedField, text: string): unknown {
  if (field !== 'package') return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function bulkNotice(results: readonly BulkResult[], more: boolean): Parameters<typeof seeOther>[2] {
  const skipped = results.flatMap((result) => (result.outcome === 'skipped' ? [result.detail] : []));
  const parts = [
    `${plural(results.length - skipped.length, 'conflict')} settled`,
    ...(skipped.length === 0
      ? []
      : [
          `${skipped.length} left: ${skipped.slice(0, MAX_NAMED).join('; ')}${skipped.length > MAX_NAMED ? '; and more' : ''}`,
        ]),
    ...(more ? ['there are more: do it again for the rest'] : []),
  ];
  return { tone: skipped.length === 0 && !more ? 'good' : 'warn', text: `${parts.join('. ')}.` };
}

function listPage(
  c: Context,
  { conflicts, next }: { conflicts: ConflictView[]; next: number | null },
  filter: Filters & { state: ConflictView['state'] },
  first: boolean,
): Html {
  const { state, field, licenseId, operationId } = filter;
  const narrowed = field !== undefined || licenseId !== undefined || operationId !== undefined;
  const mayResolve = state === 'open' && allows(c.get('visitor').role, ROLE);
  const rows = conflicts.map((conflict) => rowOf(conflict, mayResolve));
  const heads = [
    { head: 'Conflict' },
    { head: 'License' },
    { head: 'Field' },
    { head: 'License said' },
    { head: 'Record said' },
    { head: state === 'open' ? 'For now' : 'Settled' },
    { head: 'Since' },
  ];
  const shown = table({
    caption: `${state === 'open' ? 'Open' : state === 'resolved' ? 'Resolved' : 'Superseded'} conflicts, newest first`,
    columns: mayResolve ? [{ head: 'Select' }, ...heads] : heads,
    rows,
    empty: emptyText(state, narrowed, first),
  });
  return html`
<p>A field that was changed both here and in the License API. A sync has taken a side by the field’s policy; say whether that was right. Nothing waits for it, but a held field is not sent until you decide.</p>
${filterForm(
  PATH,
  html`${selectField({ label: 'State', name: 'state', value: state, options: ['open', 'resolved', 'superseded'].map((value) => ({ value, label: value })) })}
${selectField({ label: 'Field', name: 'field', value: field, options: MAPPED_FIELDS.map((value) => ({ value, label: mappedLabel(value) })), none: 'Every field' })}
${licenseId === undefined ? '' : html`<input type="hidden" name="licenseId" value="${licenseId}">`}${operationId === undefined ? '' : html`<input type="hidden" name="operationId" value="${operationId}">`}`,
  { active: narrowed || state !== 'open' },
)}
${licenseId === undefined ? '' : html`<p>Only those of <a href="/licenses/${licenseId}">one license</a>.</p>`}
${operationId === undefined ? '' : html`<p>Only those of <a href="/runs/${operationId}">one run</a>.</p>`}
${mayResolve && conflicts.length > 0 ? bulkActions(c, shown, filter) : shown}
${state === 'open' && !mayResolve ? html`<p class="muted">Settling conflicts needs the role ${ROLE}.</p>` : ''}
${pager({ path: PATH, query: filter, next, shown: conflicts.length, first, what: 'conflicts' })}`;
}

function rowOf(conflict: ConflictView, selectable: boolean): MaybeHtml[] {
  const { id, license, sourceKey, field, internal, external, createdAt } = conflict;
  const cells: MaybeHtml[] = [
    html`<a href="${PATH}/${id}">Conflict ${id}</a>`,
    license === null ? html`<span class="muted">not there any more</span>` : licenseLink(license),
    html`<span>${mappedLabel(field)}</span>`,
    shownValue(internal),
    html`<span>${shownValue(external)} <span class="muted">${sourceKey}</span></span>`,
    outcomeOf(conflict),
    when(createdAt),
  ];
  if (!selectable) return cells;
  return [html`<input type="checkbox" name="id" value="${id}" aria-label="Select conflict ${id}">`, ...cells];
}

function outcomeOf({ state, resolution, held, choice: chosen, resolvedBy }: ConflictView): Html {
  if (state === 'superseded') return html`<span class="muted">nothing to decide any more</span>`;
  if (state === 'resolved')
    return html`<span>${CHOSEN[chosen ?? 'keep']} <span class="muted">by ${resolvedBy ?? 'someone'}</span></span>`;
  const side = resolution === 'took_external' ? 'record’s value taken' : 'license’s value kept';
  return html`<span>${side}${held ? html` ${badge('held', 'warn')}` : ''}</span>`;
}

const CHOSEN = { keep: 'license’s value', take: 'record’s value', value: 'another value' } as const;

function emptyText(state: ConflictView['state'], narrowed: boolean, first: boolean): Html {
  if (!first) return html`The list ends here. <a href="${PATH}">Back to the first page</a>.`;
  if (narrowed) return html`No ${state} conflict matches this. <a href="${PATH}">See all open ones</a>.`;
  if (state === 'open')
    return html`Nothing to decide: no field was changed both here and in the License API since somebody looked last.`;
  return html`No conflict is ${state} yet.`;
}

/** Settles the ticked ones, or all that the filter lets through; each is refused by itself when it has changed since. */
function bulkActions(c: Context, shown: Html, filter: Filters): Html {
  const { field, licenseId, operationId } = filter;
  const given = Object.entries({ field, licenseId, operationId }).filter(([, value]) => value !== undefined);
  const hidden = Object.fromEntries(given) as Record<string, string>;
  const buttons = html`<button name="choice" value="keep">Keep the license’s values</button> <button name="choice" value="take">Take the record’s values</button>`;
  return html`<form method="post" action="${PATH}/resolve" class="bulk" data-select-all>
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${shown}
<p class="muted">One whose license or record has changed since is left as it is, and named.</p>
<div class="actions"><span>The ticked ones:</span> ${buttons}</div>
</form>
<div class="actions">${(['keep', 'take'] as const).map((one) =>
    actionForm(c, {
      action: `${PATH}/resolve`,
      label: one === 'keep' ? 'Keep the license’s values in all' : 'Take the record’s values in all',
      hidden: { ...hidden, choice: one, all: 'on' },
      confirm: `This settles every open conflict${given.length > 0 ? ' that the filter shows, on all pages' : ', on all pages'}; ${MAX_AT_ONCE} at most at once. Values of licenses change by it; each change is on record.`,
      tone: 'danger',
    }),
  )}</div>`;
}

async function conflictPage(
  c: Context,
  conflict: ConflictView,
  { typed, fault, status = 200 }: { typed: string | null; fault?: string; status?: number },
): Promise<Response> {
  const { id, license, sourceKey, field, operationId, base, present, state, createdAt, resolvedAt } = conflict;
  const open = state === 'open' && license !== null;
  const mayResolve = open && allows(c.get('visitor').role, ROLE);
  const main = html`
${fault === undefined ? '' : notice('bad', fault)}
<p>${badge(state, state === 'open' ? 'warn' : state === 'resolved' ? 'good' : 'muted')} ${conflict.sentence}</p>
${card({
  title: 'The clash',
  body: definitions([
    ['License', license === null ? 'not there any more' : licenseLink(license)],
    ['Field', mappedLabel(field)],
    ['Record', sourceKey],
    ['Agreed on before', base === null ? html`<span class="muted">nothing</span>` : fullValue(base)],
    ['The license says now', fullValue(present)],
    ['Policy', conflictPolicy(conflict)],
    [
      'Found',
      html`${when(createdAt)}${operationId === null ? '' : html` by <a href="/runs/${operationId}">this run</a>`}`,
    ],
    ...(resolvedAt === null
      ? []
      : [['Settled', html`${when(resolvedAt)} by ${conflict.resolvedBy ?? 'someone'}`] as const]),
  ]),
})}
<div class="columns">
${sideCard(c, conflict, 'keep', mayResolve)}
${sideCard(c, conflict, 'take', mayResolve)}
${mayResolve ? otherCard(c, conflict, typed) : ''}
</div>
${open && !mayResolve ? html`<p class="muted">Settling conflicts needs the role ${ROLE}.</p>` : ''}
<p class="ways"><a class="button" href="${PATH}">All open conflicts</a> ${license === null ? '' : html`<a href="${withQuery(PATH, { licenseId: license.id })}">Those of this license</a>`}</p>`;
  return await showPage(c, { title: `Conflict ${id}: ${mappedLabel(field)}`, area: 'conflicts', main, status });
}

function hiddenOf({ license }: ConflictView): Record<string, string | number> {
  return { version: license?.version ?? 0 };
}

function sideCard(c: Context, conflict: ConflictView, side: 'keep' | 'take', mayResolve: boolean): Html {
  const { id, internal, external } = conflict;
  const title = side === 'keep' ? 'The license said' : `Record ${conflict.sourceKey} said`;
  return card({
    title,
    body: html`<div class="conflict-value">${fullValue(side === 'keep' ? internal : external)}</div>
${mayResolve ? html`<p class="muted">${effectOf(side, conflict)}</p>${actionForm(c, { action: `${PATH}/${id}/resolve`, label: side === 'keep' ? 'Keep the license’s value' : 'Take the record’s value', hidden: { ...hiddenOf(conflict), choice: side } })}` : ''}`,
  });
}

function otherCard(c: Context, conflict: ConflictView, typed: string | null): Html {
  const { id, field, present } = conflict;
  const start =
    typeof present === 'object' && present !== null ? JSON.stringify(present, null, 2) : String(present ?? '');
  return card({
    title: 'Neither is right',
    body: actionForm(c, {
      action: `${PATH}/${id}/resolve`,
      label: 'Write this value',
      hidden: { ...hiddenOf(conflict), choice: 'value' },
      fields: areaField({
        label: mappedLabel(field),
        name: 'value',
        value: typed ?? start,
        rows: field === 'package' || field === 'note' ? 4 : 1,
        maxLength: 16_000,
        hint: 'As the License API spells it: a day as 2026-02-14, an amount as 12.50. The next two-way run sends it there.',
      }),
    }),
  });
}
