/** The product's processes and services die, together or one by one, at drawn moments. */
import type { Draws } from '../../upstream/simulator/random.ts';
import type { Phase } from '../../workflows/names.ts';
import type { Blow, Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { until } from '../until.ts';
import type { Disturbed, Moment } from '../watch.ts';

const BACK_WITHIN_MS = 120_000;
const PHASES: readonly [Phase, ...Phase[]] = ['fetch', 'fetch', 'mirror', 'analyse', 'plan', 'apply', 'apply'];

function moment(draws: Draws): Moment {
  return { phase: draws.pick(PHASES), share: draws.below(90) / 100 };
}

function atText({ phase, share }: Moment): string {
  return `${phase} ${Math.round(share * 100)} %`;
}

/** Kills a process of the scene and waits until another one runs in its place. */
export async function killAndReturn(scene: Scene, name: string): Promise<void> {
  const { ground } = scene;
  await until(`${name} runs`, async () => ground.kill(name), { withinMs: BACK_WITHIN_MS, signal: ground.signal });
  await returns(scene, name);
}

async function returns({ ground }: Scene, name: string): Promise<void> {
  const { supervisor } = ground.base;
  await until(`${name} runs again`, async () => supervisor.processes().some((process) => process.name === name), {
    withinMs: BACK_WITHIN_MS,
    signal: ground.signal,
  });
}

/** Kills at each of the moments that the run comes to, in the order of the saga. */
export function killsAt(given: readonly Moment[], strike: (scene: Scene, run: Disturbed) => Promise<void>): Blow {
  const moments = inOrder(given);
  return {
    what: moments.map(atText).join(', '),
    // Slow enough that the first moments are met at all.
    arrange: async (scene) => void (await scene.control.fault({ name: 'latency', ms: 100 })),
    async disturb(scene, run) {
      for (const at of moments) if (await run.reach(at)) await strike(scene, run);
    },
  };
}

const ORDER: readonly Phase[] = ['begin', 'fetch', 'mirror', 'analyse', 'plan', 'guard', 'apply', 'push', 'report'];

function inOrder(moments: readonly Moment[]): Moment[] {
  return moments.toSorted((a, b) => ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase) || a.share - b.share);
}

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'kill-worker',
    about: 'the worker is killed three times',
    group: 'process',
    combines: true,
    draw: (draws) => killsAt([moment(draws), moment(draws), moment(draws)], (scene) => killAndReturn(scene, 'worker')),
  },
  {
    name: 'kill-api',
    about: 'the API is killed after a verdict and during the run',
    group: 'process',
    combines: false,
    api: true,
    draw(draws) {
      const blow = killsAt([moment(draws)], (scene) => killAndReturn(scene, 'api'));
      return {
        ...blow,
        what: `at once, and at ${blow.what}`,
        async disturb(scene, run) {
          await killAndReturn(scene, 'api');
          await blow.disturb?.(scene, run);
          await apiTells(scene, run);
        },
      };
    },
  },
  {
    name: 'kill-mysql',
    about: 'the database server is killed',
    group: 'process',
    says: /database/i,
    combines: true,
    draw: (draws) =>
      killsAt([moment(draws)], async (scene) => {
        await killAndReturn(scene, 'mysql');
        await scene.ground.servicesAnswer();
      }),
  },
  {
    name: 'kill-temporal',
    about: 'the Temporal server is killed',
    group: 'process',
    combines: true,
    draw: (draws) =>
      killsAt([moment(draws)], async (scene) => {
        await killAndReturn(scene, 'temporal');
        await scene.ground.servicesAnswer();
      }),
  },
  {
    name: 'kill-everything',
    about: 'worker, API, simulator, MySQL and Temporal are killed at once',
    group: 'process',
    combines: false,
    api: true,
    draw: (draws) =>
      killsAt([moment(draws)], async (scene) => {
        const all = ['worker', 'api', 'simulator', 'mysql', 'temporal'];
        for (const name of all) scene.ground.kill(name);
        for (const name of all) await returns(scene, name);
        await scene.ground.servicesAnswer();
      }),
  },
  {
    name: 'clock-zone',
    about: 'worker and simulator live in other time zones',
    group: 'process',
    combines: true,
    draw(draws) {
      const zones = draws.chance(0.5)
        ? (['Pacific/Kiritimati', 'America/St_Johns'] as const)
        : (['America/St_Johns', 'Pacific/Kiritimati'] as const);
      return { what: `${zones[0]}, ${zones[1]}`, env: { TZ: zones[0] }, simulatorEnv: { TZ: zones[1] } };
    },
  },
];

/** The API that came back knows the run. */
async function apiTells(scene: Scene, run: Disturbed): Promise<void> {
  const path = `/api/v1/external-licenses/sync/operations/${run.operationId}`;
  const answer = await until('the API answers again', () => scene.callApi('GET', path).catch(() => null), {
    withinMs: BACK_WITHIN_MS,
    signal: scene.ground.signal,
  });
  if (answer.status !== 200) run.remark(`the API that came back answered ${answer.status} about the run`);
}
