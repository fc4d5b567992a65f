/** Is a business known already? Asked for a license, or for one that is not there yet; and making two licenses one. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { STRATEGIES } from '../../../domain/consolidation.ts';
import type { MatchReason, Recommendation } from '../../../domain/match-reasons.ts';
import { allows } from '../../../domain/roles.ts';
import { PROBLEMS } from '../../../http/problem.ts';
import type { DuplicateCheck, PotentialDuplicate } from '../../../operations/duplicate-check.ts';
import { Refusal } from '../../../operations/errors.ts';
import type { LicenseView } from '../../../operations/license-view.ts';
import { acts, sees } from '../../access.ts';
import {
  actionForm,
  areaField,
  badge,
  count,
  filterForm,
  notice,
  percentOf,
  selectField,
  shownValue,
  table,
  textField,
} from '../../components/index.ts';
import { formFaults, readForm, readQuery } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { licenseLink, licensePath, statusBadge } from './fields.ts';

const THRESHOLDS = ['40', '60', '70', '90'] as const;
const threshold = z
  .enum(THRESHOLDS, { error: `expected one of ${THRESHOLDS.join(', ')}` })
  .default('60')
  .transform(Number);
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `expected at most ${max} characters`)
    .regex(/^[^\0\p{Surrogate}]*$/u, 'expected whole characters')
    .optional();
const businessForm = z
  .object({
    dba: text(255),
    email: text(254),
    phone: text(50),
    address: text(255),
    city: text(100),
    zip: text(20),
    key: text(64),
    threshold,
  })
  .refine(({ threshold: _, ...asked }) => Object.values(asked).some((value) => value), {
    path: ['dba'],
    error: 'at least one field is needed',
  });
type Business = Partial<Record<'dba' | 'email' | 'phone' | 'address' | 'city' | 'zip' | 'key' | 'threshold', string>>;
const consolidateForm = z.object({
  other: z.uuid('expected the id of a license'),
  stays: z.enum(['this', 'other'], { error: 'expected this or other' }),
  strategy: z.enum(STRATEGIES, { error: `expected one of ${STRATEGIES.join(', ')}` }),
  note: z.string().trim().max(1000, 'expected at most 1000 characters').optional(),
});

const REASONS: Readonly<Record<MatchReason, string>> = {
  exact_key: 'the same key',
  fuzzy_dba: 'similar name',
  email_domain: 'the same e-mail domain',
  email: 'the same e-mail',
  phone: 'the same phone',
  address: 'the same address',
  zip: 'the same zip',
  city: 'the same city',
};
const ADVICE: Readonly<Record<Recommendation, string>> = {
  consolidate: 'Taken for the same business',
  review: 'A person should look',
  keep_separate: 'Two businesses',
};
const STRATEGY_LABELS: Readonly<Record<(typeof STRATEGIES)[number], string>> = {
  merge_keep_newer: 'Take the newer value of what describes the business',
  fill_empty: 'Fill only what the one that stays lacks',
  keep_master: 'Keep the one that stays as it is',
};

export function licenseCheckPages(site: Site): Hono {
  const { licenses, duplicates, consolidation } = site.operations;

  return new Hono()
    .get('/licenses/check', sees(site), async (c) => await checkPage(c, { asked: {}, faults: {} }))
    .post('/licenses/check', acts(site, 'viewer'), async (c) => {
      const asked = Object.fromEntries(c.get('form')) as Business;
      try {
        const { key = null, threshold: above, ...business } = readForm(c, businessForm);
        const { dba = null, email = null, phone = null, address = null, city = null, zip = null } = business;
        const given = { dba, email, phone, address, city, zip };
        const result = await duplicates.check({ business: given, key, threshold: above, explain: true });
        return await checkPage(c, { asked, faults: {}, result });
      } catch (error) {
        const faults = formFaults(error);
        if (faults === null) throw error;
        return await checkPage(c, { asked, faults });
      }
    })
    .get('/licenses/:id/duplicates', sees(site), async (c) => {
      const { threshold: above } = readQuery(c, z.object({ threshold }));
      const license = await licenses.get(c.req.param('id'));
      const { dba, external_email: email, phone, address, city, zip } = license;
      const business = { dba, email, phone, address, city, zip };
      const result = await duplicates.check({ business, key: null, threshold: above, explain: true });
      return await duplicatesPage(c, license, withoutItself(result, license.id), above);
    })
    .post('/licenses/:id/consolidate', acts(site, 'reviewer'), async (c) => {
      const id = c.req.param('id');
      const { other, stays, strategy, note = null } = readForm(c, consolidateForm);
      const [masterLicenseId, duplicate] = stays === 'this' ? [id, other] : [other, id];
      try {
        const request = { masterLicenseId, duplicateLicenseIds: [duplicate], strategy, fields: {}, note };
        const { merges } = await consolidation.consolidate(request, c.get('visitor').name);
        const merge = merges[0] ? ` It is merge ${merges[0].id}, and can be undone from here, under Duplicates.` : '';
        return await seeOther(c, licensePath(masterLicenseId), {
          tone: 'good',
          text: `The two licenses are one now: the other one is archived and leads here.${merge}`,
        });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (PROBLEMS[error.code].status !== 409) throw error;
        return await seeOther(c, `${licensePath(id)}/duplicates`, {
          tone: 'bad',
          text: `Nothing was done: ${error.message}.`,
        });
      }
    });
}

function withoutItself(result: DuplicateCheck, id: string): DuplicateCheck {
  const others = result.potentialDuplicates.filter(({ licenseId }) => licenseId !== id);
  return { ...result, potentialDuplicates: others, hasDuplicates: others.length > 0 };
}

async function checkPage(
  c: Context,
  { asked, faults, result }: { asked: Business; faults: Record<string, string>; result?: DuplicateCheck },
): Promise<Response> {
  const field = (name: keyof Business, label: string, maxLength: number) =>
    textField({ label, name, value: asked[name], error: faults[name], maxLength });
  const main = html`<p>Type what you know of a business, before you make a license for it. What you type is compared with every license and is not kept.</p>
<form method="post" action="/licenses/check" class="card">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
<div class="search-grid">
${field('dba', 'Business name', 255)}${field('phone', 'Phone', 50)}${field('email', 'E-mail', 254)}${field('address', 'Address', 255)}${field('city', 'City', 100)}${field('zip', 'Zip', 20)}${field('key', 'Key of a license', 64)}
${thresholdField(asked.threshold)}
</div>
<button class="primary">Check</button>
</form>
${result === undefined ? '' : resultOf(c, result, null)}`;
  const status = Object.keys(faults).length > 0 ? 400 : 200;
  return await showPage(c, { title: 'Is a business known already?', area: 'licenses', main, status });
}

async function duplicatesPage(
  c: Context,
  license: LicenseView,
  result: DuplicateCheck,
  above: number,
): Promise<Response> {
  const path = `${licensePath(license.id)}/duplicates`;
  const main = html`<p>Licenses that may be the same business as ${licenseLink(license)}, most alike first.</p>
${filterForm(path, thresholdField(String(above)), { active: above !== 60 })}
${resultOf(c, result, license)}`;
  return await showPage(c, { title: `Duplicates of ${license.dba ?? license.key}`, area: 'licenses', main });
}

function thresholdField(value: string | undefined): Html {
  return selectField({
    label: 'Show what is more alike than',
    name: 'threshold',
    value: value ?? '60',
    options: THRESHOLDS.map((one) => ({ value: one, label: `${one} %` })),
  });
}

function resultOf(c: Context, result: DuplicateCheck, license: LicenseView | null): Html {
  const { potentialDuplicates: found, checkedAgainst, threshold: above, upToDate } = result;
  const behind = upToDate ? '' : ' Changes of the last moments are still being taken in; check again soon.';
  if (found.length === 0) {
    return notice('good', `No license is more alike than ${above} %; ${count(checkedAgainst)} were compared.${behind}`);
  }
  return html`${notice('warn', `${count(found.length)} of ${count(checkedAgainst)} licenses ${found.length === 1 ? 'is' : 'are'} more alike than ${above} %. Open one before you make another.${behind}`)}
${found.map((one) => candidate(c, one, license))}`;
}

function candidate(c: Context, one: PotentialDuplicate, license: LicenseView | null): Html {
  const { licenseId, licenseKey, dba, status, confidenceScore, matchReasons, recommendation, explanation } = one;
  const tone = recommendation === 'consolidate' ? 'bad' : recommendation === 'review' ? 'warn' : 'muted';
  return html`<article class="card candidate">
<div class="card-head"><h2>${licenseLink({ id: licenseId, key: licenseKey, dba })}</h2><span>${badge(`${percentOf(confidenceScore / 100)} alike`, tone)} ${statusBadge(status)}</span></div>
<p>${ADVICE[recommendation]}${matchReasons.length === 0 ? '.' : `: ${matchReasons.map((reason) => REASONS[reason]).join(', ')}.`} <span class="muted">Key ${licenseKey}</span></p>
${explanation ? html`<details><summary>Why this score</summary>${evidenceTable(explanation)}</details>` : ''}
${license === null ? '' : consolidateAction(c, license, one)}
</article>`;
}

function evidenceTable({ evidence, bits, cap, confidence }: NonNullable<PotentialDuplicate['explanation']>): Html {
  return html`${table({
    caption: `Evidence in bits; together ${bits.toFixed(1)}, which is ${percentOf(confidence / 100)}${cap ? `, limited because ${cap.why}` : ''}`,
    columns: [{ head: 'What' }, { head: 'Bits', numeric: true }, { head: 'Asked' }, { head: 'This license' }],
    rows: evidence.map(({ level, bits: each, a, b }) => [
      level.replaceAll('_', ' '),
      `${each > 0 ? '+' : ''}${each.toFixed(1)}`,
      shownValue(a),
      shownValue(b),
    ]),
    empty: 'Only the key is the same.',
  })}`;
}

function consolidateAction(c: Context, license: LicenseView, { licenseId, licenseKey, dba }: PotentialDuplicate): Html {
  if (!allows(c.get('visitor').role, 'reviewer'))
    return html`<p class="muted">Consolidating needs the role reviewer.</p>`;
  return actionForm(c, {
    action: `${licensePath(license.id)}/consolidate`,
    label: 'Consolidate',
    tone: 'danger',
    hidden: { other: licenseId },
    confirm:
      'One license stays. The other is archived, never deleted: its id, key, app id and records lead to the one that stays. It can be undone.',
    fields: html`${selectField({
      label: 'Which one stays',
      name: 'stays',
      value: 'this',
      options: [
        { value: 'this', label: `${license.dba ?? 'No name'} (${license.key}), where you came from` },
        { value: 'other', label: `${dba ?? 'No name'} (${licenseKey})` },
      ],
    })}${selectField({
      label: 'Its values',
      name: 'strategy',
      value: 'merge_keep_newer',
      options: STRATEGIES.map((value) => ({ value, label: STRATEGY_LABELS[value] })),
    })}${areaField({ label: 'Note', name: 'note', rows: 2, maxLength: 1000, hint: 'Why; kept with the merge.' })}`,
  });
}
