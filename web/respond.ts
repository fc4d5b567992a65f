/** What pages answer: documents, the way on after a form, and errors in words. */
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { PROBLEMS, toProblem } from '../http/problem.ts';
import type { Notice } from '../operations/sessions.ts';
import { findVisitor, type Visitor } from './access.ts';
import type { Assets } from './assets.ts';
import { notice } from './components/notice.ts';
import { readTheme } from './cookies.ts';
import { type Html, html } from './html.ts';
import { type Area, documentOf } from './layout.ts';
import { signInPath } from './paths.ts';
import type { Site } from './site.ts';

export interface Page {
  /** Its one heading; also the window's title. */
  title: string;
  area: Area | null;
  main: Html;
  status?: number;
  /** Names of scripts in `assets/` beside the one that all pages have. */
  scripts?: readonly string[];
  /** Seconds after which a browser without scripts loads the page again. */
  refresh?: number;
}

declare module 'hono' {
  interface ContextVariableMap {
    /** Set for every address of the console. */
    console: { site: Site; assets: Assets };
  }
}

/** The whole document, for whoever is signed in. */
export async function showPage(c: Context, page: Page): Promise<Response> {
  const { site, assets } = c.get('console');
  const visitor: Visitor | undefined = c.get('visitor');
  const told = visitor?.notice ?? null;
  const [waiting] = await Promise.all([
    visitor ? site.operations.countWaiting() : null,
    visitor && told ? site.operations.sessions.tell(visitor.sessionValue, null) : null,
  ]);
  const markup = await documentOf({
    ...page,
    visitor: visitor ?? null,
    notice: told,
    waiting,
    theme: readTheme(c),
    assets,
    path: c.req.path,
  });
  // Pages hold people's data: no cache keeps them, and going back asks again.
  return c.html(`${markup}`, (page.status ?? 200) as 200, { 'cache-control': 'no-store' });
}

/** After a form was carried out: on to a page, which says so once. */
export async function seeOther(c: Context, path: string, told?: Notice): Promise<Response> {
  if (told) await c.get('console').site.operations.sessions.tell(c.get('visitor').sessionValue, told);
  return c.redirect(path, 303);
}

/** Whatever was thrown, as a page that says what happened and where to go on. */
export async function showError(c: Context, error: unknown, log: Logger): Promise<Response> {
  const problem = toProblem(error, log);
  const { status, title } = PROBLEMS[problem.code];
  if (problem.code === 'unauthenticated') return c.redirect(signInPath('/'), 303);
  if (c.get('visitor') === undefined) await recognise(c);
  const { operationId } = problem.members;
  const main = html`
    ${notice(status >= 500 ? 'bad' : 'warn', html`<p>${sentence(problem.message)}</p>`)}
    <p class="ways">
      ${typeof operationId === 'string' ? html`<a class="button" href="/runs/${operationId}">Open that run</a>` : ''}
      <a class="button" href="${backPath(c)}">Go back</a> <a href="/">Overview</a>
    </p>
    <p class="muted">Code <code>${problem.code}</code>, status ${status}.</p>`;
  return await showPage(c, { title, area: null, main, status });
}

/** An error page has the navigation too; when not even that can be read, it does without. */
async function recognise(c: Context): Promise<void> {
  const { site } = c.get('console');
  try {
    const visitor = await findVisitor(site, c);
    if (visitor) c.set('visitor', visitor);
  } catch (error) {
    site.log.warn({ err: error }, 'an error page is shown without its navigation');
  }
}

/** The page that the visitor comes from, when it is one of ours. */
function backPath(c: Context): string {
  const given = c.req.header('referer');
  if (given === undefined || !URL.canParse(given)) return '/';
  const from = new URL(given);
  // Two slashes at the beginning would lead to another site.
  const ours = from.host === new URL(c.req.url).host && !from.pathname.startsWith('//');
  return ours ? `${from.pathname}${from.search}` : '/';
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
