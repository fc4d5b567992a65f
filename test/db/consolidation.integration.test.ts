/** Licenses made one and parted again, between runs: every row, every link. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applySlice } from '../../db/applying.ts';
import type { BatchRef } from '../../db/batches.ts';
import { membersKey } from '../../db/case-opening.ts';
import { undoCase } from '../../db/case-undo.ts';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { type ConsolidationGroup, type ConsolidationOutcome, consolidateGroups } from '../../db/consolidation.ts';
import { editLicense } from '../../db/license-edits.ts';
import { insertLicense, lockLicense } from '../../db/licenses.ts';
import { currentSubjects } from '../../db/match-subjects.ts';
import { matchLicenses } from '../../db/matching.ts';
import { undoMerge } from '../../db/merge-undo.ts';
import { mirrorSlice } from '../../db/mirror.ts';
import { insertOverride } from '../../db/overrides.ts';
import { planSlice, resetPlan } from '../../db/planning.ts';
import { rootsOf } from '../../db/redirects.ts';
import { inTransaction } from '../../db/retry.ts';
import { recordSimilarityLinks } from '../../db/similarity-links.ts';
import { storePage } from '../../db/staging.ts';
import type { ExternalRecord } from '../../domain/external.ts';
import { licenseIdFor } from '../../domain/identity.ts';
import type { LicenseFields } from '../../domain/license.ts';
import { editChanges, newLicense } from '../../domain/license-edit.ts';
import { licenseRef } from '../../domain/matching-subject.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged } from './rows.ts';

const TABLES = [
  'licenses',
  'license_links',
  'license_changes',
  'external_licenses',
  'field_conflicts',
  'match_overrides',
  'merges',
  'pair_verdicts',
  'duplicate_cases',
  'review_decisions',
  'duplicate_members',
] as const;

let database: TestDatabase;
let db: Db;
let operation: number;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  for (const table of TABLES) await db.deleteFrom(table).execute();
});
afterAll(() => database.drop());

type Row = Partial<ExternalRecord> & { countid: number };

const ref = (phase: BatchRef['phase']): BatchRef => ({
  operation,
  attempt: 1,
  phase,
  pass: 1,
  batch: 1,
  from: 1,
  to: 1,
});
const page = { from: 1, to: 1 };

async function plan(...rows: Row[]): Promise<void> {
  operation = await newOperation(db, `run-${++runs}`);
  const content = { rows: rows.map((row, index) => staged(index, row)), unreadable: [], answered: rows.length };
  await storePage(db, { operation, pass: 1, page: 1 }, { ...content, total: rows.length }, 100);
  await mirrorSlice(db, ref('mirror'), page, 100);
  await resetPlan(db, operation);
  await matchLicenses(db, operation, { batchSize: 100, bySimilarity: false }, () => undefined);
  await planSlice(db, ref('plan'), page, 100);
}
const apply = (exact = false) => applySlice(db, ref('apply'), page, { batchSize: 100, exact });

/** A whole run over these records. */
async function sync(...rows: Row[]): Promise<void> {
  await plan(...rows);
  await apply();
}

/** The license that a record made. */
const made = (countid: number) => licenseIdFor(`c:${countid}`);
/** After whatever a run of this test writes. */
let clock = Date.now() + 3_600_000;

function later(): string {
  clock += 1000;
  return sqlInstant(clock);
}

/** A license of people's own; each one is written a second after the last. */
async function internal(name: string, fields: Partial<LicenseFields> = {}): Promise<string> {
  const id = `00000000-0000-4000-8000-${name.padStart(12, '0')}`;
  const license = newLicense({ id, key: `KEY-${name}`, origin: 'internal' }, fields);
  await inTransaction(db, (trx) => insertLicense(trx, license, 'someone'));
  await db.updateTable('licenses').set({ updated_at: later() }).where('id', '=', id).execute();
  return id;
}

async function edit(id: string, given: Partial<LicenseFields>, by = 'editor'): Promise<void> {
  await inTransaction(db, async (trx) => {
    const locked = await lockLicense(trx, id);
    if (!locked) throw new Error(`there is no license ${id}`);
    await editLicense(trx, {
      locked,
      changes: editChanges(locked.license, given, 'edited'),
      by,
      sourceKey: null,
      now: later(),
    });
  });
}

