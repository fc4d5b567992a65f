/** One license: every field with where its value comes from, and all that stands beside it. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { apiName } from '../../../domain/license-edit.ts';
import { allows } from '../../../domain/roles.ts';
import type { ConflictView } from '../../../operations/conflicts.ts';
import type { MergeView } from '../../../operations/consolidation.ts';
import type { LicenseRelations } from '../../../operations/license-relations.ts';
import type { LicenseView } from '../../../operations/license-view.ts';
import type { BlameView, HistoryEntry, LicenseRef } from '../../../operations/lineage.ts';
import { sees } from '../../access.ts';
import {
  badge,
  card,
  change,
  definitions,
  instant,
  notice,
  pager,
  percentOf,
  shownValue,
  table,
  when,
} from '../../components/index.ts';
import { readQuery } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import {
  briefValue,
  FIELD_GROUPS,
  fullValue,
  labelOf,
  licenseLink,
  licensePath,
  mappedLabel,
  statusBadge,
  syncBadge,
} from './fields.ts';

const HISTORY_SHOWN = 10;
const HISTORY_PAGE = 50;
const MERGES_SHOWN = 20;
const CONFLICTS_SHOWN = 20;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function licenseDetailPages(site: Site): Hono {
  const { licenses, lineage, conflicts, consolidation } = site.operations;

  return new Hono()
    .get('/licenses/:id/history', sees(site), async (c) => {
      const { cursor } = readQuery(c, z.object({ cursor: z.coerce.number().int().min(1).optional() }));
      const id = c.req.param('id');
      const license = await licenses.get(id, { archived: true });
      const { entries, next } = await lineage.history(id, { limit: HISTORY_PAGE, cursor });
      const path = `${licensePath(id)}/history`;
      const main = html`<p>Every recorded change of ${licenseLink(license)}, newest first.</p>
${historyTable(entries)}
${pager({ path, query: {}, next, shown: entries.length, first: cursor === undefined, what: 'changes' })}`;
      return await showPage(c, { title: `History of ${nameOf(license)}`, area: 'licenses', main });
    })
    .get('/licenses/:id', sees(site), async (c) => {
      const asked = c.req.param('id');
      if (!UUID.test(asked)) return c.redirect(licensePath(await licenses.idOf(asked)), 303);
      const license = await licenses.get(asked, { archived: true });
      const [blame, history, relations, open, merges, root] = await Promise.all([
        lineage.blame(asked),
        lineage.history(asked, { limit: HISTORY_SHOWN }),
        licenses.relations(asked),
        conflicts.list({ licenseId: asked, state: 'open' }, { limit: CONFLICTS_SHOWN }),
        consolidation.list({ license: asked }, { limit: MERGES_SHOWN }),
        license.archived_into === null ? null : licenses.get(asked),
      ]);
      const main = html`
${root === null ? introduction(license) : archivedNotice(root)}
${root === null ? actionsOf(c, license) : ''}
${conflictCard(open.conflicts)}
<div class="columns license-groups">${FIELD_GROUPS.map((group) => groupCard(group, license, blame))}</div>
${recordsCard(relations)}
${duplicatesCard(license, relations, merges.merges)}
<div class="columns">${aboutCard(license)}${pushCard(history.license)}</div>
${card({
  title: 'History',
  id: 'history',
  actions: history.next === null ? null : html`<a href="${licensePath(asked)}/history">All changes</a>`,
  body: historyTable(history.entries),
})}`;
      return await showPage(c, { title: nameOf(license), area: 'licenses', main });
    });
}

function nameOf({ dba, key }: LicenseView): string {
  return dba ?? `License ${key}`;
}

function introduction({ key, status, external_sync_status: synced }: LicenseView): Html {
  const from =
    synced === null
      ? 'No record of the License API feeds it.'
      : synced === 'synced'
        ? 'A record of the License API feeds it.'
        : 'The record that fed it has vanished from the feed.';
  return html`<p>${statusBadge(status)} License <code>${key}</code>. ${from} Open a value to see who put it there.</p>`;
}

function archivedNotice(root: LicenseView): Html {
  return notice(
    'info',
    html`<p>This license was consolidated into ${licenseLink(root)} (<code>${root.key}</code>) and is kept only for its history. Edit that one; to part the two again, undo the merge under <a href="#duplicates">Duplicates</a>.</p>`,
  );
}

function actionsOf(c: Context, { id }: LicenseView): Html {
  return html`<div class="actions">
${allows(c.get('visitor').role, 'reviewer') ? html`<a class="button primary" href="${licensePath(id)}/edit">Edit</a>` : ''}
<a class="button" href="${licensePath(id)}/duplicates">Check for duplicates</a>
${allows(c.get('visitor').role, 'reviewer') ? '' : html`<span class="muted">Editing needs the role reviewer.</span>`}
</div>`;
}

function conflictCard(conflicts: readonly ConflictView[]): Html | string {
  if (conflicts.length === 0) return '';
  return card({
    title: 'Open conflicts',
    tone: 'warn',
    body: table({
      caption: 'License and record say different things here; somebody has to decide',
      columns: [{ head: 'Field' }, { head: 'License' }, { head: 'Record' }, { head: 'Taken' }, { head: 'Since' }],
      rows: conflicts.map((one) => [
        html`<a href="/conflicts/${one.id}">${mappedLabel(one.field)}</a>`,
        shownValue(one.internal),
        shownValue(one.external),
        one.resolution === 'took_external' ? 'the record’s' : 'the license’s',
        when(one.createdAt),
      ]),
      empty: '',
    }),
  });
}

function groupCard(
  { title, names }: (typeof FIELD_GROUPS)[number],
  license: LicenseView,
  blame: readonly BlameView[],
): Html {
  const rows = names.map((name) => {
    const lines = blame.find(({ field }) => apiName(field) === name);
    return html`<div class="lineage"><dt>${labelOf(name)}</dt><dd>${
      lines === undefined
        ? fullValue(license[name])
        : html`<details><summary>${briefValue(license[name])}</summary>${blameText(lines, license[name])}</details>`
    }</dd></div>`;
  });
  return card({ title, body: html`<dl class="license-fields">${rows}</dl>` });
}

function blameText({ origin, replaced, sentence }: BlameView, value: unknown): Html {
  return html`<div class="blame">
${typeof value === 'object' && value !== null ? fullValue(value) : ''}
<p>${value === null && origin?.version === 1 ? 'Empty since the license was made.' : sentence}</p>
${origin === null ? '' : html`<p class="muted">${when(origin.at)}, version ${origin.version}${origin.operationId === null ? '' : html`, in <a href="/runs/${origin.operationId}">this run</a>`}. Before: ${briefValue(replaced)}</p>`}
</div>`;
}

/** How record and license came together. */
const MATCHED: Readonly<Record<string, string>> = {
  created: 'The license was made of it',
  override: 'Linked because somebody said so',
  similarity: 'Linked because of its likeness',
  countid: 'Linked by the count id',
  appid: 'Linked by the app id',
  email: 'Linked by the e-mail',
};

