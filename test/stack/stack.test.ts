import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN_ENDED } from '../../db/migrate-exit.ts';
import type { ProcessRecord, Secrets, StackInfo } from '../../stack/home.ts';
import { readJsonFile } from '../../stack/json-file.ts';
import { identify, isAlive } from '../../stack/pids.mjs';
import { createPortPicker } from '../../stack/ports.ts';
import { type Stack, startStack } from '../../stack/stack.ts';
import { put, startNode, temporaryFolder, until } from './fixtures.ts';

const startFile = fileURLToPath(new URL('../../stack/start.ts', import.meta.url));
const stackFile = fileURLToPath(new URL('../../stack/stack.ts', import.meta.url));

/** Real MySQL and Temporal; in place of the product's programs small ones that write down what they were given. */
describe('a stack', () => {
  let dir: string;
  let home: string;
  let entries: ReturnType<typeof writeEntries>;
  let stack: Stack;
  const lines: string[] = [];

  const start = () => startStack({ home, workers: 2, env: ownEnv(), entries, log: (line) => lines.push(line) });

  beforeAll(async () => {
    // Removed by the next npm test when this one is killed.
    dir = join(process.cwd(), '.cache/test-homes', String(process.pid));
    home = join(dir, 'home');
    entries = writeEntries(dir);
    // A start that was killed while MySQL made its data folder leaves this.
    put(join(home, 'mysql/data.new-1/ibdata1'), 'half of it');
    stack = await start();
  });

  afterAll(async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('makes its data folder anew when the last start did not finish it', () => {
    expect(readdirSync(join(home, 'mysql')).filter((name) => name.startsWith('data'))).toEqual(['data']);
  });

  it('writes down where everything is, for its owner only', () => {
    const file = join(home, 'stack.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const info = readJsonFile<StackInfo>(file);
    expect(info).toEqual(stack.info());
    expect(Object.keys(info?.pids ?? {}).sort()).toEqual(
      ['api', 'launcher', 'mysql', 'reaper', 'simulator', 'temporal', 'worker-1', 'worker-2'].sort(),
    );
    expect(info?.temporalUiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('gives the API token to those who check or send it, and to no worker', () => {
    const given = (name: string) => readJsonFile<Record<string, string>>(join(home, `${name}.env`)) ?? {};
    const { token, databaseUrl, temporalAddress, upstreamUrl } = stack.info();
    expect(given('migrate').LICENSE_SYNC_API_TOKEN).toBe(token);
    expect(given('api').LICENSE_SYNC_API_TOKEN).toBe(token);
    expect(given('worker').LICENSE_SYNC_API_TOKEN).toBeUndefined();
    expect(given('worker')).toMatchObject({
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      EXTERNAL_LICENSE_API_URL: upstreamUrl,
      LICENSE_SYNC_HOME: home,
      CALLERS_OWN: 'kept',
    });
    expect(existsSync(given('worker').LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE ?? '')).toBe(true);
  });

  it('runs the CLI against itself and returns its exit code', async () => {
    expect(await stack.runCli(['exit', '3'])).toBe(3);
    expect(readJsonFile<Record<string, string>>(join(home, 'cli.env'))).toMatchObject({
      LICENSE_SYNC_API_URL: stack.info().apiUrl,
      LICENSE_SYNC_API_TOKEN: stack.info().token,
    });
  });

  it('serves MySQL to its own account only', async () => {
    const url = new URL(stack.info().databaseUrl);
    url.username = 'root';
    url.password = '';
    await expect(createConnection({ uri: url.href })).rejects.toThrow(/denied|locked/);
  });

  it('brings MySQL back on the same port, with what was committed', async () => {
    await query('CREATE TABLE kept (n INT)');
    await query('INSERT INTO kept VALUES (42)');
    const before = stack.info();
    process.kill(before.pids.mysql ?? 0, 'SIGKILL');
    await until('mysql is back', async () => {
      const { mysql } = stack.info().pids;
      return mysql !== undefined && mysql !== before.pids.mysql && (await answers());
    });
    expect(await query('SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(readJsonFile<StackInfo>(join(home, 'stack.json'))).toEqual(stack.info());
    expect(stack.info().databaseUrl).toBe(before.databaseUrl);
  });

  it('keeps data, token and ports over a stop and a start', async () => {
    const before = stack.info();
    await stack.stop();
    expect(existsSync(join(home, 'stack.json'))).toBe(false);
    lines.length = 0;
    stack = await start();
    const after = stack.info();
    expect({ ...after, apiUrl: '', pids: {} }).toEqual({ ...before, apiUrl: '', pids: {} });
    expect(await query('SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(lines.join('\n')).not.toContain('bundling');
  });

  it('makes another API token when the one it made was revoked, and keeps that', async () => {
    const { token } = stack.info();
    await stack.stop();
    renameSync(entries.migrate, `${entries.migrate}.kept`);
    const revoked = [token, 'lsk_given-by-its-owner-and-revoked'];
    put(
      entries.migrate,
      `if (${JSON.stringify(revoked)}.includes(process.env.LICENSE_SYNC_API_TOKEN)) process.exitCode = ${TOKEN_ENDED};`,
    );
    const env = { ...ownEnv(), LICENSE_SYNC_API_TOKEN: revoked[1] };
    // That one is its owner's to change.
    await expect(startStack({ home, env, entries, log: () => undefined })).rejects.toThrow(
      'the token in LICENSE_SYNC_API_TOKEN was revoked',
    );
    stack = await start();
    const renewed = stack.info().token;
    expect(renewed).toMatch(/^lsk_/);
    expect(renewed).not.toBe(token);
    expect(readJsonFile<Secrets>(join(home, 'secrets.json'))?.apiToken).toBe(renewed);
    renameSync(`${entries.migrate}.kept`, entries.migrate);
  });

  it('says what happened when the migration fails, and stops what it had started', async () => {
    await stack.stop();
    renameSync(entries.migrate, `${entries.migrate}.kept`);
    put(entries.migrate, 'console.error("table licenses is locked"); process.exitCode = 1;');
    await expect(start()).rejects.toThrow(
      /migrating the database failed with exit code 1.*\n.*table licenses is locked/,
    );
    expect(readJsonFile(join(home, 'processes.json'))).toEqual([]);
    renameSync(`${entries.migrate}.kept`, entries.migrate);
    stack = await start();
  });

  it('leaves nothing running when its launcher is killed, and starts again after that', async () => {
    await stack.stop();
    const options = JSON.stringify({ home, entries });
    const launcher = put(
      join(dir, 'launcher.mts'),
      `import { startStack } from ${JSON.stringify(stackFile)};
      const stack = await startStack({ ...${options}, env: process.env, log: console.error });
      console.log(JSON.stringify(stack.info()));`,
    );
    const run = startNode([launcher], ownEnv());
    await until('the stack is up', () => run.said.out.includes('\n'));
    const processes = readJsonFile<ProcessRecord[]>(join(home, 'processes.json')) ?? [];
    expect(processes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['mysql', 'temporal', 'simulator', 'worker-1', 'api', 'reaper']),
    );
    run.child.kill('SIGKILL');
    await until('all are gone', () => !processes.some(isAlive));
    stack = await start();
    expect(await query('SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  it('stops what was left running when launcher and reaper were killed together', async () => {
    await stack.stop();
    const orphan = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    const ended = once(orphan, 'exit');
    const leftover = { name: 'api', ...identify(orphan.pid ?? 0) };
    put(join(home, 'processes.json'), JSON.stringify([leftover, { name: 'mysql', pid: process.pid, start: '1' }]));
    lines.length = 0;
    stack = await start();
    expect(lines[0]).toBe(`stopping what an earlier start left running: api (${orphan.pid})`);
    await ended;
  });

  async function query(sql: string): Promise<unknown> {
    const connection = await createConnection({ uri: stack.info().databaseUrl });
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  }

  async function answers(): Promise<boolean> {
    return query('SELECT 1').then(
      () => true,
      () => false,
    );
  }
});

describe('npm start', () => {
  it('refuses a flag it does not know with exit code 2', async () => {
    const run = startNode([startFile, '--twice'], ownEnv());
    expect(await run.ended).toBe(2);
    expect(run.said.err).toContain("Unknown option '--twice'");
    expect(run.said.err).toContain('--no-sync');
  });

  it('refuses a setting that cannot be used before it starts anything', async () => {
    const run = startNode([startFile], ownEnv({ LICENSE_SYNC_SYNC_BATCH_SIZE: 'many' }));
    expect(await run.ended).toBe(2);
    expect(run.said.err).toContain('LICENSE_SYNC_SYNC_BATCH_SIZE is "many"');
  });

  it('names a port that is in use, and how to choose another', async () => {
    const port = await createPortPicker()();
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const run = startNode([startFile], ownEnv({ PORT: String(port), LICENSE_SYNC_HOME: temporaryFolder() }));
    expect(await run.ended).toBe(1);
    expect(run.said.err).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(run.said.err).toContain(`PORT=${port + 1}`);
    server.close();
  });

  it.each([
    ['DATABASE_URL', 'mysql://user:secret@127.0.0.1:9/db'],
    ['TEMPORAL_ADDRESS', '127.0.0.1:9'],
  ])('names %s when nothing answers there', async (name, value) => {
    const env = ownEnv({ [name]: value, PORT: '0', LICENSE_SYNC_HOME: temporaryFolder() });
    const run = startNode([startFile], env);
    expect(await run.ended).toBe(1);
    expect(run.said.err).toContain(`${name}: nothing answers at 127.0.0.1:9`);
    expect(run.said.err).not.toContain('secret');
  });
});

/** The environment without what names services: this stack is to find its own. */
function ownEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    EXTERNAL_LICENSE_API_URL: '',
    CALLERS_OWN: 'kept',
    ...extra,
  };
}

function writeEntries(dir: string) {
  mkdirSync(dir, { recursive: true });
  const noting = (name: string, rest: string) =>
    put(
      join(dir, `${name}.mts`),
      `import { writeFileSync } from 'node:fs';
      import { createServer } from 'node:http';
      if (process.env.LICENSE_SYNC_HOME) writeFileSync(process.env.LICENSE_SYNC_HOME + '/${name}.env', JSON.stringify(process.env));
      const flag = (name) => process.argv[process.argv.indexOf(name) + 1];
      ${rest}`,
    );
  return {
    simulator: noting('simulator', `createServer().listen(Number(flag('--port')), '127.0.0.1');`),
    migrate: noting('migrate', ''),
    bundle: noting('bundle', `writeFileSync(flag('--out'), 'bundled');`),
    worker: noting('worker', 'setInterval(() => undefined, 1000);'),
    api: noting('api', `createServer((_, answer) => answer.end()).listen(Number(process.env.PORT), '127.0.0.1');`),
    cli: noting('cli', `process.exitCode = Number(process.argv.at(-1));`),
  };
}