const group = (
  masterId: string | null,
  duplicateIds: string[],
  others: Partial<ConsolidationGroup> = {},
): ConsolidationGroup => ({
  masterId,
  duplicateIds,
  strategy: 'merge_keep_newer',
  confidence: 95.5,
  caseId: null,
  note: null,
  ...others,
});
const context = () => ({ by: 'reviewer', now: later(), operation: null, batchSize: 100 });
const consolidate = (...groups: ConsolidationGroup[]) =>
  inTransaction(db, (trx) => consolidateGroups(trx, groups, context()));

/** Makes them one, and gives the number of the only merge. */
async function into(masterId: string, duplicate: string, others: Partial<ConsolidationGroup> = {}): Promise<number> {
  const [outcome] = await consolidate(group(masterId, [duplicate], others));
  if (!outcome?.done) throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.mergeIds[0] ?? 0;
}
const undo = (mergeId: number) =>
  inTransaction(db, (trx) => undoMerge(trx, mergeId, { by: 'undoer', now: later(), note: 'why' }));
async function undone(mergeId: number): Promise<void> {
  expect(await undo(mergeId)).toMatchObject({ done: true });
}

const licenseRow = (id: string) => db.selectFrom('licenses').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const links = async () => {
  const rows = await db.selectFrom('license_links').selectAll().orderBy('source_key').execute();
  return Object.fromEntries(rows.map((row) => [row.source_key, `${row.role} of ${row.license_id}`]));
};

/** Everything but what counts changes and tells their time. */
async function snapshot(): Promise<unknown> {
  const without = (row: Record<string, unknown>) => {
    const { version, agreed_version, updated_at, updated_by, ...rest } = row;
    return rest;
  };
  return {
    licenses: (await db.selectFrom('licenses').selectAll().orderBy('id').execute()).map(without),
    links: (await db.selectFrom('license_links').selectAll().orderBy('source_key').execute()).map(without),
    conflicts: await db.selectFrom('field_conflicts').selectAll().orderBy('id').execute(),
  };
}

/** No license without exactly one primary link where it has links, no link to an archived license, no archived one that leads nowhere. */
async function expectSound(): Promise<void> {
  const licenses = await db.selectFrom('licenses').select(['id', 'archived_into']).execute();
  const all = await db.selectFrom('license_links').select(['license_id', 'role']).execute();
  const archived = new Set(licenses.filter((row) => row.archived_into !== null).map((row) => row.id));
  expect(all.filter((link) => archived.has(link.license_id))).toEqual([]);
  for (const id of new Set(all.map((link) => link.license_id))) {
    expect(all.filter((link) => link.license_id === id && link.role === 'primary')).toHaveLength(1);
  }
  const roots = await rootsOf(db, [...archived]);
  expect([...archived].filter((id) => !roots.has(id))).toEqual([]);
}

/** Pairs that are known not to be one, and were judged as both are now: only those keep a run from asking again. */
async function standingVerdicts(): Promise<string[]> {
  const rows = await db.selectFrom('pair_verdicts').selectAll().where('verdict', '=', 'different').execute();
  const now = await currentSubjects(
    db,
    rows.flatMap(({ a_ref, b_ref }) => [a_ref, b_ref]),
  );
  return rows
    .filter(({ a_ref, a_hash, b_ref, b_hash }) => {
      return now.get(a_ref)?.businessHash === a_hash && now.get(b_ref)?.businessHash === b_hash;
    })
    .map(({ a_ref, b_ref }) => `${a_ref} ${b_ref}`)
    .sort();
}

/** Every two of these, as `standingVerdicts` names them. */
function pairsAmong(ids: readonly string[]): string[] {
  const refs = ids.map(licenseRef).sort();
  return refs.flatMap((a, index) => refs.slice(index + 1).map((b) => `${a} ${b}`));
}

const reasonOf = (outcome: ConsolidationOutcome | undefined) => (outcome?.done === false ? outcome.reason : outcome);

