/** Duplicate cases: the queue, one case side by side, verdicts one by one and many at once, undo. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { CaseFilter, CasePlace } from '../db/cases.ts';
import type { CaseState } from '../domain/reviews.ts';
import { REVIEWS_PATH } from '../http/links.ts';
import { ApiProblem } from '../http/problem.ts';
import type { ReviewDetail } from '../operations/review-view.ts';
import { reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { ifMatchHeaders } from './if-match.ts';
import { linkHeader, numberedParams, pageMeta, pageOf } from './paging.ts';
import {
  assignBody,
  besideSchema,
  bulkBody,
  bulkItemSchema,
  bulkParams,
  bulkPreviewSchema,
  bulkQuery,
  bulkSchema,
  commentBody,
  decideBody,
  foreseeBody,
  foreseenSchema,
  holdBody,
  reviewDetailSchema,
  reviewFilterQuery,
  reviewListMeta,
  reviewListQuery,
  reviewSchema,
  undoBody,
} from './review-schemas.ts';
import { createRouter } from './router.ts';
import { SAMPLE_ID } from './sample-values.ts';
import { answer, json, problems, READING, WRITING } from './schemas.ts';

const DEFAULT_LIMIT = 50;
const etag = { ETag: { description: 'The version of the case', schema: { type: 'string' as const } } };

export function reviewRoutes({ operations, db }: ApiDeps) {
  const { reviews } = operations;
  const detail = {
    description: 'The case as it is now',
    headers: etag,
    content: json(answer(reviewDetailSchema)),
  };
  const path = (action: string) => `${REVIEWS_PATH}/{id}/${action}`;
  const request = <B extends z.ZodType>(body: B, example: z.input<B>) => ({
    params: numberedParams,
    body: { content: json(body, example), required: true },
  });

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: REVIEWS_PATH,
    operationId: 'listReviews',
    tags: ['Reviews'],
    summary: 'The queue of duplicate cases, what matters most first',
    request: { query: reviewListQuery },
    responses: {
      200: {
        description: 'A page of cases, and how many there are',
        headers: linkHeader,
        content: json(answer(z.array(reviewSchema)).extend({ meta: reviewListMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${REVIEWS_PATH}/{id}`,
    operationId: 'getReview',
    tags: ['Reviews'],
    summary: 'One case: members side by side, why they look alike, who would stay, what happened so far',
    request: { params: numberedParams },
    responses: { 200: detail, ...problems(...READING, 'review-not-found') },
  });

  const beside = createRoute({
    ...reads(db),
    method: 'get',
    path: path('beside'),
    operationId: 'getReviewsBeside',
    tags: ['Reviews'],
    summary: 'The cases before and after one in the queue that a filter makes',
    description: 'Whether or not the filter lets the case itself through, so that after a verdict there is a next one.',
    request: { params: numberedParams, query: reviewFilterQuery },
    responses: {
      200: { description: 'Their ids; null at an end', content: json(answer(besideSchema)) },
      ...problems(...READING, 'review-not-found'),
    },
  });

  const decide = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: path('decide'),
    operationId: 'decideReview',
    tags: ['Reviews'],
    summary: 'Approve, reject or flag a case',
    description:
      'Names the version that was looked at, by `If-Match` or in the body. Of two reviewers at once one wins, and the other gets 409 `review-decided`, which says who decided and when. 412 `review-changed`: the case was brought up to date meanwhile; 409 `review-member-changed`: a member was merged or says something else now. 503 `review-unconfirmed`: no worker took the verdict, and it was not given.',
    request: {
      ...request(decideBody, { decision: 'approve', masterId: SAMPLE_ID, note: 'One owner, one address.', version: 3 }),
      headers: ifMatchHeaders,
    },
    responses: {
      200: detail,
      ...problems(
        ...WRITING,
        'value-invalid',
        'review-not-found',
        'review-decided',
        'review-member-changed',
        'review-refused',
        'review-changed',
        'if-match-needed',
        'review-unconfirmed',
      ),
    },
  });

  const foresee = createRoute({
    ...writes(db, 'viewer'),
    method: 'post',
    path: path('preview'),
    operationId: 'previewReview',
    tags: ['Reviews'],
    summary: 'What approving a case would make of its licenses',
    description:
      'Writes nothing. By the rules of an approval with this master and these fields; 409 `review-refused` says why it could not be done like that.',
    request: request(foreseeBody, { masterId: SAMPLE_ID }),
    responses: {
      200: { description: 'What would come of it', content: json(answer(foreseenSchema)) },
      ...problems(
        ...WRITING,
        'value-invalid',
        'review-not-found',
        'review-decided',
        'review-member-changed',
        'review-refused',
      ),
    },
  });

  const undo = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: path('undo'),
    operationId: 'undoReview',
    tags: ['Reviews'],
    summary: 'Undo the verdict on a case',
    description:
      'Of an approval everything that was made one by it, as a whole or not at all: 409 `undo-refused` names the later edits that stand in the way. A rejection or a flag is forgotten, and the case waits again.',
    request: { ...request(undoBody, { note: 'They are two.', version: 4 }), headers: ifMatchHeaders },
    responses: {
      200: detail,
      ...problems(
        ...WRITING,
        'review-not-found',
        'review-decided',
        'undo-refused',
        'review-changed',
        'review-unconfirmed',
      ),
    },
  });

  const noting = (action: 'assign' | 'hold' | 'comment', summary: string) => ({
    ...writes(db, 'reviewer'),
    method: 'post' as const,
    path: path(action),
    operationId: `${action}Review`,
    tags: ['Reviews'],
    summary,
    responses: { 200: detail, ...problems(...WRITING, 'value-invalid', 'review-not-found', 'review-decided') },
  });
  const assign = createRoute({
    ...noting('assign', 'Say whose case it is'),
    request: request(assignBody, { to: 'me' }),
  });
  const hold = createRoute({
    ...noting('hold', 'Hold a case back: nobody is reminded of it until then'),
    request: request(holdBody, { until: '2026-12-24T09:00:00Z', note: 'The owner is asked.' }),
  });
  const comment = createRoute({
    ...noting('comment', 'Write a remark on a case'),
    request: request(commentBody, { note: 'The phone number is the franchise’s.' }),
  });

  const bulk = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: `${REVIEWS_PATH}/bulk`,
    operationId: 'startBulkReview',
    tags: ['Reviews'],
    summary: 'Give one verdict on many cases',
    description:
      'On named cases, or on all that a filter lets through. Which cases, and in which version, is fixed at once; each is then decided or refused by itself. With `preview` it says only how many there are.',
    request: {
      body: {
        content: json(bulkBody, {
          filter: { kind: 'external', minConfidence: 85 },
          decision: 'approve',
          preview: true,
        }),
        required: true,
      },
    },
    responses: {
      200: { description: 'What it would be about', content: json(answer(bulkPreviewSchema)) },
      202: {
        description: 'It has begun',
        headers: { Location: { description: 'Where its progress can be read', schema: { type: 'string' as const } } },
        content: json(answer(bulkSchema)),
      },
      ...problems(...WRITING, 'review-not-found', 'bulk-refused'),
    },
  });

  const getBulk = createRoute({
    ...reads(db),
    method: 'get',
    path: `${REVIEWS_PATH}/bulk/{id}`,
    operationId: 'getBulkReview',
    tags: ['Reviews'],
    summary: 'How far a bulk verdict is, and which cases it refused and why',
    request: { params: bulkParams, query: bulkQuery },
    responses: {
      200: {
        description: 'Its progress, with a page of cases of one outcome',
        headers: linkHeader,
        content: json(answer(bulkSchema.extend({ items: z.array(bulkItemSchema) })).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'bulk-not-found'),
    },
  });

  const router = createRouter();
  router
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, ...asked } = c.req.valid('query');
      const found = await reviews.list(filterOf(asked, c.get('caller').name), { limit, after: placeOf(cursor) });
      const next = found.next && `${found.next.priority}_${found.next.id}`;
      const { meta, link } = pageOf(REVIEWS_PATH, asked, { limit, next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: found.reviews, meta: { ...meta, counts: found.counts } }, 200);
    })
    .openapi(bulk, async (c) => {
      const { filter, cases, decision, note = null, preview, fingerprint } = c.req.valid('json');
      const { name } = c.get('caller');
      const target = cases ? { cases } : { filter: filterOf(filter ?? { state: 'open' }, name) };
      if (preview) return c.json({ success: true as const, data: await reviews.bulk.preview(target) }, 200);
      const started = await reviews.bulk.start({ target, decision, note, reviewer: name, fingerprint });
      c.header('Location', `${REVIEWS_PATH}/bulk/${started.id}`);
      return c.json({ success: true as const, data: started }, 202);
    })
    .openapi(getBulk, async (c) => {
      const { id } = c.req.valid('param');
      const { outcome, limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
      const seen = await reviews.bulk.get(id);
      const { items, next } = await reviews.bulk.items(id, { outcome, limit, cursor });
      const { meta, link } = pageOf(`${REVIEWS_PATH}/bulk/${id}`, { outcome }, { limit, next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: { ...seen, items }, meta }, 200);
    })
    .openapi(get, async (c) => c.json(shown(c, await reviews.get(c.req.valid('param').id)), 200))
    .openapi(beside, async (c) => {
      const filter = filterOf(c.req.valid('query'), c.get('caller').name);
      return c.json({ success: true as const, data: await reviews.beside(c.req.valid('param').id, filter) }, 200);
    })
    .openapi(decide, async (c) => {
      const { id } = c.req.valid('param');
      const { decision, masterId = null, fields = null, note = null, version } = c.req.valid('json');
      if (decision !== 'approve' && (masterId !== null || fields !== null)) {
        throw new ApiProblem('invalid-request', 'masterId and fields go with an approval only.');
      }
      const lookedAt = oneVersion(version, c.req.valid('header')['if-match']);
      if (lookedAt === null) throw versionNeeded(await reviews.get(id));
      const asked = { decision, masterId, fields, note, version: lookedAt, reviewer: c.get('caller').name };
      return c.json(shown(c, await reviews.decide(id, asked)), 200);
    })
    .openapi(foresee, async (c) => {
      const { masterId = null, fields = null } = c.req.valid('json');
      const seen = await reviews.foresee(c.req.valid('param').id, { masterId, fields });
      return c.json({ success: true as const, data: seen }, 200);
    })
    .openapi(undo, async (c) => {
      const { note = null, version: given } = c.req.valid('json');
      const version = oneVersion(given, c.req.valid('header')['if-match']);
      const by = { name: c.get('caller').name, note, version };
      return c.json(shown(c, await reviews.undo(c.req.valid('param').id, by)), 200);
    })
    .openapi(assign, async (c) => {
      const { to } = c.req.valid('json');
      const { name } = c.get('caller');
      return c.json(shown(c, await reviews.assign(c.req.valid('param').id, to === 'me' ? name : to, name)), 200);
    })
    .openapi(hold, async (c) => {
      const { until, note = null } = c.req.valid('json');
      const by = { name: c.get('caller').name, note };
      return c.json(shown(c, await reviews.hold(c.req.valid('param').id, until, by)), 200);
    })
    .openapi(comment, async (c) => {
      const { note } = c.req.valid('json');
      return c.json(shown(c, await reviews.comment(c.req.valid('param').id, note, c.get('caller').name)), 200);
    });
  // Without the types of its routes: nobody uses them, and together they are too many for the compiler.
  return router;
}

/** The case with its version as ETag. */
function shown(c: Context, data: ReviewDetail) {
  c.header('ETag', `"${data.version}"`);
  return { success: true as const, data };
}

