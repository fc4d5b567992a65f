/** One duplicate case: side by side, why, what approving would make of it, and the verdict. */
import type { Context } from 'hono';
import { isUndecided, MAX_NOTE_CHARS } from '../../../domain/reviews.ts';
import { allows } from '../../../domain/roles.ts';
import { type ApiProblem, PROBLEMS } from '../../../http/problem.ts';
import { Refusal } from '../../../operations/errors.ts';
import type { Foreseen } from '../../../operations/review-foresight.ts';
import type { ReviewDetail } from '../../../operations/review-view.ts';
import { waterfallChart } from '../../charts/waterfall.ts';
import {
  areaField,
  type BadgeTone,
  badge,
  card,
  definitions,
  instant,
  notice,
  shownValue,
  table,
  when,
} from '../../components/index.ts';
import { type Html, html, type MaybeHtml } from '../../html.ts';
import { withQuery } from '../../paths.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { type Draft, letterOf, NO_DRAFT, sideBySide } from './fields.ts';
import { caseFilterOf, filterQuery, KIND_LABELS, type ReviewFilter, STATE_LABELS } from './filter.ts';
import { caseHistory, type LicenseHistory, licenseHistories } from './history.ts';
import { keyHelp, undoBar } from './keys.ts';

export interface CaseShown {
  filter: ReviewFilter;
  /** The case decided last, which `u` undoes. */
  last?: { id: number; version: number | null } | undefined;
  draft?: Draft;
  /** What came of the last attempt. */
  problem?: ApiProblem;
  told?: string;
}

export const STATE_TONES: Readonly<Record<ReviewDetail['state'], BadgeTone>> = {
  open: 'info',
  flagged: 'warn',
  approved: 'good',
  rejected: 'muted',
  superseded: 'muted',
  undone: 'muted',
};

export const REASONS: Readonly<Record<ReviewDetail['reason'], string>> = {
  review_band: 'the likeness lies between the thresholds',
  not_all_alike: 'not all of them resemble each other',
  returned: 'rejected before, and one of them says something else since',
};

const MOST_PAIRS = 6;
const MOST_HISTORIES = 6;
const CHANGES_SHOWN = 10;

/** @throws {Refusal} `review-not-found` */
export async function casePage(c: Context, site: Site, id: number, shown: CaseShown): Promise<Response> {
  const { operations } = site;
  const visitor = c.get('visitor');
  const { filter, draft = NO_DRAFT, problem, told } = shown;
  const review = await operations.reviews.get(id);
  const open = isUndecided(review.state);
  const [foresight, beside, histories] = await Promise.all([
    open ? foreseenOf(site, id, draft) : { foreseen: null, fault: null },
    operations.reviews.beside(id, caseFilterOf(filter, visitor.name)),
    historiesOf(site, review),
  ]);
  const decides = allows(visitor.role, 'reviewer');
  const main = html`
${problem ? notice('warn', problemBody(problem, review)) : ''}
${told ? notice('good', told) : ''}
${decides ? undoBar(c, shown.last, filter) : ''}
<div class="case" data-keys="case">
${summary(review)}
${navigation(filter, beside)}
${open ? troubles(review) : ''}
${decides ? verdictForm(c, review, { ...shown, draft }, foresight) : html`${sideBySide({ review, draft: NO_DRAFT, foreseen: foresight.foreseen, choosing: false })}<p class="muted">Deciding needs the role reviewer; you are a ${visitor.role}.</p>`}
<div class="columns">
${whyCard(review)}
${rankingCard(review)}
</div>
${caseHistory(review)}
${licenseHistories(histories)}
</div>
${keyHelp('case')}`;
  const status = problem ? PROBLEMS[problem.code].status : 200;
  return await showPage(c, { title: `Case ${id}`, area: 'reviews', main, status, scripts: ['reviews'] });
}

interface Foresight {
  foreseen: Foreseen | null;
  /** Why it cannot be made one like this. */
  fault: string | null;
}

/** What a draft cannot have is told, and the rules' own choice shown instead. */
async function foreseenOf({ operations }: Site, id: number, { masterId, fields }: Draft): Promise<Foresight> {
  try {
    return { foreseen: await operations.reviews.foresee(id, { masterId, fields }), fault: null };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'review-not-found') throw error;
    const plain = masterId === null && Object.keys(fields).length === 0;
    const instead = plain ? null : (await foreseenOf({ operations } as Site, id, NO_DRAFT)).foreseen;
    return { foreseen: instead, fault: error.message };
  }
}

