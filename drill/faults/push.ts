/** What can go wrong while edits made inside are sent upstream. */
import { Refusal } from '../../operations/errors.ts';
import type { FaultSpec } from '../../upstream/simulator/fault-box.ts';
import type { Draws } from '../../upstream/simulator/random.ts';
import type { Phase } from '../../workflows/names.ts';
import type { Blow, Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { until } from '../until.ts';
import { killAndReturn, killsAt } from './processes.ts';
import { simulated } from './upstream.ts';

const REPLAYED_WITHIN_MS = 120_000;
const REFUSED = 3;
const TEN_PHASES: readonly Phase[] = [
  'fetch',
  'fetch',
  'mirror',
  'analyse',
  'plan',
  'apply',
  'apply',
  'push',
  'push',
  'push',
];

/** Some of the calls that write, each once. */
function writes(name: string, about: string, spec: (draws: Draws) => FaultSpec): Fault {
  const fault = simulated('push', name, about, (draws) => {
    const every = 2 + draws.below(6);
    const times = 2 + draws.below(6);
    return { specs: [{ route: 'put', every, times, ...spec(draws) }], what: `every ${every}th call, ${times} times` };
  });
  return { ...fault, twoWay: true };
}

function kills(name: string, about: string, victims: readonly string[], times: number): Fault {
  return {
    name,
    about,
    group: 'push',
    twoWay: true,
    combines: false,
    draw(draws): Blow {
      const shares = Array.from({ length: times }, () => draws.below(90) / 100).toSorted((a, b) => a - b);
      return {
        what: `push ${shares.map((share) => `${Math.round(share * 100)} %`).join(', ')}`,
        // Slow enough that calls are under way when it strikes.
        arrange: async (scene) => void (await scene.control.fault({ name: 'latency', route: 'put', ms: 400 })),
        async disturb(scene, run) {
          for (const share of shares) {
            if (!(await run.reach({ phase: 'push', share }))) return;
            await Promise.all(victims.map((victim) => killAndReturn(scene, victim)));
            await scene.ground.servicesAnswer();
          }
        },
      };
    },
  };
}

export const PUSH_FAULTS: readonly Fault[] = [
  writes('push-lost-answer', 'the change is made and the answer is lost', () => ({ name: 'lost_put_answer' })),
  writes('push-cut-answer', 'the change is made and the answer breaks off', (draws) => ({
    name: draws.chance(0.5) ? 'reset_mid_body' : 'truncated_json',
  })),
  writes('push-rate-limit', '429 instead of the change', (draws) => ({
    name: 'rate_limit',
    retryAfter: 1 + draws.below(2),
  })),
  writes('push-timeout', 'no answer and no change', () => ({ name: 'timeout' })),
  writes('push-server-error', '503 instead of the change', () => ({ name: 'server_error', status: 503 })),
  {
    ...simulated('push', 'push-read-error', 'records cannot be read before they are changed', (draws) => {
      const every = 2 + draws.below(4);
      const times = 2 + draws.below(6);
      return {
        specs: [{ name: 'server_error', status: 503, route: 'get', every, times }],
        what: `every ${every}th call, ${times} times`,
      };
    }),
    twoWay: true,
  },
  {
    name: 'push-rejected',
    about: 'some changes are refused (400), and replayed from quarantine later',
    group: 'push',
    twoWay: true,
    ends: ['completed_with_findings'],
    combines: false,
    draw(draws) {
      const from = draws.next();
      return {
        what: `${REFUSED} records`,
        async arrange(scene) {
          const first = Math.floor(from * Math.max(1, scene.edited.length - REFUSED));
          for (const countid of scene.edited.slice(first, first + REFUSED)) {
            await scene.control.fault({ name: 'server_error', status: 400, route: 'put', countid });
          }
        },
        async settle(scene) {
          await scene.control.clearFaults();
          await replay(scene);
        },
      };
    },
  },
  kills('kill-worker-in-push', 'the worker is killed twice while it sends', ['worker'], 2),
  {
    name: 'kill-worker-ten-times',
    about: 'the worker is killed ten times, in every phase of a two-way run',
    group: 'push',
    twoWay: true,
    combines: false,
    draw: (draws) =>
      killsAt(
        TEN_PHASES.map((phase) => ({ phase, share: draws.below(90) / 100 })),
        (scene) => killAndReturn(scene, 'worker'),
      ),
  },
  kills('kill-mysql-in-push', 'the database server is killed while edits are sent', ['mysql'], 1),
  kills(
    'kill-all-in-push',
    'worker, simulator, MySQL and Temporal are killed while edits are sent',
    ['worker', 'simulator', 'mysql', 'temporal'],
    1,
  ),
];

/** Has everything in quarantine tried again and waits until that run is over. */
async function replay(scene: Scene): Promise<void> {
  const { operations, ground } = scene;
  const started = await operations.quarantine
    .replay({ all: true }, { trigger: 'drill', name: 'drill' })
    .catch((error: unknown) => {
      // Nothing was refused: what follows will say that too much, or too little, was sent.
      if (error instanceof Refusal && error.code === 'nothing-to-replay') return null;
      throw error;
    });
  if (started === null) return;
  await until(
    'the replay has ended',
    async () => (await operations.getOperation(started.operation.operationId)).books !== null,
    { withinMs: REPLAYED_WITHIN_MS, signal: ground.signal },
  );
}
