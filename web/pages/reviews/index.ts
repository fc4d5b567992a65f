/** Duplicate cases: the queue, what matters most first, and the way into each. */
import { type Context, Hono } from 'hono';
import { CASE_KINDS, CASE_STATES } from '../../../domain/reviews.ts';
import { allows } from '../../../domain/roles.ts';
import { ApiProblem, toProblem } from '../../../http/problem.ts';
import type { ReviewListItem } from '../../../operations/review-view.ts';
import type { ReviewCounts } from '../../../operations/reviews.ts';
import { acts, sees } from '../../access.ts';
import { badge, count, filterForm, pager, plural, selectField, table, when } from '../../components/index.ts';
import { readQuery } from '../../forms.ts';
import { type Html, html, type MaybeHtml } from '../../html.ts';
import { withQuery } from '../../paths.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { bulkPages } from './bulk.ts';
import { casePage, REASONS, STATE_TONES } from './case.ts';
import { letterOf } from './fields.ts';
import {
  BANDS,
  caseFilterOf,
  caseSchema,
  filterQuery,
  filterSchema,
  isFiltered,
  KIND_LABELS,
  placeOf,
  queueSchema,
  type ReviewFilter,
  STATE_LABELS,
} from './filter.ts';
import { carryOut, draftOf } from './form.ts';
import { keyHelp, undoBar } from './keys.ts';

const SHOWN = 50;
const MEMBERS_NAMED = 4;
const CASE = '/reviews/:id';

export function reviewPages(site: Site): Hono {
  const { reviews } = site.operations;
  return new Hono()
    .get('/reviews', sees(site, 'viewer'), async (c) => {
      const { cursor, last, lastVersion, ...filter } = readQuery(c, queueSchema);
      const asked = caseFilterOf(filter, c.get('visitor').name);
      const found = await reviews.list(asked, { limit: SHOWN, after: placeOf(cursor) });
      const decides = allows(c.get('visitor').role, 'reviewer');
      const next = found.next && `${found.next.priority}_${found.next.id}`;
      const main = html`
<p class="lead">What may be one business twice, what matters most first. Open a case to compare, then approve or reject it; the next one follows by itself.</p>
${decides ? undoBar(c, last === undefined ? undefined : { id: last, version: lastVersion ?? null }, filter) : ''}
${countsOf(found.counts, filter)}
${filterForm('/reviews', filterFields(filter), { active: isFiltered(filter) })}
${decides && found.reviews.length > 0 ? bulkForm(c, filter, queue(found.reviews, filter, true)) : queue(found.reviews, filter, false)}
${pager({ path: '/reviews', query: filterQuery(filter), next, shown: found.reviews.length, first: cursor === undefined, what: 'cases' })}
${keyHelp('queue')}`;
      return await showPage(c, { title: 'Reviews', area: 'reviews', main, scripts: ['reviews'] });
    })
    .route('/', bulkPages(site))
    .get(CASE, sees(site, 'viewer'), async (c) => {
      const { last, lastVersion, ...filter } = readQuery(c, caseSchema);
      const undoable = last === undefined ? undefined : { id: last, version: lastVersion ?? null };
      return await casePage(c, site, caseIdOf(c), { filter, last: undoable });
    })
    .post(CASE, acts(site, 'reviewer'), async (c) => {
      const id = caseIdOf(c);
      const filter = readQuery(c, filterSchema);
      try {
        return await carryOut(c, site, id, filter);
      } catch (error) {
        const problem = toProblem(error, site.log);
        if (problem.code === 'review-not-found') throw problem;
        return await casePage(c, site, id, { filter, draft: draftOf(c.get('form')), problem });
      }
    });
}

/** @throws {ApiProblem} `review-not-found` */
function caseIdOf(c: Context): number {
  const id = c.req.param('id') ?? '';
  if (!/^\d{1,15}$/.test(id)) throw new ApiProblem('review-not-found', 'Cases have numbers, and this is none.');
  return Number(id);
}

function countsOf({ byState, openByBand }: ReviewCounts, filter: ReviewFilter): Html {
  const item = (path: string, n: number, label: string, current: boolean): Html =>
    html`<li><a href="${path}" ${current ? html`aria-current="true"` : ''}><strong>${count(n)}</strong> ${label}</a></li>`;
  const tops: Readonly<Record<number, (typeof BANDS)[number]>> = { 90: '90-100', 80: '80-90', 70: '70-80', 0: '0-70' };
  return html`<ul class="stats" aria-label="Cases by state">
${CASE_STATES.map((state) => item(withQuery('/reviews', { state: state === 'open' ? undefined : state }), byState[state], STATE_LABELS[state], filter.state === state))}
</ul>
<ul class="stats" aria-label="Open cases by confidence">
${openByBand.map(({ from, cases }) => {
  const band = tops[from] ?? '0-70';
  const current = filter.state === 'open' && filter.confidence === band;
  return item(withQuery('/reviews', { confidence: band, held: 'include' }), cases, `open, ${bandLabel(band)}`, current);
})}
</ul>`;
}

