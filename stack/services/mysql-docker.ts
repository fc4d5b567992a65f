import { createHash } from 'node:crypto';
import { runCommand } from '../command.mjs';
import type { ProgramSpec } from '../supervisor.ts';
import { findProgram } from '../which.ts';
import type { ServiceContext } from './context.ts';
import type { InstanceAccess } from './mysql-private.ts';

const IMAGE = 'mysql:8.4';
const STOP_GRACE_MS = 30_000;

/** Whether a Docker engine answers; a client alone is not enough. */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  const docker = findProgram('docker', env);
  if (!docker) return false;
  const { failure } = await runCommand(docker, ['version', '--format', '{{.Server.Version}}'], {
    env,
    timeoutMs: 10_000,
  });
  return failure === null;
}

/**
 * The container as a program in the foreground: the client passes SIGTERM on, and the container goes when it ends.
 * A container left by a killed client is removed first, or the name would be taken. Its data is in a volume of the home's name.
 */
export function dockerMysql(context: Pick<ServiceContext, 'env' | 'home'>, access: InstanceAccess): ProgramSpec {
  const name = `license-sync-mysql-${createHash('sha256').update(context.home.file('mysql')).digest('hex').slice(0, 12)}`;
  const script = [
    'docker rm -f "$0" >/dev/null 2>&1',
    'exec docker run --rm --name "$0" -p "127.0.0.1:$1:3306" -v "$0:/var/lib/mysql"' +
      ' -e MYSQL_RANDOM_ROOT_PASSWORD=yes -e MYSQL_DATABASE -e MYSQL_USER -e MYSQL_PASSWORD "$2"' +
      ' --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci --default-time-zone=+00:00' +
      ' --skip-name-resolve --skip-log-bin --performance-schema=OFF --local-infile=ON --max-connections=300' +
      ' --max-allowed-packet=64M --innodb-buffer-pool-size=256M --innodb-flush-log-at-trx-commit=2' +
      ' --innodb-redo-log-capacity=512M --mysqlx=OFF',
  ].join('\n');
  return {
    name: 'mysql',
    command: '/bin/sh',
    args: ['-c', script, name, String(access.port), IMAGE],
    // Named on the command line without a value, so that the password stands in no process list.
    env: { ...context.env, MYSQL_DATABASE: access.database, MYSQL_USER: access.user, MYSQL_PASSWORD: access.password },
    graceMs: STOP_GRACE_MS,
  };
}
