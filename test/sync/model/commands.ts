/**
 * What can happen, as fast-check commands. Entities are picked by their place among those that are there, so that a command means
 * something in every shorter history too. Several worlds share one feed and its runs: their keys never meet, so each is a history by itself.
 */
import type fc from 'fast-check';
import { expect } from 'vitest';
import { licenseIdFor } from '../../../domain/identity.ts';
import type { RawRecord } from '../../support/simulator.ts';
import { expectAgreement, expectNothingLost, type Written } from './agreement.ts';
import { join, mayJoin } from './consolidating.ts';
import type { Similar } from './matching.ts';
import { create, edit, type Given, override } from './people.ts';
import { applyPlan, dryRun, type Outcome, sync } from './planning.ts';
import type { Real } from './real.ts';
import type { Findings } from './real-duplicates.ts';
import { licenseOf, linksOf, liveLicenses, type Model, worldOf } from './state.ts';
import { expectUndecided, expectWorthAsking, learnCases, partForGood, refsOf } from './verdicts.ts';

/** Runs of one history, beside the first and the last two. */
export const MAX_RUNS = 4;

export interface World {
  model: Model;
  written: Written;
}

export type Command = fc.AsyncCommand<World, Real>;

export function command(
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, real: Real, written: Written) => Promise<void>,
): Command {
  return {
    check: ({ model }) => check(model),
    run: ({ model, written }, real) => {
      model.clock += 1;
      return run(model, real, written);
    },
    toString: () => name,
  };
}

export function pick<T>(among: readonly T[], place: number): T | undefined {
  return among[place % Math.max(1, among.length)];
}

const inWorld = (countids: Iterable<number>, world: number) =>
  [...countids].filter((countid) => worldOf(`c:${countid}`) === world).sort((a, b) => a - b);
const recordsOf = (model: Model, world: number) => inWorld(model.upstream.keys(), world);
const removedOf = (model: Model, world: number) => inWorld(model.removed.keys(), world);
const readOf = (model: Model, world: number) =>
  [...model.mirror.keys()].filter((sourceKey) => worldOf(sourceKey) === world).sort();
const licensesOf = (model: Model, world: number) => liveLicenses(model).filter((license) => license.world === world);

export function addRecord(countid: number, fields: RawRecord): Command {
  return command(
    `add record ${countid} ${JSON.stringify(fields)}`,
    (model) => !model.upstream.has(countid),
    (model, real) => add(model, real, { countid, ...fields }),
  );
}

export function editRecord(world: number, place: number, fields: RawRecord): Command {
  return command(
    `world ${world}: edit record #${place} ${JSON.stringify(fields)}`,
    (model) => recordsOf(model, world).length > 0,
    async (model, real) => {
      const countid = pick(recordsOf(model, world), place) ?? 0;
      await real.upstream.patch(countid, fields);
      model.upstream.set(countid, { ...model.upstream.get(countid), ...fields });
    },
  );
}

export function removeRecord(world: number, place: number): Command {
  return command(
    `world ${world}: remove record #${place}`,
    (model) => recordsOf(model, world).length > 0,
    (model, real) => remove(model, real, pick(recordsOf(model, world), place) ?? 0),
  );
}

/** All records that are linked to one license, of those with several if there are any. */
export function removeFromUnder(world: number, place: number): Command {
  const concerned = (model: Model) => {
    const all = licensesOf(model, world);
    const crowded = all.filter(({ id }) => linksOf(model, id).length > 1);
    const license = pick(crowded.length > 0 ? crowded : all, place);
    const keys = license ? linksOf(model, license.id).map(({ sourceKey }) => Number(sourceKey.slice(2))) : [];
    return keys.filter((countid) => model.upstream.has(countid));
  };
  return command(
    `world ${world}: remove all records of license #${place}`,
    (model) => concerned(model).length > 0,
    async (model, real) => {
      for (const countid of concerned(model)) await remove(model, real, countid);
    },
  );
}

