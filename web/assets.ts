/** Style sheets and scripts: read once, served under addresses that change with their content. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Hono } from 'hono';

export interface Assets {
  /** Address of the style sheet. */
  style: string;
  /** Address of a script of `assets/`, by its name without ending. */
  script(name: string): string;
  routes: Hono;
}

const FOLDER = new URL('./assets/', import.meta.url);
/** The base comes first, so that an area's sheet can refine it. */
const BASE_STYLE = 'console.css';
const KEPT_FOR = 'public, max-age=31536000, immutable';

/** @throws {Error} when a file cannot be read: the program was not installed as a whole. */
export function loadAssets(): Assets {
  const names = readdirSync(FOLDER).sort();
  const sheets = [BASE_STYLE, ...names.filter((name) => name.endsWith('.css') && name !== BASE_STYLE)];
  const routes = new Hono();

  function serve(name: string, ending: 'css' | 'js', content: string): string {
    const path = `/assets/${name}-${createHash('sha256').update(content).digest('hex').slice(0, 10)}.${ending}`;
    const type = ending === 'css' ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    routes.get(path, (c) =>
      c.body(content, 200, { 'content-type': type, 'cache-control': KEPT_FOR, 'x-content-type-options': 'nosniff' }),
    );
    return path;
  }

  const style = serve('console', 'css', sheets.map(read).join('\n'));
  const scripts = new Map(
    names
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name.slice(0, -3), serve(name.slice(0, -3), 'js', read(name))]),
  );
  return {
    style,
    script(name) {
      const path = scripts.get(name);
      if (path === undefined) throw new Error(`there is no script ${name} in web/assets`);
      return path;
    },
    routes,
  };
}

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}
