/** What people do about duplicates, as fast-check commands: make licenses one, part them again, decide cases and take that back. */
import { expect } from 'vitest';
import { type Command, command, pick } from './commands.ts';
import { type Joining, join, mayJoin, type Strategy } from './consolidating.ts';
import type { Real } from './real.ts';
import type { Lines, Verdict } from './real-duplicates.ts';
import { licenseOf, liveLicenses, type Model, type ModelCase, type ModelMerge } from './state.ts';
import { obstacles, undo } from './undoing.ts';
import { forget, forgetCase, learnCases, partForGood, refsOf, sayingOf } from './verdicts.ts';

const liveOf = (model: Model, world: number) => liveLicenses(model).filter((license) => license.world === world);
const mergesOf = (model: Model, world: number) =>
  [...model.merges.values()].filter((merge) => !merge.undone && model.licenses.get(merge.masterId)?.world === world);
const casesOf = (model: Model, world: number, states: readonly string[]) =>
  [...model.cases.values()].filter(
    ({ state, members }) => states.includes(state) && model.licenses.get(members[0]?.licenseId ?? '')?.world === world,
  );

/** @param fields columns of which a person says from which of them, by place, the value comes. */
export function consolidate(
  world: number,
  places: readonly number[],
  how: { strategy: Strategy; named: boolean; fields: Readonly<Record<string, number>> },
): Command {
  const membersOf = (model: Model) => [...new Set(places.map((place) => pick(liveOf(model, world), place)?.id ?? ''))];
  return command(
    `world ${world}: consolidate licenses ${places.map((place) => `#${place}`).join(', ')} ${JSON.stringify(how)}`,
    (model) => liveOf(model, world).length > 1 && membersOf(model).length > 1,
    async (model, real) => {
      const members = membersOf(model);
      const [first = '', ...others] = members;
      const joining: Joining = {
        masterId: how.named ? first : null,
        others: how.named ? others : members,
        strategy: how.strategy,
        chosen: Object.fromEntries(
          Object.entries(how.fields).map(([name, place]) => [name, pick(members, place) ?? '']),
        ),
      };
      const done = await real.duplicates.join(joining);
      expect(done !== null, 'they can be made one').toBe(mayJoin(model, joining));
      if (done) expect(join(model, joining, lineIn(done.lines))).toBe(done.masterId);
      learnCases(model, await real.duplicates.cases());
    },
  );
}

const lineIn = (lines: Lines) => (duplicateId: string) => {
  const id = lines.get(duplicateId);
  if (id === undefined) throw new Error(`the ledger has no line for license ${duplicateId}`);
  return id;
};

export function undoMerge(world: number, place: number): Command {
  return command(
    `world ${world}: undo merge #${place}`,
    (model) => mergesOf(model, world).length > 0,
    async (model, real) => {
      const merge = pick(mergesOf(model, world), place);
      if (!merge) return;
      const expected = obstacles(model, merge);
      expect(await real.duplicates.obstacles(merge.id), 'what is said to stand in the way').toEqual(expected);
      expect(await real.duplicates.undo(merge.id), 'what stands in the way').toEqual(expected);
      if (expected.length === 0) undo(model, merge);
      learnCases(model, await real.duplicates.cases());
    },
  );
}

export function decide(
  world: number,
  place: number,
  how: { decision: Verdict['decision']; master: number | null; fields: Readonly<Record<string, number>> },
): Command {
  const waiting = (model: Model) => casesOf(model, world, ['open', 'flagged']);
  return command(
    `world ${world}: ${how.decision} case #${place} ${JSON.stringify(how)}`,
    (model) => waiting(model).length > 0,
    async (model, real) => {
      const asked = pick(waiting(model), place);
      if (!asked) return;
      const members = [...new Set(asked.members.map(({ licenseId }) => licenseId))];
      const verdict: Verdict = {
        decision: how.decision,
        masterId: how.master === null ? null : (pick(members, how.master) ?? null),
        chosen: Object.fromEntries(Object.entries(how.fields).map(([name, at]) => [name, pick(members, at) ?? ''])),
        version: asked.version,
      };
      const done = await real.duplicates.decide(asked.id, verdict);
      const refusal = refusalOf(model, asked, members, verdict);
      expect(typeof done === 'string' ? done : null, `verdict on case ${asked.id}`).toBe(refusal);
      if (typeof done !== 'string') carryOut(model, asked, members, verdict, done);
      await expectState(model, real, asked.id, refusal === null ? AFTER[how.decision] : asked.state);
    },
  );
}

