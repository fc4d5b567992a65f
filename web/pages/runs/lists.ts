/** The long lists of one run: its batches, and what it sends upstream. */
import type { Context } from 'hono';
import { z } from 'zod';
import { PUSH_STATES, pushTotal } from '../../../domain/push-report.ts';
import { keyCursor, keyOfCursor } from '../../../http/key-cursor.ts';
import { BATCH_CURSOR, type BatchView } from '../../../operations/batches.ts';
import { PHASES } from '../../../workflows/names.ts';
import {
  badge,
  change,
  count,
  filterForm,
  instant,
  pager,
  plural,
  selectField,
  table,
} from '../../components/index.ts';
import { readQuery } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { pushBadge } from './report.ts';
import { PHASE_NAMES } from './words.ts';

const SHOWN = 50;

const batchQuery = z.object({
  phase: z.enum(PHASES).optional(),
  cursor: z.string().regex(BATCH_CURSOR, 'expected what the page before gave').optional(),
});

export async function batchesPage({ operations }: Site, c: Context, id: string): Promise<Response> {
  const { phase, cursor } = readQuery(c, batchQuery);
  const { batches, next } = await operations.batches.list(id, { phase, cursor, limit: SHOWN });
  const path = `/runs/${id}/batches`;
  const main = html`${backTo(id)}
<p>A run does its work in batches, most of them a range of pages of the feed. One that is not done shows where the run goes on when it is resumed.</p>
${filterForm(path, selectField({ name: 'phase', label: 'Phase', value: phase, none: 'all', options: PHASES.map((one) => ({ value: one, label: PHASE_NAMES[one] })) }), { active: phase !== undefined })}
${table({
  caption: 'Batches by attempt, phase and number',
  columns: [
    { head: 'Attempt', numeric: true },
    { head: 'Phase' },
    { head: 'Reading', numeric: true },
    { head: 'Pages' },
    { head: 'State' },
    { head: 'Records', numeric: true },
    { head: 'Created', numeric: true },
    { head: 'Updated', numeric: true },
    { head: 'Last step' },
  ],
  rows: batches.map((one) => [
    count(one.attempt),
    PHASE_NAMES[one.phase],
    isPaged(one) ? count(one.pass) : '–',
    isPaged(one) ? `${count(one.pageFrom)} to ${count(one.pageTo)}` : '–',
    stateOf(one),
    count(one.rows),
    count(one.created),
    count(one.updated),
    instant(one.updatedAt),
  ]),
  empty: 'There are no batches: the run has not come to one, or only counted.',
})}
${batches.length === 0 ? '' : pager({ path, query: { phase }, next, shown: batches.length, first: cursor === undefined, what: 'batches' })}`;
  return await showPage(c, { title: 'Batches of a run', area: 'runs', main });
}

const pushQuery = z.object({
  state: z.enum(PUSH_STATES).optional(),
  cursor: z.string().min(1).max(400).optional(),
});

export async function pushesPage({ operations }: Site, c: Context, id: string): Promise<Response> {
  const { state, cursor } = readQuery(c, pushQuery);
  const after = cursor === undefined ? undefined : keyOfCursor(cursor);
  const { pushes, counts, next } = await operations.pushes.list(id, { state, after, limit: SHOWN });
  const path = `/runs/${id}/pushes`;
  const main = html`${backTo(id)}
<p>What this run sends to the License API: ${plural(pushTotal(counts), 'record')}, of which it has changed ${count(counts.written)} there.</p>
${filterForm(path, selectField({ name: 'state', label: 'State', value: state, none: 'all', options: PUSH_STATES.map((one) => ({ value: one, label: `${one} (${count(counts[one])})` })) }), { active: state !== undefined })}
${table({
  caption: 'Records in the order of their keys',
  columns: [{ head: 'License' }, { head: 'Record' }, { head: 'State' }, { head: 'Values', wide: true }],
  rows: pushes.map((one) => [
    html`<a href="/licenses/${encodeURIComponent(one.licenseId)}">${one.dba ?? one.licenseId}</a>`,
    html`<code>${one.sourceKey}</code>`,
    html`${pushBadge(one.state)}${one.reason === null ? '' : html`<br>${one.reason}`}`,
    html`<ul class="plain-list">${one.fields.map(({ field, before, after }) => html`<li>${field}: ${change(before, after)}</li>`)}</ul>`,
  ]),
  empty: state === undefined ? 'This run sends nothing to the License API.' : 'No record is in this state.',
})}
${pushes.length === 0 ? '' : pager({ path, query: { state }, next: next === null ? null : keyCursor(next), shown: pushes.length, first: cursor === undefined, what: 'records' })}`;
  return await showPage(c, { title: 'What a run sends', area: 'runs', main });
}

function isPaged({ phase, pageTo }: BatchView): boolean {
  return phase !== 'analyse' && pageTo > 0;
}

function stateOf({ done, nextPage }: BatchView): Html {
  if (done === null) return html`–`;
  return done ? badge('done', 'good') : badge(`at page ${count(nextPage)}`, 'info');
}

function backTo(id: string): Html {
  return html`<p><a href="/runs/${id}">Back to the run</a></p>`;
}