/** As they were when they went; `place` null: all of them. */
export function returnRecords(world: number, place: number | null): Command {
  return command(
    `world ${world}: return ${place === null ? 'all removed records' : `removed record #${place}`}`,
    (model) => removedOf(model, world).length > 0,
    async (model, real) => {
      const gone = removedOf(model, world);
      for (const countid of place === null ? gone : [pick(gone, place) ?? 0]) {
        await add(model, real, { ...model.removed.get(countid), countid });
      }
    },
  );
}

async function add(model: Model, real: Real, record: RawRecord & { countid: number }): Promise<void> {
  await real.upstream.add(record);
  model.upstream.set(record.countid, record);
  model.removed.delete(record.countid);
}

async function remove(model: Model, real: Real, countid: number): Promise<void> {
  await real.upstream.remove(countid);
  model.removed.set(countid, model.upstream.get(countid) ?? {});
  model.upstream.delete(countid);
}

export function editLicense(world: number, place: number, given: Given): Command {
  return command(
    `world ${world}: edit license #${place} ${JSON.stringify(given)}`,
    (model) => licensesOf(model, world).length > 0,
    async (model, real) => {
      const id = pick(licensesOf(model, world), place)?.id ?? '';
      await real.edit(id, given);
      edit(model, id, given);
    },
  );
}

export function createLicense(world: number, given: Given): Command {
  return command(
    `world ${world}: create license ${JSON.stringify(given)}`,
    () => true,
    (model, real) => createOnBoth(model, real, world, given),
  );
}

export async function createOnBoth(model: Model, real: Real, world: number, given: Given): Promise<void> {
  const { id, sure } = await real.create(given);
  create(model, { id, world }, given);
  // Made although it was taken for another one: that they are two was said by it.
  for (const other of sure) partForGood(model, [`l:${id}`], [`l:${other}`, ...refsOf(model, other)], null);
  learnCases(model, await real.duplicates.cases());
}

export function setOverride(world: number, kind: 'always' | 'never', record: number, license: number): Command {
  return command(
    `world ${world}: ${kind} link record #${record} and license #${license}`,
    (model) => readOf(model, world).length > 0 && licensesOf(model, world).length > 0,
    async (model, real) => {
      const sourceKey = pick(readOf(model, world), record) ?? '';
      const all = licensesOf(model, world);
      const linked = model.links.get(sourceKey)?.licenseId;
      // Mostly something that is not so yet.
      const others = all.filter(({ id }) => (id === linked) === (kind === 'never'));
      const said = { kind, sourceKey, licenseId: pick(others.length > 0 ? others : all, license)?.id ?? '' };
      expect(await real.override(said)).toBe(override(model, said));
    },
  );
}

export function withdrawOverride(world: number, place: number): Command {
  const ofWorld = (model: Model) => model.overrides.filter(({ sourceKey }) => worldOf(sourceKey) === world);
  return command(
    `world ${world}: withdraw override #${place}`,
    (model) => ofWorld(model).length > 0,
    async (model, real) => {
      const said = pick(ofWorld(model), place);
      if (!said) return;
      await real.withdraw(said);
      model.overrides = model.overrides.filter((other) => other !== said);
    },
  );
}

/** `apply`: of a plan that nothing has overtaken; `late`: of one that was carried out or overtaken by another run. */
export type RunKind = 'full' | 'external' | 'partial' | 'dry' | 'apply' | 'late';

/** @param searching whether it looks for duplicates, where the history does. */
export function runSync(kind: RunKind, searching: boolean): Command {
  return command(
    `run: ${kind}${searching ? ', searching' : ''}`,
    ({ runs, plan }) => {
      if (kind === 'apply') return runs < MAX_RUNS && plan?.isPast === false;
      if (kind === 'late') return runs < MAX_RUNS && plan?.isPast === true;
      return runs < MAX_RUNS;
    },
    async (model, real, written) => {
      model.runs += 1;
      await runOnBoth(model, real, kind, model.searching && searching);
      await expectAgreement(model, real, written);
      if (kind === 'full' || kind === 'external') await expectNothingLost(model, real);
    },
  );
}

