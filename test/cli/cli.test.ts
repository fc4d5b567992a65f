/** The command line as people and scripts use it: child processes, their output and their exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { imbalance } from '../../domain/books.ts';
import type { OperationView } from '../../operations/view.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type Finished, runProcess, startProcess, type TestProcess } from '../support/processes.ts';
import { type Simulator, startSimulator } from '../support/simulator.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';
import { startTestWorker } from '../support/worker.ts';

const RECORDS = 1200;
const NO_HOME = join(tmpdir(), 'license-sync-no-such-home');

let database: TestDatabase;
let temporal: TestNamespace;
let simulator: Simulator;
let worker: TestProcess;
let api: TestApi;
let apiEnv: Record<string, string>;
let token: string;
let home: string;

beforeAll(async () => {
  [database, temporal, simulator] = await Promise.all([
    createTestDatabase(),
    createTestNamespace(),
    startSimulator({ records: RECORDS, seed: 12 }),
  ]);
  home = mkdtempSync(join(tmpdir(), 'license-sync-cli-'));
  token = await createToken(database.db, 'operator');
  apiEnv = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    EXTERNAL_LICENSE_API_URL: simulator.url,
    PORT: String(await freePort()),
  };
  [worker, api] = await Promise.all([
    startTestWorker({
      databaseUrl: database.url,
      upstreamUrl: simulator.url,
      apiKey: simulator.apiKey,
      namespace: temporal.namespace,
      env: { LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '200', LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1' },
    }),
    startTestApi(apiEnv, token),
  ]);
});

afterAll(async () => {
  await api.process.stop();
  await worker.stop();
  await temporal.close();
  await simulator.stop();
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

afterEach(async () => {
  await simulator.control.clearFaults();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function toApi(): Record<string, string> {
  return { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: token, LICENSE_SYNC_HOME: NO_HOME };
}

function cli(args: string[], env: Record<string, string> = toApi()): Promise<Finished> {
  return runProcess('cli/main.ts', args, env, 90_000);
}

/** One sentence on stderr, nothing of a stack trace. */
function expectSentence({ stderr }: Finished): void {
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
}

/** A run whose reading outlasts the start of another program on a busy machine, as long as the fault lasts. */
async function startSlowly(): Promise<string> {
  await simulator.control.fault({ name: 'latency', ms: 2500 });
  const { operationId } = JSON.parse((await cli(['sync', '--json'])).stdout) as OperationView;
  return operationId;
}

async function settled(operationId: string): Promise<OperationView> {
  return await eventually(
    async () => (await api.call('GET', `${SYNC}/operations/${operationId}`)).body.data,
    ({ books }) => books !== null,
  );
}

describe('usage', () => {
  it('lists commands and exit codes', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).toBe(0);
    for (const word of ['sync', 'status', 'runs', 'config', 'migrate', 'Exit codes', 'awaits approval']) {
      expect(stdout).toContain(word);
    }
  });

  it.each([
    [['nonsense']],
    [['sync', '--nonsense']],
    [['runs', '--limit', '0']],
    [['runs', 'pause']],
    [['sync', 'extra']],
  ])('%j is wrong: exit code 2, one sentence', async (args) => {
    const finished = await cli(args);
    expect(finished.code).toBe(2);
    expectSentence(finished);
  });

  it('of a flag with an absurd value is refused by the API: exit code 2', async () => {
    const finished = await cli(['sync', '--partial', '--max-pages', '-3']);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('maxPages');
    expectSentence(finished);
  });
});

describe('without an API', () => {
  it('says what to do when none is known: exit code 4', async () => {
    const finished = await cli(['status'], { LICENSE_SYNC_HOME: NO_HOME });
    expect(finished.code).toBe(4);
    expect(finished.stderr).toContain('npm start');
    expectSentence(finished);
  });

  it('says which address does not answer: exit code 4', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const finished = await cli(['runs'], { ...toApi(), LICENSE_SYNC_API_URL: url });
    expect(finished.code).toBe(4);
    expect(finished.stderr).toContain(`${url} does not answer (ECONNREFUSED)`);
    expectSentence(finished);
  });

  it('sends no token anywhere when only an address is set', async () => {
    const finished = await cli(['status'], { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_HOME: NO_HOME });
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('LICENSE_SYNC_API_TOKEN');
  });

  it('refuses a wrong token in one sentence: exit code 1', async () => {
    const wrong = 'wrong-wrong-wrong-wrong';
    const finished = await cli(['status'], { ...toApi(), LICENSE_SYNC_API_TOKEN: wrong });
    expect(finished.code).toBe(1);
    expect(finished.stderr).not.toContain(wrong);
    expectSentence(finished);
  });
});

