/** Adding a license. What looks like one that exists is shown first. */
import { type Context, Hono } from 'hono';
import { isLicenseKey, KEY_RULE } from '../../../domain/license-edit.ts';
import { PROBLEMS } from '../../../http/problem.ts';
import { DetailedRefusal, Refusal } from '../../../operations/errors.ts';
import { acts, sees } from '../../access.ts';
import { checkField, notice, percentOf, plural, textField } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { licensePath } from './fields.ts';
import { licenseInputs, readLicenseForm, type Texts } from './form.ts';

const ROLE = 'reviewer';
const NEW: Texts = { status: 'draft' };

interface Asked {
  key: string;
  typed: Texts;
  faults: Record<string, string>;
}

export function licenseNewPages(site: Site): Hono {
  const { licenses } = site.operations;

  return new Hono()
    .get('/licenses/new', sees(site, ROLE), async (c) => await newPage(c, { key: '', typed: NEW, faults: {} }))
    .post('/licenses/new', acts(site, ROLE), async (c) => {
      const form = c.get('form');
      const { typed, given, faults } = readLicenseForm(form);
      const key = (form.get('key') ?? '').trim();
      if (key !== '' && !isLicenseKey(key)) faults.key = KEY_RULE;
      if (key === '' && given.dba == null && given.appid == null && given.countid == null) {
        faults.dba ??= 'a business name, an app id, a count id or a key is needed';
      }
      const asked = { key, typed, faults };
      if (Object.keys(faults).length > 0) return await newPage(c, asked, { status: 422 });
      const request = { given, by: c.get('visitor').name, allowDuplicate: form.get('allowDuplicate') === 'on' };
      try {
        const made = await licenses.create(key === '' ? request : { ...request, key });
        const alike = made.potentialDuplicates.length;
        return await seeOther(c, licensePath(made.license.id), {
          tone: alike === 0 ? 'good' : 'warn',
          text: `The license was made.${alike === 0 ? '' : ` It resembles ${plural(alike, 'other')}; check for duplicates.`}`,
        });
      } catch (error) {
        if (!(error instanceof Refusal) || PROBLEMS[error.code].status !== 409) throw error;
        return await newPage(c, asked, { status: 409, refusal: error });
      }
    });
}

async function newPage(
  c: Context,
  { key, typed, faults }: Asked,
  { status = 200, refusal }: { status?: number; refusal?: Refusal } = {},
): Promise<Response> {
  const main = html`<p>For a business that no record speaks of yet. <a href="/licenses/check">Ask first whether it is known</a>.</p>
${refusal ? refusalBox(refusal) : Object.keys(faults).length > 0 ? notice('bad', 'Nothing was saved: see what is wrong beside the fields.') : ''}
<form method="post" action="/licenses/new" class="license-edit">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<div class="card">${textField({ label: 'Key', name: 'key', value: key, error: faults.key, maxLength: 64, hint: 'Printed on the license, and never changed. One is made when this is empty.' })}</div>
${licenseInputs({ typed, was: {}, faults, fed: false })}
${refusal && refusal.code !== 'license-key-taken' ? checkField({ label: 'It is another business: make the license, and remember that they are two', name: 'allowDuplicate', checked: false }) : ''}
<div class="actions save"><button class="primary">Make the license</button> <a class="button" href="/licenses">Leave without saving</a></div>
</form>`;
  return await showPage(c, { title: 'New license', area: 'licenses', main, status });
}

interface Named {
  licenseId: string;
  licenseKey?: string;
  field?: string;
  confidenceScore?: number;
}

function refusalBox(refusal: Refusal): Html {
  const details = refusal instanceof DetailedRefusal ? refusal.details : {};
  const named = (details.licenses ??
    (typeof details.licenseId === 'string' ? [{ licenseId: details.licenseId }] : [])) as Named[];
  const why =
    refusal.code === 'license-key-taken'
      ? 'Another license has this key: choose another one, or leave it empty.'
      : 'A license that looks like this one exists. Open it; if it is another business, say so below and save again.';
  return notice(
    'warn',
    html`<p>Nothing was saved yet. ${why}</p><ul>${named.map(({ licenseId, licenseKey, field, confidenceScore }) => html`<li><a href="${licensePath(licenseId)}">License ${licenseKey ?? licenseId}</a>${field === undefined ? '' : ` has the same ${field}`}${confidenceScore === undefined ? '' : `, ${percentOf(confidenceScore / 100)} alike`}</li>`)}</ul>`,
  );
}
