/** `npm test`: real services in a home of their own, the whole suite, and the count as the last line. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Base, openBase } from './base.ts';
import { reasonOf, StackError, StoppedError } from './errors.ts';
import { readJsonFile } from './json-file.ts';
import { cacheDir, projectRoot } from './paths.ts';
import { identify } from './pids.mjs';
import { type DebianProgram, ensureDebianProgram } from './services/debian-program.ts';
import { ensurePromtool } from './services/promtool.ts';
import { ensureTemporalCli, ensureTestServer } from './services/temporal.ts';
import { startMysqlAndTemporal } from './services.ts';
import { countLine, countTests, type TestCount } from './test-report.ts';

const SUITE_TIMEOUT_MS = 3_600_000;
/** The browser that tests look at the console with. */
const CHROMIUM: DebianProgram = {
  what: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  package: 'chromium',
  variable: 'TEST_CHROMIUM',
};
/** What the documents' commands call the API with. */
const CURL: DebianProgram = { what: 'curl', names: ['curl'], package: 'curl', variable: 'TEST_CURL' };
/** What backups are tried with. */
const DUMP: DebianProgram = {
  what: 'mariadb-dump or mysqldump',
  names: ['mariadb-dump', 'mysqldump'],
  package: 'mariadb-client',
  variable: 'TEST_DUMP',
};
/** What backups are read back with. */
const MYSQL: DebianProgram = {
  what: "MySQL's command line",
  names: ['mariadb', 'mysql'],
  package: 'mariadb-client',
  variable: 'TEST_MYSQL',
};
const NOTHING_RAN: TestCount = { passed: 0, failed: 1, skipped: 0 };

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const home = testHome();
  let count = NOTHING_RAN;
  try {
    count = await runSuite(home, args);
  } catch (error) {
    console.error(`npm test: ${error instanceof StackError ? error.message : reasonOf(error)}`);
    if (!(error instanceof StackError)) console.error(error);
  }
  rmSync(home, { recursive: true, force: true });
  if (count.passed + count.failed === 0) console.error('npm test: no test ran');
  console.log(countLine(count));
  return count.failed > 0 || count.passed === 0 ? 1 : 0;
}

async function runSuite(home: string, args: string[]): Promise<TestCount> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  const env = neutralEnv(process.env);
  const base = await openBase({ home, env, log: (line) => console.log(line), signal: stop.signal });
  try {
    const report = base.home.file('vitest.json');
    const code = await base.supervisor.run({
      name: 'vitest',
      command: process.execPath,
      args: [
        resolve(projectRoot, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ],
      env: { ...env, ...(await startForTests(base, process.env.TEST_DATABASE_URL)) },
      terminal: true,
      timeoutMs: SUITE_TIMEOUT_MS,
    });
    return countTests(readJsonFile(report), code);
  } catch (error) {
    if (error instanceof StoppedError) throw new StackError('interrupted');
    throw error;
  } finally {
    await base.close();
  }
}

/** The services, as tests find them in the environment. `TEST_DATABASE_URL` given from outside names another server to test on. */
async function startForTests(base: Base, givenServer: string | undefined): Promise<NodeJS.ProcessEnv> {
  const context = givenServer
    ? { ...base.context, env: { ...base.context.env, DATABASE_URL: givenServer } }
    : base.context;
  const { databaseUrl, temporalAddress } = await startMysqlAndTemporal({ ...base, context });
  const server = new URL(databaseUrl);
  server.pathname = '/';
  return {
    TEST_DATABASE_URL: server.href,
    TEMPORAL_ADDRESS: temporalAddress,
    TEST_TEMPORAL_CLI: await ensureTemporalCli(base.context),
    TEST_PROMTOOL: await ensurePromtool(base.context),
    TEST_CHROMIUM: await ensureDebianProgram(base.context, CHROMIUM),
    TEST_CURL: await ensureDebianProgram(base.context, CURL),
    TEST_DUMP: await ensureDebianProgram(base.context, DUMP),
    TEST_MYSQL: await ensureDebianProgram(base.context, MYSQL),
    TEST_TEMPORAL_TEST_SERVER: await ensureTestServer(base.context),
  };
}

/** What the developer has set for the product must not change what the tests see. */
function neutralEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(LICENSE_SYNC_|EXTERNAL_LICENSE_API_|TEMPORAL_|TEST_DATABASE_URL$|DATABASE_URL$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}

/** A folder for this run only; those of runs that were killed are removed. */
function testHome(): string {
  const parent = join(cacheDir, 'test-homes');
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    if (Number(name) === process.pid || identify(Number(name)) === null)
      rmSync(join(parent, name), { recursive: true, force: true });
  }
  return join(parent, String(process.pid));
}
