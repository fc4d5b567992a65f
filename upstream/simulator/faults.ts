/**
 * Everything the simulated API can get wrong, by name. A fault is set through `POST /__control/faults` with one of these names, its
 * parameters and a selector (`fault-box.ts`). Where a fault strikes:
 * `request` before the data is read, `instead` in place of the answer (nothing is read, nothing is changed), `change` on the fields
 * of a change before it is made, `page` on the rows and their meta, `answer` on the finished answer.
 */
import { type Answer, json, refusal } from './answer.ts';
import type { RawRecord } from './record.ts';

/** A list call under way. */
export interface ListRequest {
  page: number;
  /** Rows given at most. */
  limit: number;
  /** Where the rows begin. */
  offset: number;
  /** What `meta.limit` will say. */
  shownLimit: number;
}

export interface Page {
  rows: { position: number; countid: number; row: RawRecord | null }[];
  total: number;
}

/** What a fault may do beyond its answer. */
export interface Surroundings {
  total: number;
  removeLowest(count: number): void;
  insertFirst(count: number, seed: number): void;
  rowAt(position: number): RawRecord | null;
  pageAnswer(request: ListRequest, page: Page): Answer;
}

export type Route = 'list' | 'get' | 'put' | 'post' | 'delete';
export type Params = Record<string, number | string | boolean | RawRecord>;

export interface ParamSpec {
  about: string;
  type: 'whole' | 'flag' | 'text' | 'object';
  preset: number | string | boolean | RawRecord;
  min?: number;
  max?: number;
  among?: readonly string[];
}

export interface Strike {
  params: Params;
  /** The position and countid the fault was set for, if any. */
  position: number | null;
  countid: number | null;
  /** How often it has struck before. */
  struck: number;
}

export interface FaultKind {
  about: string;
  params: Record<string, ParamSpec>;
  routes: readonly Route[];
  /** Used up after so many strikes when `times` is not given; absent: lasting. */
  times?: number;
  /** Must be set with `position` or `countid`. */
  targeted?: boolean;
  request?(request: ListRequest, strike: Strike, around: Surroundings): void;
  instead?(strike: Strike, request: ListRequest | null, around: Surroundings): Answer;
  /** The fields that are kept of those that were sent. */
  change?(fields: RawRecord, strike: Strike): RawRecord;
  page?(page: Page, strike: Strike, around: Surroundings): void;
  answer?(answer: Answer, strike: Strike): void;
}

const LIST = ['list'] as const;
const ANY = ['list', 'get', 'put', 'post', 'delete'] as const;
const EXPECTING_VALUE = 'Expecting value: line 1 column 1 (char 0)';

const whole = (preset: number, min: number, max: number, about: string): ParamSpec => ({
  type: 'whole',
  preset,
  min,
  max,
  about,
});
const flag = (about: string): ParamSpec => ({ type: 'flag', preset: false, about });

export const BAD_ROWS = ['countid_text', 'null_row', 'bad_date', 'dba_too_long', 'status_unknown'] as const;

