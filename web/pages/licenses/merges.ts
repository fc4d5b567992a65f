/** One merge: what it did, what undoing it would do or what stands in its way, and undoing it. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { allows } from '../../../domain/roles.ts';
import { ApiProblem } from '../../../http/problem.ts';
import type { FieldView, MergeDetail } from '../../../operations/consolidation.ts';
import { Refusal } from '../../../operations/errors.ts';
import { acts, sees } from '../../access.ts';
import {
  actionForm,
  areaField,
  badge,
  card,
  change,
  definitions,
  plural,
  table,
  when,
} from '../../components/index.ts';
import { readForm } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { seeOther, showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { labelOf, licenseLink, licensePath } from './fields.ts';

const undoForm = z.object({
  note: z
    .string()
    .trim()
    .max(1000, 'expected at most 1000 characters')
    .regex(/^[^\0\p{Surrogate}]*$/u, 'expected whole characters')
    .optional(),
});

export function licenseMergePages(site: Site): Hono {
  const { consolidation } = site.operations;

  return new Hono()
    .get('/licenses/merges/:id', sees(site), async (c) => {
      const merge = await consolidation.get(numberOf(c.req.param('id')));
      return await showPage(c, { title: `Merge ${merge.id}`, area: 'licenses', main: mergePage(c, merge) });
    })
    .post('/licenses/merges/:id/undo', acts(site, 'reviewer'), async (c) => {
      const id = numberOf(c.req.param('id'));
      const { note = null } = readForm(c, undoForm);
      try {
        const { merge, restoredFields, sourceKeys, upstream } = await consolidation.undo(id, {
          by: c.get('visitor').name,
          note,
        });
        const parts = [
          `Undone: ${plural(restoredFields.length, 'field')} of the master got back the former value`,
          `${plural(sourceKeys.length, 'record')} went back`,
          ...(upstream.due === 0
            ? []
            : [`the next two-way run takes back what was sent of ${plural(upstream.due, 'record')}`]),
        ];
        return await seeOther(c, licensePath(merge.duplicate?.id ?? merge.master.id), {
          tone: 'good',
          text: `${parts.join('; ')}.`,
        });
      } catch (error) {
        if (!(error instanceof Refusal) || (error.code !== 'merge-blocked' && error.code !== 'merge-undone'))
          throw error;
        return await seeOther(c, `/licenses/merges/${id}`, {
          tone: 'bad',
          text: `Nothing was undone: ${error.message}.`,
        });
      }
    });
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new ApiProblem('merge-not-found', 'There is no such merge: they have numbers.');
}

function mergePage(c: Context, merge: MergeDetail): Html {
  const { master, duplicate, records, changes, undo, state } = merge;
  return html`<p>${badge(state, state === 'applied' ? 'good' : 'muted')} ${merge.sentence}</p>
${card({
  title: 'What was done',
  body: html`${definitions([
    ['Stays', licenseLink(master)],
    ['Archived', duplicate === null ? 'no license: a record was linked' : licenseLink(duplicate)],
    ['When', html`${when(merge.createdAt)} by ${merge.createdBy}`],
    ['Strategy', merge.strategy.replaceAll('_', ' ')],
    ['Case', merge.caseId === null ? '–' : html`<a href="/reviews/${merge.caseId}">Case ${merge.caseId}</a>`],
    ['Run', merge.operationId === null ? '–' : html`<a href="/runs/${merge.operationId}">Open it</a>`],
    ['Records that came along', records.map(({ sourceKey, role }) => `${sourceKey} (${role})`).join(', ') || 'none'],
    ['Note', merge.note ?? '–'],
    ...(merge.undoneBy === null
      ? []
      : [
          [
            'Undone',
            html`${when(merge.undoneAt)} by ${merge.undoneBy}${merge.undoNote === null ? '' : `: ${merge.undoNote}`}`,
          ] as const,
        ]),
  ])}${fieldTable('What the one that stays took', changes, 'It took no value.')}`,
})}
${state === 'applied' ? undoCard(c, merge, undo) : ''}`;
}

function fieldTable(caption: string, fields: readonly FieldView[], empty: string): Html {
  return table({
    caption,
    columns: [{ head: 'Field' }, { head: 'Change', wide: true }],
    rows: fields.map(({ field, before, after }) => [labelOf(field), change(before, after)]),
    empty,
  });
}

function undoCard(c: Context, { id, duplicate }: MergeDetail, undo: MergeDetail['undo']): Html {
  if (!undo.possible) {
    return card({
      title: 'It cannot be undone as things stand',
      tone: 'warn',
      body: html`<p>What stands in the way:</p>
<ul>${undo.blockers.length > 0 ? undo.blockers.map(({ sentence }) => html`<li>${sentence}</li>`) : html`<li>${undo.reason ?? 'it is not known'}</li>`}</ul>
<p>Set right what is named there, then look here again.</p>`,
    });
  }
  const back =
    duplicate === null ? 'The record is parted from the license again' : 'The archived license is live again';
  const kept =
    undo.handedOn.length === 0
      ? ''
      : ` Values that later merges took stay (${undo.handedOn.map((one) => `merge ${one}`).join(', ')}).`;
  return card({
    title: 'Undo it',
    body: html`<p>${back}, with ${undo.returns.length === 0 ? 'no record' : undo.returns.join(', ')}. No sync repeats what was undone.${kept}</p>
${fieldTable('What the one that stays gets back', undo.restores, 'No value of the one that stays changes.')}
${
  allows(c.get('visitor').role, 'reviewer')
    ? actionForm(c, {
        action: `/licenses/merges/${id}/undo`,
        label: 'Undo this merge',
        tone: 'danger',
        confirm: 'Each row becomes what it was before. If anything stands in the way meanwhile, nothing is done.',
        fields: areaField({ label: 'Note', name: 'note', rows: 2, maxLength: 1000 }),
      })
    : html`<p class="muted">Undoing needs the role reviewer.</p>`
}`,
  });
}