describe('consolidating', () => {
  it('archives the duplicate as it is, moves its record as a secondary one, and keeps what both said', async () => {
    await sync({ countid: 1, appid: 'one', dba: 'A', phone: '1' }, { countid: 2, appid: 'two', dba: 'B', city: 'X' });
    await edit(made(2), { phone: '2' });
    const before = await licenseRow(made(2));
    const mergeId = await into(made(1), made(2), { note: 'the same shop', caseId: 7 });

    const { version, updated_at, updated_by, archived_into, ...kept } = await licenseRow(made(2));
    expect(before).toMatchObject(kept);
    expect([version, archived_into, updated_by]).toEqual([before.version + 1, made(1), 'reviewer']);
    expect(await licenseRow(made(1))).toMatchObject({ dba: 'B', phone: '2', city: 'X', appid: 'one', version: 2 });
    expect(await links()).toEqual({ 'c:1': `primary of ${made(1)}`, 'c:2': `secondary of ${made(1)}` });
    const merge = await db.selectFrom('merges').selectAll().where('id', '=', mergeId).executeTakeFirstOrThrow();
    expect(merge).toMatchObject({
      kind: 'consolidation',
      state: 'applied',
      master_id: made(1),
      duplicate_id: made(2),
      case_id: 7,
      confidence: '95.50',
      note: 'the same shop',
      created_by: 'reviewer',
    });
    const lines = await db.selectFrom('license_changes').selectAll().orderBy('id').execute();
    expect(lines.slice(-2).map((line) => [line.license_id, line.version, line.kind, line.changed_by])).toEqual([
      [made(1), 2, 'merged', 'reviewer'],
      [made(2), before.version + 1, 'archived', 'reviewer'],
    ]);
    await expectSound();
  });

  it('gives a master without records the one that fed its duplicate, which feeds it from then on', async () => {
    const own = await internal('1', { dba: 'Own', status: 'active' });
    await sync({ countid: 2, appid: 'two', dba: 'B' });
    await into(own, made(2), { strategy: 'keep_master' });
    expect(await links()).toEqual({ 'c:2': `primary of ${own}` });
    expect(await licenseRow(own)).toMatchObject({ dba: 'Own', external_sync_status: 'synced' });
    await sync({ countid: 2, appid: 'two', dba: 'B2' });
    expect(await licenseRow(own)).toMatchObject({ dba: 'B2' });
    await expectSound();
  });

  it('lets a record that lives take the place of one that vanished, and gives it back when undone', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    await db.updateTable('external_licenses').set({ vanished_at: later() }).where('countid', '=', 1).execute();
    await db.updateTable('licenses').set({ external_sync_status: 'vanished' }).where('id', '=', made(1)).execute();
    const before = await snapshot();
    const mergeId = await into(made(1), made(2));
    expect(await links()).toEqual({ 'c:1': `secondary of ${made(1)}`, 'c:2': `primary of ${made(1)}` });
    expect(await licenseRow(made(1))).toMatchObject({ external_sync_status: 'synced' });
    await undone(mergeId);
    expect(await snapshot()).toEqual(before);
  });

  it('chooses the master where none is named', async () => {
    const draft = await internal('1', { dba: 'D' });
    const active = await internal('2', { dba: 'A', status: 'active' });
    expect(await consolidate(group(null, [draft, active]))).toMatchObject([{ done: true, masterId: active }]);
  });

  it('says of each group why it cannot be done, and does the others', async () => {
    const [a, b, c, d] = [await internal('1'), await internal('2'), await internal('3'), await internal('4')];
    await into(a, b);
    const nowhere = '00000000-0000-4000-8000-00000000dead';
    const outcomes = await consolidate(
      group(b, [c]),
      group(c, [nowhere]),
      group(c, [c]),
      group(null, [c]),
      group(c, [d], { fields: { phone: a } }),
      group(c, [d]),
      // Shares a license with the one before.
      group(a, [d]),
    );
    expect(outcomes.map(reasonOf)).toEqual([
      `license ${b} was consolidated into ${a}; name that one`,
      `there is no license ${nowhere}`,
      'at least two licenses are needed to make one of them',
      'at least two licenses are needed to make one of them',
      `phone cannot come from license ${a}, which is none of those to be consolidated`,
      expect.objectContaining({ done: true, masterId: c }),
      `license ${d} was consolidated into ${c}; name that one`,
    ]);
  });

  it('does not bring together what a person said is never one', async () => {
    await sync({ countid: 1 }, { countid: 2 });
    const override = {
      kind: 'never' as const,
      sourceKey: 'c:2',
      licenseId: made(1),
      note: null,
      by: 'x',
      now: later(),
    };
    const id = await inTransaction(db, (trx) => insertOverride(trx, override));
    const [outcome] = await consolidate(group(made(1), [made(2)]));
    expect(outcome).toMatchObject({ done: false, code: 'consolidation-refused' });
    expect(reasonOf(outcome)).toContain(`match override ${id} says`);
  });

  it('takes a handful of statements for many groups', async () => {
    const pairs: [string, string][] = [];
    for (let n = 0; n < 20; n += 1) pairs.push([await internal(`1${n}`), await internal(`2${n}`, { phone: '1' })]);
    const asked = await db.transaction().execute(async (trx) => {
      const questions = async () => {
        const { rows } = await sql<{ Value: string }>`SHOW SESSION STATUS LIKE 'Questions'`.execute(trx);
        return Number(rows[0]?.Value);
      };
      const before = await questions();
      const groups = pairs.map(([a, b]) => group(a, [b]));
      const outcomes = await consolidateGroups(trx, groups, context());
      expect(outcomes.every(({ done }) => done)).toBe(true);
      return (await questions()) - before;
    });
    expect(asked).toBeLessThan(20);
  });

  it('of two at once on one license does one, and tells the other', async () => {
    const [a, b, c] = [await internal('1'), await internal('2'), await internal('3')];
    const outcomes = (await Promise.all([consolidate(group(a, [b])), consolidate(group(c, [b]))])).flat();
    expect(outcomes.filter(({ done }) => done)).toHaveLength(1);
    expect(outcomes.find(({ done }) => !done)).toMatchObject({ code: 'license-archived' });
    expect(await db.selectFrom('merges').select('id').execute()).toHaveLength(1);
  });
});