async function historiesOf({ operations }: Site, { members }: ReviewDetail): Promise<LicenseHistory[]> {
  const letters = new Map<string, string>();
  for (const [index, { license }] of members.entries()) {
    if (license && !letters.has(license.id)) letters.set(license.id, letterOf(index));
  }
  return await Promise.all(
    [...letters].slice(0, MOST_HISTORIES).map(async ([id, letter]) => {
      const { license, entries, next } = await operations.lineage.history(id, { limit: CHANGES_SHOWN });
      return { letter, id, key: license.key, entries, more: next !== null };
    }),
  );
}

function problemBody(problem: ApiProblem, review: ReviewDetail): Html {
  const advice = isUndecided(review.state)
    ? 'Below is the case as it is now, with what you entered: look again, then decide again.'
    : 'Below is the case as it is now. What you entered was not carried out; your note is kept in its field, and can be left as a remark.';
  return html`<p>${sentence(problem.message)}</p><p>${advice}</p>`;
}

function summary(review: ReviewDetail): Html {
  const { members, confidence, state, kind, reason, assignedTo, heldUntil, createdAt, explanation } = review;
  const names = members.map(({ license, business }) => license?.dba ?? business.dba ?? 'no name');
  return html`<p class="lead">Are these ${members.length} one business? ${names.map((name, index) => html`${index === 0 ? '' : ' · '}<strong>${letterOf(index)}</strong> ${name}`)}</p>
${definitions([
  ['State', html`${badge(STATE_LABELS[state], STATE_TONES[state])}`],
  ['Confidence', html`${confidence.toFixed(1)} %`],
  ['Kind', KIND_LABELS[kind]],
  ['A person is asked because', REASONS[reason]],
  ['Waits since', when(createdAt)],
  ['Assigned to', assignedTo ?? html`<span class="muted">nobody</span>`],
  ...(heldUntil === null ? [] : ([['Held back until', instant(heldUntil)]] as const)),
])}
${state === 'open' ? '' : html`<p>${review.sentence}</p>`}
${(explanation.returned ?? []).map(
  ({ field, before, after, decidedBy, decidedAt, caseId }) =>
    html`<p>It came back: ${field} was ${shownValue(before)} and is ${shownValue(after)}. ${decidedBy} said ${caseId === null ? '' : html`in <a href="/reviews/${caseId}">case ${caseId}</a> `}at ${instant(decidedAt)} that they are different.</p>`,
)}`;
}

function navigation(filter: ReviewFilter, { previous, next }: { previous: number | null; next: number | null }): Html {
  const query = filterQuery(filter);
  const to = (id: number | null, label: string, keys: string, rel: string): Html =>
    id === null
      ? html`<span class="muted">No ${rel === 'prev' ? 'previous' : 'next'} case</span>`
      : html`<a class="button" rel="${rel}" data-key="${keys}" href="${withQuery(`/reviews/${id}`, query)}">${label}</a>`;
  return html`<nav class="actions" aria-label="Queue"><a href="${withQuery('/reviews', query)}">Back to the queue</a> ${to(previous, '← Previous', 'p k', 'prev')} ${to(next, 'Next →', 'n j', 'next')}</nav>`;
}

function troubles({ members }: ReviewDetail): MaybeHtml {
  const told = members.flatMap(({ trouble }, index) =>
    trouble ? [html`<li>${letterOf(index)}: ${trouble.sentence}.</li>`] : [],
  );
  if (told.length === 0) return '';
  return notice(
    'warn',
    html`<p>It is not what it was when the case was opened, and can be neither approved nor rejected until the next run that looks for duplicates brings it up to date or closes it.</p><ul>${told}</ul>`,
  );
}

