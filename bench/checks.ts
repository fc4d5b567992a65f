/** Latency of `duplicates/check` over the licenses that the runs have made, asked through the API as integrators ask. */
import { sql } from 'kysely';
import { percentile } from './api-stand.ts';
import type { Stand } from './stand.ts';

const REQUESTS = 200;
const WARM_UP = 20;
const PATH = '/api/v1/licenses/duplicates/check';

export interface CheckLatency {
  /** What was asked with. */
  asked: string;
  requests: number;
  /** How many of them found anything. */
  found: number;
  /** ms. */
  p50: number;
  p99: number;
}

interface Known {
  dba: string;
  zip: string | null;
  phone: string | null;
}

/** @throws when the API does not start or refuses a question. */
export async function measureChecks(
  { db, startApi }: Pick<Stand, 'db' | 'startApi'>,
  signal: AbortSignal,
): Promise<CheckLatency[]> {
  const { url, token } = await startApi();
  const known = await someLicenses(db);
  const ask = async (query: Record<string, string>) => {
    const startedAt = performance.now();
    const response = await fetch(`${url}${PATH}?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${token}` },
      signal,
    });
    const body = (await response.json()) as { data?: { hasDuplicates: boolean } };
    if (!response.ok || !body.data) throw new Error(`the check for duplicates answered ${response.status}`);
    return { ms: performance.now() - startedAt, found: body.data.hasDuplicates };
  };
  const results: CheckLatency[] = [];
  for (const [asked, queryOf] of Object.entries(QUESTIONS)) {
    const queries = known.map(queryOf);
    for (const query of queries.slice(0, WARM_UP)) await ask(query);
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    for (const query of queries) answers.push(await ask(query));
    const times = answers.map(({ ms }) => ms);
    results.push({
      asked,
      requests: answers.length,
      found: answers.filter(({ found }) => found).length,
      p50: percentile(times, 50),
      p99: percentile(times, 99),
    });
  }
  return results;
}

const QUESTIONS: Record<string, (known: Known, n: number) => Record<string, string>> = {
  'name and ZIP as they are': ({ dba, zip }) => ({ dba, ...(zip === null ? {} : { zip }) }),
  'name misspelt, phone': ({ dba, phone }) => ({
    dba: `${dba.slice(0, 4)}${dba.slice(5)}`,
    ...(phone === null ? {} : { phone }),
  }),
  'nobody known': (_, n) => ({ dba: `Unheard ${n} Of`, zip: '00501', phone: `+1 907 555 ${1000 + n}` }),
};

/** From all over the table, so that no page of it is asked twice. */
async function someLicenses(db: Stand['db']): Promise<Known[]> {
  const { rows: ends } = await sql<{ most: number | string | null }>`SELECT MAX(countid) AS most FROM licenses`.execute(
    db,
  );
  const most = Number(ends[0]?.most ?? 0);
  const found: Known[] = [];
  for (let n = 0; n < REQUESTS; n += 1) {
    const from = Math.floor((n * most) / REQUESTS);
    const { rows } = await sql<Known>`
      SELECT dba, zip, phone FROM licenses
      WHERE countid >= ${from} AND dba IS NOT NULL AND archived_into IS NULL ORDER BY countid LIMIT 1
    `.execute(db);
    if (rows[0]) found.push(rows[0]);
  }
  if (found.length < REQUESTS / 2) throw new Error(`only ${found.length} licenses to ask about were found`);
  return found;
}
