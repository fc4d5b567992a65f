/** What happened to a case, and to the licenses in it. */
import type { HistoryEntry } from '../../../operations/lineage.ts';
import type { ReviewDetail, ReviewEvent } from '../../../operations/review-view.ts';
import { card, change, instant, plural, table } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';

const EVENTS: Readonly<Record<ReviewEvent['what'], string>> = {
  approve: 'Approved',
  reject: 'Rejected',
  flag: 'Flagged for later',
  assign: 'Assigned',
  hold: 'Held back',
  comment: 'Remark',
  undo: 'Verdict undone',
  supersede: 'Superseded',
  remind: 'Reminded',
  escalate: 'Escalated',
  merged: 'Made one',
  merge_undone: 'Parted again',
};

export function caseHistory({ history }: ReviewDetail): Html {
  return card({
    title: 'History of the case',
    id: 'history',
    body: table({
      caption: 'Oldest first',
      columns: [{ head: 'When' }, { head: 'What' }, { head: 'Who' }, { head: 'Note', wide: true }],
      rows: history.map((event) => [
        instant(event.at),
        html`${EVENTS[event.what] ?? event.what}${toWhat(event)}`,
        html`${event.by}`,
        event.note === null ? null : html`${event.note}`,
      ]),
      empty: 'Nobody has done anything to it yet.',
    }),
  });
}

/** Whose it became, until when it waits, or which license went into which. */
function toWhat({ what, duplicateId, masterId, details }: ReviewEvent): Html | string {
  if (duplicateId !== null) {
    return html`: <a href="/licenses/${duplicateId}">one license</a> into <a href="/licenses/${masterId ?? ''}">the other</a>`;
  }
  if (what === 'assign' && details && 'to' in details) return ` to ${String(details.to ?? 'nobody')}`;
  const until = details?.until;
  if (typeof until === 'string') return html` until ${instant(until)}`;
  return what === 'hold' ? ' no longer' : '';
}

export interface LicenseHistory {
  letter: string;
  id: string;
  key: string;
  entries: readonly HistoryEntry[];
  more: boolean;
}

/** The last changes of each license. */
export function licenseHistories(histories: readonly LicenseHistory[]): Html {
  return html`${histories.map(
    ({
      letter,
      id,
      key,
      entries,
      more,
    }) => html`<details class="past"><summary>History of license ${letter}, ${key}: ${more ? 'the last ' : ''}${plural(entries.length, 'change')}</summary>
${table({
  caption: `Changes of ${key}, newest first`,
  columns: [{ head: 'When' }, { head: 'What' }, { head: 'Changes', wide: true }],
  rows: entries.map(({ at, kind, sentence, changes }) => [
    instant(at),
    html`${sentence}`,
    kind === 'created'
      ? html`${plural(changes.length, 'field')} filled`
      : html`<ul class="plain">${changes.map(({ field, before, after }) => html`<li>${field}: ${change(before, after)}</li>`)}</ul>`,
  ]),
  empty: 'No change of it is on record.',
})}
<p><a href="/licenses/${id}">Open license ${key}</a></p></details>`,
  )}`;
}