describe('undoing', () => {
  it('leaves every row as it was, conflicts too, and remembers that the two are not one', async () => {
    await sync({ countid: 1, dba: 'A', smsBalance: '1.0000' }, { countid: 2, dba: 'B', mid: 'M' });
    await edit(made(2), { mid: 'Mine', phone: '2' });
    await sync({ countid: 1, dba: 'A', smsBalance: '1.0000' }, { countid: 2, dba: 'B', mid: 'Theirs' });
    const before = await snapshot();
    const mergeId = await into(made(1), made(2));
    const superseded = await db.selectFrom('field_conflicts').select('state').execute();
    expect(superseded).toEqual([{ state: 'superseded' }]);
    await undone(mergeId);
    expect(await snapshot()).toEqual(before);
    expect(await db.selectFrom('merges').selectAll().executeTakeFirst()).toMatchObject({
      state: 'undone',
      undone_by: 'undoer',
    });
    const verdicts = await db.selectFrom('pair_verdicts').select(['a_ref', 'b_ref', 'verdict']).execute();
    expect(verdicts.map(({ a_ref, b_ref, verdict }) => `${a_ref} ${b_ref} ${verdict}`).sort()).toEqual([
      'c:1 c:2 different',
      `c:1 l:${made(2)} different`,
      `c:2 l:${made(1)} different`,
      `l:${made(1)} l:${made(2)} different`,
    ]);
    const again = await undo(mergeId);
    expect(again).toMatchObject({ done: false, code: 'merge-undone' });
    expect(again.done === false && again.reason).toMatch(/^merge \d+ was undone by undoer at /);
  });

  it('works in chains: A←B, A←C, B undone, C stays, then C', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' }, { countid: 3, dba: 'C' });
    await edit(made(2), { phone: '2', city: 'Two' });
    const before = await snapshot();
    const first = await into(made(1), made(2));
    await edit(made(3), { phone: '3', city: 'Three' });
    await db.updateTable('licenses').set({ updated_at: later() }).where('id', '=', made(3)).execute();
    const second = await into(made(1), made(3));
    expect(await licenseRow(made(1))).toMatchObject({ phone: '3', city: 'Three', dba: 'C' });
    const whole = await licenseRow(made(1));

    await undone(first);
    const { version, updated_at, updated_by, ...stays } = await licenseRow(made(1));
    expect(whole).toMatchObject(stays);
    expect(await licenseRow(made(2))).toMatchObject({ archived_into: null, phone: '2', dba: 'B' });
    expect(await links()).toEqual({
      'c:1': `primary of ${made(1)}`,
      'c:2': `primary of ${made(2)}`,
      'c:3': `secondary of ${made(1)}`,
    });
    await expectSound();

    await undone(second);
    await edit(made(3), { phone: null, city: null });
    expect(await snapshot()).toEqual(before);
  });

  it('of a license that was consolidated itself is refused until that is undone', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' }, { countid: 3, dba: 'C' });
    const before = await snapshot();
    const first = await into(made(1), made(2));
    const second = await into(made(3), made(1));
    expect(await rootsOf(db, [made(2), made(1), made(3)])).toEqual(
      new Map([made(2), made(1), made(3)].map((id) => [id, made(3)])),
    );
    await expectSound();
    const refused = await undo(first);
    expect(refused).toMatchObject({
      done: false,
      code: 'merge-blocked',
      blockers: [{ kind: 'merge', mergeId: second }],
    });
    await undone(second);
    await undone(first);
    expect(await snapshot()).toEqual(before);
  });

  it('is refused, naming each later edit, and then changes nothing', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    await edit(made(2), { phone: '2' });
    const mergeId = await into(made(1), made(2));
    await edit(made(1), { zip: '9' });
    await edit(made(1), { dba: 'Mine' });
    const before = await snapshot();
    const refused = await undo(mergeId);
    expect(refused).toMatchObject({
      done: false,
      code: 'merge-blocked',
      blockers: [{ kind: 'field', field: 'dba', version: 4, by: 'editor' }],
    });
    expect(refused.done === false && refused.reason).toMatch(/dba was changed in version 4 by editor at 20/);
    expect(await snapshot()).toEqual(before);
    await edit(made(1), { dba: 'B' });
    await undone(mergeId);
    expect(await licenseRow(made(1))).toMatchObject({ dba: 'A', zip: '9' });
  });

  it('is refused when a record went elsewhere, or has fed the master since', async () => {
    const own = await internal('1', { dba: 'Own' });
    await sync({ countid: 2, dba: 'B' });
    const mergeId = await into(own, made(2), { strategy: 'keep_master' });
    await sync({ countid: 2, dba: 'B', phone: '5' });
    expect(await undo(mergeId)).toMatchObject({ blockers: [{ kind: 'fed', sourceKey: 'c:2', version: 3 }] });
    const other = await internal('2');
    await db.updateTable('license_links').set({ license_id: other }).execute();
    expect(await undo(mergeId)).toMatchObject({ blockers: [{ kind: 'fed' }, { kind: 'link', licenseId: other }] });
    await db.deleteFrom('license_links').execute();
    expect(await undo(mergeId)).toMatchObject({ blockers: [{ kind: 'fed' }, { kind: 'link', licenseId: null }] });
    expect(await undo(999)).toMatchObject({ done: false, code: 'merge-not-found' });
  });

  it('of a group lasts: no two of it are one any more, in whichever order it is undone', async () => {
    const [a, b, c] = [
      await internal('1', { dba: 'A' }),
      await internal('2', { dba: 'A', phone: '2' }),
      await internal('3', { dba: 'A', city: 'Three' }),
    ];
    const [below, lone] = [await internal('4', { dba: 'A', zip: '4' }), await internal('5', { dba: 'A' })];
    await into(b, below, { strategy: 'fill_empty' });
    for (const order of ['newest first', 'oldest first'] as const) {
      await db.deleteFrom('pair_verdicts').execute();
      const merges = [
        await into(a, b, { strategy: 'fill_empty' }),
        await into(a, c, { strategy: 'fill_empty' }),
        await into(a, lone, { strategy: 'fill_empty' }),
      ];
      for (const mergeId of order === 'newest first' ? merges.toReversed() : merges) await undone(mergeId);
      expect(await licenseRow(a)).toMatchObject({ phone: null, city: null, zip: null });
      const among = pairsAmong([a, b, c, below, lone]).filter((pair) => pair !== pairsAmong([b, below])[0]);
      expect(await standingVerdicts()).toEqual(expect.arrayContaining(pairsAmong([a, b, c, lone])));
      // What is archived into one of them is no more one with the others than that is.
      const verdicts = await db.selectFrom('pair_verdicts').select(['a_ref', 'b_ref']).execute();
      expect(verdicts.map(({ a_ref, b_ref }) => `${a_ref} ${b_ref}`).sort()).toEqual(among.sort());
    }
  });

  it('of an approval keeps every two members apart, but not those that were made one otherwise since', async () => {
    const ids = [
      await internal('1', { dba: 'A' }),
      await internal('2', { dba: 'A', phone: '2' }),
      await internal('3', { dba: 'A', city: 'Three' }),
    ] as const;
    const [a, b, c] = ids;
    const caseOf = async () => {
      const now = later();
      const { insertId } = await db
        .insertInto('duplicate_cases')
        .values({
          state: 'approved',
          kind: 'internal',
          reason: 'review_band',
          confidence: '80',
          priority: '80',
          explanation: '{}',
          members_key: membersKey(ids.map(licenseRef)),
          created_at: now,
          updated_at: now,
        })
        .executeTakeFirstOrThrow();
      const caseId = Number(insertId);
      const members = ids.map((id) => ({
        case_id: caseId,
        ref: licenseRef(id),
        license_id: id,
        business: '{}',
        business_hash: '',
      }));
      await db.insertInto('duplicate_members').values(members).execute();
      const [outcome] = await consolidate(group(a, [b, c], { caseId, strategy: 'fill_empty' }));
      return { caseId, mergeIds: outcome?.done ? outcome.mergeIds : [] };
    };
    const undoneCase = (caseId: number) =>
      undoCase(db, { caseId, by: 'undoer', note: null, version: null, nowMs: Date.parse(`${later()}Z`) });
    const first = await caseOf();
    expect(await undoneCase(first.caseId)).toMatchObject({ done: true, state: 'undone' });
    expect(await standingVerdicts()).toEqual(pairsAmong(ids));

    await db.deleteFrom('pair_verdicts').execute();
    const second = await caseOf();
    await undone(second.mergeIds[1] ?? 0);
    await into(a, c, { strategy: 'fill_empty' });
    await db.deleteFrom('pair_verdicts').execute();
    expect(await undoneCase(second.caseId)).toMatchObject({ done: true, mergeIds: [second.mergeIds[0]] });
    expect(await standingVerdicts()).toEqual([...pairsAmong([a, b]), ...pairsAmong([b, c])].sort());
  });

  it('leaves a record that vanished what was agreed on with it, in whichever order those after it go', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' }, { countid: 3, dba: 'C' });
    await db.updateTable('external_licenses').set({ vanished_at: later() }).where('countid', '=', 1).execute();
    await db.updateTable('licenses').set({ external_sync_status: 'vanished' }).where('id', '=', made(1)).execute();
    const before = await snapshot();
    const feeds = (countid: number) => expect.objectContaining({ [`c:${countid}`]: `primary of ${made(1)}` });
    for (const order of ['oldest first', 'newest first'] as const) {
      const merges = [await into(made(1), made(2)), await into(made(1), made(3))];
      expect(await links()).toEqual(feeds(2));
      if (order === 'newest first') merges.reverse();
      await undone(merges[0] ?? 0);
      expect(await links()).toEqual(feeds(order === 'oldest first' ? 3 : 2));
      await expectSound();
      await undone(merges[1] ?? 0);
      expect(await snapshot()).toEqual(before);
    }
  });

  it('ends the case when nothing of it is in force any more', async () => {
    const [a, b, c] = [await internal('1'), await internal('2'), await internal('3')];
    const now = later();
    const { insertId } = await db
      .insertInto('duplicate_cases')
      .values({
        state: 'approved',
        kind: 'internal',
        reason: 'review_band',
        confidence: '80',
        priority: '80',
        explanation: '{}',
        members_key: 'k'.repeat(32),
        created_at: now,
        updated_at: now,
      })
      .executeTakeFirstOrThrow();
    const caseId = Number(insertId);
    const [outcome] = await consolidate(group(a, [b, c], { caseId }));
    const [first = 0, second = 0] = outcome?.done ? outcome.mergeIds : [];
    expect(await undo(first)).toMatchObject({ caseUndone: false });
    expect(await undo(second)).toMatchObject({ caseUndone: true });
    const found = await db.selectFrom('duplicate_cases').select(['state', 'version']).executeTakeFirst();
    expect(found).toEqual({ state: 'undone', version: 2 });
    const decisions = await db.selectFrom('review_decisions').select(['decision', 'reviewer', 'note']).execute();
    expect(decisions).toEqual([
      { decision: 'undo', reviewer: 'undoer', note: 'why' },
      { decision: 'undo', reviewer: 'undoer', note: 'why' },
    ]);
  });
});

