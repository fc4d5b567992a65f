/** `worker_processes`: what each worker says of itself every few seconds. */
import { type Db, sqlInstant } from './connect.ts';

/** A sign of life comes every five seconds. */
export const WORKER_ALIVE_MS = 30_000;

export interface WorkerPulse {
  /** Names the process among all of them; at most 100 characters. */
  process: string;
  residentBytes: number;
  steps: number;
  calls: number;
}

export async function recordPulse(db: Db, { process, residentBytes, steps, calls }: WorkerPulse): Promise<void> {
  const figures = { seen_at: sqlInstant(Date.now()), resident_bytes: residentBytes, steps, calls };
  await db
    .insertInto('worker_processes')
    .values({ process, ...figures })
    .onDuplicateKeyUpdate(figures)
    .execute();
}

/** A worker that ends in good order. */
export async function removePulse(db: Db, process: string): Promise<void> {
  await db.deleteFrom('worker_processes').where('process', '=', process).execute();
}

/** Of those seen since then. */
export async function livePulses(db: Db, since: Date): Promise<WorkerPulse[]> {
  const rows = await db.selectFrom('worker_processes').selectAll().where('seen_at', '>=', sqlInstant(since)).execute();
  return rows.map((row) => ({
    process: row.process,
    residentBytes: Number(row.resident_bytes),
    steps: row.steps,
    calls: row.calls,
  }));
}

/** Rows of workers that died long ago. */
export async function prunePulses(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('worker_processes').where('seen_at', '<', sqlInstant(before)).execute();
}