const OPTIONS = {
  full: {},
  external: { comprehensive: false },
  partial: { partial: true, status: 1 as const },
  dry: { dryRun: true },
};

/** Runs it in the product and in the model, and compares what the run says of itself. */
export async function runOnBoth(model: Model, real: Real, kind: RunKind, searching: boolean): Promise<void> {
  model.clock += 1;
  const { plan } = model;
  const isOfPlan = kind === 'apply' || kind === 'late';
  if (isOfPlan && !plan) throw new Error('there is no plan to carry out');
  const detectDuplicates = isOfPlan ? plan?.searching === true : searching;
  const operation = await real.run(
    isOfPlan && plan
      ? { planId: plan.id, options: { detectDuplicates } }
      : { options: { ...OPTIONS[kind as keyof typeof OPTIONS], detectDuplicates } },
  );
  if (kind === 'late') {
    expect(operation).toMatchObject({ status: 'failed', error_type: expect.stringMatching(/^PLAN_/) });
    return;
  }
  const found = await real.duplicates.findings(operation.id);
  model.run = operation.id;
  const outcome = runInModel(model, kind, { id: operation.operation_id, searching: detectDuplicates }, found.similar);
  await expectOutcome(real, operation, outcome);
  if (kind !== 'dry') {
    recordLinks(model, found);
    for (const { masterId, lines } of found.joined) {
      const members = [masterId, ...lines.keys()];
      expectUndecided(model, members);
      const joining = { masterId: null, others: members, strategy: 'fill_empty' as const };
      expect(mayJoin(model, joining)).toBe(true);
      expect(join(model, joining, (id) => lines.get(id) ?? 0)).toBe(masterId);
    }
  }
  model.run = null;
  const cases = await real.duplicates.cases();
  expectWorthAsking(model, cases);
  learnCases(model, cases);
}

function runInModel(
  model: Model,
  kind: RunKind,
  { id, searching }: { id: string; searching: boolean },
  similar: Similar,
): Outcome {
  if (kind === 'apply' && model.plan) return applyPlan(model, model.plan, similar);
  if (kind === 'dry') return dryRun(model, { id, searching }, similar);
  return sync(model, { inForce: kind === 'partial', vanishing: kind === 'full', similar });
}

/** The ledger has a line for each record that was linked because it resembles its license, so that it can be undone. */
function recordLinks(model: Model, { similar, linked }: Findings): void {
  const expected = [...similar].filter(
    ([sourceKey, licenseId]) =>
      model.links.get(sourceKey)?.licenseId === licenseId && licenseIdFor(sourceKey) !== licenseId,
  );
  expect([...linked.keys()].sort()).toEqual(expected.map(([sourceKey]) => sourceKey).sort());
  for (const [sourceKey, masterId] of expected) {
    const link = model.links.get(sourceKey);
    const line = licenseOf(model, masterId).history.findLast(
      (each) => each.run === model.run && each.sourceKey === sourceKey,
    );
    if (!link || !line) throw new Error(`the model did not link ${sourceKey}`);
    const id = linked.get(sourceKey) ?? 0;
    const changes = Object.fromEntries(
      Object.entries(line.changes).map(([column, after]) => [column, { before: line.before[column] ?? null, after }]),
    );
    model.merges.set(id, {
      id,
      masterId,
      duplicateId: null,
      caseId: null,
      changes,
      moved: { [sourceKey]: { ...link } },
      demoted: null,
      superseded: {},
      write: line.write,
      undone: false,
    });
  }
}

async function expectOutcome(real: Real, operation: Awaited<ReturnType<Real['run']>>, outcome: Outcome): Promise<void> {
  const { ambiguous } = JSON.parse(operation.report ?? '{}') as { ambiguous?: number };
  expect({
    ended: /^completed/.test(operation.status) ? 'completed' : `${operation.status}: ${operation.error_message}`,
    created: operation.created_count,
    linked: operation.linked_count,
    vanished: operation.vanished_count,
    ambiguous,
    drifted: await real.drifted(operation),
  }).toEqual({ ended: 'completed', ...outcome });
}
