/** Where everything is: the OpenAPI document. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { completeDocument, TAGS } from './document.ts';
import { json, problems } from './schemas.ts';

export const OPENAPI_PATH = '/openapi.json';
const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'license-sync',
    version: '0.1.0',
    description:
      'Keeps licenses in step with an External License API. Errors are RFC 9457 problem documents with a stable `type`. Requests that change something take an `Idempotency-Key` and can be sent again when their answer was lost.',
  },
  tags: TAGS,
};

/** Adds the route that describes all the others, so it comes last. */
export function addAbout(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token, made with `POST /api/v1/tokens` or `npx license-sync tokens create`.',
  });
  const route = createRoute({
    method: 'get',
    path: OPENAPI_PATH,
    operationId: 'getOpenApiDocument',
    tags: ['About'],
    summary: 'This document',
    responses: {
      200: { description: 'OpenAPI 3.1', content: json(z.looseObject({ openapi: z.string() }), { openapi: '3.1.0' }) },
      ...problems(429),
    },
  });
  // Written once, when it is first asked for: by then all routes are there. It takes 40 ms, and nobody needs a token to ask. As bytes, so that
  // all who ask are sent the same ones.
  let written: Uint8Array<ArrayBuffer> | null = null;
  app.openAPIRegistry.registerPath(route);
  app.get(route.path, (c) => {
    written ??= new TextEncoder().encode(JSON.stringify(completeDocument(app.getOpenAPI31Document(DOCUMENT))));
    return c.body(written, 200, { 'content-type': 'application/json' });
  });
}