function verdictForm(
  c: Context,
  review: ReviewDetail,
  { filter, draft }: { filter: ReviewFilter; draft: Draft },
  { foreseen, fault }: Foresight,
): Html {
  const open = isUndecided(review.state);
  const name = c.get('visitor').name;
  const mine = review.assignedTo === name;
  const stuck = review.members.some(({ trouble }) => trouble !== null);
  return html`<form method="post" action="${withQuery(`/reviews/${review.id}`, filterQuery(filter))}" class="verdict" data-verdict>
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<input type="hidden" name="version" value="${review.version}">
${open && foreseen ? html`<button class="first" name="do" value="preview" data-preview>Show what it would become</button>` : html`<button class="first" name="do" value="comment">Leave the note as a remark</button>`}
<div data-fault>${fault === null ? '' : notice('warn', html`<p>It cannot be made one like this: ${sentence(fault)}</p>`)}</div>
${sideBySide({ review, draft, foreseen, choosing: open })}
${areaField({ label: 'Note', name: 'note', value: draft.note, rows: 2, maxLength: MAX_NOTE_CHARS, hint: 'Kept with the verdict, for whoever looks later. Say nothing here that is nobody’s business.' })}
${
  open
    ? html`<div class="actions" role="group" aria-label="Verdict">
${
  stuck
    ? ''
    : html`<button class="primary" name="do" value="approve" data-key="a">Approve: one business</button>
<button name="do" value="reject" data-key="r">Reject: different</button>`
}
<button name="do" value="flag" data-key="f">Flag for later</button>
<button name="do" value="${mine ? 'release' : 'take'}">${mine ? 'Give it back' : 'Assign to me'}</button>
<button name="do" value="comment">Leave the note as a remark</button>
</div>
<details class="hold"><summary>Hold it back until a day</summary>
<div class="field"><label for="f-until">Nobody is reminded of it before</label><input id="f-until" name="until" type="date" value="${draft.until}"></div>
<button name="do" value="hold">Hold it back</button>${review.heldUntil === null ? '' : html` <button name="do" value="unhold">Let it go on</button>`}
</details>
<p class="muted">Approving archives the others into the one that stays, at once, and can be undone. Rejecting keeps them apart until one of them says something else.</p>`
    : html`<div class="actions" role="group" aria-label="What can be done">
<button name="do" value="comment">Leave the note as a remark</button>
${review.state === 'approved' || review.state === 'rejected' ? html`<button class="danger" name="do" value="undo" data-key="u">Undo the verdict</button>` : ''}
</div>`
}
${review.state === 'flagged' ? html`<div class="actions"><button name="do" value="undo" data-key="u">Take the flag back</button></div>` : ''}
<p class="keys-hint muted" data-keys-hint hidden>Keys: <kbd>a</kbd> approve, <kbd>r</kbd> reject, <kbd>f</kbd> flag, <kbd>u</kbd> undo, <kbd>n</kbd> next, <kbd>p</kbd> previous, <kbd>?</kbd> all of them.</p>
</form>`;
}

function whyCard({ id, explanation: { pairs }, members }: ReviewDetail): Html {
  const letters = new Map(members.map(({ ref }, index) => [ref, letterOf(index)]));
  const named = pairs.slice(0, MOST_PAIRS);
  const left = (members.length * (members.length - 1)) / 2 - named.length;
  const body = html`${
    named.length === 0
      ? html`<p class="muted">Why they look alike is not on record.</p>`
      : named.map(({ a, b, score }, index) => {
          const title = `${letters.get(a) ?? a} and ${letters.get(b) ?? b}: ${score.confidence.toFixed(1)} %`;
          const drawing = html`${waterfallChart(score, { id: `pair-${id}-${index}`, title })}
<h3>What would change this</h3>
${definitions(score.wouldChange.map(({ what, to }) => [CROSSINGS[to], sentence(what)]))}`;
          return index === 0
            ? html`<h3>${title}</h3>${drawing}`
            : html`<details><summary>${title}</summary>${drawing}</details>`;
        })
  }${left > 0 ? html`<p class="muted">${left} more pairs of them are not drawn: the program <code>license-sync duplicates explain</code> tells any two.</p>` : ''}`;
  return card({ title: 'Why they look alike', id: 'why', body });
}

/** Which threshold a change crosses. */
const CROSSINGS: Readonly<Record<'auto' | 'review' | 'below', string>> = {
  auto: 'Up: made one without asking',
  review: 'To where a person decides',
  below: 'Down: too little to ask anybody',
};

function rankingCard({ suggestedMaster, members }: ReviewDetail): Html {
  const letter = (id: string) => letterOf(members.findIndex(({ license }) => license?.id === id));
  return card({
    title: 'Who would stay',
    id: 'ranking',
    body: table({
      caption: 'Best first; status weighs 85 %, the others 5 % each',
      columns: ['License', 'Score', 'Status', 'Freshness', 'Completeness', 'Activity'].map((head, index) => ({
        head,
        numeric: index > 0,
      })),
      rows: (suggestedMaster?.ranking ?? []).map((each) => [
        html`<span>${letter(each.licenseId)}${each.licenseId === suggestedMaster?.masterId ? html` ${badge('suggested', 'info')}` : ''}</span>`,
        ...[each.score, each.status, each.freshness, each.completeness, each.activity].map((n) => html`${n}`),
      ]),
      empty: 'Fewer than two licenses are left, so there is nothing to rank.',
    }),
  });
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
