/** Where everything is: the OpenAPI document. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { json, problems } from './schemas.ts';

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'license-sync',
    version: '0.1.0',
    description:
      'Keeps licenses in step with an External License API. Errors are RFC 9457 problem documents with a stable `type`.',
  },
};

/** Adds the route that describes all the others, so it comes last. */
export function addAbout(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  const document = createRoute({
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    responses: {
      200: { description: 'OpenAPI 3.1', content: json(z.looseObject({ openapi: z.string() })) },
      ...problems(429),
    },
  });
  // Written once: it takes 40 ms, and nobody needs a token to ask. As bytes, so that all who ask are sent the same ones.
  let written: Uint8Array<ArrayBuffer> | null = null;
  app.openAPIRegistry.registerPath(document);
  app.get(document.path, (c) => {
    written ??= new TextEncoder().encode(JSON.stringify(app.getOpenAPI31Document(DOCUMENT)));
    return c.body(written, 200, { 'content-type': 'application/json' });
  });
}
