/** The shapes of plans in requests and answers. */
import { z } from '@hono/zod-openapi';
import { PLAN_FIELDS } from '../domain/plan-fields.ts';
import { RUN_STATUSES } from '../workflows/names.ts';
import { flagParam } from './schemas.ts';

const instant = z.string().openapi({ format: 'date-time' });
const count = z.number().int().min(0);

export const planSchema = z
  .object({
    planId: z.string().openapi({ description: 'The id of the dry run that made it.' }),
    state: z.enum(['ready', 'outdated', 'applied', 'expired']),
    sentence: z.string().openapi({ description: 'What can be done with it.' }),
    createdAt: instant,
    createdBy: z.string(),
    summary: z.object({
      created: count,
      updated: count,
      unchanged: count,
      linked: count,
      vanished: count,
      deactivates: count.openapi({ description: 'Licenses in force that would end.' }),
      overwrites: count.openapi({ description: 'Licenses of which a business-critical value would be replaced.' }),
      conflicts: count,
      ambiguous: count,
      quarantined: count,
      pushes: count.openapi({ description: 'Records that would be changed upstream; see `links.pushes`.' }),
      proof: z.enum(['proven', 'proven_by_two_passes', 'unproven']).nullable(),
    }),
    outdatedBy: z.string().nullable().openapi({ description: 'The operation that has written since it was made.' }),
    applied: z
      .object({
        operationId: z.string(),
        status: z.enum(RUN_STATUSES).nullable(),
        at: instant.nullable(),
        applied: count.openapi({ description: 'Records written as planned, so far.' }),
        drifted: count.openapi({ description: 'Records left alone because they had changed since.' }),
      })
      .nullable(),
    changesKept: z.boolean(),
    links: z.object({
      self: z.string(),
      changes: z.string(),
      exportCsv: z.string(),
      exportJsonLines: z.string(),
      apply: z.string(),
      pushes: z.string(),
      dryRun: z.string(),
    }),
  })
  .openapi('Plan');

export const planChangeSchema = z
  .object({
    sourceKey: z.string().openapi({ example: 'c:4711' }),
    licenseId: z.string(),
    dba: z.string().nullable().openapi({ description: 'By which people know the license.' }),
    outcome: z.enum(['created', 'updated', 'unchanged', 'linked', 'vanished']),
    matchedBy: z.string(),
    fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown(), rule: z.string() })),
    conflicts: z.array(
      z.object({
        field: z.string().openapi({ description: 'As the License API calls it.' }),
        internal: z.unknown(),
        external: z.unknown(),
        base: z.unknown(),
        resolution: z.enum(['took_external', 'kept_internal']),
        held: z.boolean(),
      }),
    ),
    drift: z.string().nullable().openapi({ description: 'Why it was not carried out after all.' }),
  })
  .openapi('PlanChange');

/** Which changes of a plan are asked for. */
export const changeFilters = {
  outcome: z
    .enum(['created', 'updated', 'unchanged', 'linked', 'vanished'], {
      error: 'expected created, updated, unchanged, linked or vanished',
    })
    .optional(),
  field: z
    .string()
    .refine((name) => PLAN_FIELDS.includes(name), `expected one of ${PLAN_FIELDS.join(', ')}`)
    .optional()
    .openapi({
      enum: [...PLAN_FIELDS],
      description: 'Only records of which a change, or a clash of values, touches this field.',
    }),
  drifted: flagParam.openapi({ type: 'boolean', description: 'Only what was left alone (true) or was not (false).' }),
};