describe('a later run', () => {
  it('keeps it so: a secondary record is mirrored only, and what it said comes with it when it goes back', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    const mergeId = await into(made(1), made(2), { strategy: 'keep_master' });
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B2' });
    expect(await licenseRow(made(1))).toMatchObject({ dba: 'A', version: 2 });
    expect(await links()).toEqual({ 'c:1': `primary of ${made(1)}`, 'c:2': `secondary of ${made(1)}` });
    await undone(mergeId);
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B2' });
    expect(await licenseRow(made(2))).toMatchObject({ dba: 'B2', archived_into: null });
    expect(await db.selectFrom('field_conflicts').select('id').execute()).toEqual([]);
  });

  it('brings a record whose appid or countid an archived license carries to what it leads to', async () => {
    const free = await internal('1', { dba: 'Free', appid: 'free' });
    const carrier = await internal('2', { appid: 'Carried', countid: 60 });
    const second = await internal('3', { appid: 'second' });
    await consolidate(group(free, [carrier, second], { strategy: 'keep_master' }));
    await sync({ countid: 50, appid: 'carried', dba: 'Fifty' }, { countid: 60, dba: 'Sixty' });
    // The appid goes first; by then the license is fed.
    expect(await links()).toEqual({ 'c:50': `primary of ${free}`, 'c:60': `secondary of ${free}` });
    await sync({ countid: 50, appid: 'carried' }, { countid: 60 }, { countid: 70, appid: 'SECOND' });
    expect(await links()).toMatchObject({ 'c:70': `secondary of ${free}` });
    // One record a key: the next one with this appid is another matter.
    await sync({ countid: 80, appid: 'second' }, { countid: 70, appid: 'second' });
    expect(await links()).toMatchObject({ 'c:80': `primary of ${made(80)}` });
    await expectSound();
  });

  it('brings a record back to what the license leads to that was made of it, or that a person named', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    const named = await internal('3');
    await consolidate(group(made(1), [made(2), named]));
    await db.deleteFrom('license_links').where('source_key', '=', 'c:2').execute();
    await inTransaction(db, (trx) =>
      insertOverride(trx, { kind: 'always', sourceKey: 'c:4', licenseId: named, note: null, by: 'x', now: later() }),
    );
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' }, { countid: 4, dba: 'D' });
    expect(await links()).toEqual({
      'c:1': `primary of ${made(1)}`,
      'c:2': `secondary of ${made(1)}`,
      'c:4': `secondary of ${made(1)}`,
    });
    await expectSound();
  });

  it('follows a consolidation that came between plan and apply', async () => {
    const target = await internal('1', { appid: 'x' });
    const other = await internal('2');
    await sync({ countid: 5, dba: 'E' });
    await plan({ countid: 5, dba: 'E2' }, { countid: 6, appid: 'x', dba: 'F' });
    await into(other, target);
    await into(other, made(5));
    await apply();
    expect(await links()).toEqual({ 'c:5': `primary of ${other}`, 'c:6': `secondary of ${other}` });
    expect(await licenseRow(other)).toMatchObject({ dba: 'E2' });
    expect(await licenseRow(made(5))).toMatchObject({ dba: 'E', archived_into: other });
    await expectSound();
  });

  it('never writes into an archived license: not when its record comes as a new one either', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    await into(made(1), made(2));
    await db.deleteFrom('license_links').where('source_key', '=', 'c:2').execute();
    await db.deleteFrom('external_licenses').where('source_key', '=', 'c:2').execute();
    const before = await licenseRow(made(2));
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B2' });
    expect(await links()).toEqual({ 'c:1': `primary of ${made(1)}`, 'c:2': `secondary of ${made(1)}` });
    expect(await licenseRow(made(2))).toEqual(before);
  });
});

