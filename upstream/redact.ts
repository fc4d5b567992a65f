import { maskText, PERSONAL_KEY, REMOVED } from '../domain/mask.ts';
import { isDroppedKey } from './fields.ts';

const MAX_CHARACTERS = 4000;
const MAX_DEPTH = 6;
const MAX_MEMBERS = 60;
const MAX_ITEMS = 10;
const MAX_TEXT = 300;
const MAX_KEY = 100;
/** Looked at per text: bounds the work on a hostile one, and leaves more than is kept. */
const MAX_SCANNED = 1000;

/** Numbers under these keys are identities, however many digits they have. */
const IDENTITY_KEY = /^(?:count_?id|id|app_?id|mid)$/i;

/**
 * A row as JSON for the quarantine, so that a person sees what was wrong with it: without passwords and the like, e-mail
 * addresses and phone numbers, at any depth and inside texts; at most 4,000 characters, always valid JSON.
 */
export function redactRow(raw: unknown): string {
  const text = JSON.stringify(redacted(raw, '', 0)) ?? 'null';
  if (text.length <= MAX_CHARACTERS) return text;
  for (let kept = MAX_CHARACTERS - 100; ; kept = Math.floor(kept * 0.8)) {
    const cut = JSON.stringify({ cut: true, characters: text.length, start: text.slice(0, kept) });
    if (cut.length <= MAX_CHARACTERS) return cut;
  }
}

/** A text of somebody else's without e-mail addresses, phone numbers and secrets; at most its first 1,000 characters. */
export function redactText(text: string): string {
  return maskText(text.slice(0, MAX_SCANNED));
}

function redacted(value: unknown, key: string, depth: number): unknown {
  if (typeof value === 'string') return redactedText(value, key, depth);
  if (typeof value === 'number') {
    if (PERSONAL_KEY.test(key)) return REMOVED;
    return IDENTITY_KEY.test(key) || maskText(String(value)) === String(value) ? value : REMOVED;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redacted(item, key, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `[${value.length - MAX_ITEMS} more]`] : items;
  }
  const members = Object.entries(value).filter(([name]) => !isDroppedKey(name));
  const kept = members
    .slice(0, MAX_MEMBERS)
    .map(([name, member]) => [
      maskText(name.slice(0, MAX_SCANNED)).slice(0, MAX_KEY),
      redacted(member, name, depth + 1),
    ]);
  if (members.length > MAX_MEMBERS) kept.push(['…', `[${members.length - MAX_MEMBERS} more]`]);
  return Object.fromEntries(kept);
}

function redactedText(text: string, key: string, depth: number): unknown {
  if (PERSONAL_KEY.test(key)) return text === '' ? '' : REMOVED;
  if (/^\s*[[{]/.test(text)) return redactedDocument(text, key, depth);
  const scanned = redactText(text);
  return text.length > MAX_TEXT ? `${scanned.slice(0, MAX_TEXT)}… [${text.length} characters]` : scanned;
}

/** A JSON text may hold what must not be shown, such as `{"pass":"…"}`; one that is broken hides where it stands. */
function redactedDocument(text: string, key: string, depth: number): unknown {
  try {
    return redacted(JSON.parse(text), key, depth + 1);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `[broken JSON text of ${text.length} characters]`;
  }
}
