/** The faults that are set: which of them strike a call, and how often they still will. */
import {
  FAULTS,
  type FaultKind,
  type FaultName,
  faultKind,
  type ParamSpec,
  type Params,
  type Route,
  type Strike,
} from './faults.ts';

/** A fault as it is set. Conditions that are given must all hold; with none it strikes every call of its route. */
export interface FaultSpec {
  name: FaultName;
  /** Strikes so often, then is gone. Absent: lasting, except where the kind says once. */
  times?: number;
  /** Absent: `list`, or the first route the kind knows. */
  route?: Route;
  /** List calls for this page. */
  page?: number;
  /** List calls with this many rows a page. */
  limit?: number;
  /** List calls whose window holds this place of the feed in countid order, from 0. */
  position?: number;
  /** List calls whose window holds this record; on other routes calls about this record. */
  countid?: number;
  /** Every n-th call of the route, counted from when the fault was set. */
  every?: number;
  /** Not before so many calls of the route since the fault was set. */
  afterCalls?: number;
  /** The kind's own parameters, see the table. */
  [param: string]: unknown;
}

export interface SetFault {
  id: number;
  name: FaultName;
  route: Route;
  selector: Partial<Record<Selector, number>>;
  params: Params;
  timesLeft: number | null;
  calls: number;
  struck: number;
}

/** What is known of a call when faults are chosen. */
export interface CallWindow {
  page?: number;
  limit?: number;
  holds(what: 'position' | 'countid', value: number): boolean;
}

export interface Hit {
  kind: FaultKind;
  strike: Strike;
}

export interface FaultBox {
  /** @throws {FaultError} when the fault is not in the table or a parameter is out of bounds. */
  set(spec: Record<string, unknown>): SetFault;
  list(): SetFault[];
  /** False when there is none with this id. */
  drop(id: number): boolean;
  clear(): void;
  /** To be called once a call, before `hits`. */
  count(route: Route): void;
  /** The faults of this kind of effect that strike the call; each one returned counts as a strike. */
  hits(route: Route, effect: Effect, window: CallWindow): Hit[];
}

type Effect = 'request' | 'instead' | 'change' | 'rest';

/** The message says what is wrong with the fault that was to be set. */
export class FaultError extends Error {}

type Selector = 'page' | 'limit' | 'position' | 'countid' | 'every' | 'afterCalls';

const SELECTORS: Record<Selector, { min: number; listOnly: boolean }> = {
  page: { min: 1, listOnly: true },
  limit: { min: 1, listOnly: true },
  position: { min: 0, listOnly: true },
  countid: { min: 1, listOnly: false },
  every: { min: 1, listOnly: false },
  afterCalls: { min: 0, listOnly: false },
};

export function createFaultBox(): FaultBox {
  const faults = new Map<number, SetFault>();
  let lastId = 0;

  return {
    set(spec) {
      const fault = readSpec(spec, ++lastId);
      faults.set(fault.id, fault);
      return fault;
    },
    list: () => [...faults.values()],
    drop: (id) => faults.delete(id),
    clear: () => faults.clear(),
    count(route) {
      for (const fault of faults.values()) if (fault.route === route) fault.calls++;
    },
    hits(route, effect, window) {
      const hits: Hit[] = [];
      for (const fault of faults.values()) {
        const kind = FAULTS[fault.name] as FaultKind;
        if (fault.route !== route || effectOf(kind) !== effect || !strikes(fault, window)) continue;
        hits.push({
          kind,
          strike: {
            params: fault.params,
            position: fault.selector.position ?? null,
            countid: fault.selector.countid ?? null,
            struck: fault.struck,
          },
        });
        fault.struck++;
        if (fault.timesLeft !== null && --fault.timesLeft === 0) faults.delete(fault.id);
        // Only one answer can be sent instead: the others keep their strikes for later calls.
        if (effect === 'instead') break;
      }
      return hits;
    },
  };
}

function effectOf(kind: FaultKind): Effect {
  if (kind.request) return 'request';
  if (kind.instead) return 'instead';
  return kind.change ? 'change' : 'rest';
}

function strikes({ selector, calls }: SetFault, window: CallWindow): boolean {
  const { page, limit, position, countid, every, afterCalls = 0 } = selector;
  if (calls <= afterCalls) return false;
  if (every !== undefined && (calls - afterCalls) % every !== 0) return false;
  if (page !== undefined && page !== window.page) return false;
  if (limit !== undefined && limit !== window.limit) return false;
  if (position !== undefined && !window.holds('position', position)) return false;
  return countid === undefined || window.holds('countid', countid);
}

function readSpec(spec: Record<string, unknown>, id: number): SetFault {
  const { name, times, route, ...rest } = spec;
  const kind = typeof name === 'string' ? faultKind(name) : undefined;
  if (!kind)
    throw new FaultError(`there is no fault ${JSON.stringify(name)}; there are ${Object.keys(FAULTS).join(', ')}`);
  const chosen = (route ?? kind.routes[0]) as Route;
  if (!kind.routes.includes(chosen))
    throw new FaultError(`${name} works on ${kind.routes.join(', ')}, not on ${chosen}`);
  const selector: SetFault['selector'] = {};
  const params: Params = Object.fromEntries(Object.entries(kind.params).map(([key, { preset }]) => [key, preset]));
  for (const [key, value] of Object.entries(rest)) {
    const own = kind.params[key];
    if (own) params[key] = readParam(key, value, own);
    else if (Object.hasOwn(SELECTORS, key)) selector[key as Selector] = readSelector(key as Selector, value, chosen);
    else
      throw new FaultError(
        `${name} has no ${key}; it has ${[...Object.keys(kind.params), ...Object.keys(SELECTORS)].join(', ')}`,
      );
  }
  if (kind.targeted && selector.position === undefined && selector.countid === undefined) {
    throw new FaultError(`${name} needs a position or a countid`);
  }
  const timesLeft = times === undefined ? (kind.times ?? null) : readWhole('times', times, 1, 1_000_000_000);
  return { id, name: name as FaultName, route: chosen, selector, params, timesLeft, calls: 0, struck: 0 };
}

function readSelector(key: Selector, value: unknown, route: Route): number {
  const { min, listOnly } = SELECTORS[key];
  if (listOnly && route !== 'list') throw new FaultError(`${key} selects list calls, not ${route}`);
  return readWhole(key, value, min, Number.MAX_SAFE_INTEGER);
}

function readParam(key: string, value: unknown, spec: ParamSpec): Params[string] {
  if (spec.type === 'whole') return readWhole(key, value, spec.min ?? 0, spec.max ?? Number.MAX_SAFE_INTEGER);
  if (spec.type === 'flag' && typeof value === 'boolean') return value;
  if (spec.type === 'text' && typeof value === 'string' && (spec.among?.includes(value) ?? true)) return value;
  if (spec.type === 'object' && typeof value === 'object' && value !== null) return value as Params;
  throw new FaultError(`${key} is to be ${spec.among ? `one of ${spec.among.join(', ')}` : `a ${spec.type}`}`);
}

function readWhole(key: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new FaultError(`${key} is to be a whole number from ${min} to ${max}`);
}
