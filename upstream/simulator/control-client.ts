/** The control calls of a simulator, from outside: for tests and drills that set up what is to happen, and look at the truth. */
import type { FaultSpec, SetFault } from './fault-box.ts';
import type { RawRecord } from './record.ts';
import type { StatsReport } from './stats.ts';

export interface SimulatorControl {
  fault(spec: FaultSpec): Promise<SetFault>;
  faults(): Promise<SetFault[]>;
  /** All, or the one with this id. */
  clearFaults(id?: number): Promise<void>;
  /** The countids changed; exactly `round(ratio · total)` of them. */
  edit(request: { ratio: number; seed?: number; fields?: string[] }): Promise<number[]>;
  /** The countids removed. */
  remove(request: { ratio: number; seed?: number }): Promise<number[]>;
  removeRecord(countid: number): Promise<void>;
  /** The countids added. `from`: on the free countids from here on, instead of after the highest. */
  add(request: { count: number; seed?: number; from?: number } | { record: RawRecord }): Promise<number[]>;
  /** These records and no others; each needs its countid. */
  replace(records: RawRecord[]): Promise<number[]>;
  /** Merges raw fields; the record as it is then. */
  patch(countid: number, fields: RawRecord): Promise<RawRecord>;
  /** All records as they are, in the order of their countids, `pass` included. */
  truth(): AsyncGenerator<RawRecord>;
  stats(): Promise<StatsReport>;
  resetStats(): Promise<void>;
}

/** The control calls of a simulator that runs already. */
export function createSimulatorControl(url: string): SimulatorControl {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/__control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const content = (await response.json()) as T & { message?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${content.message}`);
    return content;
  }
  const countids = async (path: string, body: unknown, method = 'POST') =>
    (await call<{ countids: number[] }>(method, path, body)).countids;

  return {
    fault: (spec) => call('POST', 'faults', spec),
    faults: async () => (await call<{ faults: SetFault[] }>('GET', 'faults')).faults,
    clearFaults: async (id) => void (await call('DELETE', id === undefined ? 'faults' : `faults/${id}`)),
    edit: (request) => countids('edit', request),
    remove: (request) => countids('remove', request),
    removeRecord: async (countid) => void (await call('DELETE', `records/${countid}`)),
    add: (request) => countids('records', request),
    replace: (records) => countids('records', { records }, 'PUT'),
    patch: (countid, fields) => call('PATCH', `records/${countid}`, fields),
    truth: () => readLines(`${url}/__control/records.jsonl`),
    stats: () => call('GET', 'stats'),
    resetStats: async () => void (await call('POST', 'reset-stats')),
  };
}

async function* readLines(url: string): AsyncGenerator<RawRecord> {
  const response = await fetch(url);
  let rest = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
