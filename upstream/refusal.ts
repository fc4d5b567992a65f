/** What the API says when it refuses a change, in a form that may be stored and shown. */
import { redactRow, redactText } from './redact.ts';

const MAX_WORDS = 200;
/** A shorter text is part of too many words. */
const SHORTEST_ECHO = 3;

/**
 * The API's own message without e-mail addresses, phone numbers and secrets, and without the texts that were sent: what a person
 * typed may come back in it.
 * @param text the body of the answer.
 * @param sent the fields of the change.
 * @returns one line of at most 200 characters; undefined when the answer holds no message.
 */
export function refusalWords(text: string, sent: Readonly<Record<string, unknown>>): string | undefined {
  const message = messageOf(text);
  if (message === undefined) return undefined;
  const own = Object.values(sent)
    .filter((value) => typeof value === 'string' && value.trim().length >= SHORTEST_ECHO)
    .reduce<string>((rest, value) => rest.replaceAll(String(value), '[removed]'), message);
  // Before the redaction: an invisible character in the middle would hide an address from it.
  const line = redactText(own.replace(/[\s\p{C}]+/gu, ' ').trim());
  if (line === '') return undefined;
  const characters = Array.from(line);
  return characters.length > MAX_WORDS ? `${characters.slice(0, MAX_WORDS - 1).join('')}…` : line;
}

function messageOf(text: string): string | undefined {
  const answer = parsed(text);
  if (typeof answer !== 'object' || answer === null || !('message' in answer)) return undefined;
  const { message } = answer;
  if (typeof message === 'string') return message;
  return message === null ? undefined : redactRow(message);
}

/** Whether the API itself can have sent this: all of its answers are objects. */
export function isJsonObject(text: string): boolean {
  const answer = parsed(text);
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
