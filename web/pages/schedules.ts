/** Schedules: when runs start by themselves. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { isTimeZone } from '../../config.ts';
import { cronProblem } from '../../domain/cron.ts';
import { allows } from '../../domain/roles.ts';
import { PROBLEMS } from '../../http/problem.ts';
import { Refusal } from '../../operations/errors.ts';
import type {
  ScheduleDetails,
  ScheduleOptions,
  ScheduleSettings,
  ScheduleView,
} from '../../operations/schedule-view.ts';
import { acts, sees } from '../access.ts';
import {
  actionForm,
  areaField,
  badge,
  card,
  checkField,
  count,
  definitions,
  duration,
  instant,
  notice,
  pager,
  runBadge,
  table,
  textField,
  when,
} from '../components/index.ts';
import { formFaults, readForm, readQuery, ticked } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const PATH = '/schedules';
const PAGE_SIZE = 50;
const ROLE = 'operator';
const MINUTE_MS = 60_000;
const MAX_JITTER_MINUTES = 1440;
const MAX_CATCHUP_MINUTES = 43_200;
const MAX_NOTE_CHARS = 1000;
const NAME = /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/;
const NAME_RULE = '1 to 50 of a–z, 0–9 and -, beginning and ending with a letter or digit';

const minutes = (most: number, least: number, otherwise: number) =>
  z.coerce
    .number({ error: 'expected a number of minutes' })
    .int('expected whole minutes')
    .min(least, `expected at least ${least}`)
    .max(most, `expected at most ${most}`)
    .default(otherwise);

const settings = z.object({
  cron: z.string('expected five fields such as 0 3 * * *').superRefine((text, context) => {
    const message = cronProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  }),
  timezone: z.string().max(100).refine(isTimeZone, 'expected an IANA time zone such as America/Chicago').default('UTC'),
  jitter: minutes(MAX_JITTER_MINUTES, 0, 0),
  catchup: minutes(MAX_CATCHUP_MINUTES, 1, 60),
  pauseOnFailure: ticked,
  comprehensive: ticked,
  detectDuplicates: ticked,
  bidirectional: ticked,
  dryRun: ticked,
  note: z.string().max(MAX_NOTE_CHARS).optional(),
});
const creation = settings.extend({
  name: z.string('expected a name').regex(NAME, `expected ${NAME_RULE}`),
  paused: ticked,
});
const span = z.object({
  from: z.iso.datetime({ local: true, error: 'from: expected a date and time' }),
  to: z.iso.datetime({ local: true, error: 'to: expected a date and time' }),
});

type Typed = Partial<Record<string, string>>;

export function schedulePages(site: Site): Hono {
  const { schedules } = site.operations;
  const signer = (c: Context) => ({ tokenId: c.get('visitor').tokenId, name: c.get('visitor').name });
  const name = (c: Context) => c.req.param('name') ?? '';

  /** Shows the form again with what was typed when it cannot be carried out like that. */
  async function orAgain(
    c: Context,
    again: { title: string; action: string; isNew: boolean },
    work: () => Promise<Response>,
  ) {
    try {
      return await work();
    } catch (error) {
      const faults = formFaults(error);
      if (faults === null && !(error instanceof Refusal)) throw error;
      const status = error instanceof Refusal ? PROBLEMS[error.code].status : 400;
      const typed = Object.fromEntries(c.get('form')) as Typed;
      const main = html`${error instanceof Refusal ? notice('bad', error.message) : notice('bad', 'Nothing was changed: see what is wrong below.')}
${settingsForm(c, { ...again, typed, faults: faults ?? {} })}`;
      return await showPage(c, { title: again.title, area: 'schedules', main, status });
    }
  }

  return new Hono()
    .get(PATH, sees(site), async (c) => {
      const { cursor } = readQuery(c, z.object({ cursor: z.string().regex(NAME, `expected ${NAME_RULE}`).optional() }));
      const found = await schedules.list({ limit: PAGE_SIZE, ...(cursor === undefined ? {} : { after: cursor }) });
      const main = html`
<p>When runs start by themselves. A due time that comes while another run is under way starts none.</p>
${allows(c.get('visitor').role, ROLE) ? html`<p><a class="button primary" href="${PATH}/new">Make a schedule</a></p>` : html`<p class="muted">Making and changing schedules needs the role ${ROLE}.</p>`}
${list(found.schedules)}
${found.next === null ? '' : pager({ path: PATH, query: {}, next: found.next, shown: found.schedules.length, first: cursor === undefined, what: 'schedules' })}`;
      return await showPage(c, { title: 'Schedules', area: 'schedules', main });
    })
    .get(`${PATH}/new`, sees(site, ROLE), async (c) => {
      const typed: Typed = { timezone: 'UTC', jitter: '0', catchup: '60', comprehensive: 'on', detectDuplicates: 'on' };
      const main = settingsForm(c, { title: 'Make a schedule', action: PATH, isNew: true, typed, faults: {} });
      return await showPage(c, { title: 'Make a schedule', area: 'schedules', main });
    })
    .post(PATH, acts(site, ROLE), (c) =>
      orAgain(c, { title: 'Make a schedule', action: PATH, isNew: true }, async () => {
        const { name: given, paused, ...asked } = readForm(c, creation);
        await schedules.create(given, settingsOf(asked), { paused, by: signer(c) });
        return await seeOther(c, `${PATH}/${given}`, { tone: 'good', text: 'The schedule was made.' });
      }),
    )
    .get(`${PATH}/:name`, sees(site), async (c) => {
      const schedule = await schedules.get(name(c));
      return await showPage(c, { title: `Schedule ${schedule.name}`, area: 'schedules', main: detail(c, schedule) });
    })
    .get(`${PATH}/:name/edit`, sees(site, ROLE), async (c) => {
      const schedule = await schedules.get(name(c));
      const title = `Change schedule ${schedule.name}`;
      const main = settingsForm(c, {
        title,
        action: `${PATH}/${schedule.name}/edit`,
        isNew: false,
        typed: typedOf(schedule),
        faults: {},
      });
      return await showPage(c, { title, area: 'schedules', main });
    })
    .post(`${PATH}/:name/edit`, acts(site, ROLE), (c) =>
      orAgain(c, { title: `Change schedule ${name(c)}`, action: `${PATH}/${name(c)}/edit`, isNew: false }, async () => {
        const before = await schedules.get(name(c));
        const { options, ...asked } = settingsOf(readForm(c, settings));
        // What the form does not show stays as it is.
        await schedules.update(name(c), { ...asked, options: { ...before.options, ...options } }, signer(c));
        return await seeOther(c, `${PATH}/${name(c)}`, { tone: 'good', text: 'The schedule was changed.' });
      }),
    )
    .post(`${PATH}/:name/pause`, acts(site, ROLE), async (c) => {
      await schedules.pause(name(c), signer(c));
      return await seeOther(c, `${PATH}/${name(c)}`, {
        tone: 'good',
        text: 'The schedule is paused: it starts nothing.',
      });
    })
    .post(`${PATH}/:name/resume`, acts(site, ROLE), async (c) => {
      await schedules.resume(name(c), signer(c));
      return await seeOther(c, `${PATH}/${name(c)}`, { tone: 'good', text: 'The schedule goes on.' });
    })
    .post(`${PATH}/:name/trigger`, acts(site, ROLE), async (c) => {
      await schedules.trigger(name(c));
      return await seeOther(c, `${PATH}/${name(c)}`, { tone: 'good', text: 'Temporal was told to start its run now.' });
    })
    .post(`${PATH}/:name/backfill`, acts(site, ROLE), async (c) => {
      const { from, to } = readForm(c, span);
      const { times } = await schedules.backfill(name(c), {
        fromMs: Date.parse(`${from}Z`),
        toMs: Date.parse(`${to}Z`),
      });
      return await seeOther(c, `${PATH}/${name(c)}`, {
        tone: 'good',
        text: `${count(times)} due times lie in that span; one run makes up for all of them.`,
      });
    })
    .post(`${PATH}/:name/delete`, acts(site, ROLE), async (c) => {
      await schedules.remove(name(c));
      return await seeOther(c, PATH, { tone: 'good', text: `Schedule ${name(c)} is gone.` });
    });
}

