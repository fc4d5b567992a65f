/** What can be read of a scene when a run is over: database against the simulator's own truth. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { imbalance } from '../domain/books.ts';
import { canonicalJson } from '../domain/canonical.ts';
import { booksOf } from '../operations/view.ts';
import type { RawRecord } from '../upstream/simulator/record.ts';
import { checksum } from './checksum.ts';
import type { Scene } from './scene.ts';
import { verdictLines } from './verdicts.ts';

export interface Facts {
  /** Over mirror and licenses. */
  data: string;
  /** The same without what has vanished. */
  liveData: string;
  /** Over all records as the simulator has them. */
  upstream: string;
  upstreamRecords: number;
  liveMirror: number;
  /** Records upstream without a live mirror row, without a link, or whose link leads to no license in force; a few are named. */
  unmirrored: string[];
  unlinked: string[];
  /** Live mirror rows that no record upstream stands behind. */
  phantoms: string[];
  /** Operations whose books do not balance. */
  unbalanced: string[];
  /** How often each record was changed upstream through the API. */
  puts: ReadonlyMap<number, number>;
  /** Versions that the ledger says were sent more than once, or about which it does not know. */
  unsettled: string[];
  verdicts: string[];
}

export async function readFacts(scene: Scene): Promise<Facts> {
  const { db } = scene;
  const truth = await readTruth(scene);
  const { rows } = await sql<{ source_key: string; linked: number }>`
    SELECT e.source_key, i.id IS NOT NULL AS linked
    FROM external_licenses e
    LEFT JOIN license_links l ON l.source_key = e.source_key
    LEFT JOIN licenses i ON i.id = l.license_id AND i.archived_into IS NULL
    WHERE e.vanished_at IS NULL
  `.execute(db);
  const mirror = new Map(rows.map((row) => [row.source_key, Number(row.linked) === 1]));
  const operations = await db.selectFrom('sync_operations').selectAll().execute();
  return {
    data: await checksum(db),
    liveData: await checksum(db, { liveOnly: true }),
    upstream: truth.hash,
    upstreamRecords: truth.keys.size,
    liveMirror: mirror.size,
    unmirrored: [...truth.keys].filter((key) => !mirror.has(key)),
    unlinked: [...truth.keys].filter((key) => mirror.get(key) === false),
    phantoms: [...mirror.keys()].filter((key) => !truth.keys.has(key)),
    unbalanced: operations
      .filter((row) => row.ended_at !== null && imbalance(booksOf(row)) !== 0)
      .map((row) => `${row.operation_id} (${row.status})`),
    puts: await readPuts(scene),
    unsettled: await unsettled(scene),
    verdicts: await verdictLines(db),
  };
}

async function readTruth({ control }: Scene): Promise<{ keys: Set<string>; hash: string }> {
  const keys = new Set<string>();
  const hash = createHash('sha256');
  for await (const record of control.truth()) {
    keys.add(`c:${String((record as RawRecord).countid)}`);
    hash.update(canonicalJson(record as never));
  }
  return { keys, hash: hash.digest('hex') };
}

/** From the simulator's journal, which outlives its process: a line `set` is a change made through the API, the drill makes none so. */
async function readPuts({ ground }: Scene): Promise<Map<number, number>> {
  const puts = new Map<number, number>();
  const lines = createInterface({ input: createReadStream(ground.base.home.file('simulator.jsonl')) });
  for await (const line of lines) {
    const { op, countid } = JSON.parse(line) as { op: string; countid?: number };
    if (op === 'set' && countid !== undefined) puts.set(countid, (puts.get(countid) ?? 0) + 1);
  }
  return puts;
}

async function unsettled({ db }: Scene): Promise<string[]> {
  const rows = await db
    .selectFrom('push_ledger')
    .select((of) => ['source_key', 'license_version', of.fn.countAll<number>().as('n')])
    .select(sql<string>`GROUP_CONCAT(state ORDER BY state)`.as('states'))
    .where('kind', '=', 'push')
    .groupBy(['source_key', 'license_version'])
    .execute();
  return rows
    .filter(({ states }) => states !== 'done')
    .map((row) => `${row.source_key} version ${row.license_version}: ${row.states}`);
}
