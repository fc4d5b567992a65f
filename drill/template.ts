/** The database that every fault begins with: after a first run, with verdicts given and licenses edited. Made once, then copied. */
import type { Db } from '../db/connect.ts';
import { migrateToLatest } from '../db/migrate.ts';
import { ensureToken } from '../db/tokens.ts';
import { Draws, mix } from '../upstream/simulator/random.ts';
import { makeDatabase } from './copy.ts';
import { SUCCESSES } from './fault.ts';
import { addressable, changeFeed, type FeedChange } from './feed.ts';
import type { Ground } from './ground.ts';
import { openScene, type Scene } from './scene.ts';
import { giveVerdict } from './verdicts.ts';
import { watchRun } from './watch.ts';

export const TEMPLATE = 'drill_template';
const RUN_WITHIN_MS = 600_000;
/** Licenses edited inside: at most so many, and so small a share that sending them needs no approval. */
const MOST_EDITED = 60;
const EDITED_SHARE = 0.02;

export interface Template {
  records: number;
  seed: number;
  /** Countids whose license was edited inside. */
  edited: number[];
}

/** @throws when the undisturbed product does not come through its first run. */
export async function makeTemplate(
  ground: Ground,
  { records, seed }: { records: number; seed: number },
): Promise<Template> {
  await makeDatabase(ground, TEMPLATE);
  const scene = await openScene(ground, { database: TEMPLATE, namespace: `template-${seed}`, feed: { records, seed } });
  try {
    await migrateToLatest(scene.db);
    await ensureToken(scene.db, ground.apiToken, 'drill', 'admin');
    await Promise.all([scene.startSimulator(), scene.startWorker()]);
    await firstRun(scene);
    for (const decision of ['approve', 'reject'] as const) await giveVerdict(scene, decision);
    // Only to know what will change: every scene makes the change anew.
    const change = await changeFeed(scene.control, records, seed);
    const edited = await chooseRecords(scene, change, records, seed);
    await editInside(scene, edited);
    await override(scene, change);
    return { records, seed, edited };
  } finally {
    await scene.close();
  }
}

async function firstRun(scene: Scene): Promise<void> {
  const { operationId } = await scene.operations.startSync({ options: { detectDuplicates: true }, trigger: 'drill' });
  const watch = watchRun(scene, operationId);
  try {
    const { status, sentence } = await watch.end(RUN_WITHIN_MS);
    if (!SUCCESSES.includes(status)) throw new Error(`the first run, undisturbed, ended as ${status}: ${sentence}`);
  } finally {
    await watch.stop();
  }
}

/** Records that change upstream in nothing but the balance, have a license of their own, and can be addressed. */
async function chooseRecords(scene: Scene, change: FeedChange, records: number, seed: number): Promise<number[]> {
  const reachable = await addressable(scene.control);
  const single = await singleLinks(scene.db);
  const eligible = single.filter(({ countid }) => reachable.has(countid) && !change.renamed.has(countid));
  const draws = new Draws(mix(seed, 5), 0);
  const wanted = Math.min(MOST_EDITED, Math.ceil(records * EDITED_SHARE));
  const chosen: number[] = [];
  while (chosen.length < wanted && eligible.length > 0) {
    const [picked] = eligible.splice(draws.below(eligible.length), 1);
    if (picked) chosen.push(picked.countid);
  }
  return chosen.toSorted((a, b) => a - b);
}

async function editInside(scene: Scene, countids: readonly number[]): Promise<void> {
  const byCountid = new Map((await singleLinks(scene.db)).map((link) => [link.countid, link]));
  for (const [index, countid] of countids.entries()) {
    const link = byCountid.get(countid);
    if (!link) throw new Error(`record ${countid} has no license of its own any more`);
    const notes = `Edited inside (${countid})`;
    // One field, or two: both ways of sending.
    const given = index % 2 === 0 ? { notes } : { notes, lastPayment: `${20 + (countid % 80)}.25` };
    await scene.operations.licenses.edit(link.licenseId, { given, version: link.version, by: 'drill' });
  }
}

/** One record is bound to another's license, and one is kept from another's for good. */
async function override(scene: Scene, change: FeedChange): Promise<void> {
  const calm = (await singleLinks(scene.db)).filter(
    ({ countid, edited }) => !edited && !change.renamed.has(countid) && !change.removed.has(countid),
  );
  // From the middle: a feed that drifts loses its first records.
  const [first, second, third, fourth] = calm.slice(calm.length >> 1);
  if (!first || !second || !third || !fourth) return;
  const { overrides } = scene.operations;
  await overrides.set({ kind: 'always', record: first.sourceKey, license: second.licenseId, note: null }, 'drill');
  await overrides.set({ kind: 'never', record: third.sourceKey, license: fourth.licenseId, note: null }, 'drill');
}

async function singleLinks(db: Db) {
  const rows = await db
    .selectFrom('license_links as l')
    .innerJoin('licenses as i', 'i.id', 'l.license_id')
    .innerJoin('external_licenses as e', 'e.source_key', 'l.source_key')
    .select(['l.source_key', 'l.license_id', 'i.version', 'e.countid', 'i.updated_by'])
    .where('l.role', '=', 'primary')
    .where('i.archived_into', 'is', null)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('license_links as other')
            .select('other.source_key')
            .whereRef('other.license_id', '=', 'l.license_id')
            .whereRef('other.source_key', '!=', 'l.source_key'),
        ),
      ),
    )
    .where((is) =>
      is.not(
        is.exists(is.selectFrom('duplicate_members as m').select('m.case_id').whereRef('m.license_id', '=', 'i.id')),
      ),
    )
    .orderBy('l.source_key')
    .execute();
  return rows.flatMap((row) =>
    row.countid === null
      ? []
      : [
          {
            sourceKey: row.source_key,
            licenseId: row.license_id,
            version: row.version,
            countid: row.countid,
            edited: row.updated_by === 'drill',
          },
        ],
  );
}
