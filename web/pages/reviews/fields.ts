/** The licenses of a case side by side, with what approving would make of them. */
import { FIELD_SOURCES } from '../../../domain/consolidated-fields.ts';
import { EDITABLE_FIELDS } from '../../../domain/license-edit.ts';
import { licenseIdOfRef } from '../../../domain/matching-subject.ts';
import type { LicenseView } from '../../../operations/license-view.ts';
import type { Foreseen } from '../../../operations/review-foresight.ts';
import type { ReviewDetail, ReviewMember } from '../../../operations/review-view.ts';
import { badge, shownValue } from '../../components/index.ts';
import { type Html, html, type MaybeHtml } from '../../html.ts';

/** What a reviewer has entered and not sent off for good. */
export interface Draft {
  /** Null: the one that ranks best. */
  masterId: string | null;
  /** Field → license, by the API's names. */
  fields: Readonly<Record<string, string>>;
  note: string;
  /** As a browser's date field has it. */
  until: string;
}

export const NO_DRAFT: Draft = { masterId: null, fields: {}, note: '', until: '' };

interface Row {
  name: string;
  label: string;
  /** Whether one license can give it another. */
  choosable: boolean;
  differs: boolean;
  empty: boolean;
}

/** What is looked at first. */
const FIRST: readonly string[] = ['dba', 'address', 'city', 'zip', 'phone', 'external_email'];
/** Told of a license, and written by nobody. */
const TOLD: readonly string[] = ['last_active', 'external_sync_status', 'origin'];

const LABELS: Readonly<Record<string, string>> = {
  dba: 'name (dba)',
  external_email: 'e-mail',
  zip: 'ZIP',
  mid: 'MID',
};

/** Where the record, and what was scored, hold a field of the license. */
const SCORED: Readonly<Record<string, keyof ReviewMember['business']>> = {
  dba: 'dba',
  address: 'address',
  city: 'city',
  zip: 'zip',
  phone: 'phone',
  external_email: 'email',
};
const RECORDED: Readonly<Record<string, keyof NonNullable<ReviewMember['record']>>> = {
  ...SCORED,
  external_email: 'email',
  appid: 'appid',
  countid: 'countid',
  mid: 'mid',
  license_type: 'licenseType',
  coming_expired: 'comingExpired',
  smsBalance: 'smsBalance',
};

/** A, B, C, …: how members are named on the page. */
export function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `#${index + 1}`;
}

export interface Comparison {
  review: ReviewDetail;
  draft: Draft;
  /** Null when nothing would be made of it. */
  foreseen: Foreseen | null;
  /** Whether there is something to choose, for this visitor. */
  choosing: boolean;
}

/** Rows are fields, columns members; what is the same stands folded below. */
export function sideBySide(of: Comparison): Html {
  const rows = rowsOf(of.review);
  const differing = rows.filter(({ differs }) => differs);
  const same = rows.filter(({ differs, empty }) => !differs && !empty);
  const empty = rows.filter(({ differs, empty: none }) => !differs && none);
  return html`<div class="sides" tabindex="0" role="region" aria-label="Licenses side by side">
${gridOf('Where they differ', differing, of, true)}
</div>
<details class="same"><summary>${same.length} fields say the same</summary>
<div class="sides" tabindex="0" role="region" aria-label="Fields that say the same">${gridOf('Where they say the same', same, of, false)}</div>
${empty.length === 0 ? '' : html`<p class="muted">Empty in all of them: ${empty.map(({ label }) => label).join(', ')}.</p>`}
</details>`;
}

function gridOf(caption: string, rows: readonly Row[], of: Comparison, heads: boolean): Html {
  const { review, foreseen } = of;
  return html`<table class="compare">
<caption>${caption}</caption>
<thead><tr><th scope="col">Field</th>${review.members.map((_, index) => html`<th scope="col">${letterOf(index)}</th>`)}${foreseen ? html`<th scope="col">Would become</th>` : ''}</tr></thead>
<tbody>
${heads ? headRows(of) : ''}
${rows.map((row) => fieldRow(row, of))}
</tbody></table>`;
}

function headRows(of: Comparison): Html {
  const { review, foreseen } = of;
  return html`${line('License', of, (member) =>
    member.license
      ? html`<a href="/licenses/${member.license.id}">${member.license.key}</a>${member.license.archived_into === null ? '' : html` ${badge('archived', 'muted')}`}`
      : html`<span class="muted">none now</span>`,
  )}${line('Compared as', of, ({ ref, record }) =>
    record
      ? html`<span>record ${record.sourceKey}${record.vanishedAt === null ? '' : html` ${badge('vanished', 'warn')}`}</span>`
      : html`${licenseIdOfRef(ref) === null ? `record ${ref}` : 'the license itself'}`,
  )}${
    review.members.some(({ trouble }) => trouble !== null)
      ? line('Since then', of, ({ trouble }) =>
          trouble
            ? html`<span>${badge(trouble.kind, 'warn')} ${trouble.sentence}</span>`
            : html`<span class="muted">as it was</span>`,
        )
      : ''
  }${foreseen ? masterRow(of, foreseen) : ''}`;
}

function line(label: string, { review, foreseen }: Comparison, cell: (member: ReviewMember) => Html): Html {
  return html`<tr><th scope="row">${label}</th>${review.members.map((member, index) => html`<td data-head="${letterOf(index)}">${cell(member)}</td>`)}${foreseen ? html`<td class="nothing"></td>` : ''}</tr>
`;
}

