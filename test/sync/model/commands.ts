/**
 * What can happen, as fast-check commands. Entities are picked by their place among those that are there, so that a command means
 * something in every shorter history too. Several worlds share one feed and its runs: their keys never meet, so each is a history by itself.
 */
import type fc from 'fast-check';
import { expect } from 'vitest';
import type { RawRecord } from '../../support/simulator.ts';
import { expectAgreement, expectNothingLost, type Written } from './agreement.ts';
import { type Disturbance, namedDisturbance } from './disturbing.ts';
import { create, edit, type Given, override } from './people.ts';
import { spelled } from './reading.ts';
import type { Real } from './real.ts';
import { type RunHow, runOnBoth } from './running.ts';
import { linksOf, liveLicenses, type Model, type RunKind, worldOf } from './state.ts';
import { learnCases, partForGood, refsOf } from './verdicts.ts';

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
    (model, real) => add(model, real, spelled({ countid, ...fields })),
  );
}

export function editRecord(world: number, place: number, fields: RawRecord): Command {
  return command(
    `world ${world}: edit record #${place} ${JSON.stringify(fields)}`,
    (model) => recordsOf(model, world).length > 0,
    async (model, real) => {
      const countid = pick(recordsOf(model, world), place) ?? 0;
      const { countid: _, ...edited } = spelled({ ...fields, countid });
      await real.upstream.patch(countid, edited);
      model.upstream.set(countid, { ...model.upstream.get(countid), ...edited });
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

/** @param how whether it looks for duplicates and sends edits, where the history does, and what happens while it runs. */
export function runSync(kind: RunKind, how: RunHow & { disturbance: Disturbance | null }): Command {
  const { searching, twoWay, disturbance } = how;
  const trouble = disturbance && namedDisturbance(disturbance);
  return command(
    `run: ${[kind, searching ? 'searching' : '', twoWay ? 'two ways' : '', trouble ?? ''].filter(Boolean).join(', ')}`,
    ({ runs, plan }) => {
      if (kind === 'apply') return runs < MAX_RUNS && plan?.isPast === false;
      if (kind === 'late') return runs < MAX_RUNS && plan?.isPast === true;
      return runs < MAX_RUNS;
    },
    async (model, real, written) => {
      model.runs += 1;
      const asked = {
        searching: model.searching && searching,
        twoWay: model.twoWay === 'all' || (model.twoWay === 'drawn' && twoWay),
      };
      await runOnBoth(model, real, kind, { ...asked, disturbance: model.disturbed ? disturbance : null });
      await expectAgreement(model, real, written);
      if (kind === 'full' || kind === 'external') await expectNothingLost(model, real);
    },
  );
}
