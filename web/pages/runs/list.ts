/** All runs, newest first. */
import type { Context } from 'hono';
import { z } from 'zod';
import { allows } from '../../../domain/roles.ts';
import { RUN_KINDS, RUN_TRIGGERS } from '../../../domain/run-filter.ts';
import type { OperationView } from '../../../operations/view.ts';
import { RUN_STATUSES } from '../../../workflows/names.ts';
import {
  count,
  duration,
  filterForm,
  instant,
  pager,
  runBadge,
  selectField,
  table,
  when,
} from '../../components/index.ts';
import { readQuery } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { underWay } from './start.ts';
import { KINDS, optionsText, STATUSES, TRIGGERS } from './words.ts';

const SHOWN = 30;

const listQuery = z.object({
  status: z.enum(RUN_STATUSES).optional(),
  kind: z.enum(RUN_KINDS).optional(),
  trigger: z.enum(RUN_TRIGGERS).optional(),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'expected what the page before gave')
    .transform(Number)
    .optional(),
});

export async function listPage({ operations }: Site, c: Context): Promise<Response> {
  const { cursor, ...filter } = readQuery(c, listQuery);
  const [page, running] = await Promise.all([
    operations.listOperations({ ...filter, cursor, limit: SHOWN }),
    operations.findRunning(),
  ]);
  const active = Object.values(filter).some((value) => value !== undefined);
  const mayStart = allows(c.get('visitor').role, 'operator');
  const main = html`<p>Each run reads the License API and brings the licenses up to date. Open one to see what it did, record by record.</p>
${running ? underWay(running) : startLink(mayStart)}
${filterForm(
  '/runs',
  html`${selectField({ name: 'status', label: 'Status', value: filter.status, none: 'any', options: optionsOf(STATUSES) })}
${selectField({ name: 'kind', label: 'Type', value: filter.kind, none: 'any', options: optionsOf(KINDS) })}
${selectField({ name: 'trigger', label: 'Started by', value: filter.trigger, none: 'anyone', options: optionsOf(TRIGGERS) })}`,
  { active },
)}
${table({
  caption: 'Runs, newest first',
  columns: [
    { head: 'Began' },
    { head: 'What' },
    { head: 'Status' },
    { head: 'Took', numeric: true },
    { head: 'Fetched', numeric: true },
    { head: 'Created', numeric: true },
    { head: 'Updated', numeric: true },
    { head: 'Quarantined', numeric: true },
    { head: 'Pushed', numeric: true },
  ],
  rows: page.operations.map(rowOf),
  empty: active
    ? html`<p>No run fits these filters. <a href="/runs">Show all runs</a>.</p>`
    : html`<p>There are no runs yet. ${mayStart ? html`<a href="/runs/new">Start the first sync</a>, or` : 'An operator starts one, or'} <a href="/schedules">make a schedule</a>.</p>`,
})}
${page.operations.length === 0 ? '' : pager({ path: '/runs', query: filter, next: page.next, shown: page.operations.length, first: cursor === undefined, what: 'runs' })}`;
  return await showPage(c, { title: 'Runs', area: 'runs', main });
}

function startLink(mayStart: boolean): Html {
  return mayStart
    ? html`<p class="ways"><a class="button primary" href="/runs/new">Start a sync</a></p>`
    : html`<p class="muted">Operators can start a sync.</p>`;
}

function rowOf(run: OperationView): (Html | string)[] {
  const { operationId, startedAt, books, kind, status, durationMs, pushes, trigger } = run;
  const options = optionsText(run);
  return [
    html`<a href="/runs/${operationId}">${instant(startedAt)}</a><br><span class="muted">${when(startedAt)}</span>`,
    html`<span>${KINDS[kind]}${options === '' ? '' : html`<br><span class="muted">${options}</span>`}<br><span class="muted">by ${trigger}</span></span>`,
    runBadge(status),
    durationMs === null ? '–' : duration(durationMs),
    ...(books ? [books.fetched, books.created, books.updated].map(count) : ['–', '–', '–']),
    books && books.quarantined > 0
      ? html`<a href="/quarantine?operation=${operationId}">${count(books.quarantined)}</a>`
      : books
        ? '0'
        : '–',
    pushes ? count(pushes.written) : '–',
  ];
}

function optionsOf(words: Readonly<Record<string, string>>): { value: string; label: string }[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}