function settingsOf(asked: Omit<z.output<typeof creation>, 'name' | 'paused'>): ScheduleSettings {
  const { cron, timezone, jitter, catchup, pauseOnFailure, note, ...options } = asked;
  return {
    cron,
    timezone,
    jitterMs: jitter * MINUTE_MS,
    catchupWindowMs: catchup * MINUTE_MS,
    pauseOnFailure,
    options,
    note: note ?? null,
  };
}

function typedOf({ cron, timezone, jitterMs, catchupWindowMs, pauseOnFailure, options, note }: ScheduleView): Typed {
  const on = (value: boolean) => (value ? 'on' : '');
  return {
    cron,
    timezone,
    jitter: String(jitterMs / MINUTE_MS),
    catchup: String(catchupWindowMs / MINUTE_MS),
    pauseOnFailure: on(pauseOnFailure),
    comprehensive: on(options.comprehensive ?? true),
    detectDuplicates: on(options.detectDuplicates ?? true),
    bidirectional: on(options.bidirectional ?? false),
    dryRun: on(options.dryRun ?? false),
    note: note ?? '',
  };
}

function settingsForm(
  c: Context,
  {
    title,
    action,
    isNew,
    typed,
    faults,
  }: { title: string; action: string; isNew: boolean; typed: Typed; faults: Record<string, string> },
): Html {
  const text = (name: string, label: string, hint: string, required = false) =>
    textField({ name, label, hint, required, value: typed[name], error: faults[name] });
  const check = (name: string, label: string) => checkField({ name, label, checked: typed[name] === 'on' });
  return card({
    title,
    body: html`${actionForm(c, {
      action,
      label: isNew ? 'Make it' : 'Change it',
      tone: 'primary',
      fields: html`
${isNew ? text('name', 'Name', NAME_RULE, true) : ''}
${text('cron', 'When', 'Minute, hour, day of month, month, day of week: 0 3 * * * is every night at three.', true)}
${text('timezone', 'Time zone', 'Such as UTC or America/Chicago.')}
${text('jitter', 'Starts up to so many minutes later', '0 to 1440; spreads the load.')}
${text('catchup', 'Makes up for due times of the last minutes', 'When Temporal was away.')}
<fieldset><legend>Its runs</legend>
${check('comprehensive', 'Comprehensive: everything the API has')}
${check('detectDuplicates', 'Look for duplicates')}
${check('bidirectional', 'Also send what was edited here (two ways)')}
${check('dryRun', 'Dry run: a plan and nothing else')}
</fieldset>
${check('pauseOnFailure', 'Pause after a run that failed or was incomplete')}
${isNew ? check('paused', 'Make it paused') : ''}
${areaField({ name: 'note', label: 'Note', value: typed.note, maxLength: MAX_NOTE_CHARS, error: faults.note })}`,
    })}<p><a href="${PATH}">Back without a change</a></p>`,
  });
}

