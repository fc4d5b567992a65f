import { createConnection } from 'mysql2/promise';
import { StackError } from '../errors.ts';
import { acceptsConnections } from '../ports.ts';
import { installPackages } from './apt.ts';
import type { ServiceContext } from './context.ts';
import { dockerAnswers, dockerMysql } from './mysql-docker.ts';
import { prepareInstance } from './mysql-private.ts';
import { findMysqlServer, type MysqlServer } from './mysql-server.ts';

/** The server program and what makes its data folder; not `mariadb-server`, which would start a service of its own. */
const MARIADB = ['mariadb-server-core', 'mariadb-client-core'];

/** The account and the database the stack makes for itself. */
export const MYSQL_USER = 'license_sync';
export const MYSQL_DATABASE = 'license_sync';

const START_TIMEOUT_MS = 120_000;
const PULL_TIMEOUT_MS = 600_000;

const HOW_TO_GET_IT =
  'no MySQL: set DATABASE_URL, or install MySQL ≥ 8.0 or MariaDB ≥ 10.6 so that mysqld or mariadbd is on PATH, or start Docker';

/** A MySQL that answers. */
export interface MysqlService {
  /** With the database in its path; may hold a password. */
  databaseUrl: string;
}

/**
 * `DATABASE_URL`; else a private instance of an installed server; else a container; else an installed package.
 * @throws {StackError} saying how to get one.
 */
export async function startMysql(context: ServiceContext, password: string): Promise<MysqlService> {
  const given = context.env.DATABASE_URL?.trim();
  if (given) return useGiven(context, given);
  const server = await findMysqlServer(context.env);
  if (server) return startPrivate(context, server, password);
  if (await dockerAnswers(context.env)) return startContainer(context, password);
  if (await installPackages(context, MARIADB, 'MySQL: none found')) {
    const installed = await findMysqlServer(context.env);
    if (installed) return startPrivate(context, installed, password);
  }
  throw new StackError(HOW_TO_GET_IT);
}

async function useGiven(context: ServiceContext, databaseUrl: string): Promise<MysqlService> {
  const { hostname, port } = parseUrl(databaseUrl);
  const address = `${hostname}:${port || 3306}`;
  if (!(await acceptsConnections(hostname, Number(port || 3306), 10_000))) {
    throw new StackError(`DATABASE_URL: nothing answers at ${address}; start that server or correct the address`);
  }
  context.log(`MySQL: the one at ${address} (DATABASE_URL)`);
  return { databaseUrl };
}

/**
 * Starts the home's private instance anew, on its port, with other settings of the server; none: as ever.
 * @throws {StackError} when the server is not one that can be told (a container), or does not come up.
 */
export async function restartPrivateMysql(
  context: ServiceContext,
  password: string,
  { port, settings }: { port: number; settings: readonly string[] },
): Promise<void> {
  const server = await findMysqlServer(context.env);
  if (!server) throw new StackError('this MySQL runs in a container, which takes no other settings here');
  await context.supervisor.end('mysql');
  await servePrivate(context, server, password, { port, settings });
}

async function startPrivate(context: ServiceContext, server: MysqlServer, password: string): Promise<MysqlService> {
  const port = await context.portFor('mysql');
  context.log(`MySQL: ${server.flavour} ${server.version}, private, 127.0.0.1:${port}`);
  return await servePrivate(context, server, password, { port, settings: [] });
}

async function servePrivate(
  context: ServiceContext,
  server: MysqlServer,
  password: string,
  { port, settings }: { port: number; settings: readonly string[] },
): Promise<MysqlService> {
  const access = { port, user: MYSQL_USER, database: MYSQL_DATABASE, password };
  const program = await prepareInstance(context, server, access, settings);
  const databaseUrl = urlFor(port, password);
  await context.supervisor.start({
    ...program,
    ready: () => acceptsUs(databaseUrl),
    readyTimeoutMs: START_TIMEOUT_MS,
  });
  return { databaseUrl };
}

async function startContainer(context: ServiceContext, password: string): Promise<MysqlService> {
  const port = await context.portFor('mysql');
  const program = dockerMysql(context, { port, user: MYSQL_USER, database: MYSQL_DATABASE, password });
  const databaseUrl = urlFor(port, password);
  context.log(`MySQL: a container of mysql:8.4, 127.0.0.1:${port} (the first start fetches the image)`);
  await context.supervisor.start({
    ...program,
    ready: () => acceptsUs(databaseUrl),
    readyTimeoutMs: PULL_TIMEOUT_MS,
  });
  return { databaseUrl };
}

/** Whether our own account gets in: another server on the same port would refuse it. */
async function acceptsUs(databaseUrl: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: databaseUrl, connectTimeout: 3000 });
    try {
      await connection.query({ sql: 'SELECT 1', timeout: 3000 });
    } finally {
      connection.destroy();
    }
    return true;
  } catch {
    // Not up yet, or still recovering: the caller asks again and knows when to give up.
    return false;
  }
}

function urlFor(port: number, password: string): string {
  return `mysql://${MYSQL_USER}:${password}@127.0.0.1:${port}/${MYSQL_DATABASE}`;
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (error) {
    throw new StackError('DATABASE_URL is no address such as mysql://user:password@host:3306/database', {
      cause: error,
    });
  }
}