describe('config', () => {
  it('shows every setting and no secret', async () => {
    const secrets = {
      DATABASE_URL: 'mysql://user:hunter2@db.example/x',
      EXTERNAL_LICENSE_API_KEY: 'key-key-key',
      LICENSE_SYNC_API_TOKEN: token,
    };
    for (const args of [['config'], ['config', '--json']]) {
      const { code, stdout } = await cli(args, secrets);
      expect(code).toBe(0);
      expect(stdout).toContain('LICENSE_SYNC_SYNC_CONCURRENCY_LIMIT');
      for (const secret of ['hunter2', 'key-key-key', token]) expect(stdout).not.toContain(secret);
    }
  });

  it('names what cannot be used: exit code 2', async () => {
    const finished = await cli(['config'], { LICENSE_SYNC_SYNC_BATCH_SIZE: 'many' });
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('LICENSE_SYNC_SYNC_BATCH_SIZE');
    expectSentence(finished);
  });
});

describe('migrate', () => {
  it('makes an empty database usable, and has nothing to do the second time', async () => {
    const url = new URL(database.url);
    url.pathname = `${url.pathname}_cli`;
    const admin = await createConnection({ uri: database.url });
    await admin.query(`CREATE DATABASE \`${url.pathname.slice(1)}\``);
    try {
      const env = {
        DATABASE_URL: url.href,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        LICENSE_SYNC_HOME: NO_HOME,
      };
      const first = await cli(['migrate'], env);
      expect([first.code, first.stderr]).toEqual([0, '']);
      expect(first.stdout).toContain('001_sync_operations');
      const second = await cli(['migrate', '--json'], env);
      expect(JSON.parse(second.stdout)).toEqual({ migrations: [], searchAttributes: [] });
    } finally {
      await admin.query(`DROP DATABASE \`${url.pathname.slice(1)}\``);
      await admin.end();
    }
  });

  it('says that the database does not answer: exit code 4', async () => {
    const env = { DATABASE_URL: `mysql://a:b@127.0.0.1:${await freePort()}/c`, LICENSE_SYNC_HOME: NO_HOME };
    const finished = await cli(['migrate'], env);
    expect(finished.code).toBe(4);
    expectSentence(finished);
  });

  it('says which setting is missing: exit code 2', async () => {
    const finished = await cli(['migrate'], { LICENSE_SYNC_HOME: NO_HOME });
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('DATABASE_URL');
  });
});

