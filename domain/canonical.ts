/** Levels of nesting beyond which a document is refused; a hostile one could otherwise exhaust the stack. */
export const MAX_NESTING = 200;

/** A document that is nested too deeply to be compared or stored. */
export class NestingError extends Error {
  override readonly name = 'NestingError';
  readonly code = 'JSON_TOO_DEEP';
  constructor() {
    super(`a value is nested more than ${MAX_NESTING} levels deep`);
  }
}

/**
 * JSON with the keys of every object in code unit order, without blanks, undefined members dropped: equal values give equal text.
 * Otherwise as `JSON.stringify`: `-0` is `0`, NaN and infinities are `null`, dates become text. An undefined value is `null`.
 * @throws {NestingError} beyond `MAX_NESTING` levels.
 * @throws {TypeError} for a bigint, which JSON cannot say.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0) ?? 'null';
}

function write(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth >= MAX_NESTING) throw new NestingError();
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1) ?? 'null').join(',')}]`;
  return writeObject(value as Record<string, unknown>, depth);
}

/** Text is built directly: rebuilding an object with sorted keys would lose a key named `__proto__`. */
function writeObject(value: Record<string, unknown>, depth: number): string {
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = write(value[key], depth + 1);
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${member}`;
  }
  return `{${text}}`;
}
