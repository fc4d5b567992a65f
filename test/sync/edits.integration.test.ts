/**
 * People edit licenses while a sync changes the same ones: every accepted edit is there afterwards or was replaced by a policy that says
 * so, and whoever lost was told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordedField } from '../../domain/lineage.ts';
import type { LicenseNumbers } from '../../operations/license-numbers.ts';
import type { LicenseView } from '../../operations/license-view.ts';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 40;
/** Edits that must have been tried; TEST_LONG=1 asks for the many of the long form. */
const TRIES = process.env.TEST_LONG === '1' ? 1000 : 60;
const EDITORS = 4;
const PATH = '/api/v1/licenses';

let rig: Rig;
let api: TestApi;
let reviewer: string;

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, seed: 41 },
    {
      ...QUICK,
      // Many small transactions, among which edits can come.
      LICENSE_SYNC_EXTERNAL_PAGE_SIZE: '5',
      LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '10',
      // All records change each time.
      LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '1',
    },
  );
  reviewer = await createToken(rig.db, 'reviewer');
  api = await startTestApi({ DATABASE_URL: rig.databaseUrl, TEMPORAL_ADDRESS: '127.0.0.1:9' }, reviewer);
});
afterAll(async () => {
  await api.process.stop();
  await rig.close();
});

/** What became of one edit. */
interface Tried {
  licenseId: string;
  sentVersion: number;
  value: string;
  /** The version that it made; null when it was refused. */
  made: number | null;
  /** When refused: the version that the answer named. */
  told: number | null;
}

async function list(): Promise<{ data: LicenseView[]; meta: LicenseNumbers }> {
  const { status, body } = await api.call<{ data: LicenseView[]; meta: LicenseNumbers }>('GET', `${PATH}?limit=100`);
  expect(status).toBe(200);
  return body;
}

async function tryEdit(license: LicenseView, value: string): Promise<Tried> {
  const sentVersion = license.version;
  const { status, body, text } = await api.call<{ data: LicenseView; version: number }>(
    'PATCH',
    `${PATH}/${license.id}`,
    reviewer,
    {
      // One field that the external system has the say in, and one that is nobody's but ours.
      body: JSON.stringify({ dba: value, plan: value }),
      headers: { 'content-type': 'application/json', 'if-match': `"${sentVersion}"` },
    },
  );
  expect([200, 412], text).toContain(status);
  const made = status === 200 ? body.data.version : null;
  const told = status === 412 ? body.version : null;
  return { licenseId: license.id, sentVersion, value, made, told };
}

/** Edits licenses in turn, each read shortly before, until told to stop. */
async function editAll(editor: number, tried: Tried[], goOn: () => boolean): Promise<void> {
  for (let round = 0; goOn(); round += 1) {
    const { data } = await list();
    const mine = data.filter((_, index) => index % EDITORS === editor || round % 2 === 1);
    // A person reads, thinks and writes: a sync may come in between.
    await sleep(20);
    for (const license of mine) {
      if (!goOn()) return;
      tried.push(await tryEdit(license, `Editor ${editor} ${round}`));
    }
  }
}

it('loses no edit to a sync, and tells who lost', async () => {
  expect((await rig.sync()).status).toMatch(/^completed/);
  expect((await list()).meta).toMatchObject({ stats: { total: RECORDS }, syncInfo: { recordsAdded: RECORDS } });

  const tried: Tried[] = [];
  let replaced = 0;
  // Until there were enough edits, and at least one met a sync.
  for (let run = 1; run <= 50 && (tried.length < TRIES || replaced === 0); run += 1) {
    await rig.simulator.control.edit({ ratio: 1, seed: run, fields: ['dba', 'monthlyFee'] });
    let running = true;
    const editors = Array.from({ length: EDITORS }, (_, editor) => editAll(editor, tried, () => running));
    const finished = await rig.sync().finally(() => {
      running = false;
    });
    await Promise.all(editors);
    expect(finished.status).toMatch(/^completed/);
    replaced = await rig.db
      .selectFrom('license_changes')
      .select('id')
      .where('fields', 'like', '%policy_external_wins%')
      .execute()
      .then(({ length }) => length);
  }

  const { data } = await list();
  const changes = await rig.db.selectFrom('license_changes').selectAll().orderBy('version').orderBy('id').execute();
  const conflicts = await rig.db.selectFrom('field_conflicts').selectAll().where('field', '=', 'dba').execute();
  for (const license of data) {
    const own = changes.filter(({ license_id }) => license_id === license.id);
    // One line for each version, none twice: nobody wrote over a version that he did not know.
    expect(own.map(({ version }) => version)).toEqual(Array.from({ length: license.version }, (_, n) => n + 1));
    const holds: Record<string, unknown> = {};
    const editedAt: Record<string, boolean> = {};
    for (const change of own) {
      for (const { field, before, after, rule } of JSON.parse(change.fields ?? '[]') as RecordedField[]) {
        // What was replaced is what the line before had left there.
        if (field in holds) expect(before).toEqual(holds[field]);
        holds[field] = after;
        if (rule !== 'edited' && editedAt[field]) {
          expect([field, rule]).toEqual(['dba', 'policy_external_wins']);
          const clash = conflicts.find(
            ({ license_id, operation }) => license_id === license.id && operation === change.operation,
          );
          expect(clash).toMatchObject({ resolution: 'took_external', internal_value: JSON.stringify(before) });
        }
        editedAt[field] = rule === 'edited';
      }
    }
    expect(license).toMatchObject({ dba: holds.dba ?? license.dba, plan: holds.plan ?? license.plan });
  }
  for (const { licenseId, sentVersion, value, made, told } of tried) {
    if (made === null) {
      // Refused with reason: somebody had written meanwhile.
      expect(told).toBeGreaterThan(sentVersion);
      continue;
    }
    const written = made > sentVersion ? changes.find((c) => c.license_id === licenseId && c.version === made) : null;
    const fields = JSON.parse(written?.fields ?? '[]') as RecordedField[];
    if (written) expect(fields).toContainEqual(expect.objectContaining({ after: value, rule: 'edited' }));
  }
  const refused = tried.filter(({ made }) => made === null);
  const bySync = refused.filter(({ licenseId, sentVersion }) =>
    changes.some((c) => c.license_id === licenseId && c.version === sentVersion + 1 && c.operation !== null),
  );
  console.log(
    `edits tried: ${tried.length}; refused: ${refused.length}, of which a sync came before ${bySync.length}; ` +
      `accepted and replaced by a sync's policy later: ${replaced}`,
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(tried.length).toBeGreaterThanOrEqual(TRIES);
});
