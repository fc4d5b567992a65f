/** `/docs`: the OpenAPI document as a page on which requests can be tried out. Everything it needs comes from here. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { answerLog } from '../http/answer-log.ts';
import { ApiProblem, problemResponse, toProblem } from '../http/problem.ts';

export const DOCS_PATH = '/docs';
const KEPT_FOR = 'public, max-age=31536000, immutable';
const OWN = ['page.css', 'page.js', 'theme.js'];
const OF_SWAGGER_UI = ['swagger-ui.css', 'swagger-ui-bundle.js'];
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

export function isDocsPath(path: string): boolean {
  return path === DOCS_PATH || path.startsWith(`${DOCS_PATH}/`);
}

/** @throws {Error} when a file cannot be read: the program was not installed as a whole. */
export function createDocs(log: Logger): Hono {
  const app = new Hono();
  app.onError((error, c) => problemResponse(c, toProblem(error, log)));
  app.notFound((c) => problemResponse(c, new ApiProblem('not-found', `There is only ${DOCS_PATH}.`)));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      xFrameOptions: 'DENY',
      // For whoever ends TLS to say: it holds for the whole host.
      strictTransportSecurity: false,
    }),
  );
  app.use(answerLog(log));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        return problemResponse(
          c,
          new ApiProblem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } }),
        );
      },
    }),
  );

  const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const { version } = JSON.parse(readFileSync(join(swaggerUi, 'package.json'), 'utf8')) as { version: string };
  const addresses = new Map<string, string>();
  for (const name of OWN) {
    const content = readFileSync(new URL(`./docs-page/${name}`, import.meta.url), 'utf8');
    const mark = createHash('sha256').update(content).digest('hex').slice(0, 10);
    serve(name, mark, () => Buffer.from(content));
  }
  // Read when somebody first asks: two megabytes that most processes never need.
  for (const name of OF_SWAGGER_UI) serve(name, version, () => readFileSync(join(swaggerUi, name)));
  const page = readFileSync(new URL('./docs-page/index.html', import.meta.url), 'utf8').replace(
    /\{\{([^}]+)\}\}/g,
    (_, name: string) => addresses.get(name) ?? '',
  );
  app.get(DOCS_PATH, (c) => c.html(page, 200, { 'cache-control': 'no-cache' }));
  return app;

  /** Under an address that changes with the content; compressed, once, for those who take that. */
  function serve(name: string, mark: string, read: () => Buffer<ArrayBuffer>): void {
    const path = `${DOCS_PATH}/${mark}/${name}`;
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain';
    const plain = once(read);
    const packed = once(() => gzipSync(plain()));
    app.get(path, (c) => {
      const headers = { 'content-type': type, 'cache-control': KEPT_FOR, vary: 'accept-encoding' };
      if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(plain(), 200, headers);
      return c.body(packed(), 200, { ...headers, 'content-encoding': 'gzip' });
    });
    addresses.set(name, path);
  }
}

function once<T>(read: () => T): () => T {
  let kept: { value: T } | null = null;
  return () => {
    kept ??= { value: read() };
    return kept.value;
  };
}