describe('sync', () => {
  it('waits, and ends with a report that adds up: exit code 0', async () => {
    const record = await simulator.control.patch((await firstCountid()) ?? 0, { 'odd\u001b[2Jkey': 1 });
    expect(record).toBeDefined();
    const { code, stdout, stderr } = await cli(['sync', '--wait']);
    expect([code, stderr]).toEqual([0, '']);
    const count = (name: string) =>
      Number(new RegExp(`^ *[=+]? ${name} +([\\d,]+)$`, 'm').exec(stdout)?.[1]?.replaceAll(',', ''));
    const parts = ['created', 'updated', 'unchanged', 'linked', 'repeated', 'quarantined', 'pending'].map(count);
    expect(count('fetched')).toBe(RECORDS);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(RECORDS);
    expect(stdout).toContain('proven complete');
    expect(stdout).toContain('odd�[2Jkey');
    expect(stdout).not.toContain('\u001b');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Completed/);
  });

  it('prints JSON and nothing else when asked for it', async () => {
    const { code, stdout, stderr } = await cli(['sync', '--wait', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const operation = JSON.parse(stdout) as OperationView;
    expect(operation).toMatchObject({
      status: 'completed',
      trigger: 'cli',
      books: { fetched: RECORDS, unchanged: RECORDS },
    });
    expect(operation.books && imbalance(operation.books)).toBe(0);
  });

  it('is refused while one runs: exit code 5; or follows that one', async () => {
    const operationId = await startSlowly();
    const refused = await cli(['sync', '--wait']);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(`runs ${operationId} --wait`);
    expectSentence(refused);
    const following = cli(['sync', '--wait', '--follow-running']);
    await simulator.control.clearFaults();
    const { code, stdout } = await following;
    expect(code).toBe(0);
    expect(stdout).toContain(`Run ${operationId} is under way already`);
    expect(stdout).toMatch(/^fetch {3}/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Completed/);
  });

  it('that fails ends with the reason: exit code 1', async () => {
    await simulator.control.fault({ name: 'unauthorized', times: 1000 });
    const { code, stdout } = await cli(['sync', '--wait']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/status +failed/);
    expect(stdout).toMatch(/^Failed in phase fetch/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^Resume it: +npx license-sync runs resume [0-9a-f-]{36} --wait$/,
    );
    expect((await cli(['status'])).stdout).toContain('Failed in phase fetch');
  });

  it('with a flag that is switched off is refused: exit code 1', async () => {
    const finished = await cli(['sync', '--bidirectional']);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('bidirectional=true is switched off');
    expectSentence(finished);
  });

  it('over a part reads that part, and says so: exit code 0', async () => {
    const part = ['--partial', '--max-pages', '1', '--status', 'active'];
    const { code, stdout, stderr } = await cli(['sync', ...part, '--wait']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/part +active records, at most 1 page$/m);
    expect(stdout).toMatch(/fetched +100$/m);
    expect(stdout).not.toContain('not read');
  });

  it('goes on watching when the API restarts', async () => {
    const operationId = await startSlowly();
    const watching = await startProcess('cli/main.ts', {
      args: ['sync', '--wait', '--follow-running'],
      env: toApi(),
      ready: `${operationId} is under way already`,
    });
    await api.process.kill();
    await eventually(
      async () => watching.output(),
      (output) => output.includes('does not answer'),
    );
    api = await startTestApi(apiEnv, token);
    await simulator.control.clearFaults();
    expect(await watching.ended()).toBe(0);
    expect(watching.output()).toMatch(/does not answer .*trying again[\s\S]*The API answers again/);
    expect(watching.output().trimEnd().split('\n').at(-1)).toMatch(/^Completed/);
  });

  it('that is interrupted leaves the run alone: exit code 130', async () => {
    const operationId = await startSlowly();
    const watching = await startProcess('cli/main.ts', {
      args: ['runs', operationId, '--wait'],
      env: toApi(),
      ready: 'fetch',
    });
    expect(await watching.stop('SIGINT')).toBe(130);
    expect(watching.output()).toContain('was not cancelled');
    await simulator.control.clearFaults();
    expect((await settled(operationId)).status).toBe('completed');
  });
});

describe('status and runs', () => {
  it('tell of the last run and list all', async () => {
    const { operationId } = JSON.parse((await cli(['sync', '--wait', '--json'])).stdout) as OperationView;
    const status = await cli(['status']);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/last sync +completed \(success\)/);
    expect(status.stdout).toMatch(/linked +100\.0%/);
    expect(JSON.parse((await cli(['status', '--json'])).stdout)).toMatchObject({
      lastSync: { operationId },
      running: null,
    });
    const list = await cli(['runs', '--limit', '2']);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(list.stdout).toContain(operationId);
    const one = await cli(['runs', operationId]);
    expect([one.code, one.stdout.includes('= created')]).toEqual([0, true]);
    expect(JSON.parse((await cli(['runs', '--json'])).stdout)[0]).toMatchObject({ operationId });
  });

  it('steer a run: pause, resume, cancel', async () => {
    const operationId = await startSlowly();
    const paused = await cli(['runs', 'pause', operationId]);
    expect([paused.code, paused.stdout]).toEqual([
      0,
      `The run was told to pause. See: npx license-sync runs ${operationId}\n`,
    ]);
    await eventually(
      async () => (await api.call('GET', `${SYNC}/operations/${operationId}`)).body.data,
      ({ status }) => status === 'paused',
    );
    expect(JSON.parse((await cli(['runs', 'resume', operationId, '--json'])).stdout)).toMatchObject({ operationId });
    expect((await cli(['runs', 'cancel', operationId])).code).toBe(0);
    expect((await settled(operationId)).status).toBe('cancelled');
    const refused = await cli(['runs', 'pause', operationId]);
    expect([refused.code, refused.stderr.includes('cancelled')]).toEqual([1, true]);
    await simulator.control.clearFaults();
    const resumed = await cli(['runs', 'resume', operationId, '--wait']);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain('attempt 2');
  });

  it('of an unknown run are refused: exit code 1', async () => {
    for (const args of [
      ['runs', '00000000-0000-4000-8000-000000000000'],
      ['runs', 'cancel', '00000000-0000-4000-8000-000000000000'],
    ]) {
      const finished = await cli(args);
      expect(finished.code).toBe(1);
      expectSentence(finished);
    }
    expect((await cli(['runs', 'what?/is&this'])).code).toBe(2);
  });
});

describe('the local stack', () => {
  it('is found by its stack.json', async () => {
    const stack = { apiUrl: api.url, token, databaseUrl: database.url, temporalAddress: temporal.address };
    writeFileSync(join(home, 'stack.json'), JSON.stringify(stack));
    const env = { LICENSE_SYNC_HOME: home };
    expect((await cli(['status'], env)).code).toBe(0);
    const migrated = await cli(['migrate', '--json'], { ...env, TEMPORAL_NAMESPACE: temporal.namespace });
    expect(JSON.parse(migrated.stdout)).toEqual({ migrations: [], searchAttributes: [] });
    writeFileSync(join(home, 'stack.json'), '{}');
    const broken = await cli(['status'], env);
    expect(broken.code).toBe(2);
    expectSentence(broken);
  });
});

async function firstCountid(): Promise<number | undefined> {
  for await (const record of simulator.control.truth()) return Number(record.countid);
  return undefined;
}