function masterRow({ review, choosing }: Comparison, foreseen: Foreseen): Html {
  const suggested = review.suggestedMaster;
  const seen = new Set<string>();
  return html`<tr><th scope="row">Stays</th>${review.members.map((member, index) => {
    const id = member.license?.id;
    if (id === undefined || member.license?.archived_into !== null || seen.has(id))
      return html`<td data-head="${letterOf(index)}"></td>`;
    seen.add(id);
    const rank = suggested?.ranking.find(({ licenseId }) => licenseId === id);
    const hint = html`${suggested?.masterId === id ? html` ${badge('suggested', 'info')}` : ''}${rank ? html` <span class="muted">score ${rank.score}</span>` : ''}`;
    return html`<td data-head="${letterOf(index)}">${
      choosing
        ? html`<label class="choice"><input type="radio" name="master" value="${id}" ${id === foreseen.masterId ? html`checked` : ''}>${letterOf(index)} stays${hint}</label>`
        : html`${id === foreseen.masterId ? 'would stay' : 'would be archived'}${hint}`
    }</td>`;
  })}<td data-head="Would become" data-would="master">${masterText(review, foreseen)}</td></tr>
`;
}

function masterText({ members }: ReviewDetail, { masterId }: Foreseen): Html {
  const index = members.findIndex(({ license }) => license?.id === masterId);
  return html`${letterOf(index)}; the others are archived into it`;
}

function fieldRow(row: Row, of: Comparison): Html {
  const { review, draft, foreseen, choosing } = of;
  const seen = new Set<string>();
  return html`<tr class="${row.differs ? 'differs' : 'same'}"><th scope="row">${row.label}${row.differs ? html` <span class="mark">≠<span class="hidden"> differs</span></span>` : ''}</th>${review.members.map(
    (member, index) => {
      const id = member.license?.id;
      const offered =
        choosing &&
        foreseen &&
        row.choosable &&
        row.differs &&
        id !== undefined &&
        !seen.has(id) &&
        member.license?.archived_into === null;
      if (id !== undefined) seen.add(id);
      const said = html`<span>${saidBy(member, row.name)}${otherVoices(member, row.name)}</span>`;
      return html`<td data-head="${letterOf(index)}">${
        offered
          ? html`<label class="choice"><input type="radio" name="field.${row.name}" value="${id}" ${draft.fields[row.name] === id ? html`checked` : ''}>${said}</label>`
          : said
      }</td>`;
    },
  )}${foreseen ? html`<td data-head="Would become">${becomes(row, of, foreseen)}</td>` : ''}</tr>
`;
}

function becomes(row: Row, { review, draft, choosing }: Comparison, foreseen: Foreseen): Html {
  const taken = foreseen.taken.find(({ field }) => field === row.name);
  const from = taken?.licenseId ?? foreseen.masterId;
  const index = review.members.findIndex(({ license }) => license?.id === from);
  const view = review.members[index]?.license;
  const why = draft.fields[row.name] === from ? 'chosen' : taken === undefined ? 'kept' : 'by the rules';
  const shown = view ? shownValue(view[row.name as keyof LicenseView]) : shownValue(null);
  const value = html`<span data-would="${row.name}">${shown} ${row.differs ? html`<span class="muted">${letterOf(index)}, ${why}</span>` : ''}</span>`;
  if (!choosing || !row.choosable || !row.differs) return value;
  return html`<div>${value}<label class="choice small"><input type="radio" name="field.${row.name}" value="" ${draft.fields[row.name] === undefined ? html`checked` : ''}>as the rules say</label></div>`;
}

function saidBy(member: ReviewMember, name: string): Html {
  if (member.license) return shownValue(member.license[name as keyof LicenseView]);
  const scored = SCORED[name];
  return scored === undefined ? html`<span class="muted">–</span>` : shownValue(member.business[scored]);
}

/** What the record says, and what was scored, where it is not what the license says. */
function otherVoices({ license, business, record }: ReviewMember, name: string): MaybeHtml {
  if (license === null) return null;
  const own = String(license[name as keyof LicenseView] ?? '');
  const voices: [string, unknown][] = [];
  const [scored, recorded] = [SCORED[name], RECORDED[name]];
  if (scored !== undefined) voices.push(['compared as', business[scored]]);
  if (recorded !== undefined && record) voices.push(['the record says', record[recorded]]);
  const others = voices.filter(([, value]) => String(value ?? '') !== own);
  return others.length === 0
    ? null
    : html`${others.map(([who, value]) => html`<span class="voice">${who}: ${shownValue(value)}</span>`)}`;
}

function rowsOf({ members }: ReviewDetail): Row[] {
  const names = [...EDITABLE_FIELDS.map(({ name }) => name), ...TOLD];
  const order = [...FIRST, ...names.filter((name) => !FIRST.includes(name))];
  return order.map((name) => {
    const values = members.map((member) => valueIn(member, name));
    const field = EDITABLE_FIELDS.find((one) => one.name === name)?.field;
    return {
      name,
      label: LABELS[name] ?? name.replaceAll('_', ' '),
      choosable: field !== undefined && FIELD_SOURCES[field] !== 'identity',
      differs: new Set(values.map((value) => JSON.stringify(value ?? null))).size > 1,
      empty: values.every((value) => value === null || value === undefined || value === ''),
    };
  });
}

function valueIn({ license, business }: ReviewMember, name: string): unknown {
  if (license) return license[name as keyof LicenseView];
  const scored = SCORED[name];
  return scored === undefined ? null : business[scored];
}
