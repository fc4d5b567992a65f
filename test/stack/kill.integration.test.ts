/** Whatever dies during a run, it ends by itself with the data of an undisturbed one. The real `npm start`, the real kill -9. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDb } from '../../db/connect.ts';
import { checksum } from '../../drill/checksum.ts';
import type { StackInfo } from '../../stack/home.ts';
import { createPortPicker } from '../../stack/ports.ts';
import { eventually } from '../support/eventually.ts';
import { cleanEnv, projectFile } from '../support/processes.ts';
import { type Simulator, startSimulator } from '../support/simulator.ts';

const RECORDS = 20_000;
const WORKER_KILLS = 10;
/** Kills at any moment, most of them in the long fetch; each of the rest waits for a phase that writes. */
const RANDOM_KILLS = 7;
const WRITING_PHASES = ['mirror', 'analyse', 'apply'];
const PHASES = ['begin', 'fetch', 'mirror', 'analyse', 'plan', 'guard', 'apply', 'report'];
const MINUTES = 60_000;

let simulator: Simulator;
const homes: string[] = [];
const launchers: ChildProcess[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ records: RECORDS, seed: 77 });
});
afterAll(async () => {
  for (const launcher of launchers) await stop(launcher);
  await simulator?.stop();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

it('ends by itself with the data of an undisturbed run, whatever is killed', { timeout: 15 * MINUTES }, async () => {
  const calm = await launch();
  await ended(calm.home);
  const undisturbed = await dataOf(calm.home);
  await stop(calm.launcher);

  // Slow enough that every kill meets a run under way.
  await simulator.control.fault({ name: 'latency', ms: 1500 });
  const home = await launch().then(({ home }) => home);
  const kills: string[] = [];
  for (let n = 1; n <= WORKER_KILLS; n += 1) {
    await reach(home, n <= RANDOM_KILLS ? null : (WRITING_PHASES[n - RANDOM_KILLS - 1] ?? null));
    await kill(home, 'worker-1', kills);
    if (n === 3) await kill(home, 'mysql', kills);
    if (n === 5) await kill(home, 'temporal', kills);
    if (n === 7) await killStack(home, kills);
    if (n === RANDOM_KILLS) await simulator.control.clearFaults();
  }
  await ended(home);
  const survived = await dataOf(home);
  console.log(`killed: ${kills.join(', ')}`);
  expect(survived).toEqual(undisturbed);
  expect(survived).toMatchObject({ licenses: RECORDS, links: RECORDS, mirrored: RECORDS });
  expect(survived.merges).toBeGreaterThan(100);
  expect(survived.cases).toBeGreaterThan(100);
});

async function launch(home = newHome()): Promise<{ home: string; launcher: ChildProcess }> {
  const launcher = spawn('node', [projectFile('bin/start.mjs')], {
    env: cleanEnv({
      LICENSE_SYNC_HOME: home,
      PORT: String(await createPortPicker()()),
      EXTERNAL_LICENSE_API_URL: simulator.url,
      EXTERNAL_LICENSE_API_KEY: simulator.apiKey ?? '',
      LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '1000',
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  launchers.push(launcher);
  let said = '';
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-5000);
    });
  }
  const up = async () => {
    if (launcher.exitCode !== null) throw new Error(`npm start ended with ${launcher.exitCode}:\n${said}`);
    return existsSync(join(home, 'stack.json'));
  };
  await eventually(up, (isUp) => isUp, 3 * MINUTES);
  return { home, launcher };
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'license-sync-kill-'));
  homes.push(home);
  return home;
}

function infoOf(home: string): StackInfo {
  return JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')) as StackInfo;
}