function bandLabel(band: (typeof BANDS)[number]): string {
  const [from, below] = band.split('-');
  if (below === '100') return `${from} % and more`;
  return from === '0' ? `below ${below} %` : `${from} to ${below} %`;
}

function filterFields({ state, kind, assigned, confidence, held }: ReviewFilter): Html {
  return html`${selectField({
    label: 'State',
    name: 'state',
    value: state,
    options: [...CASE_STATES.map((value) => ({ value, label: STATE_LABELS[value] })), { value: 'all', label: 'all' }],
  })}${selectField({
    label: 'Confidence',
    name: 'confidence',
    value: confidence,
    none: 'any',
    options: BANDS.map((value) => ({ value, label: bandLabel(value) })),
  })}${selectField({
    label: 'Assigned to',
    name: 'assigned',
    value: assigned,
    none: 'anybody or nobody',
    options: [
      { value: 'me', label: 'me' },
      { value: 'none', label: 'nobody' },
    ],
  })}${selectField({
    label: 'Held back',
    name: 'held',
    value: held,
    options: [
      { value: 'exclude', label: 'not shown' },
      { value: 'only', label: 'only those' },
      { value: 'include', label: 'shown too' },
    ],
  })}${selectField({
    label: 'Kind',
    name: 'kind',
    value: kind,
    none: 'any',
    options: CASE_KINDS.map((value) => ({ value, label: KIND_LABELS[value] })),
  })}`;
}

function queue(reviews: readonly ReviewListItem[], filter: ReviewFilter, ticking: boolean): Html {
  const query = filterQuery(filter);
  const columns = [
    { head: 'Case' },
    { head: 'Who may be one', wide: true },
    { head: 'Confidence', numeric: true },
    { head: 'Why asked' },
    { head: 'Waits since' },
    { head: 'Assigned' },
  ];
  return html`<div class="queue" data-keys="queue">${table({
    caption: 'Cases, what matters most first',
    columns: ticking ? [{ head: 'Tick' }, ...columns] : columns,
    rows: reviews.map((review) => {
      const cells: MaybeHtml[] = [
        html`<span><a data-case href="${withQuery(`/reviews/${review.id}`, query)}">Case ${review.id}</a> ${badge(STATE_LABELS[review.state], STATE_TONES[review.state])}${review.escalatedAt === null ? '' : html` ${badge('escalated', 'bad')}`}</span>`,
        names(review),
        html`${review.confidence.toFixed(1)} %`,
        html`${REASONS[review.reason]}`,
        when(review.createdAt),
        review.assignedTo === null ? html`<span class="muted">nobody</span>` : html`${review.assignedTo}`,
      ];
      const tick = html`<input type="checkbox" name="case" value="${review.id}:${review.version}" aria-label="Tick case ${review.id}">`;
      return ticking ? [tick, ...cells] : cells;
    }),
    empty: isFiltered(filter)
      ? html`No case is like that. <a href="/reviews">Show all that are open</a>.`
      : 'Nothing waits for a person. A run that looks for duplicates opens cases where two licenses are much alike, but not enough to make them one without asking.',
  })}</div>`;
}

function names({ members }: ReviewListItem): Html {
  const named = members.slice(0, MEMBERS_NAMED);
  return html`<ul class="plain">${named.map(
    ({ dba, city }, index) =>
      html`<li><span class="muted">${letterOf(index)}</span> ${dba ?? 'no name'}${city === null ? '' : html`, <span class="muted">${city}</span>`}</li>`,
  )}</ul>${members.length > named.length ? html`<span class="muted">and ${plural(members.length - named.length, 'more', 'more')}</span>` : ''}`;
}

/** One verdict on many: first it is said which. */
function bulkForm(c: Context, filter: ReviewFilter, rows: Html): Html {
  const waits = filter.state === 'open' || filter.state === 'flagged';
  return html`<form method="post" action="${withQuery('/reviews/bulk', filterQuery(filter))}" class="bulk">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
${rows}
${
  waits
    ? html`<fieldset class="card"><legend>One verdict on many</legend>
<label class="choice"><input type="radio" name="target" value="ticked" checked>the ticked cases</label>
<label class="choice"><input type="radio" name="target" value="filter">all that match this filter, on other pages too</label>
<p class="hint">Nothing is decided yet: the next page says how many they are and what would happen.</p>
<div class="actions"><button name="decision" value="approve">Approve…</button> <button name="decision" value="reject">Reject…</button> <button name="decision" value="flag">Flag…</button></div>
</fieldset>`
    : html`<p class="muted">Verdicts on many are for open or flagged cases; filter by one of these.</p>`
}
</form>`;
}
