/** One verdict on many cases: what it would be about, then how far it is. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { MAX_NOTE_CHARS, VERDICTS, type Verdict } from '../../../domain/reviews.ts';
import { ApiProblem, PROBLEMS, toProblem } from '../../../http/problem.ts';
import type { BulkItemView, BulkPreview, BulkTarget, BulkView } from '../../../operations/bulk-reviews.ts';
import { acts, sees } from '../../access.ts';
import {
  areaField,
  badge,
  card,
  count,
  definitions,
  instant,
  notice,
  pager,
  plural,
  progressBar,
  table,
} from '../../components/index.ts';
import { readForm, readQuery } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { withQuery } from '../../paths.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { caseFilterOf, filterQuery, filterSchema, type ReviewFilter } from './filter.ts';

const SHOWN = 50;
/** More than a page of the queue has. */
const MOST_TICKED = 200;
const RELOAD_SECONDS = 2;

const formSchema = z.object({
  target: z.enum(['ticked', 'filter'], { error: 'expected the ticked ones or all of the filter' }),
  decision: z.enum(VERDICTS, { error: `expected ${VERDICTS.join(', ')}` }),
  start: z.literal('yes').optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'expected what the preview said')
    .optional(),
});
const noteSchema = z
  .string()
  .max(MAX_NOTE_CHARS, `Note: at most ${MAX_NOTE_CHARS} characters`)
  .regex(/^[^\0\p{Surrogate}]*$/u, 'Note: expected whole characters');
const tickSchema = z
  .array(z.string().regex(/^\d{1,15}:\d{1,10}$/, 'expected cases as the queue names them'))
  .max(MOST_TICKED);
const progressSchema = z.object({
  outcome: z.enum(['refused', 'pending', 'done'], { error: 'expected refused, pending or done' }).default('refused'),
  cursor: z.coerce.number().int().min(0).max(999_999_999_999_999).optional(),
});

const WILL: Readonly<Record<Verdict, string>> = {
  approve:
    'the licenses of each case are made one: the one that ranks best stays, the others are archived into it. Each can be undone by itself.',
  reject: 'the licenses of each case stay apart, and are not asked about again until one of them says something else.',
  flag: 'each case is put aside, and comes back by itself after some days.',
};
const DOING: Readonly<Record<Verdict, string>> = { approve: 'approve', reject: 'reject', flag: 'flag' };

export function bulkPages(site: Site): Hono {
  const { bulk } = site.operations.reviews;
  return new Hono()
    .post('/reviews/bulk', acts(site, 'reviewer'), async (c) => {
      const filter = readQuery(c, filterSchema);
      const { decision, start, fingerprint, target } = readForm(c, formSchema);
      const typed = (c.get('form').get('note') ?? '').replaceAll('\r\n', '\n').trim();
      const about = targetOf(c, target, filter);
      if (start === undefined) return await previewPage(c, site, about, { filter, decision, note: typed });
      try {
        const note = noteSchema.safeParse(typed);
        if (!note.success) throw new ApiProblem('invalid-request', note.error.issues[0]?.message ?? 'Note: not a text');
        if (fingerprint === undefined) throw new ApiProblem('invalid-request', 'Look at what it would be about first.');
        const reviewer = c.get('visitor').name;
        const started = await bulk.start({
          target: about.target,
          decision,
          note: note.data || null,
          reviewer,
          fingerprint,
        });
        return await seeOther(c, `/reviews/bulk/${started.id}`);
      } catch (error) {
        const problem = toProblem(error, site.log);
        return await previewPage(c, site, about, { filter, decision, note: typed, problem });
      }
    })
    .get('/reviews/bulk/:id', sees(site, 'viewer'), async (c) => {
      const id = c.req.param('id');
      const { outcome, cursor } = readQuery(c, progressSchema);
      const seen = await bulk.get(id);
      const page = await bulk.items(id, { outcome, limit: SHOWN, cursor });
      const running = seen.state === 'running';
      const main = progress(
        seen,
        page.items,
        outcome,
        pager({
          path: `/reviews/bulk/${id}`,
          query: { outcome },
          next: page.next,
          shown: page.items.length,
          first: cursor === undefined,
          what: 'cases',
        }),
      );
      const title = `Bulk verdict: ${DOING[seen.decision]} ${plural(seen.total, 'case')}`;
      return await showPage(c, {
        title,
        area: 'reviews',
        main,
        scripts: ['reviews'],
        ...(running ? { refresh: RELOAD_SECONDS } : {}),
      });
    });
}

interface About {
  target: BulkTarget;
  /** As the form says it. */
  kind: 'ticked' | 'filter';
  ticked: string[];
}

/** @throws {ApiProblem} `invalid-request` */
function targetOf(c: Context, kind: About['kind'], filter: ReviewFilter): About {
  if (kind === 'filter') {
    if (filter.state !== 'open' && filter.state !== 'flagged') {
      throw new ApiProblem(
        'invalid-request',
        'Only open or flagged cases can be decided; filter by one of these states.',
      );
    }
    return { target: { filter: caseFilterOf(filter, c.get('visitor').name) }, kind, ticked: [] };
  }
  const read = tickSchema.safeParse(c.get('form').getAll('case'));
  if (!read.success) throw new ApiProblem('invalid-request', `case: ${read.error.issues[0]?.message ?? 'not a case'}`);
  if (read.data.length === 0) {
    throw new ApiProblem(
      'invalid-request',
      'No case was ticked. Go back, and tick some, or choose all that match the filter.',
    );
  }
  const cases = read.data.map((each) => {
    const [id, version] = each.split(':').map(Number);
    return { id: id ?? 0, version };
  });
  return { target: { cases }, kind, ticked: read.data };
}

