import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { drawToken } from '../operations/token-value.ts';
import { reasonOf, StackError } from './errors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { acquireLock, LockedError } from './lock.mjs';
import type { ProcessIdentity } from './pids.mjs';

/** What `stack.json` says once everything is up. */
export interface StackInfo {
  apiUrl: string;
  /** Bearer token of an administrator; the file is readable by its owner only. */
  token: string;
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
  upstreamUrl: string;
  pids: Record<string, number>;
}

/** Drawn once and kept, so that a second start can use the data of the first. */
export interface Secrets {
  mysqlPassword: string;
  apiToken: string;
  simulatorKey: string;
}

/** A child process as it is written down, for the start after a crash. */
export interface ProcessRecord extends ProcessIdentity {
  name: string;
}

/** Ports of the services, kept so that addresses stay the same from start to start. */
export type Ports = Partial<Record<'mysql' | 'temporal' | 'temporalUi' | 'simulator' | 'api', number>>;

/** The folder one stack lives in. Only one launcher holds it at a time. */
export interface Home {
  readonly dir: string;
  /** Path of a file in the home. */
  file(...parts: string[]): string;
  readonly secrets: Secrets;
  /** Draws another token for the API in the place of one that was revoked. */
  renewApiToken(): string;
  readPorts(): Ports;
  writePorts(ports: Ports): void;
  writeInfo(info: StackInfo): void;
  removeInfo(): void;
  /** Children of the last stack here that did not stop in good order; they may still run. */
  readProcesses(): ProcessRecord[];
  writeProcesses(processes: readonly ProcessRecord[]): void;
  release(): void;
}

/**
 * Opens the folder, makes it when needed and locks it. A launcher that no longer runs holds nothing.
 * @throws {StackError} when another launcher runs here, or the folder cannot be used.
 */
export async function openHome(dir: string): Promise<Home> {
  const file = (...parts: string[]) => join(dir, ...parts);
  try {
    mkdirSync(file('logs'), { recursive: true, mode: 0o700 });
    chmodSync(file('logs'), 0o700);
  } catch (error) {
    throw new StackError(
      `the data folder ${dir} cannot be used (${reasonOf(error)}); set LICENSE_SYNC_HOME to another one`,
    );
  }
  const lock = await acquireLock(file('lock')).catch((error: unknown) => {
    throw error instanceof LockedError ? alreadyRuns(dir, error.owner) : error;
  });
  let secrets = loadSecrets(file('secrets.json'));
  return {
    dir,
    file,
    get secrets() {
      return secrets;
    },
    renewApiToken() {
      secrets = { ...secrets, apiToken: drawToken() };
      writeJsonFile(file('secrets.json'), secrets);
      return secrets.apiToken;
    },
    readPorts: () => readJsonFile<Ports>(file('ports.json')) ?? {},
    writePorts: (ports) => writeJsonFile(file('ports.json'), ports),
    writeInfo: (info) => writeJsonFile(file('stack.json'), info),
    removeInfo: () => rmSync(file('stack.json'), { force: true }),
    readProcesses: () => readJsonFile<ProcessRecord[]>(file('processes.json')) ?? [],
    writeProcesses: (processes) => writeJsonFile(file('processes.json'), processes),
    release: () => lock.release(),
  };
}

function alreadyRuns(dir: string, owner: ProcessIdentity): StackError {
  const info = readJsonFile<StackInfo>(join(dir, 'stack.json'));
  const where = info ? `, API ${info.apiUrl}` : ', still starting';
  return new StackError(
    `license-sync already runs in ${dir} (process ${owner.pid}${where}); stop it, or set LICENSE_SYNC_HOME to another folder`,
  );
}

function loadSecrets(path: string): Secrets {
  const kept = readJsonFile<Partial<Secrets>>(path);
  const secrets: Secrets = {
    mysqlPassword: kept?.mysqlPassword ?? draw(),
    apiToken: kept?.apiToken ?? drawToken(),
    simulatorKey: kept?.simulatorKey ?? draw(),
  };
  if (JSON.stringify(kept) !== JSON.stringify(secrets)) writeJsonFile(path, secrets);
  return secrets;
}

/** 192 bits in letters that need no quoting in URLs and SQL. */
function draw(): string {
  return randomBytes(24).toString('hex');
}
