/** Licenses: finding them. */
import { type Context, Hono } from 'hono';
import { allows } from '../../../domain/roles.ts';
import { ApiProblem } from '../../../http/problem.ts';
import type { LicenseList } from '../../../operations/licenses.ts';
import { acts, sees } from '../../access.ts';
import { count, notice, pager, percentOf, table, when } from '../../components/index.ts';
import { type Html, html, type MaybeHtml } from '../../html.ts';
import { withQuery } from '../../paths.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { licenseCheckPages } from './check.ts';
import { licenseDetailPages } from './detail.ts';
import { licenseEditPages } from './edit.ts';
import { licensePath, statusBadge, syncBadge } from './fields.ts';
import { searchForm } from './filters.ts';
import { licenseMergePages } from './merges.ts';
import { licenseNewPages } from './new.ts';
import {
  type AskedList,
  addressFaults,
  type ListAddress,
  listQuery,
  readListAddress,
  readSearchForm,
  type Typed,
} from './search.ts';

const PATH = '/licenses';

export function licensePages(site: Site): Hono {
  const { operations } = site;

  /** What was typed before, by the number in the address. */
  async function typedOf(search: number | undefined): Promise<Typed> {
    if (search === undefined) return {};
    const typed = await operations.searches.find(search);
    if (typed !== null) return typed;
    throw new ApiProblem(
      'not-found',
      `Search ${search} is not kept any more: the newest 200 of each person are. Type it again under Licenses.`,
    );
  }

  const pages = new Hono()
    .get(PATH, sees(site), async (c) => {
      const address = readListAddress(c);
      const typed = await typedOf(address.search);
      const faults = addressFaults(typed, address);
      if (faults.length > 0) throw new ApiProblem('invalid-request', faults.join('; '));
      const list = await operations.licenses.list(listQuery(typed, address));
      return await showPage(c, { title: 'Licenses', area: 'licenses', main: listPage(c, list, typed, address) });
    })
    .post(PATH, acts(site, 'viewer'), async (c) => {
      const asked = readSearchForm(c.get('form'));
      if (Object.keys(asked.faults).length > 0) return await searchAgain(c, asked);
      const { typed, choices } = asked;
      const search =
        Object.keys(typed).length === 0 ? undefined : await operations.searches.keep(typed, c.get('visitor').name);
      return await seeOther(c, withQuery(PATH, { ...choices, search }));
    });

  pages.route('/', licenseNewPages(site));
  pages.route('/', licenseCheckPages(site));
  pages.route('/', licenseMergePages(site));
  pages.route('/', licenseEditPages(site));
  pages.route('/', licenseDetailPages(site));
  return pages;
}

async function searchAgain(c: Context, asked: AskedList): Promise<Response> {
  const main = html`${notice('warn', 'Nothing was searched for yet: see what is wrong beside the fields.')}
${searchForm(c, { ...asked, active: true })}`;
  return await showPage(c, { title: 'Licenses', area: 'licenses', main, status: 400 });
}

function listPage(c: Context, list: LicenseList, typed: Typed, address: ListAddress): Html {
  const { cursor, ...filters } = address;
  const { sortBy: _, sortOrder: __, ...narrowing } = filters;
  const active = Object.keys(narrowing).length > 0;
  const first = cursor === undefined;
  return html`
<p>Every business with what it has bought, from inside and from the License API. Open one to see where each value comes from, to edit it, or to look for duplicates.</p>
${searchForm(c, { typed, choices: addressChoices(filters), faults: {}, active })}
${statistics(list, address)}
<div class="actions">
<a class="button" href="/licenses/check">Is a business known already?</a>
${allows(c.get('visitor').role, 'reviewer') ? html`<a class="button" href="/licenses/new">New license</a>` : ''}
</div>
${table({
  caption: `${count(list.total)} ${list.total === 1 ? 'license' : 'licenses'}${active ? ' match' : ''}, ${ORDERS[address.sortBy ?? 'createdAt']}`,
  columns: [
    { head: 'Business', wide: true },
    { head: 'Status' },
    { head: 'Product and plan' },
    { head: 'Expires' },
    { head: 'Record' },
    { head: 'Changed' },
  ],
  rows: list.licenses.map(rowOf),
  empty: emptyText(list, active, first),
})}
${pager({ path: PATH, query: filters, next: list.next?.id ?? null, shown: list.licenses.length, first, what: 'licenses' })}`;
}

const ORDERS: Readonly<Record<NonNullable<ListAddress['sortBy']>, string>> = {
  createdAt: 'by when they were made',
  updatedAt: 'by when they were changed',
  dba: 'by name',
  expiresAt: 'by expiry',
  key: 'by key',
};

function rowOf(license: LicenseList['licenses'][number]): MaybeHtml[] {
  const { id, key, dba, city, status, product, plan, expiresAt, archived_into: into } = license;
  return [
    html`<div><a href="${licensePath(id)}"><strong>${dba ?? '(no name)'}</strong></a><br><span class="muted">${key}${city === null ? '' : ` · ${city}`}</span></div>`,
    into === null ? statusBadge(status) : html`<a href="${licensePath(into)}">consolidated</a>`,
    html`<span>${[product, plan].filter((one) => one !== null).join(' · ') || '–'}</span>`,
    html`<span>${expiresAt?.slice(0, 10) ?? '–'}</span>`,
    syncBadge(license.external_sync_status),
    when(license.updatedAt),
  ];
}

function emptyText(list: LicenseList, active: boolean, first: boolean): Html {
  if (!first) return html`The list ends here. <a href="${PATH}">Back to the first page</a>.`;
  if (active) {
    return html`<p>No license matches all of this.</p><p>A name is found by any of its words; an app id, key, e-mail, count id, merchant id or zip only in full. Take a filter away, or <a href="${PATH}">see all ${count(list.stats.total)}</a>. For a phone number or a name that may be misspelled, <a href="/licenses/check">ask whether the business is known</a>.</p>`;
  }
  return html`<p>There is no license yet.</p><p>A <a href="/runs">run</a> makes one of each record of the License API; files are imported with <code>license-sync import</code>.</p>`;
}

function statistics({ stats, dataQuality }: LicenseList, { status }: ListAddress): Html {
  const { total, ...byStatus } = stats;
  return html`<ul class="stats license-stats">
<li><a href="${PATH}"><strong>${count(total)}</strong> licenses</a></li>
${Object.entries(byStatus).map(
  ([name, n]) =>
    html`<li><a href="${withQuery(PATH, { status: name })}" ${status === name ? html`aria-current="true"` : ''}><strong>${count(n)}</strong> ${name}</a></li>`,
)}
<li><span><strong>${percentOf(dataQuality.completenessScore / 100)}</strong> of contact data filled in</span></li>
<li><a href="${withQuery(PATH, { hasExternalData: 'true' })}"><strong>${percentOf(dataQuality.externalDataCoverage / 100)}</strong> fed by a record</a></li>
</ul>`;
}

function addressChoices({ search: _, ...filters }: Omit<ListAddress, 'cursor'>): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
