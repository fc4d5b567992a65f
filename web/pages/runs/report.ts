/** What a run that has ended says of itself. */
import type { DuplicateReport, RiskLevel } from '../../../domain/duplicate-report.ts';
import { PUSH_STATES, pushTotal } from '../../../domain/push-report.ts';
import type { OperationView } from '../../../operations/view.ts';
import { booksBar, type Part } from '../../charts/books-bar.ts';
import {
  type BadgeTone,
  badge,
  card,
  count,
  definitions,
  duration,
  plural,
  runBadge,
  table,
} from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { isLive, PHASE_NAMES, PHASE_TEXTS, sentenceOf } from './words.ts';

export function runReport(operation: OperationView): Html {
  if (isLive(operation) || operation.status === 'skipped') return html``;
  return html`${booksCard(operation)}
<div class="columns">
${mirrorCard(operation)}
${findingsCard(operation)}
</div>
${errorsCard(operation)}
${operation.duplicates ? duplicatesCard(operation.duplicates) : ''}
${pushesCard(operation)}`;
}

const FAILED = { title: 'Why it failed', tone: 'bad' } as const;
const ENDS: Readonly<Partial<Record<OperationView['status'], { title: string; tone: 'bad' | 'warn' }>>> = {
  incomplete: { title: 'Why it is incomplete', tone: 'warn' },
  cancelled: { title: 'It was cancelled', tone: 'warn' },
};

/** Why it ended short of its goal, and what to do. */
export function reasonCard(operation: OperationView, actions: Html): Html {
  const { status, phase, reason, errorType, books } = operation;
  const look = ENDS[status] ?? FAILED;
  const left =
    books && books.pending > 0
      ? `${plural(books.pending, 'record')} of ${count(books.fetched)} read were not written.`
      : '';
  return card({
    title: look.title,
    id: 'reason',
    tone: look.tone,
    actions: runBadge(status),
    body: html`<p>It stopped in the phase ${PHASE_NAMES[phase]}, which ${PHASE_TEXTS[phase]}${reason === null ? '.' : ':'}</p>
${reason === null ? '' : html`<p><strong>${sentenceOf(reason)}</strong></p>`}
<p>What was written by then stays. ${left}</p>
<p>${nextStep(status, errorType)}</p>
${actions}`,
  });
}

function nextStep(status: OperationView['status'], errorType: string | null): string {
  if (status === 'cancelled') return 'Resume it to go on where it stopped, or leave the rest to the next run.';
  if (status === 'incomplete') return 'Resume it to try again under the same number, or start a new run.';
  switch (errorType) {
    case 'auth':
      return 'The License API refuses the key: set EXTERNAL_LICENSE_API_KEY for the workers, start them again, then resume this run.';
    case 'network':
    case 'rate_limit':
      return 'See that the License API is up and can be reached from the workers, then resume this run.';
    default:
      return 'Mend the cause, then resume this run: it goes on where it stopped.';
  }
}

const PARTS: readonly (Omit<Part, 'value'> & { key: keyof NonNullable<OperationView['books']> & string })[] = [
  { key: 'created', name: 'created', fill: 'good' },
  { key: 'updated', name: 'updated', fill: 'info' },
  { key: 'unchanged', name: 'unchanged', fill: 'muted' },
  { key: 'linked', name: 'linked', fill: 'info' },
  { key: 'repeated', name: 'repeated', fill: 'muted' },
  { key: 'quarantined', name: 'quarantined', fill: 'warn' },
  { key: 'pending', name: 'not reached', fill: 'bad' },
];

