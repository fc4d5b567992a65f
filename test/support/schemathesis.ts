/** Schemathesis, which reads the OpenAPI document and tries what an API makes of requests that fit it, and of such that do not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from '../../stack/paths.ts';
import { projectFile } from './processes.ts';

const VERSION = '4.32.5';

export interface Fuzzing {
  url: string;
  /** Sent with each request; null sends none. */
  token: string | null;
  /** Requests made up for each operation, beside those that the document's own values and bounds suggest. */
  examples: number;
  phases: string;
  /** Chains of requests are tried for so long; without it, until nothing new seems to come. */
  seconds?: number | undefined;
  seed: string | undefined;
  env: Record<string, string>;
}

export interface Fuzzed {
  code: number | null;
  /** What it has to say, failures and how to repeat them first of all. */
  report: string;
}

/** Runs all checks, those of `test/api/fuzz/checks.py` among them. */
export async function fuzz({ url, token, examples, phases, seconds, seed, env }: Fuzzing): Promise<Fuzzed> {
  const program = await ensureSchemathesis();
  const folder = projectFile('test/api/fuzz');
  const { code, output } = await run(
    program,
    [
      ...['--config-file', join(folder, 'schemathesis.toml'), 'run', `${url}/openapi.json`],
      ...(token === null ? [] : ['--header', `Authorization: Bearer ${token}`]),
      ...['--phases', phases, '--max-examples', String(examples), '--continue-on-failure', '--no-color'],
      // In place of the first, checks.py has `takes_what_the_document_allows`.
      ...['--exclude-checks', 'positive_data_acceptance', '--request-timeout', '60'],
      // CPython 3.11 builds no syntax trees in two threads at once, and the tool does.
      ...['--workers', '1'],
      ...(seconds === undefined ? [] : ['--max-time', String(seconds)]),
      ...(seed === undefined ? [] : ['--seed', seed]),
    ],
    { ...process.env, ...env, SCHEMATHESIS_HOOKS: 'checks', PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  );
  return { code, report: output };
}

/** The one on the PATH when it is this version, else one in the project's cache. */
async function ensureSchemathesis(): Promise<string> {
  for (const known of ['schemathesis', join(cacheDir, `schemathesis-${VERSION}`, 'bin', 'schemathesis')]) {
    if (known.startsWith('/') && !existsSync(known)) continue;
    const { code, output } = await run(known, ['--version']);
    if (code === 0 && output.includes(VERSION)) return known;
  }
  const folder = join(cacheDir, `schemathesis-${VERSION}`);
  for (const [program, ...args] of [
    ['python3', '-m', 'venv', '--clear', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`],
  ] as [string, ...string[]][]) {
    const { code, output } = await run(program, args);
    if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${code}: ${output}`);
  }
  return join(folder, 'bin', 'schemathesis');
}

async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number | null; output: string }> {
  // Schemathesis keeps what it found in the folder where it is called.
  const cwd = join(cacheDir, 'fuzz');
  await mkdir(cwd, { recursive: true });
  const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  } catch (error) {
    // It is not there.
    return { code: null, output: String(error) };
  }
}
