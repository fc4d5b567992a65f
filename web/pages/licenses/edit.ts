/** Editing a license. What somebody else changes meanwhile is laid beside what was typed, and nothing of either is lost. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { EDITABLE_FIELDS } from '../../../domain/license-edit.ts';
import { DetailedRefusal, Refusal } from '../../../operations/errors.ts';
import type { LicenseView } from '../../../operations/license-view.ts';
import { acts, sees } from '../../access.ts';
import { badge, notice, plural } from '../../components/index.ts';
import { readForm } from '../../forms.ts';
import { type Html, html, type MaybeHtml } from '../../html.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { labelOf, licenseLink, licensePath, overwritable } from './fields.ts';
import { licenseInput, licenseInputs, readLicenseForm, type SentForm, sameText, textsOf } from './form.ts';

const ROLE = 'reviewer';
const versionForm = z.object({ version: z.coerce.number({ error: 'expected a version' }).int().min(0) });

export function licenseEditPages(site: Site): Hono {
  const { licenses } = site.operations;

  return new Hono()
    .get('/licenses/:id/edit', sees(site, ROLE), async (c) => {
      const license = await licenses.get(c.req.param('id'), { archived: true });
      if (license.archived_into !== null) {
        return await seeOther(c, licensePath(license.id), {
          tone: 'warn',
          text: 'It was consolidated, and cannot be edited.',
        });
      }
      const texts = textsOf(license);
      return await showForm(c, license, { form: { typed: texts, was: texts, faults: {} } });
    })
    .post('/licenses/:id/edit', acts(site, ROLE), async (c) => {
      const id = c.req.param('id');
      const { version } = readForm(c, versionForm);
      const form = readLicenseForm(c.get('form'));
      const faults = Object.keys(form.faults);
      if (faults.length > 0) {
        const text = `Nothing was saved: ${plural(faults.length, 'field does', 'fields do')} not fit. What is wrong stands beside ${faults.map(labelOf).join(', ')}.`;
        return await showForm(
          c,
          { ...(await licenses.get(id, { archived: true })), version },
          { form, warning: text, status: 422 },
        );
      }
      if (Object.keys(form.given).length === 0) {
        return await seeOther(c, licensePath(id), { tone: 'info', text: 'Nothing was changed, so nothing was saved.' });
      }
      try {
        const saved = await licenses.edit(id, { given: form.given, version, by: c.get('visitor').name });
        const text = saved.version === version ? 'The license says all of that already.' : savedText(form, saved);
        return await seeOther(c, licensePath(id), { tone: 'good', text });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.code === 'license-changed') return await changedPage(c, site, id, form, error);
        if (error.code === 'license-archived') return await archivedPage(c, await licenses.get(id), form);
        throw error;
      }
    });
}

function savedText({ typed, was }: SentForm, { version }: LicenseView): string {
  const names = EDITABLE_FIELDS.filter((field) => !sameText(field, typed[field.name] ?? '', was[field.name] ?? ''));
  return `Saved as version ${version}: ${names.map(({ name }) => labelOf(name)).join(', ')}.`;
}

interface Shown {
  form: Pick<SentForm, 'typed' | 'was' | 'faults'>;
  warning?: string;
  status?: number;
}

async function showForm(c: Context, license: LicenseView, { form, warning, status }: Shown): Promise<Response> {
  const { id, version, external_sync_status: synced } = license;
  const fed = synced === 'synced';
  const main = html`<p>Change what is wrong and save. Only what you change is written; every change is on record and can be told back.</p>
${warning === undefined ? '' : notice('bad', warning)}
${fed ? notice('info', `A record of the License API feeds this license. In ${overwritable().join(', ')} the record has the say: when it changes there, the next sync replaces what you write and notes a conflict. Everywhere else what you write stays, and you are asked when both have changed.`) : ''}
<form method="post" action="${licensePath(id)}/edit" class="license-edit">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<input type="hidden" name="version" value="${version}">
${licenseInputs({ ...form, fed })}
${saveLine(id)}
</form>`;
  return await showPage(c, {
    title: `Edit ${license.dba ?? license.key}`,
    area: 'licenses',
    main,
    status: status ?? 200,
  });
}

function saveLine(id: string): Html {
  return html`<div class="actions save"><button class="primary">Save</button> <a class="button" href="${licensePath(id)}">Leave without saving</a></div>`;
}

/** Somebody was faster: nothing was written, and the three values of each field in question are laid side by side. */
async function changedPage(c: Context, site: Site, id: string, form: SentForm, refusal: Refusal): Promise<Response> {
  const license = await site.operations.licenses.get(id, { archived: true });
  if (license.archived_into !== null) return await archivedPage(c, await site.operations.licenses.get(id), form);
  const now = textsOf(license);
  const fed = license.external_sync_status === 'synced';
  const by = changers(refusal);
  const rows = EDITABLE_FIELDS.flatMap((field): Html[] => {
    const [typed, was, says] = [form.typed, form.was, now].map((texts) => texts[field.name] ?? '');
    const mine = !sameText(field, typed ?? '', was ?? '');
    const theirs = !sameText(field, says ?? '', was ?? '');
    if ((!mine && !theirs) || sameText(field, typed ?? '', says ?? '')) return [];
    return [
      differenceRow(field.name, {
        typed: typed ?? '',
        was: was ?? '',
        says: says ?? '',
        mine,
        theirs,
        fed,
        by: by.get(field.name),
      }),
    ];
  });
  const shown = new Set(
    EDITABLE_FIELDS.filter((field) => !sameText(field, form.typed[field.name] ?? '', now[field.name] ?? '')).map(
      ({ name }) => name,
    ),
  );
  const main = html`
${notice('warn', html`<p>Somebody or something else saved this license while you were editing: it is at version ${license.version} now. <strong>Nothing of yours was written yet, and nothing is lost.</strong> Look at the fields below, choose for each, and save again.</p>`)}
<form method="post" action="${licensePath(id)}/edit" class="license-edit">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<input type="hidden" name="version" value="${license.version}">
<table class="three-way">
<caption>Fields in which what you typed, what it says now and what it said when you opened it differ</caption>
<thead><tr><th scope="col">Field</th><th scope="col">What you typed</th><th scope="col">What it says now</th><th scope="col">When you opened it</th><th scope="col">Save</th></tr></thead>
<tbody>${rows}</tbody>
</table>
<details><summary>All other fields</summary>
${licenseInputs({ typed: now, was: now, faults: {}, fed, without: shown })}
</details>
${saveLine(id)}
</form>`;
  return await showPage(c, {
    title: `${license.dba ?? license.key} was changed meanwhile`,
    area: 'licenses',
    main,
    status: 412,
  });
}

