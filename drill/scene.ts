/** Where one fault is played: a database, a Temporal namespace, a simulator and the product's processes, all fresh. */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import type { Config } from '../config.ts';
import { createDb, type Db } from '../db/connect.ts';
import { createOperations, type Operations } from '../operations/index.ts';
import { countWorkers } from '../operations/workers.ts';
import { entryPoints } from '../stack/entry-points.ts';
import { acceptsConnections } from '../stack/ports.ts';
import { typescript, WORKER_NODE_FLAGS } from '../stack/typescript.ts';
import { createTemporalClient } from '../temporal/connect.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { createSimulatorControl, type SimulatorControl } from '../upstream/simulator/control-client.ts';
import { type Ground, sceneConfig, sceneEnv } from './ground.ts';
import { until } from './until.ts';

const READY_WITHIN_MS = 90_000;
const USABLE_WITHIN_MS = 60_000;
const RETRY_EVERY_MS = 200;
const DAY_SECONDS = 86_400;
const PROCESSES = ['api', 'worker', 'simulator'];

export interface SceneOptions {
  database: string;
  namespace: string;
  /** Records the simulator begins with, and the seed they are made from. */
  feed: { records: number; seed: number };
  /** Countids of the records whose license was edited inside. */
  edited?: readonly number[];
  /** Settings of the product's processes beside the drill's own. */
  env?: Readonly<Record<string, string>>;
  /** Of the simulator's process alone. */
  simulatorEnv?: Readonly<Record<string, string>>;
}

export interface Scene {
  ground: Ground;
  db: Db;
  temporal: Client;
  operations: Operations;
  config: Config;
  control: SimulatorControl;
  /** Countids of the records whose license was edited inside. */
  edited: readonly number[];
  startSimulator(): Promise<void>;
  /** At once, as a crash would; it comes back with `startSimulator`. */
  stopSimulator(): Promise<void>;
  startWorker(): Promise<void>;
  startApi(): Promise<void>;
  /** A call to the API process with an administrator's token. */
  callApi(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Nothing runs yet but what reads: the database must be there. */
export async function openScene(ground: Ground, options: SceneOptions): Promise<Scene> {
  const { supervisor, context, home } = ground.base;
  const env = sceneEnv(ground, options, options.env ?? {});
  const config = sceneConfig(env);
  await makeNamespace(ground, config);
  const db = createDb({ url: ground.databaseUrl(options.database), poolSize: 6 });
  const temporal = createTemporalClient(config);
  const deps = { config, db, temporal, log: pino({ level: 'silent' }) };
  const journal = home.file('simulator.jsonl');
  rmSync(journal, { force: true });
  const apiUrl = `http://127.0.0.1:${ground.apiPort}`;
  const workersPoll = () =>
    countWorkers(deps, 3000).then(
      (count) => count > 0,
      () => false,
    );

  return {
    ground,
    db,
    temporal,
    config,
    edited: options.edited ?? [],
    operations: createOperations(deps),
    control: createSimulatorControl(`http://127.0.0.1:${ground.simulator.port}`),
    async startSimulator() {
      const { port, key } = ground.simulator;
      const { records, seed } = options.feed;
      await supervisor.start({
        ...typescript(entryPoints.simulator, [
          ...['--port', String(port), `--api-key=${key}`, '--no-bundled', '--journal', journal],
          ...['--records', String(records), '--seed', String(seed)],
        ]),
        name: 'simulator',
        env: { ...context.env, ...options.simulatorEnv },
        ready: () => acceptsConnections('127.0.0.1', port),
      });
    },
    async stopSimulator() {
      ground.kill('simulator');
      await supervisor.end('simulator');
    },
    async startWorker() {
      await supervisor.start({
        ...typescript(entryPoints.worker, [], WORKER_NODE_FLAGS),
        name: 'worker',
        env,
        ready: workersPoll,
        readyTimeoutMs: READY_WITHIN_MS,
      });
    },
    async startApi() {
      await supervisor.start({
        ...typescript(entryPoints.api),
        name: 'api',
        env,
        ready: () => answers(`${apiUrl}/readyz`),
        readyTimeoutMs: READY_WITHIN_MS,
      });
    },
    async callApi(method, path, body) {
      const answer = await fetch(`${apiUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${ground.apiToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(15_000),
      });
      return { status: answer.status, body: await answer.json() };
    },
    async close() {
      // What they would still do in good order is thrown away with the scene.
      for (const name of PROCESSES) ground.kill(name);
      await Promise.all(PROCESSES.map((name) => supervisor.end(name)));
      await Promise.all([temporal.connection.close(), db.destroy()]);
    },
  };
}

/** A namespace with the product's search attributes; the parts of the server learn of one after the other. */
async function makeNamespace(ground: Ground, config: Config): Promise<void> {
  const connection = await Connection.connect({ address: ground.temporalAddress });
  try {
    const { namespace } = config.temporal;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
    });
    const client = new Client({ connection, namespace });
    const usable = async () => {
      await registerSearchAttributes(config);
      for await (const _ of client.workflow.list({ pageSize: 1 })) break;
      return true as const;
    };
    const deadline = Date.now() + USABLE_WITHIN_MS;
    await until(
      `Temporal serves the namespace ${namespace}`,
      () =>
        usable().catch((error: unknown) => {
          if (Date.now() > deadline) throw error;
          return false as const;
        }),
      { withinMs: USABLE_WITHIN_MS, everyMs: RETRY_EVERY_MS, signal: ground.signal },
    );
  } finally {
    await connection.close();
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    // Nobody listens yet: the caller asks again and knows when to give up.
    return false;
  }
}

/** Waits out a span of the drill's own. */
export async function wait(scene: Scene, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: scene.ground.signal });
}
