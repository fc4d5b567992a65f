import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { StackError } from './errors.ts';
import { projectRoot } from './paths.ts';
import { type Supervisor, withLog } from './supervisor.ts';
import { typescript } from './typescript.ts';

/** All that the bundle is made of, or by. */
const SOURCES = ['workflows', 'domain', 'temporal', 'package-lock.json'];
const BUNDLE_TIMEOUT_MS = 180_000;

/**
 * Path of the workflow bundle, built when a source changed. In a process of its own: bundling takes 300 MB, which a worker
 * would never give back.
 * @throws {StackError} when it cannot be built.
 */
export async function ensureWorkflowBundle(options: {
  home: { dir: string; file(...parts: string[]): string };
  supervisor: Supervisor;
  env: NodeJS.ProcessEnv;
  entry: string;
  log: (line: string) => void;
}): Promise<string> {
  const { home, supervisor, env, entry, log } = options;
  const bundle = home.file(`workflow-bundle-${hashSources(projectRoot)}.js`);
  if (existsSync(bundle)) return bundle;
  log('bundling the workflows');
  const draft = home.file(`workflow-draft-${process.pid}.js`);
  const code = await supervisor.run({
    ...typescript(entry, ['--out', draft]),
    name: 'bundle',
    env,
    timeoutMs: BUNDLE_TIMEOUT_MS,
  });
  if (code !== 0 || !existsSync(draft)) {
    throw new StackError(withLog(`bundling the workflows failed with exit code ${code}`, supervisor.logOf('bundle')));
  }
  for (const name of readdirSync(home.dir)) {
    if (name.startsWith('workflow-bundle-')) rmSync(home.file(name), { force: true });
  }
  renameSync(draft, bundle);
  return bundle;
}

/** A short hash over names and contents of the sources under `root`. */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesUnder(root, source)) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesUnder(root: string, path: string): string[] {
  if (path.endsWith('.json')) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
