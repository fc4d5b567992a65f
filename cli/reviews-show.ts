/** One duplicate case on a terminal: side by side, the reasons drawn, who would stay, what happened so far. */
import type { ReviewDetail, ReviewEvent, ReviewMember } from '../operations/review-view.ts';
import type { Terminal } from './terminal.ts';
import { counted, table } from './text.ts';
import { brief, minute, shown } from './values.ts';
import { waterfall } from './waterfall.ts';

const WIDTH = 100;
const FIELDS = ['dba', 'email', 'phone', 'address', 'city', 'zip'] as const;
const CELL = 34;

/** For a case that stays closed although nothing of it is in force. */
export const TO_JOIN_AFTER_ALL =
  'The case stays closed and no run repeats it; to make the licenses one after all, use POST /api/v1/licenses/duplicates/consolidate';

const WHY: Record<ReviewDetail['reason'], string> = {
  review_band:
    'A person is asked because the likeness lies between the thresholds: too much to leave them alone, too little to make them one without asking.',
  not_all_alike:
    'A person is asked, however much alike some of them are, because not all of them resemble each other, with all that is known of them (or a person said of two of them that they are different).',
  returned:
    'A person is asked because somebody said before that they are different, and one of them says something else since.',
};

export function showReview(terminal: Terminal, review: ReviewDetail): void {
  const { members, explanation, suggestedMaster, history } = review;
  terminal.line(
    `Case ${review.id}, version ${review.version}: ${review.state}, ${review.kind}, ${review.confidence.toFixed(1)} % alike`,
  );
  terminal.line(review.sentence);
  if (review.state === 'undone') terminal.line(`${TO_JOIN_AFTER_ALL}.`);
  if (review.state === 'open' || review.state === 'flagged') terminal.line(WHY[review.reason]);
  for (const { ref, field, before, after, decidedBy, decidedAt, caseId } of explanation.returned ?? []) {
    const where = caseId === null ? '' : ` in case ${caseId}`;
    terminal.line(`It came back: ${field} of ${ref} was ${shown(before)} and is ${shown(after)}.`);
    terminal.line(`  ${decidedBy} said at ${decidedAt}${where} that they are different.`);
  }
  terminal.line();
  for (const line of table(sideBySide(review))) terminal.line(line);
  for (const { trouble } of members) if (trouble) terminal.line(`! ${trouble.sentence}`);
  const unexplained = (members.length * (members.length - 1)) / 2 - explanation.pairs.length;
  for (const { a, b, score } of explanation.pairs) {
    terminal.line();
    terminal.line(`${a} and ${b}`);
    for (const line of waterfall(score, WIDTH)) terminal.line(line);
  }
  if (unexplained > 0) {
    terminal.line();
    terminal.line(`${counted(unexplained, 'more pair')} of them: npx license-sync duplicates explain <A> <B>`);
  }
  if (suggestedMaster) {
    terminal.line();
    terminal.line('Who would stay:');
    const head = ['  LICENSE', 'SCORE', 'STATUS', 'FRESHNESS', 'COMPLETENESS', 'ACTIVITY'];
    const rows = suggestedMaster.ranking.map((each) => [
      `${each.licenseId === suggestedMaster.masterId ? '*' : ' '} ${each.licenseId}`,
      ...[each.score, each.status, each.freshness, each.completeness, each.activity].map(String),
    ]);
    for (const line of table([head, ...rows])) terminal.line(line);
  }
  if (history.length > 0) {
    terminal.line();
    for (const event of history) {
      const { at, what, by, note } = event;
      terminal.line(`${minute(at)}  ${what}${toWhat(event)} by ${by}${note === null ? '' : `: ${note}`}`);
    }
  }
}

/** Whose it became, until when it waits, or which license went into which. */
function toWhat({ what, duplicateId, masterId, details }: ReviewEvent): string {
  if (duplicateId !== null) return ` ${duplicateId} into ${masterId ?? '?'}`;
  if (what === 'assign' && details && 'to' in details) return ` to ${shown(details.to ?? 'nobody')}`;
  const until = details?.until;
  if (typeof until === 'string') return ` until ${minute(until)} UTC`;
  return what === 'hold' ? ' ended' : '';
}

function sideBySide({ members, differences }: ReviewDetail): string[][] {
  const row = (name: string, of: (member: ReviewMember) => unknown) => [
    name,
    ...members.map((member) => brief(of(member), CELL)),
  ];
  const seen = new Set<string>(FIELDS);
  const said = differences.filter(({ field }) => !seen.has(field) && field !== 'external_email');
  return [
    row('', ({ ref }) => ref),
    row('license', ({ license, licenseId }) => license?.key ?? licenseId),
    row('license id', ({ license, licenseId }) => license?.id ?? licenseId),
    ...FIELDS.map((field) => row(field, ({ business }) => business[field])),
    ...said.map(({ field, values }) => row(field, ({ license }) => (license ? values[license.id] : null))),
  ];
}
