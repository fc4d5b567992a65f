/** Where a text is no JSON. `JSON.parse` often gives no place, and lets the last of two equal members win without a word. */

export interface JsonFault {
  /** From 1. */
  line: number;
  column: number;
  reason: string;
}

const MAX_DEPTH = 100;
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** What stands after a backslash. */
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const SHOWN_CHARS = 60;

/** The first place at which the text is no JSON, names a member twice, or is nested too deep; null when there is none. */
export function findJsonFault(text: string): JsonFault | null {
  const scanner = new Scanner(text);
  try {
    scanner.document();
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, error.at);
    const line = before.split('\n').length;
    return { line, column: error.at - before.lastIndexOf('\n'), reason: error.message };
  }
}

class Fault extends Error {
  readonly at: number;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value(0);
    if (this.#at < this.#text.length) throw this.#expected('the end of the body');
  }

  #value(depth: number): void {
    this.#skip(SPACE);
    if (depth > MAX_DEPTH) throw new Fault(this.#at, `more than ${MAX_DEPTH} levels of nesting`);
    const first = this.#text[this.#at];
    if (first === '{') this.#object(depth);
    else if (first === '[') this.#list(']', () => this.#value(depth + 1));
    else if (first === '"') this.#string();
    else if (!this.#skip(SCALAR)) throw this.#expected('a value');
    this.#skip(SPACE);
  }

  #object(depth: number): void {
    const members = new Set<string>();
    this.#list('}', () => {
      const at = this.#at;
      const name = this.#string();
      if (members.has(name)) throw new Fault(at, `the member ${shown(name)} stands here a second time`);
      members.add(name);
      this.#skip(SPACE);
      this.#take(':');
      this.#value(depth + 1);
    });
  }

  /** From the opening bracket to the closing one, items between commas. */
  #list(close: string, item: () => void): void {
    this.#at += 1;
    this.#skip(SPACE);
    if (this.#text[this.#at] !== close) {
      for (item(); this.#text[this.#at] === ','; item()) {
        this.#at += 1;
        this.#skip(SPACE);
      }
    }
    this.#take(close, `a comma or ${close}`);
  }

  #string(): string {
    const from = this.#at;
    this.#take('"', 'a name in double quotes');
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw new Fault(from, 'a string that does not end');
      if (code < 0x20) throw new Fault(this.#at, 'a control character in a string');
      this.#at += 1;
      if (code === 0x22) return JSON.parse(this.#text.slice(from, this.#at)) as string;
      if (code === 0x5c && !this.#skip(ESCAPE)) throw this.#expected('an escape such as \\n or \\u00e9');
    }
  }

  #take(character: string, what = character): void {
    if (this.#text[this.#at] !== character) throw this.#expected(what);
    this.#at += 1;
  }

  /** @returns whether anything matched here. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    const moved = pattern.lastIndex > this.#at;
    this.#at = pattern.lastIndex;
    return moved;
  }

  #expected(what: string): Fault {
    const end = this.#at >= this.#text.length;
    return new Fault(this.#at, `expected ${what}${end ? ', but the body ends here' : ''}`);
  }
}

function shown(name: string): string {
  return JSON.stringify(name.length > SHOWN_CHARS ? `${name.slice(0, SHOWN_CHARS)}…` : name);
}