function list(schedules: readonly ScheduleView[]): Html {
  return table({
    caption: 'By name',
    columns: [
      { head: 'Name' },
      { head: 'When' },
      { head: 'Next' },
      { head: 'State' },
      { head: 'Its runs', wide: true },
    ],
    rows: schedules.map((one) => [
      html`<a href="${PATH}/${one.name}">${one.name}</a>`,
      html`<code>${one.cron}</code> ${one.timezone}`,
      when(one.nextTimes[0] ?? null),
      stateOf(one),
      optionsText(one.options),
    ]),
    empty: 'No run starts by itself. Make a schedule, so that the data stays fresh at night too.',
  });
}

function stateOf({ paused, stateNote, running }: ScheduleView): Html {
  if (paused) return html`${badge('paused', 'warn')} <span class="muted">${stateNote}</span>`;
  return running ? badge('its run is under way', 'info') : badge('on', 'good');
}

function optionsText({
  comprehensive,
  detectDuplicates,
  bidirectional,
  dryRun,
  partial,
  maxPages,
  status,
  dba,
}: ScheduleOptions): string {
  const parts = [
    dryRun ? 'dry run' : null,
    partial ? 'partial' : comprehensive === false ? 'follows the external records' : 'comprehensive',
    detectDuplicates === false ? 'no look for duplicates' : 'looks for duplicates',
    bidirectional ? 'two ways' : null,
    maxPages === undefined ? null : `at most ${maxPages} pages`,
    status === undefined ? null : status === 1 ? 'active records only' : 'inactive records only',
    dba === undefined ? null : 'one business name only',
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function detail(c: Context, schedule: ScheduleDetails): Html {
  const { name, cron, timezone, nextTimes, counts, recentOperations } = schedule;
  const may = allows(c.get('visitor').role, ROLE);
  return html`
${may ? actions(c, schedule) : html`<p class="muted">Changing it needs the role ${ROLE}.</p>`}
<div class="columns">
${card({
  title: 'When',
  actions: stateOf(schedule),
  body: html`${definitions([
    ['Cron', html`<code>${cron}</code>`],
    ['Time zone', timezone],
    ['Starts later by up to', duration(schedule.jitterMs)],
    ['Makes up for the last', duration(schedule.catchupWindowMs)],
    ['After a failure', schedule.pauseOnFailure ? 'pauses' : 'goes on'],
    ['Its runs', optionsText(schedule.options)],
    ['Note', schedule.note ?? '–'],
    ['Made', html`${when(schedule.createdAt)} by ${schedule.createdBy}`],
  ])}`,
})}
${card({
  title: 'Next times',
  body:
    nextTimes.length === 0
      ? html`<p>None: it is paused.</p>`
      : html`<ol>${nextTimes.slice(0, 5).map((at) => html`<li>${instant(at)}, ${when(at)}${timezone === 'UTC' ? '' : html` <span class="muted">(${inZone(at, timezone)} there)</span>`}</li>`)}</ol>`,
})}
${card({
  title: 'So far',
  body: definitions([
    ['Started', count(counts.started)],
    ['Skipped, its last run went on', count(counts.skippedOverlap)],
    ['Missed, too long ago', count(counts.missedCatchup)],
  ]),
})}
</div>
${card({
  title: 'Its last runs',
  body: table({
    caption: 'Newest first',
    columns: [{ head: 'Began' }, { head: 'Status' }, { head: 'Ended' }],
    rows: recentOperations.map((run) => [
      html`<a href="/runs/${run.operationId}">${when(run.startedAt)}</a>`,
      runBadge(run.status),
      when(run.endedAt),
    ]),
    empty: 'It has started no run yet.',
  }),
})}
<p class="muted">In Temporal it is called <code>${schedule.scheduleId}</code>. <a href="${PATH}">All schedules</a>${may ? html` · <a href="${PATH}/${name}/edit">Change it</a>` : ''}</p>`;
}

function actions(c: Context, { name, paused }: ScheduleDetails): Html {
  const path = `${PATH}/${name}`;
  return html`<div class="actions">
<a class="button" href="${path}/edit">Change</a>
${paused ? actionForm(c, { action: `${path}/resume`, label: 'Let it go on', tone: 'primary' }) : actionForm(c, { action: `${path}/pause`, label: 'Pause' })}
${actionForm(c, { action: `${path}/trigger`, label: 'Start its run now' })}
${actionForm(c, {
  action: `${path}/backfill`,
  label: 'Make up for missed times',
  confirm: 'One run makes up for all due times of this span. Times are UTC.',
  fields: html`${textField({ name: 'from', label: 'From', type: 'datetime-local', required: true })}${textField({ name: 'to', label: 'To', type: 'datetime-local', required: true })}`,
})}
${actionForm(c, { action: `${path}/delete`, label: 'Delete', tone: 'danger', confirm: 'It starts nothing any more. Its past runs stay.' })}
</div>`;
}

function inZone(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso));
}