/** Where a record calls a field otherwise than a license does. */
const RECORD_LABELS: Readonly<Record<string, string>> = {
  activateDate: 'Starts',
  comingExpired: 'Day of expiry',
  monthlyFee: 'Monthly fee',
  licenseType: 'License type',
  email: 'E-mail',
  lastActive: 'Last active',
  vanishedAt: 'Vanished',
  status: 'Status (1 is on)',
};

function recordsCard({ records }: LicenseRelations): Html {
  const body =
    records.length === 0
      ? html`<p class="muted">No record is linked. A sync links one by its app id, count id or likeness; <code>license-sync overrides</code> says which one always.</p>`
      : html`${records.map(
          ({ sourceKey, role, matchedBy, confidence, linkedAt, record }) => html`<article class="record">
<h3>${sourceKey} ${badge(role, role === 'primary' ? 'info' : 'muted')} ${record === null ? badge('never read', 'warn') : record.vanishedAt === null ? badge('in the feed', 'good') : html`${badge('vanished', 'warn')} <span class="muted">${when(record.vanishedAt)}</span>`}</h3>
<p class="muted">${role === 'primary' ? 'It feeds this license.' : 'It belongs to the same business, and feeds nothing.'} ${MATCHED[matchedBy] ?? `Linked by ${matchedBy.replaceAll('_', ' ')}`}, ${when(linkedAt)}${confidence === null ? '' : `, confidence ${percentOf(confidence / 100)}`}.</p>
${record === null ? '' : html`<details><summary>What it says now</summary>${definitions(Object.entries(record).flatMap(([name, value]) => (value === null || name === 'sourceKey' ? [] : [[RECORD_LABELS[name] ?? labelOf(name), briefValue(value)] as const])))}</details>`}
</article>`,
        )}`;
  return card({ title: 'Records of the License API', id: 'records', body });
}