const AFTER = { approve: 'approved', reject: 'rejected', flag: 'flagged' } as const;

function joiningOf(asked: ModelCase, members: readonly string[], { masterId, chosen }: Verdict): Joining {
  const others = members.filter((id) => id !== masterId);
  return { masterId, others, strategy: 'merge_keep_newer', chosen, caseId: asked.id };
}

/** Why a verdict does not count; null when it does. */
function refusalOf(model: Model, asked: ModelCase, members: readonly string[], verdict: Verdict): string | null {
  if (verdict.decision === 'flag') return null;
  const isAsIt = asked.members.every(({ ref, licenseId, business }) => {
    const isThere = ref.startsWith('l:')
      ? licenseOf(model, licenseId).archivedInto === null
      : model.links.get(ref)?.licenseId === licenseId;
    return isThere && sayingOf(model, ref) === business;
  });
  if (!isAsIt) return 'review-member-changed';
  if (members.length < 2) return 'review-refused';
  return verdict.decision === 'reject' || mayJoin(model, joiningOf(asked, members, verdict)) ? null : 'review-refused';
}

function carryOut(model: Model, asked: ModelCase, members: readonly string[], verdict: Verdict, lines: Lines): void {
  if (verdict.decision === 'flag') return;
  if (verdict.decision === 'approve') {
    const refs = members.flatMap((id) => spokenBy(model, asked, id));
    forget(model, refs);
    join(model, joiningOf(asked, members, verdict), lineIn(lines));
    return;
  }
  for (const [index, one] of members.entries()) {
    for (const other of members.slice(index + 1)) {
      partForGood(model, spokenBy(model, asked, one), spokenBy(model, asked, other), asked.id);
    }
  }
}

/** What speaks for a license, or may do so one day, and for it in a case. */
function spokenBy(model: Model, asked: ModelCase, licenseId: string): string[] {
  const named = asked.members.filter((member) => member.licenseId === licenseId).map(({ ref }) => ref);
  return [...new Set([...named, `l:${licenseId}`, ...refsOf(model, licenseId)])];
}

/** Takes back what was decided of a case. */
export function takeBack(world: number, place: number): Command {
  const decided = (model: Model) => casesOf(model, world, ['approved', 'rejected', 'flagged']);
  return command(
    `world ${world}: take back the verdict on case #${place}`,
    (model) => decided(model).length > 0,
    async (model, real) => {
      const asked = pick(decided(model), place);
      if (!asked) return;
      const isTaken = asked.state === 'approved' ? undoAll(model, asked.id) : reopen(model, asked);
      expect(await real.duplicates.takeBack(asked.id), `the verdict on case ${asked.id} is taken back`).toBe(isTaken);
      const after = asked.state === 'approved' ? 'undone' : 'open';
      await expectState(model, real, asked.id, isTaken ? after : asked.state);
    },
  );
}

/** Everything that a case made one is parted, or nothing is. */
function undoAll(model: Model, caseId: number): boolean {
  const trial = structuredClone(model);
  const merges = [...trial.merges.values()].filter((merge) => merge.caseId === caseId && !merge.undone).reverse();
  const isDone = merges.length > 0 && merges.every((merge) => undoIfPossible(trial, merge));
  if (isDone) Object.assign(model, trial);
  return isDone;
}

function undoIfPossible(model: Model, merge: ModelMerge): boolean {
  if (obstacles(model, merge).length > 0) return false;
  undo(model, merge);
  return true;
}

function reopen(model: Model, asked: ModelCase): boolean {
  const refsIn = ({ members }: ModelCase) => members.map(({ ref }) => ref).join(' ');
  const isAskedAgain = [...model.cases.values()].some(
    (other) => other !== asked && ['open', 'flagged'].includes(other.state) && refsIn(other) === refsIn(asked),
  );
  if (isAskedAgain) return false;
  if (asked.state === 'rejected') forgetCase(model, asked.id);
  return true;
}

async function expectState(model: Model, real: Real, caseId: number, state: string): Promise<void> {
  learnCases(model, await real.duplicates.cases());
  expect(model.cases.get(caseId)?.state, `the state of case ${caseId}`).toBe(state);
}
