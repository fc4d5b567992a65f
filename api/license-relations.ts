/** What stands beside a license: its records, and the duplicate cases that name it. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { CASE_STATES } from '../domain/reviews.ts';
import { LICENSES_PATH } from '../http/links.ts';
import { MAX_RELATED } from '../operations/license-relations.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { confidence } from './duplicate-schemas.ts';
import { licenseParams } from './licenses.ts';
import { recordSchema } from './review-schemas.ts';
import { createRouter } from './router.ts';
import { answer, json, orNull, problems, READING } from './schemas.ts';

const instant = z.string().openapi({ format: 'date-time' });

const relationsSchema = z
  .object({
    records: z
      .array(
        z.object({
          sourceKey: z.string(),
          role: z.enum(['primary', 'secondary']).openapi({ description: 'The primary one feeds the license.' }),
          matchedBy: z.string().openapi({ description: 'How the two were found to belong together.' }),
          confidence: confidence.nullable().openapi({ description: 'Null where a key decided.' }),
          linkedAt: instant,
          record: orNull(recordSchema).openapi({ description: 'What it said last; null when it was never read.' }),
        }),
      )
      .openapi({ description: `The one that feeds the license first; ${MAX_RELATED} at most.` }),
    cases: z
      .array(
        z.object({
          id: z.number().int(),
          state: z.enum(CASE_STATES),
          confidence,
          decidedBy: z.string().nullable(),
          createdAt: instant,
          decidedAt: instant.nullable(),
        }),
      )
      .openapi({ description: `Newest first, decided ones as well; ${MAX_RELATED} at most.` }),
  })
  .openapi('LicenseRelations');

export function licenseRelationRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const relations = createRoute({
    ...reads(db),
    method: 'get',
    path: `${LICENSES_PATH}/{id}/relations`,
    operationId: 'getLicenseRelations',
    tags: ['Licenses'],
    summary: 'The records that are linked to a license, and the duplicate cases that name it',
    request: { params: licenseParams },
    responses: {
      200: { description: 'Records and cases', content: json(answer(relationsSchema)) },
      ...problems(...READING, 'license-not-found'),
    },
  });

  return createRouter().openapi(relations, async (c) => {
    const data = await operations.licenses.relations(c.req.valid('param').id);
    return c.json({ success: true as const, data }, 200);
  });
}
