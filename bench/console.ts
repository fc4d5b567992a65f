/** `npm run bench -- --console N`: how long the server takes for each page of the console, with N licenses, 5,000 open cases and 5,000 runs behind it. */
import { randomUUID } from 'node:crypto';
import { openCases } from '../db/case-opening.ts';
import { type Db, sqlInstant } from '../db/connect.ts';
import { insertLicense } from '../db/licenses.ts';
import { inTransaction } from '../db/retry.ts';
import { newLicense } from '../domain/license-edit.ts';
import { prepare } from '../domain/matching/business.ts';
import { scorePair } from '../domain/matching/score.ts';
import { countRecords } from '../domain/matching/statistics.ts';
import { businessHash, licenseContent, licenseRef } from '../domain/matching-subject.ts';
import { pairsOf } from '../domain/reviews.ts';
import { StackError } from '../stack/errors.ts';
import { inventBusiness, respell } from '../upstream/simulator/business.ts';
import { Draws } from '../upstream/simulator/random.ts';
import { type ApiStand, openApiStand, percentile } from './api-stand.ts';
import { licenseCsv } from './license-data.ts';
import { describeMachine, machineLine } from './print.ts';

/** ms, the 95th percentile of a page, to its last byte. */
const LIMIT_MS = 150;
const REQUESTS_PER_PAGE = 30;
const CASES = 5000;
const CASES_AT_ONCE = 100;
const RUNS = 5000;
const SEED = 7;
const DAY_MS = 86_400_000;

