/** Why a row cannot be read. */
export type UnreadableCode =
  | 'ROW_NOT_AN_OBJECT'
  | 'ROW_WITHOUT_KEY'
  | 'FIELD_INVALID'
  | 'FIELD_TOO_LONG'
  | 'FIELD_OUT_OF_RANGE'
  | 'FIELD_NOT_STORABLE';

/**
 * A value that cannot be read. The message names the field and what was expected, never the value: a value in the wrong
 * field may be anything, an e-mail address or a password among it.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: UnreadableCode;
  constructor(code: UnreadableCode, message: string) {
    super(message);
    this.code = code;
  }

  static value(field: string, expected: string, got: unknown): Unreadable {
    return new Unreadable('FIELD_INVALID', `${field}: expected ${expected}, got ${kindOf(got)}`);
  }

  static text(field: string): Unreadable {
    return new Unreadable(
      'FIELD_NOT_STORABLE',
      `${field}: expected whole characters, got a NUL or half of a surrogate pair`,
    );
  }
}

const NOT_STORABLE = /[\0\p{Surrogate}]/u;

/** Whether MySQL can hold the text: a lone surrogate is no character, and NUL ends a string for too many tools. */
export function isStorable(text: string): boolean {
  return !NOT_STORABLE.test(text);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}
