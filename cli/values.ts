import { InvalidArgumentError } from 'commander';
import { TOKEN_NAME, TOKEN_NAME_RULE } from '../domain/roles.ts';
import { number } from './text.ts';

/** A value of a record or a license as people read it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As `shown`, short enough for a table. */
export function brief(value: unknown, most = 40): string {
  const text = shown(value).replace(/\s+/g, ' ');
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** `2026-02-14 15:30`, UTC. */
export function minute(instant: string | null): string {
  return instant?.slice(0, 16).replace('T', ' ') ?? '';
}

/** The number of a conflict, an override or an entry. */
export function parseId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('expected its number in the list');
  return Number(text);
}

/** What a token or a webhook is called. */
export function parseName(text: string): string {
  if (!TOKEN_NAME.test(text)) throw new InvalidArgumentError(TOKEN_NAME_RULE);
  return text;
}

/** For arguments that may be given several times. */
export function parseIds(text: string, before: number[] = []): number[] {
  return [...before, parseId(text)];
}

export function limitParser(most: number): (text: string) => number {
  return (text) => {
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 1 || limit > most) {
      throw new InvalidArgumentError(`expected a whole number from 1 to ${most}`);
    }
    return limit;
  };
}

/** What follows a list that was cut off. @param most what `--limit` takes. */
export function thereAreMore(which: 'newest' | 'first', shown: number, most: number): string {
  const how = shown < most ? `--limit shows up to ${most}` : 'narrow the list down, or follow the cursor of the API';
  return `There are more; the ${which} ${number(shown)} are shown (${how}).`;
}

/** A query string of what is set, with the question mark; empty when nothing is. */
export function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const set = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return set.length === 0 ? '' : `?${new URLSearchParams(set as [string, string][])}`;
}
