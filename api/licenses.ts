/** Licenses: list, look at, edit, add. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { LICENSES_PATH } from '../http/links.ts';
import { ApiProblem } from '../http/problem.ts';
import type { LicenseView } from '../operations/license-view.ts';
import { reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { suspectSchema } from './duplicate-schemas.ts';
import { ifMatchHeaders } from './if-match.ts';
import { cursorOf, licenseListQuery, licenseQueryOf } from './license-query.ts';
import { editSchema, givenFields, licenseListMeta, licenseSchema, newLicenseSchema } from './license-schemas.ts';
import { linkHeader, pageOf } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, flagParam, json, problems, READING, WRITING } from './schemas.ts';

const text = { type: 'string' as const };
const NEW_LICENSE = {
  dba: 'Harbor Street Bakery',
  zip: '60601',
  city: 'Springfield',
  appid: 'hb4711ca',
  status: 'active',
};
const etagHeader = { ETag: { description: 'The version in quotes, for If-Match', schema: text } };
const resolvedSchema = licenseSchema
  .extend({
    resolvedFrom: z
      .uuid()
      .optional()
      .openapi({ description: 'The id that was asked for, where that license was consolidated into this one.' }),
  })
  .openapi('ResolvedLicense');
export const licenseParams = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected the id of a license, such as 0195f0c4-…')
    .openapi({ param: { name: 'id', in: 'path' }, format: 'uuid' }),
});

export function licenseRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const { licenses } = operations;

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: LICENSES_PATH,
    operationId: 'listLicenses',
    tags: ['Licenses'],
    summary: 'List licenses, internal and external fields in one record',
    description:
      'Newest first. Filters are joined by and; texts are compared without regard to case. `page` and `limit` for people, `cursor` for programs: it neither skips nor repeats a license when others are added meanwhile.',
    request: { query: licenseListQuery },
    responses: {
      200: {
        description: 'A page of licenses',
        headers: linkHeader,
        content: json(answer(z.array(licenseSchema)).extend({ meta: licenseListMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${LICENSES_PATH}/{id}`,
    operationId: 'getLicense',
    tags: ['Licenses'],
    summary: 'One license',
    description:
      'The id of a license that was consolidated leads to the one that it was consolidated into, at last: `resolvedFrom` is the id that was asked for, and `Content-Location` the address of what is shown. `archived=true` shows the consolidated one itself.',
    request: {
      params: licenseParams,
      query: z.strictObject({
        archived: flagParam.openapi({ type: 'boolean', description: 'Show a consolidated license itself.' }),
      }),
    },
    responses: {
      200: {
        description: 'The license',
        headers: {
          ...etagHeader,
          'Content-Location': { description: 'Address of the license, when another id led to it', schema: text },
        },
        content: json(answer(resolvedSchema)),
      },
      ...problems(...READING, 'license-not-found'),
    },
  });

  const edit = createRoute({
    ...writes(db, 'reviewer'),
    method: 'patch',
    path: `${LICENSES_PATH}/{id}`,
    operationId: 'editLicense',
    tags: ['Licenses'],
    summary: 'Edit a license',
    description:
      'Writes the given members (JSON merge patch); null clears one. `If-Match` names the version that the edit was made on: when the license has changed since, nothing is written, and 412 says which fields. `expiresAt` and `coming_expired` are one day: where only one is given, the other follows.',
    request: {
      params: licenseParams,
      headers: ifMatchHeaders,
      body: { required: true, content: json(editSchema, { city: 'Springfield', notes: null }) },
    },
    responses: {
      200: { description: 'The license as it is now', headers: etagHeader, content: json(answer(licenseSchema)) },
      ...problems(...WRITING, 'license-not-found', 'license-archived', 'license-changed', 'if-match-needed'),
    },
  });

  const create = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: LICENSES_PATH,
    operationId: 'createLicense',
    tags: ['Licenses'],
    summary: 'Add a license',
    description:
      'At least one of dba, appid, countid and key is needed. 409 `license-exists` names the licenses, not archived, that carry its countid or appid already, and which of the two: `licenses: [{licenseId, field}]`. 409 `duplicate-suspected` names those that the matching takes for the same business (above 90). One that resembles others less is added, and cases are opened for people to decide; the answer names them.',
    request: {
      query: z.strictObject({
        allowDuplicate: flagParam.openapi({
          type: 'boolean',
          description:
            'Add it also when a license that is not archived has its countid or appid, or is taken for the same business; that they are two is remembered then.',
        }),
      }),
      body: { required: true, content: json(newLicenseSchema, NEW_LICENSE) },
    },
    responses: {
      201: {
        description: 'The license',
        headers: { ...etagHeader, Location: { description: 'Address of the license', schema: text } },
        content: json(
          answer(licenseSchema).extend({
            meta: z.object({
              potentialDuplicates: z.array(suspectSchema).openapi({ description: 'Licenses that it resembles.' }),
            }),
          }),
        ),
      },
      ...problems(...WRITING, 'license-exists', 'license-key-taken', 'duplicate-suspected'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const query = licenseQueryOf(c.req.valid('query'));
      const { licenses: data, total, next, ...numbers } = await licenses.list(query);
      const { limit, from } = query;
      const { page: _, cursor: __, limit: ___, ...asked } = c.req.query();
      const { meta, link } = pageOf(LICENSES_PATH, asked, { limit, next: next && cursorOf(query, next) });
      if (link !== null) c.header('Link', link);
      const page = 'page' in from ? from.page : null;
      const pagination = { page, limit, totalPages: Math.ceil(total / limit), total };
      const { nextCursor } = meta;
      return c.json({ success: true as const, data, meta: { pagination, nextCursor, ...numbers } }, 200);
    })
    .openapi(get, async (c) => {
      const { archived } = c.req.valid('query');
      const license = await licenses.get(c.req.valid('param').id, { archived: archived ?? false });
      c.header('ETag', tagOf(license));
      if (license.resolvedFrom !== undefined) c.header('Content-Location', `${LICENSES_PATH}/${license.id}`);
      return c.json({ success: true as const, data: license }, 200);
    })
    .openapi(edit, async (c) => {
      const { id } = c.req.valid('param');
      const version = c.req.valid('header')['if-match'];
      if (version == null) throw versionNeeded(version, await licenses.get(id, { archived: true }));
      const given = givenFields(c.req.valid('json'));
      const license = await licenses.edit(id, { given, version, by: c.get('caller').name });
      c.header('ETag', tagOf(license));
      return c.json({ success: true as const, data: license }, 200);
    })
    .openapi(create, async (c) => {
      const body = c.req.valid('json');
      const { allowDuplicate = false } = c.req.valid('query');
      const by = c.get('caller').name;
      const request = { key: body.key, given: givenFields(body), by, allowDuplicate };
      const { license, potentialDuplicates } = await licenses.create(request);
      c.header('Location', `${LICENSES_PATH}/${license.id}`);
      c.header('ETag', tagOf(license));
      return c.json({ success: true as const, data: license, meta: { potentialDuplicates } }, 201);
    });
}

function tagOf({ version }: LicenseView): string {
  return `"${version}"`;
}

/** An edit names the version that it was made on; `*` (null) would write over what nobody has seen. */
function versionNeeded(sent: null | undefined, license: LicenseView): ApiProblem {
  const refused =
    sent === null ? 'If-Match: * is not accepted, because it would write over what nobody has seen. ' : '';
  return new ApiProblem(
    'if-match-needed',
    `${refused}Send the version that the edit was made on, as the ETag of the license says it; it is now at If-Match: ${tagOf(license)}.`,
  );
}
