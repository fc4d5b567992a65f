/** What the figures must not exceed. The limits are the project's contract; a number outside them is a defect. */
import type { Books } from '../domain/books.ts';
import type { Measurement } from './measure.ts';
import type { RunFigures } from './run.ts';
import { totalOf } from './written.ts';

const MB = 1024 * 1024;
/** Seconds a first sync may take, by the number of records up to which it holds. */
const FIRST_SYNC_LIMITS = [
  [10_000, 20],
  [100_000, 90],
  [1_000_000, 600],
] as const;
const UNCHANGED_RATIO = 1 / 3;
const WORKER_MB = 512;
/** Holds for 100,000 licenses; fewer must not take longer. */
const CHECK_P99_MS = 50;
const CHECKS_UP_TO_RECORDS = 100_000;
/** Temporal ends a workflow at 51,200 events, and warns at a fifth of that. */
const LONGEST_HISTORY = 10_000;
const FLOOR_RATIO = { without: 8, withDuplicates: 25 };
/** With fewer records the fixed cost of a run's steps outweighs that of its records, and ratios say nothing. */
const RATIOS_FROM_RECORDS = 10_000;

export interface Judgement {
  what: string;
  measured: string;
  limit: string;
  /** Null: not judged. */
  met: boolean | null;
}

/** Every must with what was measured. A figure that could not be taken counts as missed. */
export function judge(measurement: Measurement): Judgement[] {
  const { records, duplicates, first, unchanged, untouched, edited, edits, floorMs, peaks, restarted } = measurement;
  const ratios = records >= RATIOS_FROM_RECORDS;
  const seconds = FIRST_SYNC_LIMITS.find(([upTo]) => records <= upTo)?.[1] ?? Number.POSITIVE_INFINITY;
  const worker = peaks.worker;
  const secondToFirst = unchanged.wallMs / first.wallMs;
  const toFloor = first.wallMs / floorMs;
  const rows = totalOf(unchanged.written);
  const floorRatio = duplicates ? FLOOR_RATIO.withDuplicates : FLOOR_RATIO.without;
  return [
    {
      what: 'first sync',
      measured: `${(first.wallMs / 1000).toFixed(2)} s`,
      limit: `≤ ${seconds} s`,
      met: first.wallMs <= seconds * 1000,
    },
    {
      what: 'unchanged sync ÷ first sync',
      measured: secondToFirst.toFixed(2),
      limit: '≤ 1/3',
      met: ratios ? secondToFirst <= UNCHANGED_RATIO : null,
    },
    {
      what: 'unchanged sync, business rows written',
      measured: `${rows}${untouched ? '' : ', but the tables are other than before'}`,
      limit: '0',
      met: rows === 0 && untouched,
    },
    {
      what: 'worker memory, peak',
      measured: worker === null ? 'unknown' : `${(worker / MB).toFixed(0)} MB`,
      limit: `≤ ${WORKER_MB} MB`,
      met: worker !== null && worker <= WORKER_MB * MB,
    },
    {
      what: 'first sync ÷ floor',
      measured: toFloor.toFixed(2),
      limit: `≤ ${floorRatio}`,
      met: ratios ? toFloor <= floorRatio : null,
    },
    {
      what: 'longest history, events',
      measured: String(Math.max(first.longest, unchanged.longest, edited.longest)),
      limit: `< ${LONGEST_HISTORY}`,
      met: Math.max(first.longest, unchanged.longest, edited.longest) < LONGEST_HISTORY,
    },
    books(first, { fetched: records, created: records }),
    books(unchanged, { fetched: records, unchanged: records }),
    // Where licenses were consolidated, an edited record may be one that feeds none.
    books(edited, duplicates ? { fetched: records } : { fetched: records, updated: edits, unchanged: records - edits }),
    ...(duplicates
      ? [
          {
            what: 'unchanged sync, pairs scored again',
            measured: String(unchanged.duplicates?.scored ?? 'unknown'),
            limit: '0',
            met: unchanged.duplicates?.scored === 0,
          },
        ]
      : []),
    ...checksOf(measurement),
    {
      what: 'edited sync, records written to the mirror',
      measured: String(edited.written.external_licenses),
      limit: String(edits),
      met: edited.written.external_licenses === edits,
    },
    {
      what: 'processes that died',
      measured: restarted.join(', ') || 'none',
      limit: 'none',
      met: restarted.length === 0,
    },
  ];
}

/** Each kind of question by itself: one slow kind must not hide behind the others. */
function checksOf({ checks, records }: Measurement): Judgement[] {
  return (checks ?? []).map(({ asked, p99 }) => ({
    what: `duplicates/check, ${asked}, p99`,
    measured: `${p99.toFixed(1)} ms`,
    limit: `≤ ${CHECK_P99_MS} ms`,
    met: records <= CHECKS_UP_TO_RECORDS ? p99 <= CHECK_P99_MS : null,
  }));
}

/** Fast is worth nothing unless it is also right. */
function books({ name, status, reason, books }: RunFigures, expected: Partial<Books>): Judgement {
  const counts = Object.entries(expected) as [keyof Books, number][];
  const found = counts.map(([count]) => `${count} ${books?.[count] ?? '?'}`);
  const met =
    (status === 'completed' || status === 'completed_with_findings') &&
    books?.balanced === true &&
    counts.every(([k, v]) => books[k] === v);
  return {
    what: `${name} sync, books`,
    measured: [status, ...found, ...(reason === null ? [] : [reason])].join(', '),
    limit: counts.map(([count, wanted]) => `${count} ${wanted}`).join(', '),
    met,
  };
}
