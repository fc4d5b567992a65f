/** Plans: what dry runs would change, record by record; carried out when somebody says so. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { PLAN_FIELDS } from '../../domain/plan-fields.ts';
import { allows } from '../../domain/roles.ts';
import { keyCursor, keyOfCursor } from '../../http/key-cursor.ts';
import type { PlanChangeView, PlanState, PlanSummary, PlanView } from '../../operations/plans.ts';
import { acts, sees } from '../access.ts';
import {
  actionForm,
  badge,
  change,
  count,
  filterForm,
  notice,
  pager,
  selectField,
  shownValue,
  table,
  when,
} from '../components/index.ts';
import { readQuery } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { withQuery } from '../paths.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const PATH = '/plans';
const PAGE_SIZE = 50;
const ROLE = 'operator';
const OUTCOMES = ['created', 'updated', 'linked', 'vanished', 'unchanged'] as const;
const TONES: Readonly<Record<PlanState, 'good' | 'warn' | 'muted' | 'info'>> = {
  ready: 'good',
  outdated: 'warn',
  applied: 'info',
  expired: 'muted',
};

const pageQuery = z.object({ cursor: z.coerce.number().int().positive().optional() });
const changeQuery = z.object({
  outcome: z.enum(OUTCOMES, { error: `expected one of ${OUTCOMES.join(', ')}` }).optional(),
  field: z
    .string()
    .refine((name) => PLAN_FIELDS.includes(name), 'expected the name of a field')
    .optional(),
  drifted: z.enum(['yes', 'no'], { error: 'expected yes or no' }).optional(),
  cursor: z.string().max(400).optional(),
});

export function planPages(site: Site): Hono {
  const { plans, startSync } = site.operations;
  return new Hono()
    .get(PATH, sees(site), async (c) => {
      const { cursor } = readQuery(c, pageQuery);
      const found = await plans.list({ limit: PAGE_SIZE, cursor });
      const main = html`
<p>A dry run reads everything, changes nothing, and leaves a plan: what it would change, record by record. A plan is carried out exactly as it stands, or not at all.</p>
${
  allows(c.get('visitor').role, ROLE)
    ? html`<div class="actions">${actionForm(c, { action: PATH, label: 'Make a dry run', tone: 'primary' })}</div>`
    : html`<p class="muted">Making and applying plans needs the role ${ROLE}.</p>`
}
${list(found.plans)}
${pager({ path: PATH, query: {}, next: found.next, shown: found.plans.length, first: cursor === undefined, what: 'plans' })}`;
      return await showPage(c, { title: 'Plans', area: 'plans', main });
    })
    .post(PATH, acts(site, ROLE), async (c) => {
      const run = await startSync({ options: { dryRun: true }, trigger: 'console', by: c.get('visitor').name });
      return await seeOther(c, `/runs/${run.operationId}`, {
        tone: 'info',
        text: 'A dry run has begun. When it has ended, its page leads to the plan.',
      });
    })
    .get(`${PATH}/:id`, sees(site), async (c) => {
      const id = c.req.param('id');
      const { outcome, field, drifted, cursor } = readQuery(c, changeQuery);
      const plan = await planOrRun(site, id);
      const { changes, next } = await plans.changes(id, {
        outcome,
        field,
        drifted: drifted === undefined ? undefined : drifted === 'yes',
        limit: PAGE_SIZE,
        after: cursor === undefined ? undefined : keyOfCursor(cursor),
      });
      const path = `${PATH}/${id}`;
      const kept = { outcome, field, drifted };
      const main = html`
${plan === null ? notice('info', html`This is what <a href="/runs/${id}">a run</a> has planned; it is not carried out from here.`) : head(c, plan)}
<h2>Changes</h2>
${filterForm(
  path,
  html`${selectField({ label: 'What becomes of the record', name: 'outcome', value: outcome, options: OUTCOMES.map((value) => ({ value, label: value })), none: 'anything' })}
${selectField({ label: 'Field', name: 'field', value: field, options: PLAN_FIELDS.map((value) => ({ value, label: value })), none: 'any' })}
${selectField({ label: 'Left out when applied', name: 'drifted', value: drifted, options: ['yes', 'no'].map((value) => ({ value, label: value })), none: 'either' })}`,
  { active: Object.values(kept).some((value) => value !== undefined) },
)}
${changeList(changes)}
${pager({ path, query: kept, next: next === null ? null : keyCursor(next), shown: changes.length, first: cursor === undefined, what: 'changes' })}`;
      return await showPage(c, { title: plan === null ? 'What a run has planned' : 'Plan', area: 'plans', main });
    })
    .post(`${PATH}/:id/apply`, acts(site, ROLE), async (c) => {
      const run = await plans.apply(c.req.param('id'), 'console');
      return await seeOther(c, `/runs/${run.operationId}`, {
        tone: 'info',
        text: 'The plan is being carried out by this run.',
      });
    });
}

/** Null when it is no dry run's plan, but what another run has planned. */
async function planOrRun({ operations: { plans, getOperation } }: Site, id: string): Promise<PlanView | null> {
  const known = await getOperation(id);
  return known.operationType === 'external_sync_dry_run' ? await plans.get(known.planId ?? id) : null;
}

