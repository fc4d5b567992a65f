/** How a TypeScript entry point of the project is run: by this Node, without the remark that this is new. */
export function typescript(entry: string, args: readonly string[] = []): { command: string; args: string[] } {
  return { command: process.execPath, args: ['--disable-warning=ExperimentalWarning', entry, ...args] };
}
