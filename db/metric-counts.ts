/** `metric_counts`: what processes have counted, added up over all of them and for ever. */
import { sql } from 'kysely';
import { bucketCounts, HISTOGRAMS, labelText } from '../domain/metrics.ts';
import type { Db } from './connect.ts';
import type { Trx } from './retry.ts';

interface CountToAdd {
  name: string;
  labels: Record<string, string>;
  by: number;
}

/** One measurement of a histogram, in its unit. */
interface Observed {
  name: string;
  labels: Record<string, string>;
  observed: number;
}

export type CountsToAdd = (CountToAdd | Observed)[];

/** Adds to what is there. Not safe to repeat: call it in the transaction of what it counts, or accept that a lost answer counts twice. */
export async function addCounts(db: Db | Trx, counts: CountsToAdd): Promise<void> {
  const sums = new Map<string, { name: string; labels: string; value: number }>();
  const add = (name: string, labels: string, by: number) => {
    const key = `${name} ${labels}`;
    const found = sums.get(key);
    if (found) found.value += by;
    else sums.set(key, { name, labels, value: by });
  };
  for (const count of counts) {
    if ('by' in count) add(count.name, labelText(count.labels), count.by);
    else for (const row of bucketCounts(HISTOGRAMS, count)) add(row.name, row.labels, row.by);
  }
  if (sums.size === 0) return;
  // In the order of the key, so that two that add at once do not wait for each other.
  const rows = [...sums.values()].sort((a, b) => (`${a.name} ${a.labels}` < `${b.name} ${b.labels}` ? -1 : 1));
  await db
    .insertInto('metric_counts')
    .values(rows)
    .onDuplicateKeyUpdate({ value: sql`value + VALUES(value)` })
    .execute();
}

export interface StoredCount {
  name: string;
  labels: string;
  value: number;
}

export async function readCounts(db: Db): Promise<StoredCount[]> {
  return await db.selectFrom('metric_counts').select(['name', 'labels', 'value']).execute();
}
