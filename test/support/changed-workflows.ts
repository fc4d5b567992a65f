/** A release of the workflows that is not written yet: a bundle made of a copy of them, with a change. */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile } from './processes.ts';

export interface SourceChange {
  /** From the root of the project. */
  file: string;
  /** Stands there once. */
  before: string;
  after: string;
}

export interface ChangedBundle {
  path: string;
  remove(): void;
}

/** What bundling needs. */
const COPIED = ['workflows', 'domain', 'temporal', 'package.json', 'tsconfig.json'];

/** @throws when a change does not fit the source any more, or the result cannot be bundled. */
export async function bundleChanged(changes: readonly SourceChange[]): Promise<ChangedBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'license-sync-changed-'));
  for (const path of COPIED) cpSync(projectFile(path), join(folder, path), { recursive: true });
  symlinkSync(projectFile('node_modules'), join(folder, 'node_modules'));
  for (const { file, before, after } of changes) {
    const source = readFileSync(join(folder, file), 'utf8');
    const parts = source.split(before);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places that read: ${before}`);
    writeFileSync(join(folder, file), parts.join(after));
  }
  const path = join(folder, 'bundle.js');
  await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(folder, 'temporal/bundle-main.ts'), '--out', path],
    { timeout: 180_000 },
  );
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
