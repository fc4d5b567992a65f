/** `npm run bench -- --load N`: 200 mixed reads a second for a minute while syncs of N records run, and what the two do to each other. */
import { mkdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack/errors.ts';
import { createSimulatorControl } from '../upstream/simulator/control-client.ts';
import { percentile } from './api-stand.ts';
import { describeMachine, machineLine } from './print.ts';
import { openStand, type Stand } from './stand.ts';

const PER_SECOND = 200;
const SECONDS = 60;
const WARM_UP_SECONDS = 5;
/** ms, the 99th percentile, from when a request was due to the last byte of its answer. */
const LIMIT_P99_MS = 250;
/** How much longer a sync may take. */
const LIMIT_SLOWER = 1.5;
/** Syncs that are timed alone before; the load then runs beside as many as fit. */
const ALONE = 3;
const SYNC_WITHIN_MS = 300_000;
const TICK_MS = 5;
const MAX_SOCKETS = 100;
const GIVE_UP_MS = 10_000;

export interface LoadBenchOptions {
  records: number;
  /** Folder of this invocation. */
  home: string;
  log: (line: string) => void;
  signal: AbortSignal;
  kill: AbortSignal;
}

/** @returns how many limits were missed. @throws {StackError} when something cannot be had, or a sync does not end well. */
export async function benchLoad({ records, home, log, signal, kill }: LoadBenchOptions): Promise<number> {
  console.log(machineLine(describeMachine()));
  const dir = join(home, 'load');
  mkdirSync(dir, { mode: 0o700 });
  const stand = await openStand({ home: dir, shared: home, records, log, signal, kill });
  try {
    const { url, token } = await stand.startApi();
    const control = createSimulatorControl(stand.upstream.url);
    let edits = 0;
    // Every balance moves, as in a night's work; the guard does not count those.
    const sync = async () => {
      edits += 1;
      await control.edit({ ratio: 1, seed: edits, fields: ['smsBalance'] });
      return await timedSync(stand);
    };
    log(`first sync: ${await timedSync(stand)} ms`);
    const alone: number[] = [];
    for (let n = 0; n < ALONE; n += 1) alone.push(await sync());
    log(`alone: ${alone.join(', ')} ms`);

    const paths = await pathsOf(stand);
    // A process that has been up for a while: its code is compiled, its connections are there.
    await startLoad(url, token, paths, WARM_UP_SECONDS).result;
    const load = startLoad(url, token, paths, SECONDS);
    const beside: number[] = [];
    while (!load.ended) beside.push(await sync());
    const result = await load.result;
    log(`beside the reads: ${beside.join(', ')} ms`);
    return print(result, percentile(alone, 50), percentile(beside, 50));
  } finally {
    await stand.close();
  }
}

/** @returns how long it took, in ms. */
async function timedSync({ operations }: Stand): Promise<number> {
  const { operationId } = await operations.startSync({ options: { detectDuplicates: false }, trigger: 'bench' });
  const deadline = Date.now() + SYNC_WITHIN_MS;
  for (;;) {
    const { status, durationMs, sentence } = await operations.getOperation(operationId);
    if (status === 'completed' || status === 'completed_with_findings') return durationMs ?? 0;
    if (!['running', 'paused'].includes(status) || Date.now() > deadline) throw new StackError(`a sync: ${sentence}`);
    await sleep(200);
  }
}

/** What is asked for, in turn: lists, single things, searches, status, figures. */
async function pathsOf({ db }: Stand): Promise<string[]> {
  const licenses = await db.selectFrom('licenses').select(['id', 'dba']).orderBy('id').limit(50).execute();
  const runs = await db.selectFrom('sync_operations').select('operation_id').execute();
  const run = `/api/v1/external-licenses/sync/operations/${runs[0]?.operation_id}`;
  const fixed = [
    '/api/v1/external-licenses/sync/status',
    '/api/v1/external-licenses/sync/operations?limit=20',
    run,
    `${run}/progress`,
    '/api/v1/licenses?limit=20',
    '/api/v1/licenses?status=active&limit=20',
    '/api/v1/reviews?limit=20',
    '/api/v1/alerts?limit=20',
    '/api/v1/conflicts?limit=20',
    '/api/v1/quarantine?limit=20',
    '/api/v1/plans?limit=20',
    '/api/v1/health',
    '/metrics',
  ];
  return licenses.flatMap(({ id, dba }, at) => [
    `/api/v1/licenses/${id}`,
    `/api/v1/licenses?dba=${encodeURIComponent(dba ?? '')}`,
    fixed[at % fixed.length] ?? '/livez',
  ]);
}

interface LoadResult {
  times: number[];
  /** By address, without what tells one thing from another. */
  byPath: Map<string, number[]>;
  /** By what went wrong: a status, or an error's code. */
  faults: Map<string, number>;
}

/** Open loop: requests are sent when they are due, whether others were answered or not, and timed from when they were due. */
function startLoad(
  url: string,
  token: string,
  paths: readonly string[],
  seconds: number,
): { ended: boolean; result: Promise<LoadResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const faults = new Map<string, number>();
  const times: number[] = [];
  const byPath = new Map<string, number[]>();
  const fault = (what: string) => faults.set(what, (faults.get(what) ?? 0) + 1);

  function ask(path: string, dueAt: number): Promise<void> {
    return new Promise((done) => {
      const asked = request(`${url}${path}`, {
        agent,
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      asked.once('response', (response) => {
        response.resume();
        response.once('end', () => {
          const ms = performance.now() - dueAt;
          times.push(ms);
          const kind = path.replace(/=.*/, '=…').replace(/[0-9a-f-]{36}/, ':id');
          const before = byPath.get(kind);
          if (before) before.push(ms);
          else byPath.set(kind, [ms]);
          if (response.statusCode !== 200) fault(`${response.statusCode} ${kind}`);
          done();
        });
      });
      asked.once('error', (error: Error & { code?: string }) => {
        fault(error.code ?? error.name);
        done();
      });
      asked.end();
    });
  }

  const load = { ended: false, result: run() };
  return load;

  async function run(): Promise<LoadResult> {
    const startedAt = performance.now();
    const total = PER_SECOND * seconds;
    const underWay: Promise<void>[] = [];
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * PER_SECOND));
      for (; sent < due; sent += 1) {
        underWay.push(ask(paths[sent % paths.length] ?? '/livez', startedAt + (sent * 1000) / PER_SECOND));
      }
      await sleep(TICK_MS);
    }
    load.ended = true;
    await Promise.all(underWay);
    agent.destroy();
    return { times, byPath, faults };
  }
}

