/** `npm run bench -- --licenses N`: how fast lists of licenses and checks for duplicates are, on servers of its own with many of them. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { bumpVersion } from '../db/data-versions.ts';
import type { ImportResult } from '../operations/import.ts';
import { StackError } from '../stack/errors.ts';
import { type ApiStand, openApiStand, percentile } from './api-stand.ts';
import { checkQueries, licenseCsv, listQueries } from './license-data.ts';
import { peakOf } from './memory.ts';
import { describeMachine, machineLine } from './print.ts';

/** ms: lists by their 95th percentile, numbers when nothing is kept, checks for duplicates by their 99th. */
const LIMITS = { list: 50, numbers: 300, check: 50 };
const CHECKS_PER_QUERY = 200;
const REQUESTS_PER_QUERY = 100;
const PATH = '/api/v1/licenses';

export interface LicenseBenchOptions {
  licenses: number;
  /** Folder of this invocation. */
  home: string;
  log: (line: string) => void;
  signal: AbortSignal;
}

interface Api {
  /** @returns ms. */
  get(query: string): Promise<number>;
  check(query: string): Promise<{ ms: number; found: boolean }>;
  import(csv: string): Promise<ImportResult>;
}

/** @returns how many limits were missed. @throws {StackError} when a server cannot be had. */
export async function benchLicenses({ licenses, home, log, signal }: LicenseBenchOptions): Promise<number> {
  console.log(machineLine(describeMachine()));
  const stand = await openApiStand({ home, name: 'licenses', temporal: false, log, signal });
  try {
    const { db, pid } = stand;
    const api = caller(stand);
    await fill(db, api, { licenses, pid });
    const missed = (await measureLists(db, api)) + (await measureChecks(api, licenses));
    console.log(`\nbench: ${missed === 0 ? 'every limit met' : `${missed} limits missed`}`);
    return missed;
  } finally {
    await stand.close();
  }
}

/** By the product's own import, twice, so that this is measured too; then what an import cannot say is varied by SQL. */
async function fill(db: Db, api: Api, { licenses, pid }: { licenses: number; pid: number }): Promise<void> {
  const csv = licenseCsv(licenses);
  for (const what of ['import', 'the same file again']) {
    const startedAt = performance.now();
    const { created, unchanged, duplicates, alike } = await api.import(csv);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const memory = `API at most at ${megabytes((await peakOf(pid)) ?? 0)}`;
    console.log(
      `${what}: ${created} created (${alike} of them alike), ${unchanged} unchanged, ${duplicates} duplicates in ${seconds} s (${megabytes(csv.length)}; ${memory})`,
    );
  }
  await sql`
    UPDATE licenses SET
      origin = IF(CRC32(id) % 10 = 0, 'import', IF(CRC32(id) % 50 = 1, 'internal', 'external')),
      external_sync_status = IF(CRC32(id) % 10 = 0, NULL, IF(CRC32(id) % 500 = 1, 'vanished', 'synced')),
      last_external_sync = IF(CRC32(id) % 10 = 0, NULL, '2026-01-01' + INTERVAL CRC32(id) % 30 DAY),
      created_at = '2025-01-01' + INTERVAL CRC32(\`key\`) % 31536000 SECOND,
      updated_at = '2026-01-01' + INTERVAL CRC32(dba) % 2592000 SECOND
  `.execute(db);
  await bumpVersion(db, 'licenses');
}

/** Warm: as long as no license changes. After a change: everything that was kept is out of date before each request. */
async function measureLists(db: Db, api: Api): Promise<number> {
  let missed = 0;
  const line = (cells: string[]) =>
    console.log(`  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(12))).join('')}`);
  line(['GET /api/v1/licenses', 'p50 ms', 'p95 ms', 'limit', 'after change']);
  for (const [name, queries] of Object.entries(listQueries())) {
    const warm: number[] = [];
    const cold: number[] = [];
    // The numbers over all licenses are not this filter's.
    await api.get('limit=1');
    for (let n = 0; n < REQUESTS_PER_QUERY; n += 1) warm.push(await api.get(queries[n % queries.length] ?? ''));
    for (let n = 0; n < 10; n += 1) {
      await bumpVersion(db, 'licenses');
      cold.push(await api.get(queries[n % queries.length] ?? ''));
    }
    const p95 = percentile(warm, 95);
    if (p95 > LIMITS.list) missed += 1;
    line([name, ms(percentile(warm, 50)), ms(p95), String(LIMITS.list), ms(percentile(cold, 95))]);
  }
  const uncached: number[] = [];
  for (let n = 0; n < REQUESTS_PER_QUERY; n += 1) {
    await bumpVersion(db, 'licenses');
    uncached.push(await api.get('limit=1'));
  }
  const numbers = percentile(uncached, 95);
  if (numbers > LIMITS.numbers) missed += 1;
  line(['stats, nothing kept', ms(percentile(uncached, 50)), ms(numbers), String(LIMITS.numbers)]);
  return missed;
}

/** Each kind of question many times over, about businesses that are there and such that are not. */
async function measureChecks(api: Api, licenses: number): Promise<number> {
  let missed = 0;
  const line = (cells: string[]) =>
    console.log(`  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(12))).join('')}`);
  console.log();
  line(['GET …/licenses/duplicates/check', 'p50 ms', 'p99 ms', 'limit', 'found']);
  for (const [name, queries] of Object.entries(checkQueries(licenses, CHECKS_PER_QUERY))) {
    const times: number[] = [];
    let found = 0;
    for (const query of queries) {
      const answer = await api.check(query);
      times.push(answer.ms);
      if (answer.found) found += 1;
    }
    const p99 = percentile(times, 99);
    if (p99 > LIMITS.check) missed += 1;
    line([name, ms(percentile(times, 50)), ms(p99), String(LIMITS.check), `${found}/${queries.length}`]);
  }
  return missed;
}

function caller({ url, token }: ApiStand): Api {
  const authorization = `Bearer ${token}`;
  async function answer<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${url}${path}`, { ...init, headers: { authorization, ...init.headers } });
    const text = await response.text();
    if (!response.ok) throw new StackError(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }
  return {
    async get(query) {
      const startedAt = performance.now();
      await answer(`${PATH}?${query}`);
      return performance.now() - startedAt;
    },
    async check(query) {
      const startedAt = performance.now();
      const { data } = await answer<{ data: { hasDuplicates: boolean } }>(`${PATH}/duplicates/check?${query}`);
      return { ms: performance.now() - startedAt, found: data.hasDuplicates };
    },
    import: async (csv) =>
      (
        await answer<{ data: ImportResult }>(`${PATH}/import`, {
          method: 'POST',
          body: csv,
          headers: { 'content-type': 'text/csv' },
        })
      ).data,
  };
}

function ms(value: number): string {
  return value.toFixed(1);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}
