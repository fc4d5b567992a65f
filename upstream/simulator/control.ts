/** The calls under `/__control/`: what the real API has not, to set up and inspect what a test needs. */
import type { ServerResponse } from 'node:http';
import { type Answer, drained, json, refusal } from './answer.ts';
import { EDITABLE_FIELDS } from './edits.ts';
import { type FaultBox, FaultError } from './fault-box.ts';
import { FAULTS } from './faults.ts';
import type { RawRecord } from './record.ts';
import type { Stats } from './stats.ts';
import type { Store } from './store.ts';

const MAX_SEED = 2 ** 32 - 1;
const MAX_ADDED = 5_000_000;
const ROWS_A_WRITE = 500;

/** A control call that cannot be carried out; the message says why. */
class ControlError extends Error {}

/** Answers one control call; null when it has answered by itself. */
export type Control = (
  method: string,
  path: string,
  body: Record<string, unknown>,
  response: ServerResponse,
) => Promise<Answer | null>;

export function createControl(store: Store, faults: FaultBox, stats: Stats): Control {
  const { data } = store;

  const routes: Record<string, (body: Record<string, unknown>, tail: string, response: ServerResponse) => unknown> = {
    'GET faults': () => ({ faults: faults.list() }),
    'POST faults': (body) => faults.set(body),
    'DELETE faults': () => {
      faults.clear();
      return { faults: [] };
    },
    'DELETE faults/*': (_, id) => {
      if (!faults.drop(Number(id))) throw new ControlError(`no fault ${id} is set`);
      return { faults: faults.list() };
    },
    'GET fault-kinds': () =>
      Object.entries(FAULTS).map(([name, { about, params, routes }]) => ({ name, about, params, routes })),
    'POST records': (body) => ({ countids: addRecords(body) }),
    'PUT records': (body) => ({ countids: replaceRecords(body) }),
    'PATCH records/*': (body, countid) => {
      const slot = existing(countid);
      if ('countid' in body) throw new ControlError('countid cannot be changed; delete the record and add another one');
      store.commit({ op: 'set', countid: slot.countid, fields: body });
      return slot.row();
    },
    'DELETE records/*': (_, countid) => ({
      countids: store.commit({ op: 'remove', countids: [existing(countid).countid] }),
    }),
    'POST edit': ({ ratio, seed, fields, ...rest }) => {
      nothingElse(rest);
      const chosen = fields === undefined ? {} : { fields: readFields(fields) };
      return {
        countids: store.commit({
          op: 'edit',
          ratio: readRatio(ratio),
          seed: whole('seed', seed ?? 1, 0, MAX_SEED),
          ...chosen,
        }),
      };
    },
    'POST remove': ({ ratio, seed, ...rest }) => {
      nothingElse(rest);
      return {
        countids: store.commit({
          op: 'removeShare',
          ratio: readRatio(ratio),
          seed: whole('seed', seed ?? 1, 0, MAX_SEED),
        }),
      };
    },
    'GET records.jsonl': async (_, __, response) => {
      await streamRecords(store, response);
      return null;
    },
    'GET stats': () => stats.report(data.total),
    'POST reset-stats': () => {
      stats.reset();
      return stats.report(data.total);
    },
  };

  return async (method, path, body, response) => {
    const [name = '', tail = ''] = path.split('/', 2);
    const route = routes[`${method} ${tail ? `${name}/*` : name}`];
    if (!route) return refusal(404, `no control call ${method} ${path}; there are ${Object.keys(routes).join(', ')}`);
    try {
      const content = await route(body, tail, response);
      return content === null ? null : json(200, content);
    } catch (error) {
      if (error instanceof ControlError || error instanceof FaultError) return refusal(400, error.message);
      throw error;
    }
  };

  function existing(countid: string) {
    const slot = data.find(Number(countid));
    if (!slot) throw new ControlError(`there is no record ${countid}`);
    return slot;
  }

  function addRecords({ record, count, seed, from, ...rest }: Record<string, unknown>): number[] {
    nothingElse(rest);
    if (record !== undefined) return addOne(record);
    const first = from === undefined ? null : whole('from', from, 1, 2 ** 31 - 1);
    // Another seed every time, unless one is given: the same seed would add the same businesses and appids once more.
    const chosen = whole('seed', seed ?? (1_000_003 * (data.version + 1)) % MAX_SEED, 0, MAX_SEED);
    return store.commit({ op: 'generate', count: whole('count', count ?? 1, 1, MAX_ADDED), seed: chosen, from: first });
  }

  function addOne(record: unknown): number[] {
    const row = readRecord(record);
    const countid = row.countid === undefined ? data.highest + 1 : readCountid(row.countid);
    if (data.find(countid)) throw new ControlError(`there is a record ${countid} already`);
    return store.commit({ op: 'add', record: { ...row, countid } });
  }

  function replaceRecords({ records, ...rest }: Record<string, unknown>): number[] {
    nothingElse(rest);
    if (!Array.isArray(records)) throw new ControlError('records is to be a list');
    const rows = records.map(readRecord).map((row) => ({ ...row, countid: readCountid(row.countid) }));
    const countids = new Set<number>();
    for (const { countid } of rows) {
      if (countids.has(countid)) throw new ControlError(`there are two records ${countid}`);
      countids.add(countid);
    }
    return store.commit({ op: 'replace', records: rows });
  }
}

/** All records as they would be sent without faults, in the order of their countids, one JSON line each. */
async function streamRecords({ data }: Store, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  for (let position = 0; position < data.total && !response.destroyed; position += ROWS_A_WRITE) {
    const lines = data.slots(position, ROWS_A_WRITE).map((slot) => JSON.stringify(slot.row()));
    if (!response.write(`${lines.join('\n')}\n`)) await drained(response);
  }
  response.end();
}

function nothingElse(rest: object): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new ControlError(`${unknown} means nothing here`);
}

function readRecord(value: unknown): RawRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RawRecord;
  throw new ControlError('record is to be an object');
}

function readCountid(value: unknown): number {
  return whole('countid', value, 1, Number.MAX_SAFE_INTEGER);
}

function whole(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ControlError(`${name} is to be a whole number from ${min} to ${max}`);
}

function readRatio(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new ControlError('ratio is to be a number from 0 to 1');
}

function readFields(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  const fields = list.filter((field) => typeof field === 'string' && EDITABLE_FIELDS.includes(field)) as string[];
  if (fields.length === 0 || fields.length !== list.length) {
    throw new ControlError(`fields is to be a list of some of ${EDITABLE_FIELDS.join(', ')}`);
  }
  return fields;
}
