import type { Context } from 'hono';

/** What started a run: the CLI names itself in its User-Agent. */
export function triggerOf(c: Context): 'cli' | 'api' {
  return c.req.header('user-agent')?.startsWith('license-sync-cli') ? 'cli' : 'api';
}