interface AskedFilter {
  state: CaseState | 'all';
  kind?: CaseFilter['kind'];
  assignedTo?: string | undefined;
  minConfidence?: number | undefined;
  heldBack?: 'only' | 'exclude' | 'include' | undefined;
}

function filterOf(
  { state, kind, assignedTo, minConfidence, heldBack = 'exclude' }: AskedFilter,
  caller: string,
): CaseFilter {
  const whose = assignedTo === 'me' ? caller : assignedTo === 'none' ? null : assignedTo;
  return {
    state: state === 'all' ? undefined : state,
    kind,
    assignedTo: whose,
    minConfidence,
    held: heldBack === 'include' || state !== 'open' ? undefined : heldBack,
  };
}

function placeOf(cursor: string | undefined): CasePlace | null {
  if (cursor === undefined) return null;
  const [priority = '0', id = '0'] = cursor.split('_');
  return { priority, id: Number(id) };
}

/** The version that was looked at, from the header or the body; null when neither names one. @throws {ApiProblem} when they differ. */
function oneVersion(body: number | undefined, header: number | null | undefined): number | null {
  if (body !== undefined && header != null && body !== header) {
    throw new ApiProblem('invalid-request', `If-Match names version ${header}, and the body version ${body}.`);
  }
  return body ?? header ?? null;
}

/** A verdict names the version that it was made on: nobody decides on what they have not seen. */
function versionNeeded({ version }: ReviewDetail): ApiProblem {
  return new ApiProblem(
    'if-match-needed',
    `Send the version of the case that was looked at, as its ETag says it, by If-Match or as version in the body; it is now "${version}".`,
  );
}