/** Waits for the phase and then for some moment of it; without a phase, for any moment. */
async function reach(home: string, phase: string | null): Promise<void> {
  if (phase === null) {
    await sleep(500 + Math.random() * 2500);
    return;
  }
  const db = createDb({ url: infoOf(home).databaseUrl, poolSize: 1 });
  try {
    await eventually(
      () => db.selectFrom('sync_operations').select('phase').executeTakeFirstOrThrow(),
      (row) => PHASES.indexOf(row.phase) >= PHASES.indexOf(phase),
      2 * MINUTES,
      10,
    );
  } finally {
    await db.destroy();
  }
  await sleep(Math.random() * 300);
}

/** Kills a process and waits until the supervisor has another one. */
async function kill(home: string, name: string, kills: string[]): Promise<void> {
  const pidOf = async () => infoOf(home).pids[name];
  const pid = (await eventually(pidOf, (living) => living !== undefined, MINUTES)) as number;
  kills.push(`${name} in ${(await phaseOf(home)) ?? 'an unknown phase'}`);
  process.kill(pid, 'SIGKILL');
  await eventually(pidOf, (another) => another !== undefined && another !== pid, MINUTES);
}

/** Everything at once, the launcher first and the process that looks after the children too; then another `npm start`. */
async function killStack(home: string, kills: string[]): Promise<void> {
  kills.push(`the whole stack in ${(await phaseOf(home)) ?? 'an unknown phase'}`);
  const { launcher, ...children } = infoOf(home).pids;
  const outer = launchers.at(-1);
  for (const pid of [outer?.pid, launcher, ...Object.values(children)]) {
    if (pid) killIfThere(pid);
  }
  // The launcher takes it away when it notices before its own end that the process in front of it is gone.
  rmSync(join(home, 'stack.json'), { force: true });
  await launch(home);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function phaseOf(home: string): Promise<string | null> {
  const db = createDb({ url: infoOf(home).databaseUrl, poolSize: 1 });
  try {
    const row = await db.selectFrom('sync_operations').select(['phase', 'status']).executeTakeFirst();
    return row ? `${row.phase} (${row.status})` : null;
  } catch {
    return null; // MySQL may be just the one that is away.
  } finally {
    await db.destroy();
  }
}

/** Waits for the only operation to end, and demands that it is a success. */
async function ended(home: string): Promise<void> {
  const { apiUrl, token } = infoOf(home);
  const status = await eventually(
    async () => {
      const answer = await fetch(`${apiUrl}/api/v1/external-licenses/sync/operations`, {
        headers: { authorization: `Bearer ${token}` },
      }).catch(() => null);
      if (!answer?.ok) return null;
      const { data } = (await answer.json()) as { data: { status: string }[] };
      const [operation, ...others] = data;
      expect(others).toEqual([]);
      return operation?.status ?? null;
    },
    (seen) => seen !== null && seen !== 'running',
    10 * MINUTES,
  );
  // Some invented businesses resemble others.
  expect(status).toBe('completed_with_findings');
}

const COUNTED = [
  'licenses',
  'license_links',
  'external_licenses',
  'license_changes',
  'merges',
  'duplicate_cases',
] as const;

async function dataOf(home: string) {
  const db = createDb({ url: infoOf(home).databaseUrl, poolSize: 2 });
  const count = async (table: (typeof COUNTED)[number]) => {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  };
  try {
    const { created_count, updated_count, failed_count, pending_count, total_processed } = await db
      .selectFrom('sync_operations')
      .selectAll()
      .executeTakeFirstOrThrow();
    return {
      checksum: await checksum(db),
      licenses: await count('licenses'),
      links: await count('license_links'),
      mirrored: await count('external_licenses'),
      changes: await count('license_changes'),
      merges: await count('merges'),
      cases: await count('duplicate_cases'),
      books: { created_count, updated_count, failed_count, pending_count, total_processed },
    };
  } finally {
    await db.destroy();
  }
}

async function stop(launcher: ChildProcess): Promise<void> {
  if (launcher.exitCode !== null || launcher.signalCode !== null) return;
  launcher.kill('SIGTERM');
  await once(launcher, 'exit');
}