describe('a link by similarity', () => {
  /** A record that joined a license which looks like it, as a run leaves it. */
  async function similar(): Promise<{ id: string; mergeId: number; before: unknown }> {
    const id = await internal('1', { dba: 'Own', externalEmail: 'a@b.example' });
    const before = await snapshot();
    await sync({ countid: 9, email: 'a@b.example', dba: 'Theirs', phone: '9' });
    for (const table of ['sync_matches', 'license_links'] as const) {
      await db.updateTable(table).set({ matched_by: 'similarity' }).where('source_key', '=', 'c:9').execute();
    }
    await db.updateTable('license_links').set({ confidence: '93.20' }).execute();
    const recorded = () => inTransaction(db, (trx) => recordSimilarityLinks(trx, operation));
    expect([await recorded(), await recorded()]).toEqual([1, 0]);
    const merge = await db.selectFrom('merges').selectAll().executeTakeFirstOrThrow();
    expect(merge).toMatchObject({ kind: 'link', master_id: id, duplicate_id: null, confidence: '93.20', operation });
    return { id, mergeId: merge.id, before };
  }

  it('is undone with all that the record brought, and the record gets a license of its own', async () => {
    const { id, mergeId, before } = await similar();
    await sync({ countid: 9, email: 'a@b.example', dba: 'Theirs, again', phone: '9' });
    expect(await licenseRow(id)).toMatchObject({ dba: 'Theirs, again', phone: '9', external_sync_status: 'synced' });
    await undone(mergeId);
    const { last_external_sync, ...row } = (before as { licenses: Record<string, unknown>[] }).licenses[0] ?? {};
    expect(await licenseRow(id)).toMatchObject(row);
    expect(await links()).toEqual({});
    const overrides = await db.selectFrom('match_overrides').select(['kind', 'source_key', 'license_id']).execute();
    expect(overrides).toEqual([{ kind: 'never', source_key: 'c:9', license_id: id }]);
    await sync({ countid: 9, email: 'a@b.example', dba: 'Theirs, again', phone: '9' });
    expect(await links()).toEqual({ 'c:9': `primary of ${made(9)}` });
  });

  it('is recorded once, also when its license was consolidated before the step is repeated', async () => {
    const { id, mergeId } = await similar();
    const other = await internal('2', { dba: 'Other' });
    const consolidated = await into(other, id);
    expect(await links()).toEqual({ 'c:9': `primary of ${other}` });
    expect(await inTransaction(db, (trx) => recordSimilarityLinks(trx, operation))).toBe(0);
    const rows = await db.selectFrom('merges').select(['id', 'kind', 'master_id']).orderBy('id').execute();
    expect(rows).toEqual([
      { id: mergeId, kind: 'link', master_id: id },
      { id: consolidated, kind: 'consolidation', master_id: other },
    ]);
  });

  it('is not undone over an edit', async () => {
    const { id, mergeId } = await similar();
    await edit(id, { phone: '1' });
    expect(await undo(mergeId)).toMatchObject({ blockers: [{ kind: 'field', field: 'phone', by: 'editor' }] });
  });
});
