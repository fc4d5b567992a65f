import { dirname, join, resolve } from 'node:path';
import { runCommand } from '../command.mjs';
import { findProgram, isExecutable } from '../which.ts';

/** An installed server program that can be used. */
export interface MysqlServer {
  path: string;
  flavour: 'MySQL' | 'MariaDB';
  version: string;
}

const OLDEST = { MySQL: [8, 0], MariaDB: [10, 6] } as const;

/** A server on PATH or in /usr/sbin that is new enough; null when there is none. */
export async function findMysqlServer(env: NodeJS.ProcessEnv): Promise<MysqlServer | null> {
  for (const name of ['mysqld', 'mariadbd']) {
    const path = findProgram(name, env);
    if (!path) continue;
    const { stdout } = await runCommand(path, ['--no-defaults', '--version'], { env, timeoutMs: 15_000 });
    const server = parseServerVersion(stdout);
    if (server && isNewEnough(server)) return { path, ...server };
  }
  return null;
}

/** Reads `mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for …` or `… Ver 8.4.6 for Linux …`. */
export function parseServerVersion(text: string): Pick<MysqlServer, 'flavour' | 'version'> | null {
  const version = /\bVer (\d+\.\d+\.\d+)/.exec(text)?.[1];
  return version === undefined ? null : { flavour: text.includes('MariaDB') ? 'MariaDB' : 'MySQL', version };
}

/** The script that makes a MariaDB data folder, beside the server or on PATH. */
export function findMariadbInstaller(server: string, env: NodeJS.ProcessEnv): string | null {
  const beside = resolve(dirname(server), '..', 'bin');
  for (const name of ['mariadb-install-db', 'mysql_install_db']) {
    const candidate = join(beside, name);
    const found = isExecutable(candidate) ? candidate : findProgram(name, env);
    if (found) return found;
  }
  return null;
}

function isNewEnough({ flavour, version }: Pick<MysqlServer, 'flavour' | 'version'>): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST[flavour];
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
