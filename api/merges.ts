/** Consolidating by hand, the ledger of what was made one, and undoing it. */
import { createRoute, z } from '@hono/zod-openapi';
import { STRATEGIES } from '../domain/consolidation.ts';
import type { LicenseField } from '../domain/license.ts';
import { EDITABLE_FIELDS } from '../domain/license-edit.ts';
import { DUPLICATES_PATH } from '../http/links.ts';
import { reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { licenseSchema } from './license-schemas.ts';
import { linkHeader, numberedParams, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { OTHER_ID, SAMPLE_ID } from './sample-values.ts';
import { answer, json, numberParam, problems, READING, SAYS_SOMETHING, WHOLE_TEXT, WRITING, whole } from './schemas.ts';

const MERGES_PATH = '/api/v1/merges';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Licenses of one business that anybody would make one at once. */
const MAX_DUPLICATES = 100;
const MAX_ID = 999_999_999_999_999;

/** Fields under the names of the API. */
const FIELDS: ReadonlyMap<string, LicenseField> = new Map<string, LicenseField>([
  ...EDITABLE_FIELDS.map(({ name, field }) => [name, field] as const),
  ['last_active', 'lastActive'],
]);

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LICENSE_ID = { type: 'string' as const, format: 'uuid', pattern: ID.source };
const licenseId = z.string().regex(ID, 'expected the id of a license, such as 0195f0c4-…').openapi({ format: 'uuid' });
const note = z.string().max(1000).regex(whole, 'expected whole characters').openapi(WHOLE_TEXT).nullable().optional();
const instant = z.string().openapi({ format: 'date-time' });
const value = z.unknown().openapi({ description: "In the license's spelling; null is none." });
const changed = z.array(z.object({ field: z.string(), before: value, after: value }));
const named = z.object({ id: z.string(), key: z.string().nullable(), dba: z.string().nullable() });

const mergeSchema = z
  .object({
    id: z.number().int(),
    kind: z.enum(['consolidation', 'link']).openapi({
      description: '`link`: a record was linked to a license that it resembled.',
    }),
    state: z.enum(['applied', 'undone']),
    master: named,
    duplicate: named.nullable(),
    caseId: z.number().int().nullable(),
    operationId: z.string().nullable(),
    strategy: z.string(),
    confidence: z.number().nullable(),
    changes: changed.openapi({ description: 'What the master took.' }),
    records: z.array(z.object({ sourceKey: z.string(), role: z.enum(['primary', 'secondary']) })),
    note: z.string().nullable(),
    createdBy: z.string(),
    createdAt: instant,
    undoneBy: z.string().nullable(),
    undoneAt: instant.nullable(),
    undoNote: z.string().nullable(),
    sentence: z.string(),
  })
  .openapi('Merge');

const undoSchema = z
  .object({
    possible: z.boolean(),
    reason: z.string().nullable(),
    blockers: z.array(
      z.looseObject({
        kind: z.enum(['field', 'fed', 'link', 'merge', 'license', 'override']),
        sentence: z.string(),
      }),
    ),
    restores: changed,
    returns: z.array(z.string()),
    handedOn: z.array(z.number().int()),
  })
  .openapi('UndoPreview', { description: 'What undoing would do, or what stands in its way.' });

const upstreamSchema = z
  .object({
    sent: z.number().int().openapi({ description: 'Changed upstream for the master while the merge was in force.' }),
    due: z.number().int().openapi({
      description: 'Those that the next run with `bidirectional=true` changes again; 0 while the merge is in force.',
    }),
  })
  .openapi('MergeUpstream', { description: 'What was sent to the License API on account of the merge, in records.' });

const consolidateBody = z
  .strictObject({
    masterLicenseId: licenseId,
    duplicateLicenseIds: z.array(licenseId).min(1).max(MAX_DUPLICATES),
    consolidationStrategy: z.enum(STRATEGIES).default('merge_keep_newer'),
    notes: note,
    fields: z
      .record(z.string(), licenseId)
      .optional()
      .openapi({
        properties: Object.fromEntries([...FIELDS.keys()].map((name) => [name, LICENSE_ID])),
        additionalProperties: false,
        description:
          'Field → id of the license whose value stands, also when it has none; goes before the strategy. appid, countid and mid of the master cannot be replaced.',
        example: { phone: SAMPLE_ID },
      }),
  })
  .superRefine(({ fields = {} }, context) => {
    for (const name of Object.keys(fields)) {
      if (!FIELDS.has(name)) {
        context.addIssue({ code: 'custom', path: ['fields', name], message: 'expected the name of a field' });
      }
    }
  });

const consolidatedSchema = z
  .object({
    masterLicenseId: z.uuid(),
    archivedLicenseIds: z.array(z.uuid()),
    license: licenseSchema,
    merges: z.array(mergeSchema),
  })
  .openapi('Consolidated');

const EXAMPLE = {
  masterLicenseId: SAMPLE_ID,
  duplicateLicenseIds: [OTHER_ID],
  consolidationStrategy: 'merge_keep_newer',
  notes: 'One owner, one address.',
};

export function mergeRoutes({ operations, db }: ApiDeps) {
  const { consolidation } = operations;

  const consolidate = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: `${DUPLICATES_PATH}/consolidate`,
    operationId: 'consolidateLicenses',
    tags: ['Duplicates'],
    summary: 'Make licenses of one business one',
    description:
      'The duplicates are archived, never deleted: their ids, keys and appids lead to the master from now on, and their records go to it. `merge_keep_newer`: of what describes the business, the value that was written last stands; `fill_empty`: only what the master lacks is taken; `keep_master`: nothing is. State, balances, fees and seats are the master’s own, unless `fields` says otherwise. An archived license is refused, naming the one that it leads to.',
    request: { body: { content: json(consolidateBody, EXAMPLE), required: true } },
    responses: {
      200: { description: 'The master, and one merge a duplicate', content: json(answer(consolidatedSchema)) },
      ...problems(...WRITING, 'license-not-found', 'license-archived', 'consolidation-refused'),
    },
  });

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: MERGES_PATH,
    operationId: 'listMerges',
    tags: ['Merges'],
    summary: 'List what was made one, newest first',
    request: {
      query: z.strictObject({
        licenseId: z
          .string()
          .trim()
          .min(1)
          .max(64)
          .optional()
          .openapi({ ...SAYS_SOMETHING, description: 'Id or key of the master or of the duplicate.' }),
        state: z.enum(['applied', 'undone']).optional(),
        caseId: numberParam(1, MAX_ID),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of merges',
        headers: linkHeader,
        content: json(answer(z.array(mergeSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'license-not-found'),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${MERGES_PATH}/{id}`,
    operationId: 'getMerge',
    tags: ['Merges'],
    summary: 'One merge, with what undoing it would do or what stands in its way',
    request: { params: numberedParams },
    responses: {
      200: {
        description: 'The merge',
        content: json(answer(mergeSchema.extend({ undo: undoSchema, upstream: upstreamSchema }))),
      },
      ...problems(...READING, 'merge-not-found'),
    },
  });

  const undo = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: `${MERGES_PATH}/{id}/undo`,
    operationId: 'undoMerge',
    tags: ['Merges'],
    summary: 'Undo a merge',
    description:
      'Every row as it was before, or 409 `merge-blocked` with `blockers`: each later edit that stands in the way, by field, version, author and time. Of several merges into one license any can be undone, in any order. No sync repeats what was undone. What had been sent to the License API meanwhile is taken back by the next run with `bidirectional=true`.',
    request: {
      params: numberedParams,
      body: { content: json(z.strictObject({ note }), { note: 'They are two businesses.' }), required: true },
    },
    responses: {
      200: {
        description: 'The merge, undone',
        content: json(
          answer(mergeSchema).extend({
            meta: z.object({
              restoredFields: z.array(z.string()),
              sourceKeys: z.array(z.string()),
              handedOn: z.array(z.number().int()),
              caseUndone: z.boolean(),
              upstream: upstreamSchema,
            }),
          }),
        ),
      },
      ...problems(...WRITING, 'merge-not-found', 'merge-undone', 'merge-blocked'),
    },
  });

  return createRouter()
    .openapi(consolidate, async (c) => {
      const { notes = null, fields = {}, consolidationStrategy: strategy, ...ids } = c.req.valid('json');
      const chosen = Object.fromEntries(Object.entries(fields).map(([name, id]) => [FIELDS.get(name) ?? name, id]));
      const data = await consolidation.consolidate(
        { ...ids, strategy, fields: chosen, note: notes },
        c.get('caller').name,
      );
      return c.json({ success: true as const, data }, 200);
    })
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, ...asked } = c.req.valid('query');
      const filter = { license: asked.licenseId, state: asked.state, caseId: asked.caseId };
      const { merges, next } = await consolidation.list(filter, { limit, cursor });
      const { meta, link } = pageOf(MERGES_PATH, asked, { limit, next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: merges, meta }, 200);
    })
    .openapi(get, async (c) => {
      const data = await consolidation.get(c.req.valid('param').id);
      return c.json({ success: true as const, data }, 200);
    })
    .openapi(undo, async (c) => {
      const { note: why = null } = c.req.valid('json');
      const { merge, ...meta } = await consolidation.undo(c.req.valid('param').id, {
        by: c.get('caller').name,
        note: why,
      });
      return c.json({ success: true as const, data: merge, meta }, 200);
    });
}
