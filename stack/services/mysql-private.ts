import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { lastLines, runCommand } from '../command.mjs';
import { StackError } from '../errors.ts';
import { writePrivateFile } from '../json-file.ts';
import { socketPath } from '../paths.ts';
import type { ProgramSpec } from '../supervisor.ts';
import type { ServiceContext } from './context.ts';
import { findMariadbInstaller, type MysqlServer } from './mysql-server.ts';

const INIT_TIMEOUT_MS = 120_000;
const STOP_GRACE_MS = 30_000;

/** What the instance is for. */
export interface InstanceAccess {
  port: number;
  user: string;
  database: string;
  password: string;
}

/**
 * Makes the data folder when there is none and returns the program that serves it, on 127.0.0.1 only.
 * @param extraArgs settings of the server that go before ours
 * @throws {StackError} when the data folder cannot be made, or was made by the other kind of server.
 */
export async function prepareInstance(
  context: ServiceContext,
  server: MysqlServer,
  access: InstanceAccess,
  extraArgs: readonly string[] = [],
): Promise<ProgramSpec> {
  const dir = context.home.file('mysql');
  const data = context.home.file('mysql', 'data');
  const files = context.home.file('mysql', 'files');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const tmp = context.home.file('mysql', 'tmp');
  for (const folder of [files, tmp]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(data)) refuseOtherFlavour(data, server);
  else await makeDataFolder(context, server, { dir, data, tmp });

  const initFile = context.home.file('mysql', 'init.sql');
  writePrivateFile(initFile, initSql(access));
  const socket = socketPath(context.home.file('mysql', 'mysqld.sock'), `license-sync-${shortHash(dir)}.sock`);
  const args = [
    '--no-defaults',
    ...asRoot(),
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--pid-file=${context.home.file('mysql', 'mysqld.pid')}`,
    `--init-file=${initFile}`,
    `--secure-file-priv=${files}`,
    // Not the shared one: a server that starts up removes left-over files there, another living server's among them.
    `--tmpdir=${tmp}`,
    `--port=${access.port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    // The same on both kinds of server, whose defaults differ.
    '--collation-server=utf8mb4_unicode_ci',
    '--default-time-zone=+00:00',
    '--skip-log-bin',
    '--performance-schema=OFF',
    '--local-infile=ON',
    '--max-connections=300',
    '--max-allowed-packet=64M',
    `--innodb-buffer-pool-size=${bufferPoolMb()}M`,
    // Survives the death of the server, not of the machine: enough for data that can be fetched again, and much faster.
    '--innodb-flush-log-at-trx-commit=2',
    // For disks without a moving arm: neighbours of a page need not be written with it.
    '--innodb-flush-neighbors=0',
    // Each kind of server knows one of these; loose- makes the other only a warning.
    '--loose-innodb-log-file-size=1G',
    '--loose-innodb-redo-log-capacity=1G',
    '--loose-mysqlx=OFF',
    ...extraArgs,
  ];
  return { name: 'mysql', command: server.path, args, env: context.env, graceMs: STOP_GRACE_MS };
}

/** Makes the folder under another name first: a folder called `data` is always a whole one. */
async function makeDataFolder(
  context: ServiceContext,
  server: MysqlServer,
  { dir, data, tmp }: { dir: string; data: string; tmp: string },
): Promise<void> {
  for (const name of readdirSync(dir)) {
    if (name.startsWith('data.new')) rmSync(context.home.file('mysql', name), { recursive: true, force: true });
  }
  const draft = `${data}.new-${process.pid}`;
  const [command, args] = initCommand(context, server, draft);
  context.log(`MySQL: making its data folder with ${server.flavour} ${server.version}`);
  const { failure, output } = await runCommand(command, args, {
    env: { ...context.env, TMPDIR: tmp },
    timeoutMs: INIT_TIMEOUT_MS,
    signal: context.signal,
  });
  if (failure !== null) {
    rmSync(draft, { recursive: true, force: true });
    throw new StackError(
      `making the MySQL data folder failed: ${command} ${failure}. It said:\n${lastLines(output)}\n  ` +
        'Set DATABASE_URL to use another server, or LICENSE_SYNC_HOME to put the data elsewhere.',
    );
  }
  renameSync(draft, data);
}

function initCommand(context: ServiceContext, server: MysqlServer, datadir: string): [string, string[]] {
  if (server.flavour === 'MySQL') {
    return [server.path, ['--no-defaults', '--initialize-insecure', ...asRoot(), `--datadir=${datadir}`]];
  }
  const installer = findMariadbInstaller(server.path, context.env);
  if (!installer)
    throw new StackError(`found ${server.path} but no mariadb-install-db beside it or on PATH; install it`);
  return [
    installer,
    [
      '--no-defaults',
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...asRoot(),
      `--datadir=${datadir}`,
    ],
  ];
}

function refuseOtherFlavour(data: string, server: MysqlServer): void {
  const flavour = existsSync(`${data}/mysql.ibd`) ? 'MySQL' : 'MariaDB';
  if (flavour === server.flavour) return;
  throw new StackError(
    `${data} was made by ${flavour}, but the server found is ${server.flavour} ${server.version} (${server.path}); ` +
      `put ${flavour} first on PATH, or set LICENSE_SYNC_HOME to another folder`,
  );
}

/** Servers refuse to run as root unless told to; the data folder may lie where no other user can go. */
function asRoot(): string[] {
  return process.geteuid?.() === 0 ? ['--user=root'] : [];
}

/** Run by the server at every start, one statement a line. */
function initSql({ user, database, password }: InstanceAccess): string {
  const account = `'${user}'@'127.0.0.1'`;
  return [
    `CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';`,
    `ALTER USER ${account} IDENTIFIED BY '${password}';`,
    // Tests, benchmarks and drills make databases and accounts of their own on this instance, which serves nobody else.
    `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`,
    // A fresh instance has root accounts without a password, reachable by TCP as well.
    `DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1', 'root'@'${hostname()}';`,
    `ALTER USER 'root'@'localhost' ACCOUNT LOCK;`,
    '',
  ].join('\n');
}

/**
 * A sixth of the machine's memory, 256 MB to 4 GB: taken up only as data fills it. What does not fit is read and written again and
 * again: a million records with all that is known of them took twice the time with 256 MB.
 */
function bufferPoolMb(): number {
  const share = totalmem() / 6 / 1_048_576;
  return Math.min(4096, Math.max(256, Math.floor(share / 128) * 128));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