export const FAULTS = {
  expecting_value_500: {
    about: 'One record breaks their serialiser: 500.',
    params: {},
    routes: ANY,
    instead: () => refusal(500, EXPECTING_VALUE),
  },
  expecting_value_200: {
    about: 'The same with status 200 and success:false.',
    params: {},
    routes: ANY,
    instead: () => refusal(200, EXPECTING_VALUE),
  },
  internal_error_200: {
    about: 'Status 200, success:false, "Internal server error".',
    params: {},
    routes: ANY,
    instead: () => refusal(200, 'Internal server error'),
  },
  server_error: {
    about: 'A plain server error.',
    params: { status: whole(503, 400, 599, 'HTTP status') },
    routes: ANY,
    instead: ({ params }) => refusal(Number(params.status), `Service answered ${params.status}`),
  },
  rate_limit: {
    about: '429 with Retry-After.',
    params: { retryAfter: whole(1, 0, 86_400, 'seconds'), date: flag('Retry-After as an HTTP date') },
    routes: ANY,
    instead({ params }) {
      const seconds = Number(params.retryAfter);
      // HTTP dates have whole seconds: rounded up, so that waiting until then is always long enough.
      const date = new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toUTCString();
      return refusal(429, 'Too many requests', { 'retry-after': params.date ? date : String(seconds) });
    },
  },
  unauthorized: {
    about: '401.',
    params: {},
    routes: ANY,
    instead: () => refusal(401, 'Invalid API key'),
  },
  forbidden: {
    about: '403.',
    params: {},
    routes: ANY,
    instead: () => refusal(403, 'Forbidden'),
  },
  timeout: {
    about: 'No answer at all until the caller goes; a change asked for is not made.',
    params: {},
    routes: ANY,
    instead: () => ({ ...json(200, {}), delivery: { how: 'never' } }),
  },
  html_200: {
    about: 'An HTML page with status 200.',
    params: {},
    routes: ANY,
    instead: () => ({
      ...json(200, {}, { 'content-type': 'text/html' }),
      body: '<!doctype html><title>Maintenance</title>',
    }),
  },
  refused_put: {
    about: 'The change is refused for a reason of theirs, and is not made.',
    params: {
      status: whole(422, 400, 499, 'HTTP status'),
      message: { type: 'text', preset: 'The change was refused', about: 'what they say' },
    },
    routes: ['put'],
    instead: ({ params }) => refusal(Number(params.status), String(params.message)),
  },
  total_zero: {
    about: 'Status 200 with no rows and total 0.',
    params: {},
    routes: LIST,
    instead: (_, request, around) =>
      request ? around.pageAnswer(request, { rows: [], total: 0 }) : json(200, { success: true, data: [] }),
  },

  drift_remove: {
    about: 'Removes the k records with the lowest countids before the call is served; use with afterCalls.',
    params: { k: whole(1, 1, 1_000_000, 'records') },
    routes: LIST,
    times: 1,
    request: (_, { params }, around) => around.removeLowest(Number(params.k)),
  },
  drift_insert: {
    about: 'Inserts k records at the beginning of the feed before the call is served; use with afterCalls.',
    params: { k: whole(1, 1, 10_000, 'records'), seed: whole(1, 0, 2 ** 32 - 1, 'seed of the new records') },
    routes: LIST,
    times: 1,
    request: (_, { params, struck }, around) => around.insertFirst(Number(params.k), Number(params.seed) + struck),
  },
  limit_cap: {
    about: 'At most n rows a page, whatever is asked for; pages are counted in n rows.',
    params: { n: whole(50, 1, 10_000, 'rows'), silent: flag('meta.limit repeats what was asked for') },
    routes: LIST,
    request(request, { params }) {
      const given = Math.min(request.limit, Number(params.n));
      request.offset = (request.offset / request.limit) * given;
      request.limit = given;
      if (!params.silent) request.shownLimit = request.limit;
    },
  },
  same_page: {
    about: 'The rows of page 1, whatever page is asked for.',
    params: {},
    routes: LIST,
    request(request) {
      request.offset = 0;
    },
  },

  empty_page: {
    about: 'No rows; total is right.',
    params: {},
    routes: LIST,
    page(page) {
      page.rows = [];
    },
  },
  short_page: {
    about: 'The last n rows of the page are missing.',
    params: { n: whole(3, 1, 10_000, 'rows') },
    routes: LIST,
    page(page, { params }) {
      page.rows.splice(Math.max(0, page.rows.length - Number(params.n)));
    },
  },
  total_changes: {
    about: 'meta.total is off by delta.',
    params: {
      delta: whole(1, -1_000_000_000, 1_000_000_000, 'records'),
      alternate: flag('every other time only, the first included'),
    },
    routes: LIST,
    page(page, { params, struck }) {
      if (!params.alternate || struck % 2 === 0) page.total = Math.max(0, page.total + Number(params.delta));
    },
  },
  bad_row: {
    about: 'One record is sent broken.',
    params: {
      kind: { type: 'text', preset: 'countid_text', among: BAD_ROWS, about: 'how' },
      length: whole(5000, 1, 10_000_000, 'characters of the name, for dba_too_long'),
    },
    routes: LIST,
    targeted: true,
    page(page, strike) {
      const hit = page.rows.find((r) => r.position === strike.position || r.countid === strike.countid);
      if (hit) hit.row = breakRow(hit.row ?? {}, strike.params);
    },
  },
  duplicate_row: {
    about: 'A position sends the record of another one, and its own record is not sent.',
    params: {
      of: whole(0, 0, 1_000_000_000, 'position whose record is sent'),
      altered: flag('with another balance and a name that ends in "(copy)"'),
      fields: { type: 'object', preset: {}, about: 'values to send instead of its own' },
    },
    routes: LIST,
    targeted: true,
    page(page, strike, around) {
      const hit = page.rows.find((r) => r.position === strike.position || r.countid === strike.countid);
      const other = around.rowAt(Number(strike.params.of));
      if (!hit || !other) return;
      const altered = strike.params.altered
        ? { dba: `${other.dba} (copy)`, smsBalance: Number(other.smsBalance ?? 0) + 1 }
        : {};
      hit.row = { ...other, ...altered, ...(strike.params.fields as RawRecord) };
    },
  },

  put_altered: {
    about: 'The change is accepted, but something else is kept; the answer and later calls show that.',
    params: {
      length: whole(10, 0, 10_000, 'characters that are kept of each text'),
      ignore: { type: 'text', preset: '', about: 'a field that is not changed' },
      fields: { type: 'object', preset: {}, about: 'values that are kept instead of those sent' },
    },
    routes: ['put'],
    change: (fields, { params }) => kept(fields, params),
  },
  reset_mid_body: {
    about: 'The connection is reset in the middle of the body; a change asked for is made.',
    params: {},
    routes: ANY,
    answer(answer) {
      answer.delivery = { how: 'reset', after: 0.5 };
    },
  },
  lost_put_answer: {
    about: 'The change is made, the connection is reset before the answer.',
    params: {},
    routes: ['put', 'post', 'delete'],
    answer(answer) {
      answer.delivery = { how: 'reset', after: null };
    },
  },
  truncated_json: {
    about: 'The JSON ends in the middle, though the answer is complete as HTTP.',
    params: {},
    routes: ANY,
    answer(answer) {
      answer.body = answer.body.slice(0, Math.floor(answer.body.length / 2));
    },
  },
  wrong_content_type: {
    about: 'The right JSON as text/html.',
    params: {},
    routes: ANY,
    answer(answer) {
      answer.headers['content-type'] = 'text/html; charset=utf-8';
    },
  },
  latency: {
    about: 'The answer comes late.',
    params: { ms: whole(500, 0, 3_600_000, 'milliseconds') },
    routes: ANY,
    answer(answer, { params }) {
      answer.delay += Number(params.ms);
    },
  },
  slow_drip: {
    about: 'The body comes in small pieces.',
    params: {
      bytes: whole(64, 1, 1_000_000, 'bytes a piece'),
      interval: whole(50, 1, 60_000, 'milliseconds between pieces'),
    },
    routes: ANY,
    answer(answer, { params }) {
      answer.delivery = { how: 'drip', bytes: Number(params.bytes), interval: Number(params.interval) };
    },
  },
  huge_body: {
    about: 'The answer is filled up to n bytes.',
    params: { n: whole(30_000_000, 1, 10_000_000_000, 'bytes') },
    routes: ANY,
    answer(answer, { params }) {
      answer.delivery = { how: 'padded', bytes: Number(params.n) };
    },
  },
} satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

/** The table by any name; undefined when there is no such fault. */
export function faultKind(name: string): FaultKind | undefined {
  return Object.hasOwn(FAULTS, name) ? FAULTS[name as FaultName] : undefined;
}

function kept(sent: RawRecord, { length, ignore, fields }: Params): RawRecord {
  const shortened = Object.entries(sent)
    .filter(([field]) => field !== ignore)
    .map(([field, value]) => [field, typeof value === 'string' ? value.slice(0, Number(length)) : value]);
  return { ...Object.fromEntries(shortened), ...(fields as RawRecord) };
}

function breakRow(row: RawRecord, params: Params): RawRecord | null {
  switch (params.kind as (typeof BAD_ROWS)[number]) {
    case 'countid_text': {
      const { appid: _, ...rest } = row;
      return { ...rest, countid: 'abc' };
    }
    case 'null_row':
      return null;
    case 'bad_date':
      return { ...row, ActivateDate: '13/45/2026' };
    case 'dba_too_long':
      return { ...row, dba: 'A'.repeat(Number(params.length)) };
    case 'status_unknown':
      return { ...row, status: 'maybe' };
  }
}