function booksCard({ books, operationId, operationType }: OperationView): Html | string {
  if (books === null) return '';
  const parts = PARTS.map(({ key, ...part }) => ({ ...part, key, value: Number(books[key]) }));
  const sum = parts.reduce((total, { value }) => total + value, 0);
  const link = (key: string, value: number): string | null => {
    if (value === 0) return null;
    if (key === 'quarantined') return `/quarantine?operation=${operationId}`;
    return operationType === 'external_sync_dry_run' && key !== 'repeated' ? `/plans/${operationId}` : null;
  };
  return card({
    title:
      operationType === 'external_sync_dry_run'
        ? 'The books: what would become of each record'
        : 'The books: what became of each record',
    id: 'books',
    actions: books.balanced ? badge('✓ adds up', 'good') : badge('✕ does not add up', 'bad'),
    body:
      books.fetched === 0 && sum === 0
        ? html`<p>Nothing was read, so there is nothing to account for.</p>`
        : html`${booksBar(parts)}
<p class="equation"><span class="term"><strong>${count(books.fetched)}</strong> fetched</span> ${
            books.balanced ? html`<span>=</span>` : html`<span>≠</span>`
          } ${parts.map(({ key, name, value, fill }, index) => {
            const path = link(key, value);
            const text = html`<strong>${count(value)}</strong> ${name}`;
            return html`${index === 0 ? '' : html`<span>+</span> `}<span class="term"><svg class="swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect width="12" height="12" class="fill-${fill}"></rect></svg> ${path === null ? text : html`<a href="${path}">${text}</a>`}</span> `;
          })}</p>
${
  books.balanced
    ? html`<p class="muted">Every position of the feed counts once, and all are accounted for.</p>`
    : html`<p class="fault">${count(sum)} are accounted for of ${count(books.fetched)}: the counts of this run are wrong. Do not trust it; start a new one, and tell whoever runs this installation.</p>`
}`,
  });
}

const PROOFS: Readonly<Record<NonNullable<OperationView['proof']>, [string, BadgeTone]>> = {
  proven: ['proven', 'good'],
  proven_by_two_passes: ['proven by two readings', 'good'],
  unproven: ['not proven', 'warn'],
};

function mirrorCard({ mirror, proof, missing, vanished, totalExpected, options, pass }: OperationView): Html {
  const [word, tone] = proof === null ? ['no proof', 'muted' as const] : PROOFS[proof];
  return card({
    title: 'What was read',
    actions: badge(word, tone),
    body: html`<p>${proofText(proof, options.partial)}</p>
