export class BootstrapError extends Error {}
export function main(work: (signal: AbortSignal) => Promise<number>): Promise<void>;
export function ensurePackages(options?: { root?: string; dev?: boolean; signal?: AbortSignal }): Promise<void>;
export function ensureNode(options?: {
  root?: string;
  current?: { version: string; path: string };
  path?: string;
  signal?: AbortSignal;
}): Promise<string>;
export function runTypeScript(
  entry: string,
  args: readonly string[],
  options?: { root?: string; dev?: boolean; signal?: AbortSignal },
): Promise<number>;
export function runsTypeScript(version: string): boolean;
