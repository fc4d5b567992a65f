/** Importing licenses from a file. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { LICENSES_PATH } from '../http/links.ts';
import { ApiProblem } from '../http/problem.ts';
import { takesCsv } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { importResultSchema } from './license-schemas.ts';
import { createRouter } from './router.ts';
import { answer, flagParam, json, problems, WRITING } from './schemas.ts';

const EXAMPLE = 'key,dba,zip,status\nLS-1001,Harbor Street Bakery,60601,active\n';

export function licenseImportRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const importFile = createRoute({
    ...takesCsv(db, 'operator'),
    method: 'post',
    path: `${LICENSES_PATH}/import`,
    operationId: 'importLicenses',
    tags: ['Licenses'],
    summary: 'Import licenses from a CSV file',
    description:
      'The first line names the columns as the API names its fields, in any letter case; comma, semicolon or tab between them. Every row is checked before anything is written, and all is written at once or nothing: 422 names the first hundred faults by line and column. A license is recognised by its `key`. A row without one means the license, not archived, that carries its countid, else its appid, else the one that the same e-mail, name, zip, address, phone and mid made before; several that carry it, or two rows for one license, are a fault. So a file that is sent again changes nothing. A blank cell says nothing. A license that says otherwise than its row is kept and named, unless `update=true`. A row that would make a license is compared with all licenses and with the rows before it: taken for the same business (above 90), it makes none and is named, unless `allowDuplicates=true`; one that resembles others less makes one and is named.',
    request: {
      query: z.strictObject({
        dryRun: flagParam.openapi({ type: 'boolean', description: 'Tell what would be done, and write nothing.' }),
        allowDuplicates: flagParam.openapi({
          type: 'boolean',
          description: 'Make licenses also for rows that are taken for a business that is there.',
        }),
        update: flagParam.openapi({ type: 'boolean', description: 'Write over what licenses hold already.' }),
      }),
      body: { required: true, content: { 'text/csv': { schema: z.string(), example: EXAMPLE } } },
    },
    responses: {
      200: { description: 'What was done', content: json(answer(importResultSchema)) },
      ...problems(...WRITING, 'import-under-way', 'import-refused'),
    },
  });

  return createRouter().openapi(importFile, async (c) => {
    const { dryRun = false, update = false, allowDuplicates = false } = c.req.valid('query');
    const { signal } = c.req.raw;
    try {
      const by = c.get('caller').name;
      const request = { body: c.get('csv'), dryRun, update, allowDuplicates, by, signal };
      const result = await operations.licenses.import(request);
      return c.json({ success: true as const, data: result }, 200);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      throw new ApiProblem('invalid-request', 'The caller went away; nothing was imported.');
    }
  });
}