function list(plans: readonly PlanView[]): Html {
  return table({
    caption: 'Newest first',
    columns: [
      { head: 'Made' },
      { head: 'State' },
      { head: 'Created', numeric: true },
      { head: 'Updated', numeric: true },
      { head: 'Linked', numeric: true },
      { head: 'Vanished', numeric: true },
      { head: 'To send', numeric: true },
      { head: 'What can be done', wide: true },
    ],
    rows: plans.map(({ planId, createdAt, createdBy, state, summary, sentence }) => [
      html`<a href="${PATH}/${planId}">${when(createdAt)}</a> by ${createdBy}`,
      badge(state, TONES[state]),
      count(summary.created),
      count(summary.updated),
      count(summary.linked),
      count(summary.vanished),
      count(summary.pushes),
      sentence,
    ]),
    empty: 'There is no plan yet. A dry run makes one.',
  });
}

function head(c: Context, { planId, state, sentence, summary, applied, createdAt, createdBy }: PlanView): Html {
  const figures: [keyof PlanSummary & string, string, string | null][] = [
    ['created', 'licenses made', 'created'],
    ['updated', 'licenses changed', 'updated'],
    ['linked', 'records linked', 'linked'],
    ['vanished', 'marked as vanished', 'vanished'],
    ['ambiguous', 'ambiguous matches', null],
    ['conflicts', 'clashes of values', null],
    ['deactivates', 'deactivated', null],
    ['overwrites', 'values overwritten', null],
    ['quarantined', 'rows in quarantine', null],
    ['pushes', 'records changed upstream', null],
    ['unchanged', 'unchanged', null],
  ];
  const may = state === 'ready' && allows(c.get('visitor').role, ROLE);
  return html`
${notice(state === 'ready' ? 'good' : 'info', sentence, state)}
<p>Made ${when(createdAt)} by ${createdBy}, by <a href="/runs/${planId}">this dry run</a>.
${applied === null ? '' : html`Carried out by <a href="/runs/${applied.operationId}">this run</a>: ${count(applied.applied)} written, ${count(applied.drifted)} left alone because they had changed since.`}</p>
<ul class="stats">${figures.map(([name, label, outcome]) => {
    const shown = html`<strong>${count(Number(summary[name]))}</strong> ${label}`;
    return html`<li>${outcome === null ? shown : html`<a href="${withQuery(`${PATH}/${planId}`, { outcome })}">${shown}</a>`}</li>`;
  })}</ul>
${
  may
    ? html`<div class="actions">${actionForm(c, {
        action: `${PATH}/${planId}/apply`,
        label: 'Apply this plan',
        tone: 'primary',
        confirm: `It makes ${count(summary.created)} licenses, changes ${count(summary.updated)}, links ${count(summary.linked)} records and marks ${count(summary.vanished)} as vanished${summary.pushes > 0 ? `, and changes ${count(summary.pushes)} records upstream` : ''}. What was edited since is left alone and named.`,
      })}</div>`
    : ''
}`;
}

function changeList(changes: readonly PlanChangeView[]): Html {
  return table({
    caption: 'In the order of the records’ keys',
    columns: [
      { head: 'Record' },
      { head: 'License' },
      { head: 'What' },
      { head: 'Fields: before and after', wide: true },
    ],
    rows: changes.map(({ sourceKey, licenseId, dba, outcome, matchedBy, fields, conflicts, drift }) => [
      html`<code>${sourceKey}</code>`,
      outcome === 'created' ? shownValue(dba) : html`<a href="/licenses/${licenseId}">${dba ?? licenseId}</a>`,
      html`${badge(outcome, outcome === 'vanished' ? 'warn' : 'info')}<br><span class="muted">matched by ${matchedBy.replaceAll('_', ' ')}</span>`,
      html`${drift === null ? '' : notice('warn', drift, 'Left out')}${fieldsOf(fields, outcome === 'created')}${conflicts.map(
        ({ field, resolution }) =>
          html`<p class="muted">${field} says something else on both sides: ${resolution === 'took_external' ? 'the external value is taken' : 'the internal value is kept'}.</p>`,
      )}`,
    ]),
    empty: 'No planned change is like this.',
  });
}

function fieldsOf(fields: PlanChangeView['fields'], isNew: boolean): Html {
  const lines = fields.map(
    ({ field, before, after, rule }) =>
      html`<li>${field}: ${isNew ? shownValue(after) : change(before, after)}${isNew ? '' : html` <span class="muted">(${rule.replaceAll('_', ' ')})</span>`}</li>`,
  );
  if (!isNew) return html`<ul class="lines">${lines}</ul>`;
  return html`<details><summary>${count(fields.length)} values of a new license</summary><ul class="lines">${lines}</ul></details>`;
}
