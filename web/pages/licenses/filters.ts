/** The form by which licenses are searched. It is sent in a body, because what is typed does not belong into an address. */
import type { Context } from 'hono';
import { LICENSE_STATUSES } from '../../../domain/license.ts';
import { checkField, selectField, textField } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { labelOf } from './fields.ts';
import type { AskedList, SORTS, TYPED } from './search.ts';

const SORT_LABELS: Readonly<Record<(typeof SORTS)[number], string>> = {
  createdAt: 'Made',
  updatedAt: 'Changed',
  dba: 'Business name',
  expiresAt: 'Expiry',
  key: 'Key',
};

/** Shown beside the search itself only when asked for. */
const EXACT: readonly { name: (typeof TYPED)[number]; label: string }[] = [
  { name: 'dba', label: 'Words of the business name' },
  { name: 'email', label: 'E-mail' },
  ...(['key', 'appid', 'countid', 'mid', 'zip', 'product', 'plan', 'term', 'license_type'] as const).map((name) => ({
    name,
    label: labelOf(name),
  })),
];

const YES_NO = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

export function searchForm(c: Context, { typed, choices, faults, active }: AskedList & { active: boolean }): Html {
  const statuses = new Set((choices.status ?? '').split(','));
  const isDetailed =
    EXACT.some(({ name }) => typed[name] !== undefined) ||
    ['hasExternalData', 'external_sync_status', 'origin', 'archived', 'syncedFrom', 'syncedTo', 'updatedSince'].some(
      (name) => choices[name] !== undefined,
    ) ||
    Object.keys(faults).some((name) => name !== 'search');
  return html`<form method="post" action="/licenses" class="card license-search" role="search" aria-label="Licenses">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<div class="search-line">
${textField({ label: 'Search', name: 'search', type: 'search', value: typed.search, error: faults.search, maxLength: 200, hint: 'Words of a name; or an app id, key, e-mail, count id, merchant id or zip in full.' })}
<div class="filter-buttons"><button class="primary">Search</button>${active ? html` <a class="button" href="/licenses">Clear</a>` : ''}</div>
</div>
<fieldset class="choices"><legend>Status</legend>
${LICENSE_STATUSES.map((status) => html`<label><input type="checkbox" name="status" value="${status}" ${statuses.has(status) ? html`checked` : ''}>${status}</label>`)}
</fieldset>
<details ${isDetailed ? html`open` : ''}><summary>More filters and order</summary>
<div class="search-grid">
${EXACT.map(({ name, label }) => textField({ label, name, value: typed[name], error: faults[name], maxLength: 254 }))}
${selectField({ label: 'Has external data', name: 'hasExternalData', value: choices.hasExternalData, options: YES_NO, none: 'Either' })}
${selectField({
  label: 'Its record',
  name: 'external_sync_status',
  value: choices.external_sync_status,
  options: [
    { value: 'synced', label: 'is in the feed' },
    { value: 'vanished', label: 'has vanished' },
  ],
  none: 'Any',
})}
${selectField({
  label: 'Came from',
  name: 'origin',
  value: choices.origin,
  options: [
    { value: 'external', label: 'the License API' },
    { value: 'internal', label: 'a person' },
    { value: 'import', label: 'a file' },
  ],
  none: 'Anywhere',
})}
${textField({ label: 'Synced from', name: 'syncedFrom', type: 'date', value: choices.syncedFrom, error: faults.syncedFrom })}
${textField({ label: 'Synced to', name: 'syncedTo', type: 'date', value: choices.syncedTo, error: faults.syncedTo })}
${textField({ label: 'Changed since', name: 'updatedSince', type: 'date', value: choices.updatedSince, error: faults.updatedSince })}
${selectField({ label: 'Order by', name: 'sortBy', value: choices.sortBy, options: Object.entries(SORT_LABELS).map(([value, label]) => ({ value, label })), none: 'Made, newest first' })}
${selectField({
  label: 'Direction',
  name: 'sortOrder',
  value: choices.sortOrder,
  options: [
    { value: 'asc', label: 'Rising' },
    { value: 'desc', label: 'Falling' },
  ],
  none: 'As usual',
})}
${checkField({ label: 'Also those consolidated into another', name: 'archived', value: 'true', checked: choices.archived === 'true' })}
</div></details>
</form>`;
}