export interface ConsoleBenchOptions {
  licenses: number;
  /** Folder of this invocation. */
  home: string;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** @returns how many pages took too long. @throws {StackError} when a server cannot be had, or a page does not answer. */
export async function benchConsole({ licenses, home, log, signal }: ConsoleBenchOptions): Promise<number> {
  console.log(machineLine(describeMachine()));
  const stand = await openApiStand({ home, name: 'console', temporal: true, log, signal });
  try {
    await importLicenses(stand, licenses - 2 * CASES);
    log(`${(licenses - 2 * CASES).toLocaleString('en-US')} licenses imported`);
    const subjects = await fill(stand.db);
    log(`${CASES} cases over ${2 * CASES} licenses, ${RUNS} runs`);
    const cookie = await signIn(stand);
    const missed = await measurePages(stand, cookie, pagesOf(subjects));
    console.log(`\nbench: ${missed === 0 ? 'every limit met' : `${missed} limits missed`}`);
    return missed;
  } finally {
    await stand.close();
  }
}

async function importLicenses({ url, token }: ApiStand, licenses: number): Promise<void> {
  const response = await fetch(`${url}/api/v1/licenses/import`, {
    method: 'POST',
    body: licenseCsv(licenses),
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new StackError(`the import answered ${response.status}: ${await response.text()}`);
}

interface Subjects {
  license: string;
  caseId: number;
  run: string;
}

/** Cases as a run opens them, each over two licenses of its own; runs as rows only, because five thousand would take a day. */
async function fill(db: Db): Promise<Subjects> {
  let license = '';
  for (let from = 0; from < CASES; from += CASES_AT_ONCE) {
    const numbers = Array.from({ length: CASES_AT_ONCE }, (_, at) => from + at);
    license = await openSome(db, numbers);
  }
  const { id: caseId } = await db.selectFrom('duplicate_cases').select('id').orderBy('id').executeTakeFirstOrThrow();
  const run = randomUUID();
  const now = Date.now();
  for (let from = 0; from < RUNS; from += 500) {
    const rows = Array.from({ length: 500 }, (_, at) =>
      runRow(now, from + at === RUNS - 1 ? run : randomUUID(), RUNS - from - at),
    );
    await db.insertInto('sync_operations').values(rows).execute();
  }
  return { license, caseId, run };
}

async function openSome(db: Db, numbers: readonly number[]): Promise<string> {
  const now = sqlInstant(Date.now());
  let last = '';
  await inTransaction(db, async (trx) => {
    const cases = [];
    for (const n of numbers) {
      const one = inventBusiness(SEED, n);
      const two = respell(one, new Draws(SEED, n));
      const members = [];
      for (const { dba, phone, address, city, zip } of [one, two]) {
        const id = randomUUID();
        const license = newLicense({ id, key: `CASE-${id}`, origin: 'internal' }, { dba, phone, address, city, zip });
        await insertLicense(trx, license, 'bench');
        members.push({ ref: licenseRef(id), license, ...licenseContent(license) });
        last = id;
      }
      const statistics = countRecords(members.map(({ business }) => prepare(business, null)));
      const pairs = pairsOf(members).map(([a, b]) => ({
        a: a.ref,
        b: b.ref,
        score: scorePair(prepare(a.business, a.standing), prepare(b.business, b.standing), statistics),
      }));
      cases.push({
        kind: 'internal' as const,
        reason: 'review_band' as const,
        confidence: 70 + (n % 20),
        priority: n % 1000,
        explanation: { pairs, returned: null },
        members: members.map(({ ref, license, business }) => ({
          ref,
          licenseId: license.id,
          business: JSON.stringify(business),
          businessHash: businessHash(business),
        })),
      });
    }
    await openCases(trx, cases, { operation: null, now });
  });
  return last;
}

function runRow(now: number, operationId: string, daysAgo: number) {
  const startedMs = now - daysAgo * DAY_MS;
  const [started, ended] = [sqlInstant(startedMs), sqlInstant(startedMs + 60_000)];
  return {
    operation_id: operationId,
    operation_type: 'external_sync' as const,
    status: daysAgo % 9 === 0 ? ('failed' as const) : ('completed' as const),
    phase: 'report' as const,
    triggered_by: 'schedule:nightly',
    options: JSON.stringify({}),
    workflow_id: 'license-sync',
    workflow_run_id: operationId,
    created_at: started,
    started_at: started,
    phase_started_at: started,
    ended_at: ended,
    duration_ms: 60_000,
    updated_at: ended,
  };
}

async function signIn({ url, token }: ApiStand): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    redirect: 'manual',
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (response.status !== 303 || !cookie) throw new StackError(`signing in answered ${response.status}`);
  return cookie;
}

function pagesOf({ license, caseId, run }: Subjects): string[] {
  const of = `/licenses/${license}`;
  return [
    '/',
    '/runs',
    '/runs?status=failed',
    '/runs/new',
    `/runs/${run}`,
    `/runs/${run}/batches`,
    '/reviews',
    '/reviews?minConfidence=85',
    `/reviews/${caseId}`,
    '/licenses',
    '/licenses?status=active',
    '/licenses?status=active,expiring&sortBy=dba',
    '/licenses?zip=12345',
    '/licenses?page=900',
    '/licenses/new',
    '/licenses/check',
    of,
    `${of}/history`,
    `${of}/edit`,
    `${of}/duplicates`,
    '/plans',
    '/conflicts',
    '/quarantine',
    '/schedules',
    '/schedules/new',
    '/alerts',
    '/tokens',
  ];
}

async function measurePages({ url }: ApiStand, cookie: string, pages: readonly string[]): Promise<number> {
  let missed = 0;
  console.log(
    `  ${'page'.padEnd(58)}${['p50 ms', 'p95 ms', 'limit', 'first'].map((cell) => cell.padStart(9)).join('')}`,
  );
  for (const path of pages) {
    const times: number[] = [];
    for (let n = 0; n <= REQUESTS_PER_PAGE; n += 1) {
      const startedAt = performance.now();
      const response = await fetch(`${url}${path}`, { headers: { cookie }, redirect: 'manual' });
      await response.text();
      times.push(performance.now() - startedAt);
      if (response.status !== 200) throw new StackError(`${path} answered ${response.status}`);
    }
    // The first request of a page makes what the later ones find.
    const [first = 0, ...warm] = times;
    const p95 = percentile(warm, 95);
    if (p95 > LIMIT_MS) missed += 1;
    const cells = [percentile(warm, 50).toFixed(1), p95.toFixed(1), String(LIMIT_MS), first.toFixed(1)];
    console.log(
      `  ${path.replace(/[0-9a-f-]{36}/, ':id').padEnd(58)}${cells.map((cell) => cell.padStart(9)).join('')}`,
    );
  }
  return missed;
}
