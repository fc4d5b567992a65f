/**
 * The types of the client, made from the OpenAPI document. `npm run client` writes them; with `--check` it ends with 1 when they are
 * not what the document says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { readOpenApiDocument } from './document.ts';

const TYPES = new URL('./api-types.d.ts', import.meta.url);
const HEAD = '/** Made from the OpenAPI document by `npm run client`. What is changed here by hand is lost. */\n';

const written = await readFile(TYPES, 'utf8').catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return '';
  throw error;
});
const types = `${HEAD}${await typesOf(JSON.parse(await readOpenApiDocument()))}`;
if (!process.argv.includes('--check')) {
  await writeFile(TYPES, types);
} else if (types !== written) {
  console.error('client/api-types.d.ts is not what the OpenAPI document says; run: npm run client');
  process.exitCode = 1;
}

async function typesOf(document: object): Promise<string> {
  // The generator builds syntax trees, for which TypeScript 7 has no library: for it alone there is TypeScript 5, under another name.
  registerHooks({
    resolve: (specifier, context, next) => next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
  });
  const { astToString, default: openapiTS } = await import('openapi-typescript');
  return astToString(await openapiTS(withoutExamples(document) as Parameters<typeof openapiTS>[0]));
}

/** Examples are for readers of the document; as comments they would be two thirds of the types. */
function withoutExamples(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutExamples);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([name]) => name !== 'example' && name !== 'examples');
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutExamples(value)]));
}
