/** Failures of the License API that pass, or leave a way round. */
import type { FaultSpec } from '../../upstream/simulator/fault-box.ts';
import type { Draws } from '../../upstream/simulator/random.ts';
import type { RunStatus } from '../../workflows/names.ts';
import type { Blow, Fault, FeedShape } from '../fault.ts';
import { SUCCESSES } from '../fault.ts';
import { wait } from '../scene.ts';

interface Made {
  specs: FaultSpec[];
  what: string;
}

interface Traits {
  ends?: readonly RunStatus[];
  says?: RegExp;
  combines?: boolean;
}

/** A fault that is nothing but settings of the simulator. */
export function simulated(
  group: Fault['group'],
  name: string,
  about: string,
  make: (draws: Draws, feed: FeedShape) => Made,
  { ends = SUCCESSES, says, combines = true }: Traits = {},
): Fault {
  return {
    name,
    about,
    group,
    ends,
    ...(says ? { says } : {}),
    combines,
    draw(draws, feed): Blow {
      const { specs, what } = make(draws, feed);
      return {
        what,
        async arrange(scene) {
          for (const spec of specs) await scene.control.fault(spec);
        },
      };
    },
  };
}

/** Some pages, each a few times: more often than one call tries, at times. */
function pages(spec: (draws: Draws) => FaultSpec) {
  return (draws: Draws, feed: FeedShape): Made => {
    const drawn = Array.from({ length: 1 + draws.below(3) }, () => ({
      page: 1 + draws.below(feed.pages),
      times: 1 + draws.below(4),
    }));
    // Each page once: the second of two faults on one page may never come to its turn.
    const struck = [...new Map(drawn.map((each) => [each.page, each])).values()];
    return {
      specs: struck.map(({ page, times }) => ({ ...spec(draws), page, limit: 100, times })),
      what: struck.map(({ page, times }) => `page ${page} × ${times}`).join(', '),
    };
  };
}

/** From some call on, some calls. */
function calls(most: number, spec: (draws: Draws) => FaultSpec) {
  return (draws: Draws, feed: FeedShape): Made => {
    const afterCalls = draws.below(feed.pages);
    const times = 1 + draws.below(most);
    return { specs: [{ ...spec(draws), afterCalls, times }], what: `${times} after ${afterCalls} calls` };
  };
}

const STATUSES = [500, 502, 503] as const;

export const UPSTREAM_FAULTS: readonly Fault[] = [
  simulated(
    'upstream',
    'server-error',
    'plain errors 500, 502 or 503',
    calls(4, (draws) => ({ name: 'server_error', status: draws.pick(STATUSES) })),
  ),
  simulated(
    'upstream',
    'internal-error-200',
    'status 200 with success:false',
    pages(() => ({ name: 'internal_error_200' })),
  ),
  simulated(
    'upstream',
    'rate-limit',
    '429 with Retry-After in seconds',
    calls(3, (draws) => ({ name: 'rate_limit', retryAfter: 1 + draws.below(3) })),
  ),
  simulated(
    'upstream',
    'rate-limit-date',
    '429 with Retry-After as a date',
    calls(2, (draws) => ({ name: 'rate_limit', retryAfter: 1 + draws.below(3), date: true })),
  ),
  simulated(
    'upstream',
    'timeout',
    'no answer at all',
    pages(() => ({ name: 'timeout' })),
  ),
  simulated(
    'upstream',
    'reset-mid-body',
    'the connection breaks in the middle of a page',
    pages(() => ({ name: 'reset_mid_body' })),
  ),
  simulated(
    'upstream',
    'truncated-json',
    'JSON that ends in the middle',
    pages(() => ({ name: 'truncated_json' })),
  ),
  simulated(
    'upstream',
    'html-200',
    'an HTML page with status 200',
    pages(() => ({ name: 'html_200' })),
  ),
  simulated('upstream', 'wrong-content-type', 'the right JSON as text/html, always', () => ({
    specs: [{ name: 'wrong_content_type' }],
    what: 'every page',
  })),
  simulated(
    'upstream',
    'slow-drip',
    'a page that comes in small pieces',
    pages((draws) => ({ name: 'slow_drip', bytes: 64 + draws.below(2000), interval: 20 + draws.below(60) })),
  ),
  simulated('upstream', 'latency', 'every answer comes late', (draws) => {
    const ms = 50 + draws.below(200);
    return { specs: [{ name: 'latency', ms }], what: `${ms} ms` };
  }),
  simulated('upstream', 'huge-body', 'an answer of 30 MB', (draws, feed) => {
    const page = 1 + draws.below(feed.pages);
    return { specs: [{ name: 'huge_body', page, limit: 100, times: 1 }], what: `page ${page}` };
  }),
  lasting('unauthorized', 'the key is refused (401)', ['failed'], /EXTERNAL_LICENSE_API_KEY/),
  lasting('forbidden', 'the key has no rights (403)', ['failed'], /EXTERNAL_LICENSE_API_KEY/),
  simulated(
    'upstream',
    'server-error-lasting',
    'nothing but errors for longer than a run waits',
    (draws, feed) => {
      const afterCalls = draws.below(feed.pages);
      return { specs: [{ name: 'server_error', afterCalls }], what: `after ${afterCalls} calls, for ever` };
    },
    { ends: ['failed'], says: /License API/, combines: false },
  ),
  {
    name: 'upstream-down',
    about: 'its process is killed, and comes back after some seconds',
    group: 'upstream',
    says: /License API/,
    combines: true,
    draw(draws) {
      const share = draws.below(90) / 100;
      const ms = 3000 + draws.below(3000);
      return {
        what: `at ${Math.round(share * 100)} % of the fetch, for ${(ms / 1000).toFixed(1)} s`,
        async disturb(scene, run) {
          if (!(await run.reach({ phase: 'fetch', share }))) return;
          await scene.stopSimulator();
          await wait(scene, ms);
          await scene.startSimulator();
        },
      };
    },
  },
];

function lasting(name: 'unauthorized' | 'forbidden', about: string, ends: readonly RunStatus[], says: RegExp): Fault {
  return simulated(
    'upstream',
    name,
    about,
    (draws, feed) => {
      const afterCalls = draws.below(feed.pages);
      return { specs: [{ name, afterCalls }], what: `after ${afterCalls} calls, for ever` };
    },
    { ends, says, combines: false },
  );
}
