/** A feed that lies, breaks single records, or moves while it is read. */
import { BAD_ROWS } from '../../upstream/simulator/faults.ts';
import type { Draws } from '../../upstream/simulator/random.ts';
import type { Fault, FeedShape } from '../fault.ts';
import { SUCCESSES } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { simulated } from './upstream.ts';

/** Positions among the records of the first run: what is unreadable is known already, and must not be taken for gone. */
const KNOWN = 0.85;
const SHAKY = [...SUCCESSES, 'incomplete'] as const;

function position(draws: Draws, { records }: FeedShape): number {
  return draws.below(Math.floor(records * KNOWN));
}

function page(draws: Draws, { pages }: FeedShape): number {
  return 1 + draws.below(Math.max(1, pages - 1));
}

function poisoned(name: string, kind: 'expecting_value_500' | 'expecting_value_200'): Fault {
  return simulated('feed', name, `one record breaks their serialiser (${kind.slice(-3)})`, (draws, feed) => {
    const at = position(draws, feed);
    return { specs: [{ name: kind, position: at }], what: `position ${at}` };
  });
}

function drift(name: 'drift-remove' | 'drift-insert', about: string, kind: 'drift_remove' | 'drift_insert'): Fault {
  return {
    name,
    about,
    group: 'feed',
    ends: SHAKY,
    // A record that one reading of a run has seen is not taken for gone by that run, though the next reading lacks it.
    leavesToNext: true,
    combines: false,
    draw(draws, feed) {
      const k = 1 + draws.below(20);
      const afterCalls = 1 + draws.below(Math.max(1, feed.pages - 2));
      const change = { name: kind, k };
      return {
        what: `${k} records after ${afterCalls} calls`,
        arrange: async (scene) => void (await scene.control.fault({ ...change, afterCalls })),
        feed: {
          key: `${name} ${k}`,
          // Struck by the first call of anybody: before the undisturbed run has read a page.
          async change(scene: Scene) {
            await scene.control.fault(change);
            const { key, port } = scene.ground.simulator;
            const url = `http://127.0.0.1:${port}/api/v1/licenses?page=1&limit=1`;
            await (await fetch(url, { headers: { 'x-api-key': key } })).arrayBuffer();
          },
        },
      };
    },
  };
}

export const FEED_FAULTS: readonly Fault[] = [
  poisoned('expecting-value-500', 'expecting_value_500'),
  poisoned('expecting-value-200', 'expecting_value_200'),
  simulated('feed', 'empty-page', 'a page without rows in the middle', (draws, feed) => {
    const at = page(draws, feed);
    const times = draws.chance(0.5) ? { times: 1 + draws.below(2) } : {};
    return {
      specs: [{ name: 'empty_page', page: at, limit: 100, ...times }],
      what: `page ${at}${times.times ? ` × ${times.times}` : ' for ever'}`,
    };
  }),
  simulated('feed', 'short-page', 'a page that lacks its last rows', (draws, feed) => {
    const at = page(draws, feed);
    const n = 1 + draws.below(30);
    const times = draws.chance(0.5) ? { times: 1 + draws.below(2) } : {};
    return {
      specs: [{ name: 'short_page', page: at, limit: 100, n, ...times }],
      what: `page ${at}, ${n} rows${times.times ? ` × ${times.times}` : ' for ever'}`,
    };
  }),
  simulated(
    'feed',
    'same-page',
    'page 1, whatever is asked for',
    () => ({ specs: [{ name: 'same_page' }], what: 'every call' }),
    {
      ends: ['incomplete', 'awaiting_approval'],
      combines: false,
    },
  ),
  simulated(
    'feed',
    'total-changes',
    'every other answer names another total',
    (draws) => {
      const delta = draws.chance(0.5) ? 1 + draws.below(9) : -1 - draws.below(9);
      return { specs: [{ name: 'total_changes', delta, alternate: true }], what: `${delta > 0 ? '+' : ''}${delta}` };
    },
    { ends: SHAKY, combines: false },
  ),
  simulated('feed', 'limit-cap', 'fewer rows a page than asked for', (draws) => {
    const n = 20 + draws.below(60);
    const silent = draws.chance(0.5);
    return { specs: [{ name: 'limit_cap', n, silent }], what: `${n} rows${silent ? ', not said' : ''}` };
  }),
  ...BAD_ROWS.map((kind) =>
    simulated(
      'feed',
      `bad-row-${kind.replaceAll('_', '-')}`,
      `one record is sent broken: ${kind.replaceAll('_', ' ')}`,
      (draws, feed) => {
        const at = position(draws, feed);
        return { specs: [{ name: 'bad_row', kind, position: at }], what: `position ${at}` };
      },
    ),
  ),
  simulated(
    'feed',
    'duplicate-row',
    "a position sends another one's record",
    (draws, feed) => {
      const [at, of] = [position(draws, feed), position(draws, feed)];
      const altered = draws.chance(0.5);
      return {
        specs: [{ name: 'duplicate_row', position: at, of: of === at ? at + 1 : of, altered, times: 1 }],
        what: `position ${at} sends ${of}${altered ? ', altered' : ''}, once`,
      };
    },
    { ends: SHAKY },
  ),
  simulated(
    'feed',
    'total-zero',
    'an empty feed over a filled mirror',
    () => ({ specs: [{ name: 'total_zero' }], what: 'every call' }),
    {
      ends: ['awaiting_approval'],
      says: /approval of \d+ records to be marked as vanished/,
      combines: false,
    },
  ),
  drift('drift-remove', 'records are removed while the feed is read', 'drift_remove'),
  drift('drift-insert', 'records are inserted while the feed is read', 'drift_insert'),
];
