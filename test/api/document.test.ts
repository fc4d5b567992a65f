/** The OpenAPI document by itself: complete, and its examples are what it says they are. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOpenApiDocument } from '../../client/document.ts';
import { PROBLEMS } from '../../http/problem.ts';

interface OpenApiDocument {
  tags: { name: string }[];
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, { type?: unknown }>; responses: Record<string, unknown> };
}
interface Media {
  schema: unknown;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Response {
  description: string;
  content?: Record<string, Media>;
  links?: Record<string, { operationId: string; parameters: Record<string, string> }>;
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; schema: unknown; example?: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}

let document: OpenApiDocument;
/** With what it is called in failures. */
let operations: [string, Operation][];
let ajv: Ajv2020;

beforeAll(async () => {
  document = JSON.parse(await readOpenApiDocument());
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation as Operation,
    ]),
  );
  ajv = new Ajv2020({ strict: false, allErrors: true });
  // Ajv is one of those CommonJS modules whose default export TypeScript and Node see differently.
  (addFormats as unknown as (to: Ajv2020) => void)(ajv);
  ajv.addSchema({ ...document, $id: 'document' });
});

/** References stay within the document. */
function faults(schema: unknown, value: unknown): string[] {
  const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'));
  const validate = ajv.compile(local);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** A response by itself or where the document tells it once for many operations. */
function resolved(response: object): Response {
  const name = '$ref' in response ? String(response.$ref).split('/').at(-1) : undefined;
  return (name === undefined ? response : document.components.responses[name]) as Response;
}

function media(of: Record<string, Media> | undefined): [string, Media][] {
  return Object.entries(of ?? {});
}

describe('every operation', () => {
  it('has a summary, a tag that is explained, and an id of its own', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const [name, { summary, operationId, tags: own }] of operations) {
      expect([name, summary?.length]).toEqual([name, expect.any(Number)]);
      expect([name, operationId]).toEqual([name, expect.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/)]);
      expect([name, own?.length, tags.has(own?.[0] ?? '')]).toEqual([name, 1, true]);
    }
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows what to send, which its schema takes', () => {
    for (const [name, { requestBody, parameters = [] }] of operations) {
      for (const [type, { schema, example }] of media(requestBody?.content)) {
        expect([name, type, example === undefined]).toEqual([name, type, false]);
        expect([name, faults(schema, example)]).toEqual([name, []]);
      }
      for (const { name: parameter, in: where, schema, example } of parameters) {
        if (where === 'path') expect([name, parameter, example === undefined]).toEqual([name, parameter, false]);
        if (example !== undefined) expect([name, parameter, faults(schema, example)]).toEqual([name, parameter, []]);
      }
    }
  });

  it('shows what it answers, as its schema says it', () => {
    for (const [name, { responses }] of operations) {
      for (const [status, response] of Object.entries(responses)) {
        for (const [type, { schema, example, examples }] of media(resolved(response).content)) {
          if (!/json$/.test(type)) continue;
          const shown = examples ? Object.values(examples).map(({ value }) => value) : [example];
          expect([name, status, shown.length > 0 && shown[0] !== undefined]).toEqual([name, status, true]);
          for (const value of shown) expect([name, status, faults(schema, value)]).toEqual([name, status, []]);
        }
      }
    }
  });

  it('names the problems that it may answer with, by status', () => {
    for (const [name, { responses }] of operations) {
      for (const [status, response] of Object.entries(responses)) {
        const problem = resolved(response).content?.['application/problem+json'];
        if (!problem) continue;
        const codes = Object.keys(problem.examples ?? {}) as (keyof typeof PROBLEMS)[];
        expect([name, status, codes.length > 0]).toEqual([name, status, true]);
        expect([name, codes.map((code) => String(PROBLEMS[code].status))]).toEqual([name, codes.map(() => status)]);
        expect(resolved(response).description).toContain(`\`${codes[0]}\``);
      }
    }
  });
});

describe('the document', () => {
  it('links to operations that there are, by parameters that they have', () => {
    const known = new Map(operations.map(([, operation]) => [operation.operationId, operation]));
    const links = operations.flatMap(([, { responses }]) =>
      Object.values(responses).flatMap((response) => Object.values(resolved(response).links ?? {})),
    );
    expect(links.length).toBeGreaterThan(30);
    for (const { operationId, parameters } of links) {
      const taken = (known.get(operationId)?.parameters ?? []).map(({ name, in: where }) => `${where}.${name}`);
      expect([operationId, taken]).toEqual([operationId, expect.arrayContaining(Object.keys(parameters))]);
    }
  });

  it('has nothing that programs read otherwise than it is meant', () => {
    const odd: string[] = [];
    const walk = (node: unknown, path: string) => {
      if (typeof node !== 'object' || node === null) return;
      const { pattern, allOf } = node as { pattern?: unknown; allOf?: { type?: unknown }[] };
      // Flags are JavaScript's; JSON Schema takes the slashes for a part of the pattern.
      if (typeof pattern === 'string' && /^\/.*\/[a-z]*$/.test(pattern)) odd.push(`${path}: pattern`);
      // Null beside a named schema, in `allOf`: nothing is both.
      if (Array.isArray(allOf) && allOf.some(({ type }) => [type].flat().includes('null'))) odd.push(`${path}: allOf`);
      for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
    };
    walk(document, '');
    expect(odd).toEqual([]);
    const nullable = Object.entries(document.components.schemas).filter(([, { type }]) =>
      [type].flat().includes('null'),
    );
    expect(nullable.map(([name]) => name)).toEqual([]);
  });

  it('shows values as they are in real answers, not fillers', () => {
    const fillers: string[] = [];
    const walk = (node: unknown, path: string) => {
      if (node === 'text') fillers.push(path);
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
    };
    for (const [name, { responses }] of operations) {
      for (const response of Object.values(responses)) {
        for (const [, { example }] of media(resolved(response).content)) walk(example, name);
      }
    }
    expect(fillers).toEqual([]);
  });

  it('shows nobody who could be real', () => {
    const text = JSON.stringify(document);
    const hosts = [...text.matchAll(/\w@(\w[\w.-]+)/g)].map(([, host]) => host);
    expect(hosts.filter((host) => !/(^|\.)example\.(com|org|net)$/.test(host ?? ''))).toEqual([]);
  });
});
