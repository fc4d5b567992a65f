/** What was asked of the simulator, for tests that count calls. Bounded, however long it runs. */
import type { RawRecord } from './record.ts';

/** One applied PUT, with the fields as they were sent. How it was addressed is said, the address is not: it may be an e-mail. */
export interface PutEntry {
  countid: number;
  by: string;
  fields: RawRecord;
  /** How many records the address stood for; the first of them was changed. */
  matches: number;
}

export interface StatsReport {
  /** Records there are now. */
  total: number;
  /** Calls by route, such as `GET /licenses`. */
  calls: Record<string, number>;
  /** List calls by `page/limit` as asked for, such as `3/100`. */
  listCalls: Record<string, number>;
  puts: {
    count: number;
    /** Applied PUTs by countid; from the 100,001st record on all others together as `others`. */
    byCountid: Record<string, number>;
    /** The last 1,000. */
    recent: PutEntry[];
  };
  /** API calls not answered yet. */
  inFlight: number;
  /** The most there ever were at once. */
  maxInFlight: number;
}

export interface Stats {
  begin(): void;
  end(): void;
  call(route: string): void;
  listCall(page: number, limit: number): void;
  put(entry: PutEntry): void;
  report(total: number): StatsReport;
  reset(): void;
}

const PUTS_KEPT = 1000;
/** Different pages, and different records, counted one by one. */
const KEYS_KEPT = 100_000;

export function createStats(): Stats {
  const calls = new Map<string, number>();
  const pages = new Map<string, number>();
  const putsByCountid = new Map<string, number>();
  let puts: PutEntry[] = [];
  let putCount = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  const add = (map: Map<string, number>, key: string) => {
    const own = map.has(key) || map.size < KEYS_KEPT ? key : 'others';
    map.set(own, (map.get(own) ?? 0) + 1);
  };

  return {
    begin() {
      inFlight++;
      maxInFlight = Math.max(maxInFlight, inFlight);
    },
    end: () => {
      inFlight--;
    },
    call: (route) => add(calls, route),
    listCall(page, limit) {
      add(pages, `${page}/${limit}`);
    },
    put(entry) {
      putCount++;
      add(putsByCountid, String(entry.countid));
      puts.push(entry);
      if (puts.length >= 2 * PUTS_KEPT) puts = puts.slice(-PUTS_KEPT);
    },
    report: (total) => ({
      total,
      calls: Object.fromEntries(calls),
      listCalls: Object.fromEntries(pages),
      puts: { count: putCount, byCountid: Object.fromEntries(putsByCountid), recent: puts.slice(-PUTS_KEPT) },
      inFlight,
      maxInFlight,
    }),
    reset() {
      calls.clear();
      pages.clear();
      putsByCountid.clear();
      puts = [];
      putCount = 0;
      maxInFlight = inFlight;
    },
  };
}
