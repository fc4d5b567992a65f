import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/** The pattern of the route that answered, such as `/api/v1/licenses/{id}`; `(none)` where there was none. */
export function routeOf(c: Context): string {
  const route = matchedRoutes(c).at(-1)?.path ?? '';
  return route === '' || route.endsWith('*') ? '(none)' : route;
}
