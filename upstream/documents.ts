import { isDroppedKey } from './fields.ts';
import { isStorable, Unreadable } from './unreadable.ts';

const MAX_DEPTH = 20;
/** A TEXT column has 65,535 bytes; the rest is room for the canonical form. */
const MAX_BYTES = 60_000;
/** `\u0000` is the longest that a character can become. */
const BYTES_PER_CHARACTER = 6;
const BYTES_PER_VALUE = 32;

/**
 * A copy of a JSON value that may be stored: secrets dropped, numbers that JSON cannot say made null.
 * @throws {Unreadable} when it is nested too deeply, too large for its column, or holds text that MySQL cannot hold.
 */
export function storableDocument(field: string, value: unknown): unknown {
  const budget = { estimate: 0 };
  const copy = copied(field, value, 0, budget);
  // The estimate is cheap and too high; only a document near the limit is worth measuring.
  if (budget.estimate > MAX_BYTES && Buffer.byteLength(JSON.stringify(copy)) > MAX_BYTES) {
    throw new Unreadable('FIELD_TOO_LONG', `${field}: expected at most ${MAX_BYTES} bytes of JSON, got more`);
  }
  return copy;
}

function copied(field: string, value: unknown, depth: number, budget: { estimate: number }): unknown {
  budget.estimate += BYTES_PER_VALUE;
  if (typeof value === 'string') {
    budget.estimate += value.length * BYTES_PER_CHARACTER;
    return storable(field, value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) {
    throw new Unreadable('FIELD_INVALID', `${field}: expected at most ${MAX_DEPTH} levels of nesting, got more`);
  }
  if (Array.isArray(value)) return value.map((item) => copied(field, item, depth + 1, budget));
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (isDroppedKey(key)) continue;
    budget.estimate += key.length * BYTES_PER_CHARACTER;
    copy[storable(field, key)] = copied(field, member, depth + 1, budget);
  }
  return copy;
}

function storable(field: string, text: string): string {
  if (!isStorable(text)) throw Unreadable.text(field);
  return text;
}