${definitions([
  ['API said', totalExpected === null ? '–' : plural(totalExpected, 'record')],
  ['Readings', count(pass)],
  ['New in the mirror', mirror ? count(mirror.created) : '–'],
  ['Changed in the mirror', mirror ? count(mirror.updated) : '–'],
  ['Live in the mirror', mirror ? count(mirror.live) : '–'],
  ['Known, not in the feed', missing === null ? '–' : count(missing)],
  ['Marked as vanished', count(vanished)],
])}`,
  });
}

function proofText(proof: OperationView['proof'], partial: boolean): string {
  if (proof === 'proven') return 'The whole feed was read: the counts agree with what the API said.';
  if (proof === 'proven_by_two_passes') return 'The whole feed was read: two readings agree.';
  if (partial) return 'Only a part was asked for, so nothing is said of what it did not read.';
  if (proof === null) return 'It did not come to prove that the whole feed was read.';
  return 'The readings of the feed did not agree, so nothing was treated as removed.';
}

function findingsCard({
  conflicts,
  ambiguous,
  drifted,
  unknownKeys,
  approvals,
  operationId,
  planId,
  operationType,
}: OperationView): Html {
  return card({
    title: 'What it met',
    body: definitions([
      [
        'Clashes of values',
        conflicts === 0 ? '0' : html`<a href="/conflicts?operation=${operationId}">${count(conflicts)}</a>`,
      ],
      ['Ambiguous matches', count(ambiguous)],
      ['Skipped, edited since', count(drifted)],
      [
        'Approved',
        approvals === null
          ? 'nothing was asked'
          : approvals.needs.map(({ kind, due, approved }) => `${kind}: ${count(approved)} of ${count(due)}`).join(', '),
      ],
      ['Fields not known to us', unknownKeys.length === 0 ? 'none' : unknownKeys.join(', ')],
      [
        operationType === 'plan_apply' ? 'Carried out' : 'Plan',
        planId === null ? 'none kept' : html`<a href="/plans/${planId}">Open the plan</a>`,
      ],
    ]),
  });
}

function errorsCard({ errors, operationId }: OperationView): Html | string {
  if (errors.length === 0) return '';
  return card({
    title: 'Errors, by class',
    tone: 'warn',
    actions: html`<a href="/quarantine?operation=${operationId}">See them in quarantine</a>`,
    body: table({
      caption: 'What could not be read or written',
      columns: [
        { head: 'Class' },
        { head: 'Code' },
        { head: 'Records', numeric: true },
        { head: 'For example', wide: true },
      ],
      rows: errors.map(({ type, code, positions, example }) => [
        html`${type}`,
        html`<code>${code}</code>`,
        html`<a href="/quarantine?operation=${operationId}">${count(positions)}</a>`,
        example,
      ]),
      empty: '',
    }),
  });
}

const RISKS: Readonly<Record<RiskLevel, BadgeTone>> = { none: 'good', low: 'good', medium: 'warn', high: 'bad' };

function duplicatesCard(report: DuplicateReport): Html {
  const { risk, recommendations, kinds } = report;
  return card({
    title: 'Duplicates',
    actions: badge(`risk: ${risk.level}`, RISKS[risk.level]),
    body: html`${definitions([
      ['Looked at', `${plural(report.subjects, 'record')}, ${plural(report.scored, 'pair')}`],
      ['Surely one', count(report.auto)],
      ['For people', count(report.review)],
      ['Noted', count(report.observed)],
      ['Joined or made one', count(report.linked + report.consolidated)],
      ['Could not be made one', count(report.refused)],
      ['Cases opened', report.casesOpened === 0 ? '0' : html`<a href="/reviews">${count(report.casesOpened)}</a>`],
      [
        'By kind',
        `${count(kinds.external)} outside, ${count(kinds.internal)} inside, ${count(kinds.crossSystem)} across`,
      ],
      ['Took', `${duration(report.detectionMs)} to look, ${duration(report.consolidationMs)} to settle`],
    ])}
${risk.reasons.length === 0 ? '' : html`<p>Risk ${risk.level}: ${risk.reasons.join('; ')}.</p>`}
${recommendations.length === 0 ? '' : html`<ul>${recommendations.map((one) => html`<li>${sentenceOf(one)}</li>`)}</ul>`}`,
  });
}

const PUSH_TONES: Readonly<Record<(typeof PUSH_STATES)[number], BadgeTone>> = {
  planned: 'muted',
  pushed: 'good',
  agreed: 'good',
  conflict: 'warn',
  unaddressable: 'warn',
  gone: 'warn',
  rejected: 'bad',
  unconfirmed: 'bad',
  skipped: 'muted',
};

function pushesCard({ pushes, operationId }: OperationView): Html | string {
  if (pushes === null) return '';
  return card({
    title: 'Sent to the License API',
    id: 'pushes',
    actions: html`<a href="/runs/${operationId}/pushes">Record by record</a>`,
    body:
      pushTotal(pushes) === 0
        ? html`<p>Nothing had to be sent.</p>`
        : html`<p>${plural(pushes.written, 'record')} changed there.</p>
<ul class="badges">${PUSH_STATES.filter((state) => pushes[state] > 0).map(
            (state) =>
              html`<li><a href="/runs/${operationId}/pushes?state=${state}">${badge(`${count(pushes[state])} ${state}`, PUSH_TONES[state])}</a></li>`,
          )}</ul>`,
  });
}

export function pushBadge(state: (typeof PUSH_STATES)[number]): Html {
  return badge(state, PUSH_TONES[state]);
}
