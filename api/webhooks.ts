/** Webhooks: who is told of events, and what became of each delivery. For administrators. */
import { createRoute, z } from '@hono/zod-openapi';
import { EVENT_MEANINGS, EVENT_TYPES, SUBSCRIBABLE } from '../domain/events.ts';
import { TOKEN_NAME, TOKEN_NAME_RULE } from '../domain/roles.ts';
import { WEBHOOKS_PATH } from '../http/links.ts';
import { acts, reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, numberedParams, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, json, problems, READING, WRITING } from './schemas.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const ROLE = 'admin';

const instant = z.string().openapi({ format: 'date-time' });
const types = z
  .array(z.enum(SUBSCRIBABLE as [(typeof SUBSCRIBABLE)[number]]))
  .min(1)
  .max(SUBSCRIBABLE.length)
  .nullable()
  .openapi({
    description: `Null: all. ${SUBSCRIBABLE.map((type) => `\`${type}\`: ${EVENT_MEANINGS[type]}`).join(' ')}`,
  });
const url = z.string().min(1).max(2000).openapi({
  format: 'uri',
  description: 'Where events are posted to. Redirects are not followed. Shown to administrators only, never logged.',
  example: 'https://hooks.example.com/license-sync',
});
const state = z
  .enum(['active', 'paused'])
  .openapi({ description: 'Paused: nothing is sent, and nothing is kept for later.' });
const webhookSchema = z
  .object({
    id: z.number().int(),
    name: z.string(),
    url: z.string(),
    types: z.array(z.enum(EVENT_TYPES)).nullable(),
    state,
    createdAt: instant,
    createdBy: z.string(),
    updatedAt: instant,
  })
  .openapi('Webhook');
const newWebhookSchema = webhookSchema
  .extend({ secret: z.string().openapi({ description: 'What deliveries are signed with; shown this once.' }) })
  .openapi('NewWebhook');
const deliverySchema = z
  .object({
    id: z.number().int(),
    eventId: z.string().openapi({
      description:
        'The header `webhook-id`: the same however often it is sent, so that receivers can tell a repetition.',
      example: 'evt_42',
    }),
    type: z.enum(EVENT_TYPES),
    state: z.enum(['pending', 'delivered', 'failed', 'cancelled']),
    attempts: z.number().int(),
    lastStatus: z.number().int().nullable().openapi({ description: 'HTTP status of the last answer.' }),
    lastError: z.string().nullable(),
    happenedAt: instant,
    lastAttemptAt: instant.nullable(),
    settledAt: instant.nullable(),
  })
  .openapi('WebhookDelivery');
const deliveryParams = z.object({
  id: numberedParams.shape.id,
  delivery: numberedParams.shape.id.openapi({ param: { name: 'delivery', in: 'path' } }),
});

export function webhookRoutes({ operations, db }: ApiDeps) {
  const { webhooks } = operations;
  const one = { request: { params: numberedParams } };

  const list = createRoute({
    ...reads(db, ROLE),
    method: 'get',
    path: WEBHOOKS_PATH,
    operationId: 'listWebhooks',
    tags: ['Webhooks'],
    summary: 'List webhooks, oldest first, without their secrets',
    responses: {
      200: { description: 'All of them', content: json(answer(z.array(webhookSchema))) },
      ...problems(401, 403, 503),
    },
  });

  const get = createRoute({
    ...reads(db, ROLE),
    ...one,
    method: 'get',
    path: `${WEBHOOKS_PATH}/{id}`,
    operationId: 'getWebhook',
    tags: ['Webhooks'],
    summary: 'One webhook, without its secret',
    responses: {
      200: { description: 'The webhook', content: json(answer(webhookSchema)) },
      ...problems(...READING, 'webhook-not-found'),
    },
  });

  const create = createRoute({
    ...writes(db, ROLE),
    method: 'post',
    path: WEBHOOKS_PATH,
    operationId: 'createWebhook',
    tags: ['Webhooks'],
    summary: 'Have events posted to an address',
    description:
      'The secret is in this answer and nowhere else. Events that happened before are not sent. Sent again with the same Idempotency-Key, it answers 409 and names the webhook.',
    request: {
      body: {
        required: true,
        content: json(
          z.strictObject({
            name: z.string().regex(TOKEN_NAME, TOKEN_NAME_RULE).openapi({ description: 'Unique among webhooks.' }),
            url,
            types: types.default(null),
          }),
          { name: 'on-call', url: 'https://hooks.example.com/license-sync', types: ['run.ended', 'alert.raised'] },
        ),
      },
    },
    responses: {
      201: {
        description: 'The webhook, with its secret',
        headers: { Location: { description: 'Address of the webhook', schema: { type: 'string' as const } } },
        content: json(answer(newWebhookSchema)),
      },
      ...problems(...WRITING, 'webhook-name-invalid', 'webhook-address-invalid', 'webhook-name-taken', 'webhook-limit'),
    },
  });

  const update = createRoute({
    ...writes(db, ROLE),
    method: 'patch',
    path: `${WEBHOOKS_PATH}/{id}`,
    operationId: 'updateWebhook',
    tags: ['Webhooks'],
    summary: 'Change address, events or state of a webhook',
    request: {
      ...one.request,
      body: {
        required: true,
        content: json(z.strictObject({ url: url.optional(), types: types.optional(), state: state.optional() }), {
          state: 'paused',
        }),
      },
    },
    responses: {
      200: { description: 'The webhook', content: json(answer(webhookSchema)) },
      ...problems(...WRITING, 'webhook-not-found', 'webhook-address-invalid'),
    },
  });

  const rotate = createRoute({
    ...acts(db, ROLE),
    ...one,
    method: 'post',
    path: `${WEBHOOKS_PATH}/{id}/rotate-secret`,
    operationId: 'rotateWebhookSecret',
    tags: ['Webhooks'],
    summary: 'Replace the secret of a webhook, at once',
    description: 'Deliveries under way are signed with the new one from their next try on.',
    responses: {
      200: { description: 'The webhook, with its new secret', content: json(answer(newWebhookSchema)) },
      ...problems(...WRITING, 'webhook-not-found'),
    },
  });

  const remove = createRoute({
    ...acts(db, ROLE),
    ...one,
    method: 'delete',
    path: `${WEBHOOKS_PATH}/{id}`,
    operationId: 'deleteWebhook',
    tags: ['Webhooks'],
    summary: 'Delete a webhook, for good; its address and secret are forgotten',
    responses: {
      200: {
        description: 'Deleted',
        content: json(answer(z.object({ id: z.number().int(), deleted: z.literal(true) }))),
      },
      ...problems(...WRITING, 'webhook-not-found'),
    },
  });

  const test = createRoute({
    ...acts(db, ROLE),
    ...one,
    method: 'post',
    path: `${WEBHOOKS_PATH}/{id}/test`,
    operationId: 'testWebhook',
    tags: ['Webhooks'],
    summary: 'Send a test event to this webhook',
    responses: {
      202: {
        description: 'The delivery; ask for it again to see what became of it',
        content: json(answer(deliverySchema)),
      },
      ...problems(...WRITING, 'webhook-not-found', 'webhook-state'),
    },
  });

  const deliveries = createRoute({
    ...reads(db, ROLE),
    method: 'get',
    path: `${WEBHOOKS_PATH}/{id}/deliveries`,
    operationId: 'listWebhookDeliveries',
    tags: ['Webhooks'],
    summary: 'What was sent to a webhook, newest first',
    request: {
      ...one.request,
      query: z.strictObject({
        state: z.enum(['pending', 'delivered', 'failed', 'cancelled']).optional(),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of deliveries',
        headers: linkHeader,
        content: json(answer(z.array(deliverySchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'webhook-not-found'),
    },
  });

  const retry = createRoute({
    ...acts(db, ROLE),
    method: 'post',
    path: `${WEBHOOKS_PATH}/{id}/deliveries/{delivery}/retry`,
    operationId: 'retryWebhookDelivery',
    tags: ['Webhooks'],
    summary: 'Send an event again, under the same id',
    request: { params: deliveryParams },
    responses: {
      202: { description: 'The delivery, pending again', content: json(answer(deliverySchema)) },
      ...problems(...WRITING, 'webhook-not-found', 'delivery-not-found', 'webhook-state', 'delivery-state'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => c.json({ success: true as const, data: await webhooks.list() }, 200))
    .openapi(get, async (c) =>
      c.json({ success: true as const, data: await webhooks.get(c.req.valid('param').id) }, 200),
    )
    .openapi(create, async (c) => {
      const { webhook, secret } = await webhooks.create({ ...c.req.valid('json'), by: c.get('caller').name });
      c.set('withheld', `it made webhook ${webhook.id}, whose secret is shown once`);
      c.header('Location', `${WEBHOOKS_PATH}/${webhook.id}`);
      c.header('Cache-Control', 'no-store');
      return c.json({ success: true as const, data: { ...webhook, secret } }, 201);
    })
    .openapi(update, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(
        { success: true as const, data: await webhooks.update(id, c.req.valid('json'), c.get('caller').name) },
        200,
      );
    })
    .openapi(rotate, async (c) => {
      const { webhook, secret } = await webhooks.rotateSecret(c.req.valid('param').id, c.get('caller').name);
      c.set('withheld', `it replaced the secret of webhook ${webhook.id}, which is shown once`);
      c.header('Cache-Control', 'no-store');
      return c.json({ success: true as const, data: { ...webhook, secret } }, 200);
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param');
      await webhooks.delete(id, c.get('caller').name);
      return c.json({ success: true as const, data: { id, deleted: true as const } }, 200);
    })
    .openapi(test, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await webhooks.test(id, c.get('caller').name) }, 202);
    })
    .openapi(deliveries, async (c) => {
      const { id } = c.req.valid('param');
      const { limit = DEFAULT_LIMIT, cursor, state: of } = c.req.valid('query');
      const page = await webhooks.deliveries(id, {
        limit,
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(of === undefined ? {} : { state: of }),
      });
      const { meta, link } = pageOf(`${WEBHOOKS_PATH}/${id}/deliveries`, { state: of }, { limit, next: page.next });
      if (link) c.header('Link', link);
      return c.json({ success: true as const, data: page.deliveries, meta }, 200);
    })
    .openapi(retry, async (c) => {
      const { id, delivery } = c.req.valid('param');
      return c.json({ success: true as const, data: await webhooks.retry(id, delivery, c.get('caller').name) }, 202);
    });
}