interface Difference {
  typed: string;
  was: string;
  says: string;
  mine: boolean;
  theirs: boolean;
  fed: boolean;
  by: string | undefined;
}

function differenceRow(name: string, { typed, was, says, mine, theirs, fed, by }: Difference): Html {
  const field = EDITABLE_FIELDS.find((one) => one.name === name);
  const keeps = mine ? 'mine' : 'now';
  const option = (value: 'mine' | 'now', label: string) =>
    html`<label><input type="radio" name="pick.${name}" value="${value}" ${value === keeps ? html`checked` : ''}>${label}</label>`;
  return html`<tr>
<th scope="row" data-head="Field">${labelOf(name)} ${mine && theirs ? badge('both changed', 'warn') : theirs ? badge('changed meanwhile', 'info') : badge('yours', 'muted')}</th>
<td data-head="What you typed"><input type="hidden" name="shown.${name}" value="${typed}">${field ? licenseInput(field, { value: typed, error: undefined, fed }) : ''}</td>
<td data-head="What it says now">${cell(says)}${by === undefined ? '' : html`<br><span class="muted">by ${by}</span>`}</td>
<td data-head="When you opened it">${cell(was)}</td>
<td data-head="Save"><fieldset class="choices"><legend class="hidden">${labelOf(name)}</legend>${option('mine', 'what I typed')}${option('now', 'what it says now')}</fieldset></td>
</tr>`;
}

function cell(text: string): MaybeHtml {
  return text === '' ? html`<span class="muted">empty</span>` : html`<span class="lines">${text}</span>`;
}

/** Who changed which field since. */
function changers(refusal: Refusal): Map<string, string> {
  const changes = refusal instanceof DetailedRefusal ? refusal.details.changes : [];
  return new Map(
    (changes as { field: string; version: number; changedBy: string }[]).map(({ field, changedBy, version }) => [
      field,
      `${changedBy}, version ${version}`,
    ]),
  );
}

/** The license is not edited any more; what was typed is shown, so that it can be carried over. */
async function archivedPage(c: Context, root: LicenseView, { typed, was }: SentForm): Promise<Response> {
  const changed = EDITABLE_FIELDS.filter((field) => !sameText(field, typed[field.name] ?? '', was[field.name] ?? ''));
  const main = html`${notice('warn', html`<p>The license was consolidated into ${licenseLink(root)} while you were editing, so nothing was saved. What you typed stands below: carry it over to <a href="${licensePath(root.id)}/edit">that license</a> where it still holds.</p>`)}
<dl class="card">${changed.map(({ name }) => html`<div><dt>${labelOf(name)}</dt><dd>${cell(typed[name] ?? '')}</dd></div>`)}</dl>`;
  return await showPage(c, { title: 'The license was consolidated meanwhile', area: 'licenses', main, status: 409 });
}