async function previewPage(
  c: Context,
  { operations }: Site,
  { target, kind, ticked }: About,
  { filter, decision, note, problem }: { filter: ReviewFilter; decision: Verdict; note: string; problem?: ApiProblem },
): Promise<Response> {
  const seen = await operations.reviews.bulk.preview(target);
  const back = withQuery('/reviews', filterQuery(filter));
  const many = plural(seen.cases, 'case');
  const main = html`
${problem ? notice('warn', html`<p>${problem.message}.</p><p>Below is what it would be about now, with your note.</p>`) : ''}
<p class="lead">Nothing is decided yet. This would ${DOING[decision]} <strong>${many}</strong>: ${WILL[decision]}</p>
${bands(seen)}
${card({ title: 'The first of them', body: sampleOf(seen) })}
${
  seen.cases === 0
    ? html`<p><a class="button" href="${back}">Back to the queue</a></p>`
    : html`<form method="post" action="${withQuery('/reviews/bulk', filterQuery(filter))}" class="card">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<input type="hidden" name="target" value="${kind}"><input type="hidden" name="decision" value="${decision}"><input type="hidden" name="start" value="yes">
<input type="hidden" name="fingerprint" value="${seen.fingerprint}">
${ticked.map((each) => html`<input type="hidden" name="case" value="${each}">`)}
${areaField({ label: 'Note', name: 'note', value: note, rows: 2, maxLength: MAX_NOTE_CHARS, hint: 'Kept with each of these verdicts.' })}
<p class="muted">Each case is decided in the version that it has now. One that somebody decides or a run changes meanwhile is refused by itself, with the reason; the others go on.</p>
<div class="actions"><button class="primary">Yes, ${DOING[decision]} ${many}</button> <a class="button" href="${back}">Back to the queue</a></div>
</form>`
}`;
  const status = problem ? PROBLEMS[problem.code].status : 200;
  return await showPage(c, { title: `Before you ${DOING[decision]} ${many}`, area: 'reviews', main, status });
}

function bands({ byBand }: BulkPreview): Html {
  return html`<ul class="stats" aria-label="By confidence">${byBand.map(
    ({ from, cases }, index) =>
      html`<li><strong>${count(cases)}</strong> ${from === 0 ? `below ${byBand[index - 1]?.from ?? 70} %` : index === 0 ? `${from} % and more` : `${from} to ${byBand[index - 1]?.from ?? 100} %`}</li>`,
  )}</ul>`;
}

function sampleOf({ sample }: BulkPreview): Html {
  return table({
    caption: `${sample.length} of them`,
    columns: [{ head: 'Case' }, { head: 'Who may be one', wide: true }, { head: 'Confidence', numeric: true }],
    rows: sample.map(({ id, members, confidence }) => [
      html`<a href="/reviews/${id}">Case ${id}</a>`,
      html`<ul class="plain">${members.map(({ dba, city }) => html`<li>${dba ?? 'no name'}${city === null ? '' : `, ${city}`}</li>`)}</ul>`,
      html`${confidence.toFixed(1)} %`,
    ]),
    empty: 'No case is like that any more.',
  });
}

const STATES: Readonly<Record<BulkView['state'], readonly [string, 'info' | 'good' | 'bad']>> = {
  running: ['running', 'info'],
  completed: ['completed', 'good'],
  failed: ['ended early', 'bad'],
};

function progress(seen: BulkView, items: readonly BulkItemView[], outcome: BulkItemView['outcome'], pages: Html): Html {
  const [state, tone] = STATES[seen.state];
  const path = `/reviews/bulk/${seen.id}`;
  const link = (of: BulkItemView['outcome'], n: number, label: string) =>
    html`<li><a href="${withQuery(path, { outcome: of === 'refused' ? undefined : of })}" ${of === outcome ? html`aria-current="true"` : ''}><strong>${count(n)}</strong> ${label}</a></li>`;
  return html`<div ${seen.state === 'running' ? html`data-reload="${RELOAD_SECONDS}"` : ''}>
<p class="lead" role="status">${badge(state, tone)} ${seen.sentence}</p>
${progressBar({ value: seen.done + seen.refused, max: seen.total, label: 'Cases decided or refused' })}
<ul class="stats">${link('done', seen.done, 'decided')}${link('refused', seen.refused, 'refused')}${link('pending', seen.pending, 'left')}</ul>
${definitions([
  ['Verdict', seen.decision],
  ['By', seen.reviewer],
  ['Note', seen.note ?? html`<span class="muted">none</span>`],
  ['Started', instant(seen.createdAt)],
  ['Ended', instant(seen.endedAt)],
])}
${card({
  title: outcome === 'refused' ? 'Refused, and why' : outcome === 'done' ? 'Decided' : 'Left',
  body: table({
    caption: 'By number',
    columns: [{ head: 'Case' }, { head: 'Version', numeric: true }, { head: 'Why', wide: true }],
    rows: items.map(({ caseId, version, reason }) => [
      html`<a href="/reviews/${caseId}">Case ${caseId}</a>`,
      html`${version}`,
      reason === null ? null : html`${reason}`,
    ]),
    empty: outcome === 'refused' ? 'None was refused.' : 'None.',
  }),
})}
${pages}
<p><a href="/reviews">Back to the queue</a></p></div>`;
}
