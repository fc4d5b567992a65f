/** Which methods an address takes, and the answer to any other. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { ApiProblem } from '../http/problem.ts';

interface Address {
  steps: string[];
  /** Steps of the path that are no parameters: of two addresses that fit, the one with more of them is meant. */
  literal: number;
  methods: string[];
}

/**
 * Answers 405 with `Allow` to methods that an address does not take, before anybody asks who the caller is. Hono by itself
 * would hand `GET /reviews/bulk`, which takes POST only, to `GET /reviews/{id}`.
 */
export function knownMethodsOnly(app: OpenAPIHono) {
  let addresses: Address[] | null = null;
  return createMiddleware(async (c, next) => {
    // Routes are added after this.
    addresses ??= addressesOf(app);
    const { path, method } = c.req;
    const steps = path.split('/');
    const address = addresses.find((known) => leadsTo(known, steps));
    if (address !== undefined && !address.methods.includes(method)) {
      const allow = address.methods.join(', ');
      throw new ApiProblem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } });
    }
    await next();
  });
}

function addressesOf({ routes }: OpenAPIHono): Address[] {
  const byPath = new Map<string, Set<string>>();
  for (const { path, method } of routes) {
    if (method === 'ALL' || path.includes('*')) continue;
    const methods = byPath.get(path) ?? new Set();
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
    byPath.set(path, methods);
  }
  return [...byPath]
    .map(([path, methods]) => {
      const steps = path.split('/');
      return { steps, literal: steps.filter((step) => !isParameter(step)).length, methods: [...methods].sort() };
    })
    .sort((a, b) => b.literal - a.literal);
}

function leadsTo({ steps }: Address, taken: readonly string[]): boolean {
  return (
    steps.length === taken.length &&
    steps.every((step, index) => (isParameter(step) ? taken[index] !== '' : step === taken[index]))
  );
}

function isParameter(step: string): boolean {
  return step.startsWith(':');
}
