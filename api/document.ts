/**
 * What the generated OpenAPI document lacks: what its tags mean, examples made from its schemas, links, and problems that many routes share
 * told once.
 */
import { linksOf } from './document-links.ts';
import { SAMPLES } from './sample-values.ts';

type Node = Record<string, unknown>;
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown>; responses?: Record<string, unknown> };
}
interface Operation {
  operationId?: string;
  parameters?: Node[];
  requestBody?: { content?: Record<string, Node> };
  responses: Record<string, Node>;
}

export const TAGS = [
  { name: 'Syncs', description: 'Runs of the sync: start, follow, steer, approve; what they sent to the License API.' },
  { name: 'Plans', description: 'What dry runs have planned: look through it, and carry out exactly that.' },
  { name: 'Licenses', description: 'The unified records: list, read, edit, add, import; who put which value there.' },
  { name: 'Duplicates', description: 'Which licenses are of one business, why, and making them one.' },
  { name: 'Reviews', description: 'Duplicate cases that people decide.' },
  { name: 'Merges', description: 'What was made one, and undoing it.' },
  { name: 'Conflicts', description: 'Values that were changed on both sides.' },
  { name: 'Overrides', description: 'Records that always, or never, belong to a license.' },
  { name: 'Quarantine', description: 'Records that could not be read, stored or written, with the reason.' },
  { name: 'Schedules', description: 'Syncs that begin by themselves.' },
  { name: 'Alerts', description: 'What an operator should know without asking.' },
  { name: 'Webhooks', description: 'Who is told of events, and what became of each delivery.' },
  { name: 'Tokens', description: 'Who may use the API.' },
  { name: 'About', description: 'The state of the system, and this document.' },
];

/** Responses that are the same in at least so many operations are told once. */
const SHARED_FROM = 8;
const SHARED_NAMES: Readonly<Record<string, string>> = {
  400: 'InvalidRequest',
  401: 'Unauthenticated',
  403: 'Forbidden',
  409: 'KeyInUse',
  413: 'BodyTooLarge',
  422: 'KeyReused',
  503: 'Unavailable',
};

/** Changes the document in place. */
export function completeDocument<D extends object>(generated: D): D {
  const document = generated as Document;
  const schemas = document.components?.schemas ?? {};
  const operations = Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods));
  for (const { operationId, parameters = [], requestBody, responses } of operations) {
    for (const parameter of parameters) {
      if (parameter.in !== 'path' || parameter.example !== undefined) continue;
      parameter.example = exampleOf(parameter.schema, schemas, '');
    }
    for (const [type, media] of Object.entries(requestBody?.content ?? {})) addExample(type, media, schemas);
    for (const [status, response] of Object.entries(responses)) {
      const links = linksOf(operationId ?? '', status);
      if (Object.keys(links).length > 0) response.links = links;
      const content = (response.content ?? {}) as Record<string, Node>;
      for (const [type, media] of Object.entries(content)) addExample(type, media, schemas);
    }
  }
  shareResponses(document, operations);
  return generated;
}

function addExample(type: string, media: Node, schemas: Record<string, unknown>): void {
  if (media.example !== undefined || media.examples !== undefined || type !== 'application/json') return;
  media.example = exampleOf(media.schema, schemas, '');
}

function shareResponses(document: Document, operations: readonly Operation[]): void {
  const seen = new Map<string, { status: string; response: Node; used: number }>();
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      const text = JSON.stringify(response);
      const one = seen.get(text) ?? { status, response, used: 0 };
      seen.set(text, { ...one, used: one.used + 1 });
    }
  }
  const names = new Map<string, string>();
  const shared: Record<string, unknown> = {};
  for (const [text, { status, response, used }] of seen) {
    const name = SHARED_NAMES[status];
    if (used < SHARED_FROM || name === undefined || shared[name] !== undefined) continue;
    shared[name] = response;
    names.set(text, name);
  }
  document.components = { ...document.components, responses: shared };
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      const name = names.get(JSON.stringify(response));
      if (name !== undefined) responses[status] = { $ref: `#/components/responses/${name}` };
    }
  }
}

/**
 * A value that a schema allows: its own example, or one put together from those of its parts. `name` is the property that holds
 * it, with its component in front (`License.dba`) where there is one; for those names there are samples.
 */
export function exampleOf(schema: unknown, schemas: Readonly<Record<string, unknown>>, name: string): unknown {
  const node = schema as Node;
  if (typeof node.$ref === 'string') {
    const component = node.$ref.split('/').at(-1) ?? '';
    return exampleOf(schemas[component], schemas, component);
  }
  const own = name.includes('.') ? SAMPLES[name] : undefined;
  if (own !== undefined && fits(own, node)) return own;
  if (node.example !== undefined) return node.example;
  const sample = SAMPLES[name.slice(name.indexOf('.') + 1)];
  if (sample !== undefined && fits(sample, node)) return sample;
  if (Array.isArray(node.allOf)) {
    return Object.assign({}, ...node.allOf.map((part) => exampleOf(part, schemas, name)));
  }
  const choice = (node.anyOf ?? node.oneOf) as unknown[] | undefined;
  if (choice !== undefined && node.type === undefined) return exampleOf(choice[0], schemas, name);
  if (Array.isArray(node.enum)) return node.enum[0];
  if (node.const !== undefined) return node.const;
  return plainExample(node, schemas, name);
}

function plainExample(node: Node, schemas: Readonly<Record<string, unknown>>, name: string): unknown {
  const types = [node.type].flat();
  const [type] = types;
  // Named by nobody: absent is likelier than anything made up.
  if (types.includes('null') && type !== 'object') return null;
  switch (type) {
    case 'object': {
      const owner = name.split('.')[0] ?? '';
      const properties = Object.entries((node.properties ?? {}) as Record<string, unknown>);
      return Object.fromEntries(
        properties.map(([property, of]) => [
          property,
          exampleOf(of, schemas, owner === '' ? property : `${owner}.${property}`),
        ]),
      );
    }
    case 'array':
      return [exampleOf(node.items, schemas, name)];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Number(node.minimum ?? 0);
    case 'string':
      return SAMPLES[/id$/i.test(name) ? 'uuid' : String(node.format ?? 'text')];
    default:
      return null;
  }
}

/** Whether a sample is of the schema's type; the names of properties are not always about the same thing. */
function fits(sample: unknown, node: Node): boolean {
  if (Array.isArray(node.enum)) return node.enum.includes(sample);
  const choice = (node.anyOf ?? node.oneOf) as Node[] | undefined;
  if (choice !== undefined && node.type === undefined) return choice.some((one) => fits(sample, one));
  const types = [node.type].flat();
  if (sample === null) return types.includes('null');
  if (Array.isArray(sample)) {
    return types.includes('array') && sample.every((one) => fits(one, node.items as Node));
  }
  if (typeof sample === 'number') {
    return types.includes('number') || (types.includes('integer') && Number.isInteger(sample));
  }
  if (typeof sample === 'string' && node.format === 'uuid') return /^[0-9a-f-]{36}$/.test(sample);
  if (typeof sample === 'string' && node.format === 'date-time') return /^\d{4}-.*T.*Z$/.test(sample);
  // Of anything there may be.
  if (node.type === undefined) return node.$ref === undefined && node.allOf === undefined;
  return types.includes(typeof sample);
}
