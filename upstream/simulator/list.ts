/** `GET /api/v1/licenses`: one page of the feed. */
import { type Answer, json, refusal } from './answer.ts';
import type { Dataset } from './dataset.ts';
import type { FaultBox } from './fault-box.ts';
import type { ListRequest, Page, Surroundings } from './faults.ts';
import { statusOf } from './record.ts';
import type { Stats } from './stats.ts';
import type { Store } from './store.ts';
import { createViews, SORTABLE, type View, type ViewQuery } from './view.ts';

export interface ListOptions {
  maxLimit: number;
  sorted: boolean;
}

const DEFAULT_LIMIT = 10;

/** Answers list calls given their query string. */
export function createList(
  store: Store,
  faults: FaultBox,
  stats: Stats,
  options: ListOptions,
): (query: string) => Answer {
  const viewOf = createViews(store.data, options.sorted);
  const around = surroundings(store);

  return (queryString) => {
    const params = new URLSearchParams(queryString);
    const query = readQuery(params);
    if (typeof query === 'string') return refusal(400, query);
    const request = readPaging(params, options.maxLimit);
    stats.listCall(request.page, request.limit);
    faults.count('list');

    const asked = windowOf(store.data, viewOf(query), { ...request });
    for (const { kind, strike } of faults.hits('list', 'request', asked)) kind.request?.(request, strike, around);
    const view = viewOf(query);
    const window = windowOf(store.data, view, request);
    for (const { kind, strike } of faults.hits('list', 'instead', window)) {
      const answer = kind.instead?.(strike, request, around);
      if (answer) return adorn(answer, faults, window);
    }
    const hits = faults.hits('list', 'rest', window);
    const page: Page = {
      rows: view.slots(request.offset, request.limit).map((slot) => ({
        position: slot.position,
        countid: slot.countid,
        row: slot.row(),
      })),
      total: view.total,
    };
    for (const { kind, strike } of hits) kind.page?.(page, strike, around);
    const answer = around.pageAnswer(request, page);
    for (const { kind, strike } of hits) kind.answer?.(answer, strike);
    return answer;
  };
}

/** Lateness and the like also befall an answer that was replaced. */
function adorn(answer: Answer, faults: FaultBox, window: ReturnType<typeof windowOf>): Answer {
  for (const { kind, strike } of faults.hits('list', 'rest', window)) kind.answer?.(answer, strike);
  return answer;
}

function surroundings({ data, commit }: Store): Surroundings {
  return {
    get total() {
      return data.total;
    },
    removeLowest: (count) => void commit({ op: 'removeLowest', count }),
    insertFirst(count, seed) {
      const room = Math.min(count, Math.max(0, data.lowest - 1));
      if (room > 0) commit({ op: 'generate', count: room, seed, from: data.lowest - room });
    },
    rowAt: (position) => data.slots(position, 1)[0]?.row() ?? null,
    pageAnswer: ({ page, shownLimit }, { rows, total }) =>
      json(200, {
        success: true,
        data: rows.map(({ row }) => row),
        meta: {
          page,
          limit: shownLimit,
          total,
          totalPages: Math.ceil(total / shownLimit),
          hasNext: page * shownLimit < total,
          hasPrev: page > 1,
        },
      }),
  };
}

/** Asked lazily: most calls meet no fault that wants to know where its records stand. */
function windowOf(data: Dataset, view: View, request: ListRequest) {
  let places: { position: number; countid: number }[] | null = null;
  return {
    page: request.page,
    limit: request.limit,
    holds(what: 'position' | 'countid', value: number): boolean {
      if (what === 'countid' && !data.find(value)) return false;
      places ??= view.slots(request.offset, request.limit);
      return places.some((place) => place[what] === value);
    },
  };
}

/** As forgiving as the API: what is no number counts as not given, and too much is cut. */
function readPaging(params: URLSearchParams, maxLimit: number): ListRequest {
  const number = (name: string, preset: number) => {
    const value = Number(params.get(name) ?? preset);
    return Number.isSafeInteger(value) && value >= 1 ? value : preset;
  };
  const page = number('page', 1);
  const limit = Math.min(number('limit', DEFAULT_LIMIT), maxLimit);
  return { page, limit, offset: (page - 1) * limit, shownLimit: limit };
}

/** The query, or what is wrong with it. */
function readQuery(params: URLSearchParams): ViewQuery | string {
  const status = params.get('status') || null;
  const folded = statusOf(status);
  if (status !== null && folded === null) return 'status is 1 or 0';
  const sortBy = params.get('sortBy') || 'countid';
  if (!(SORTABLE as readonly string[]).includes(sortBy)) return `sortBy is one of ${SORTABLE.join(', ')}`;
  const order = (params.get('sortOrder') || 'asc').toLowerCase();
  if (order !== 'asc' && order !== 'desc') return 'sortOrder is asc or desc';
  return { status: folded, dba: params.get('dba') || null, sortBy, descending: order === 'desc' };
}
