/** Markup as pages make it: text put into `html` is escaped, markup of other `html` is not. */
import { html } from 'hono/html';

export { html };

/** Markup that is safe to put into other markup. */
export type Html = ReturnType<typeof html>;

/** What may stand where something may be missing. */
export type MaybeHtml = Html | string | null | false;
