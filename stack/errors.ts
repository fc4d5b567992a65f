/** A step of the stack that failed; the message says what happened, which file to read and what to do next. */
export class StackError extends Error {
  override readonly name: string = 'StackError';
}

/** The stack was told to stop while it was still starting. */
export class StoppedError extends StackError {
  override readonly name = 'StoppedError';
  constructor() {
    super('stopped before everything was up');
  }
}

/** The reason of any thrown value, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