function duplicatesCard({ id }: LicenseView, { cases }: LicenseRelations, merges: readonly MergeView[]): Html {
  return card({
    title: 'Duplicates',
    id: 'duplicates',
    body: html`
${table({
  caption: 'Merges of this license, newest first',
  columns: [{ head: 'When' }, { head: 'What', wide: true }, { head: 'State' }, { head: 'Look and undo' }],
  rows: merges.map((merge) => [
    when(merge.createdAt),
    mergeText(id, merge),
    badge(merge.state, merge.state === 'applied' ? 'good' : 'muted'),
    html`<a href="/licenses/merges/${merge.id}">Merge ${merge.id}</a>`,
  ]),
  empty: 'Nothing was made one with this license.',
})}
${table({
  caption: 'Cases that name it',
  columns: [{ head: 'Case' }, { head: 'State' }, { head: 'Confidence', numeric: true }, { head: 'Opened' }],
  rows: cases.map((one) => [
    html`<a href="/reviews/${one.id}">Case ${one.id}</a>`,
    badge(one.state, one.state === 'open' ? 'warn' : 'muted'),
    percentOf(one.confidence / 100),
    when(one.createdAt),
  ]),
  empty: 'Nobody was asked about this license.',
})}`,
  });
}

function mergeText(id: string, { kind, master, duplicate, records, createdBy }: MergeView): Html {
  const by = html`<span class="muted">by ${createdBy}</span>`;
  if (kind === 'link' || duplicate === null) {
    return html`<div>Record ${records.map(({ sourceKey }) => sourceKey).join(', ')} was linked because of its likeness ${by}</div>`;
  }
  if (master.id === id) return html`<div>${licenseLink(duplicate)} was consolidated into this one ${by}</div>`;
  return html`<div>Consolidated into ${licenseLink(master)} ${by}</div>`;
}

function aboutCard(license: LicenseView): Html {
  return card({
    title: 'About this license',
    body: definitions([
      ['Id', html`<code>${license.id}</code>`],
      ['Key', html`<code>${license.key}</code>`],
      ['Came from', license.origin],
      ['Version', String(license.version)],
      ['Record', syncBadge(license.external_sync_status)],
      ['Synced', when(license.last_external_sync)],
      ['Made', html`${when(license.createdAt)} by ${license.createdBy}`],
      ['Changed', html`${when(license.updatedAt)} by ${license.updatedBy}`],
    ]),
  });
}

function pushCard({ lastPush }: LicenseRef): Html {
  const body =
    lastPush === null
      ? html`<p class="muted">Nothing was sent to the License API for it. A two-way run sends what people change here.</p>`
      : definitions([
          ['Record', lastPush.sourceKey],
          ['State', badge(lastPush.state, lastPush.state === 'rejected' ? 'bad' : 'info')],
          ['Version sent', String(lastPush.version)],
          ['When', instant(lastPush.at)],
          ['Why', lastPush.reason ?? '–'],
          ['Run', lastPush.operationId === null ? '–' : html`<a href="/runs/${lastPush.operationId}">Open it</a>`],
        ]);
  return card({ title: 'Sent to the License API last', body });
}

function historyTable(entries: readonly HistoryEntry[]): Html {
  return table({
    caption: 'Changes, newest first',
    columns: [{ head: 'When' }, { head: 'Version', numeric: true }, { head: 'Who' }, { head: 'What', wide: true }],
    rows: entries.map((entry) => [
      when(entry.at),
      String(entry.version),
      html`<div>${entry.sentence}${entry.operationId === null ? '' : html` <a href="/runs/${entry.operationId}">Run</a>`}</div>`,
      changesText(entry),
    ]),
    empty: 'No change is on record: something wrote to the table without leaving a trace.',
  });
}

/** What a license was made with is not news: it is folded. */
function changesText({ kind, changes }: HistoryEntry): Html {
  const said = changes.filter(({ before, after }) => before !== null || after !== null);
  const list = html`<ul class="changes">${said.map(({ field, before, after }) => html`<li>${labelOf(apiName(field))}: ${kind === 'created' ? shownValue(after) : change(before, after)}</li>`)}</ul>`;
  if (kind !== 'created') return html`<div>${list}</div>`;
  return html`<details><summary>${said.length} values</summary>${list}</details>`;
}