function print({ times, byPath, faults }: LoadResult, aloneMs: number, besideMs: number): number {
  const p99 = percentile(times, 99);
  const wrong = [...faults.values()].reduce((sum, one) => sum + one, 0);
  const slower = besideMs / aloneMs;
  const rows: [what: string, value: string, limit: string, met: boolean][] = [
    ['answers', `${times.length} of ${PER_SECOND * SECONDS}`, 'all', times.length === PER_SECOND * SECONDS],
    ['errors', String(wrong), '0', wrong === 0],
    ['p50', `${percentile(times, 50).toFixed(1)} ms`, '', true],
    ['p99', `${p99.toFixed(1)} ms`, `${LIMIT_P99_MS} ms`, p99 <= LIMIT_P99_MS],
    ['slowest', `${percentile(times, 100).toFixed(1)} ms`, '', true],
    [
      'sync beside ÷ alone',
      `${besideMs} ÷ ${aloneMs} ms = ${slower.toFixed(2)}`,
      String(LIMIT_SLOWER),
      slower <= LIMIT_SLOWER,
    ],
  ];
  for (const [what, value, limit, met] of rows) {
    console.log(
      `  ${what.padEnd(22)}${value.padEnd(28)}${limit === '' ? '' : `${limit.padEnd(10)}${met ? 'met' : 'missed'}`}`,
    );
  }
  for (const [path, of] of byPath) {
    console.log(
      `  ${path.padEnd(58)}p50 ${percentile(of, 50).toFixed(1).padStart(7)}  p99 ${percentile(of, 99).toFixed(1).padStart(7)} ms`,
    );
  }
  for (const [what, many] of faults) console.log(`  ${many} × ${what}`);
  const missed = rows.filter(([, , , met]) => !met).length;
  console.log(`\nbench: ${missed === 0 ? 'every limit met' : `${missed} limits missed`}`);
  return missed;
}
