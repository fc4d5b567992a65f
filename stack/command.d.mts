export interface CommandResult {
  code: number | null;
  stdout: string;
  output: string;
  failure: string | null;
}
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs: number; signal?: AbortSignal },
): Promise<CommandResult>;
export function lastLines(text: string, count?: number): string;
