/** Where everything is: the OpenAPI document, and a page for people who open the address in a browser. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { html } from 'hono/html';
import { OPERATIONS_PATH, PLANS_PATH, SYNC_PATH } from './links.ts';
import { json } from './schemas.ts';

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'license-sync',
    version: '0.1.0',
    description:
      'Keeps licenses in step with an External License API. Errors are RFC 9457 problem documents with a stable `type`.',
  },
};

const ADDRESSES: [string, string][] = [
  [`POST ${SYNC_PATH}`, 'start a sync'],
  [`GET ${SYNC_PATH}/status`, 'the last sync and the numbers'],
  [`GET ${OPERATIONS_PATH}`, 'runs, newest first'],
  [`GET ${PLANS_PATH}`, 'what dry runs would change'],
  [`GET ${OPERATIONS_PATH}/{id}/events`, 'progress as it happens'],
  ['GET /api/v1/health', 'every part, one by one'],
];

/** Adds the routes that describe all the others, so it comes last. */
export function addAbout(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  const document = createRoute({
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    responses: { 200: { description: 'OpenAPI 3.1', content: json(z.looseObject({ openapi: z.string() })) } },
  });
  const page = createRoute({
    method: 'get',
    path: '/',
    summary: 'The addresses, for people',
    responses: { 200: { description: 'A page', content: { 'text/html': { schema: z.string() } } } },
  });
  app.openapi(document, (c) => c.json(app.getOpenAPI31Document(DOCUMENT) as { openapi: string }, 200));
  app.openapi(page, (c) => c.html(PAGE));
}

const PAGE = html`<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>license-sync</title>
<h1>license-sync</h1>
<p>An HTTP API. Send <code>Authorization: Bearer &lt;token&gt;</code> with every call under <code>/api</code>.</p>
<ul>${ADDRESSES.map(([address, what]) => html`<li><code>${address}</code>: ${what}</li>`)}</ul>
<p><a href="/openapi.json">openapi.json</a> · <a href="/readyz">readyz</a> · <a href="/livez">livez</a></p>
</html>`;
