/** What the forms of a case send, and what follows from each of its buttons. */
import type { Context } from 'hono';
import { z } from 'zod';
import { MAX_NOTE_CHARS } from '../../../domain/reviews.ts';
import { ApiProblem } from '../../../http/problem.ts';
import type { ReviewDetail } from '../../../operations/review-view.ts';
import { readForm } from '../../forms.ts';
import { withQuery } from '../../paths.ts';
import { seeOther } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { casePage } from './case.ts';
import type { Draft } from './fields.ts';
import { caseFilterOf, filterQuery, type ReviewFilter } from './filter.ts';

const FIELD = 'field.';
const MAX_FIELDS = 100;
const whole = /^[^\0\p{Surrogate}]*$/u;

const noteSchema = z
  .string()
  .transform((typed) => typed.replaceAll('\r\n', '\n').trim())
  .pipe(
    z.string().max(MAX_NOTE_CHARS, `at most ${MAX_NOTE_CHARS} characters`).regex(whole, 'expected whole characters'),
  );

const formSchema = z.object({
  do: z.enum(['preview', 'approve', 'reject', 'flag', 'comment', 'take', 'release', 'hold', 'unhold', 'undo'], {
    error: 'expected one of the buttons of the page',
  }),
  version: z.coerce.number().int().min(0).max(4_294_967_295).optional(),
  master: z.string().max(64).optional(),
  note: noteSchema.optional(),
  until: z.iso.date('expected a day').optional(),
});

/** As it was entered, whether or not it makes sense: a form that is shown again loses nothing. */
export function draftOf(form: URLSearchParams): Draft {
  const chosen = [...form].filter(([name, value]) => name.startsWith(FIELD) && value !== '').slice(0, MAX_FIELDS);
  return {
    masterId: form.get('master') || null,
    fields: Object.fromEntries(chosen.map(([name, value]) => [name.slice(FIELD.length), value])),
    note: form.get('note') ?? '',
    until: form.get('until') ?? '',
  };
}

/**
 * Does what the button says, and answers with the page that follows.
 * @throws {ApiProblem} `invalid-request` @throws {Refusal} as the operations on reviews do
 */
export async function carryOut(c: Context, site: Site, id: number, filter: ReviewFilter): Promise<Response> {
  const { reviews } = site.operations;
  const { name } = c.get('visitor');
  const { do: action, version, note = null, until } = readForm(c, formSchema);
  const draft = draftOf(c.get('form'));
  const here = withQuery(`/reviews/${id}`, filterQuery(filter));
  switch (action) {
    case 'preview':
      return await casePage(c, site, id, { filter, draft });
    case 'approve':
    case 'reject':
    case 'flag': {
      if (version === undefined) {
        throw new ApiProblem(
          'invalid-request',
          'version: the form does not say which version of the case was looked at.',
        );
      }
      const approves = action === 'approve';
      const decided = await reviews.decide(id, {
        decision: action,
        masterId: approves ? draft.masterId : null,
        fields: approves && Object.keys(draft.fields).length > 0 ? { ...draft.fields } : null,
        note,
        version,
        reviewer: name,
      });
      return await onward(c, site, decided, { action, filter });
    }
    case 'undo': {
      const undone = await reviews.undo(id, { name, note, version: version ?? null });
      const text =
        undone.state === 'undone'
          ? `The approval of case ${id} was undone: the licenses are apart again.`
          : `The verdict on case ${id} was undone: it waits again.`;
      return await seeOther(c, here, { tone: 'good', text });
    }
    case 'comment':
      if (note === null) {
        return await casePage(c, site, id, {
          filter,
          draft,
          told: 'There was no note to keep: write one, then press the button again.',
        });
      }
      await reviews.comment(id, note, name);
      return await casePage(c, site, id, {
        filter,
        draft: { ...draft, note: '' },
        told: 'Your remark is in the history of the case.',
      });
    case 'take':
    case 'release':
      await reviews.assign(id, action === 'take' ? name : null, name);
      return await casePage(c, site, id, {
        filter,
        draft,
        told: action === 'take' ? 'The case is yours now.' : 'The case is nobody’s now.',
      });
    case 'hold':
    case 'unhold': {
      const instant = action === 'hold' ? `${until ?? ''}T00:00:00Z` : null;
      await reviews.hold(id, instant, { name, note });
      const text = action === 'hold' ? `Case ${id} is held back until ${until}.` : `Case ${id} goes on.`;
      return await seeOther(c, here, { tone: 'good', text });
    }
  }
}

const DONE = { approve: 'approved', reject: 'rejected', flag: 'flagged' } as const;

/** After a verdict the next case of the same filter follows; at its end the first that is left. */
async function onward(
  c: Context,
  { operations: { reviews } }: Site,
  { id, version }: ReviewDetail,
  { action, filter }: { action: keyof typeof DONE; filter: ReviewFilter },
): Promise<Response> {
  const asked = caseFilterOf(filter, c.get('visitor').name);
  const query = { ...filterQuery(filter), last: id, lastVersion: version };
  const { next } = await reviews.beside(id, asked);
  const following =
    next ?? (await reviews.list(asked, { limit: 2, after: null })).reviews.find((one) => one.id !== id)?.id;
  const text = `Case ${id} ${DONE[action]}. Press u, or the button, to undo.`;
  if (following === undefined) {
    return await seeOther(c, withQuery('/reviews', query), {
      tone: 'good',
      text: `${text} It was the last one of this list.`,
    });
  }
  return await seeOther(c, withQuery(`/reviews/${following}`, query), { tone: 'good', text });
}
