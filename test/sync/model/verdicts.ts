/** What the model remembers of people's verdicts, and what the product may do and ask in spite of them. */
import { expect } from 'vitest';
import type { Held, Said } from './fields.ts';
import { linksOf, type Model, type ModelCase, pairOf } from './state.ts';

const SPOKEN = ['dba', 'external_email', 'phone', 'address', 'city', 'zip'];

/** What a record or license says of its business. */
export function sayingOf(model: Model, ref: string): string {
  return sayingIn(ref.startsWith('l:') ? model.licenses.get(ref.slice(2))?.held : model.mirror.get(ref)?.said);
}

function sayingIn(values: Said | Held | undefined): string {
  return JSON.stringify(SPOKEN.map((column) => values?.[column] ?? null));
}

/** What was said of one, as it was, holds for another that says the same by now, or for itself when it says something else on our account. */
export function carryVerdicts(
  model: Model,
  from: { ref: string; saying: string },
  to: { ref: string; values: Said },
): void {
  for (const { refs, says, caseId } of [...model.verdicts.values()]) {
    const place = refs.indexOf(from.ref);
    const other = refs[1 - place] ?? '';
    if (place < 0 || says[place] !== from.saying || other === to.ref) continue;
    const carried = [sayingIn(to.values), says[1 - place] ?? ''] as const;
    model.verdicts.set(pairOf(to.ref, other), { refs: [to.ref, other], says: carried, caseId });
  }
}

/** All that speaks for a license: its records, and itself where it says something else than the one that feeds it. */
export function refsOf(model: Model, licenseId: string): string[] {
  const links = linksOf(model, licenseId);
  const feeding = links.find(({ link }) => link.role === 'primary');
  const isSpokenFor = feeding && sayingOf(model, feeding.sourceKey) === sayingOf(model, `l:${licenseId}`);
  return [...(isSpokenFor ? [] : [`l:${licenseId}`]), ...links.map(({ sourceKey }) => sourceKey)];
}

/** None of these is one of those. */
export function partForGood(
  model: Model,
  these: readonly string[],
  those: readonly string[],
  caseId: number | null,
): void {
  for (const one of these) {
    for (const other of those) {
      const says = [sayingOf(model, one), sayingOf(model, other)] as const;
      model.verdicts.set(pairOf(one, other), { refs: [one, other], says, caseId });
    }
  }
}

/** Forgets what was said by a case. */
export function forgetCase(model: Model, caseId: number): void {
  for (const [pair, verdict] of model.verdicts) if (verdict.caseId === caseId) model.verdicts.delete(pair);
}

/** Forgets verdicts between any two of these. */
export function forget(model: Model, refs: readonly string[]): void {
  for (const one of refs) for (const other of refs) model.verdicts.delete(pairOf(one, other));
}

/** What a person said of these two, and whether both still say what they said then. */
function verdictOn(model: Model, one: string, other: string): 'none' | 'stands' | 'changed' {
  const verdict = model.verdicts.get(pairOf(one, other));
  if (!verdict) return 'none';
  return verdict.refs.every((ref, index) => sayingOf(model, ref) === verdict.says[index]) ? 'stands' : 'changed';
}

/** Of everything that speaks for two licenses: what people said. */
function verdictsOn(model: Model, a: string, b: string): ('none' | 'stands' | 'changed')[] {
  return refsOf(model, a).flatMap((one) => refsOf(model, b).map((other) => verdictOn(model, one, other)));
}

/** A run has made these one, without asking: nobody may ever have said that they are two. */
export function expectUndecided(model: Model, licenseIds: readonly string[]): void {
  for (const [index, a] of licenseIds.entries()) {
    for (const b of licenseIds.slice(index + 1)) {
      expect(new Set(verdictsOn(model, a, b)), `a run made ${a} and ${b} one`).toEqual(new Set(['none']));
    }
  }
}

/** Takes over the cases as they are now. */
export function learnCases(model: Model, cases: readonly ModelCase[]): void {
  for (const each of cases) model.cases.set(each.id, each);
}

/** Those of the questions that a run has asked now which do not seem worth asking. */
export function doubtful(model: Model, cases: readonly ModelCase[]): ModelCase[] {
  return cases.filter((each) => complaintAbout(model, each) !== null);
}

/** What a run asks must be worth asking: of two that a person told apart, only what has changed, and it says what. */
export function expectWorthAsking(model: Model, cases: readonly ModelCase[]): void {
  for (const each of cases) expect(complaintAbout(model, each)).toBeNull();
}

function complaintAbout(model: Model, { id, state, reason, returned, members }: ModelCase): string | null {
  const known = model.cases.get(id);
  const isAsked = state === 'open' && (known === undefined || !['open', 'flagged'].includes(known.state));
  const [one, other, ...more] = members;
  if (!isAsked || !one || !other || more.length > 0) return null;
  const asks = `case ${id} (${reason}) asks about ${one.ref} of ${one.licenseId} and ${other.ref} of ${other.licenseId}`;
  const verdict = verdictOn(model, one.ref, other.ref);
  const verdicts = new Set(verdictsOn(model, one.licenseId, other.licenseId));
  if (verdict === 'stands') return `${asks}, of which a person said that they are two`;
  if (verdicts.size === 1 && verdicts.has('stands')) return `${asks}, of which everything was told apart`;
  if (returned !== (reason === 'returned')) return `${asks}, and what changed is not named`;
  if (verdict === 'changed' && reason !== 'returned') return `${asks}, and does not say that it returns`;
  // What else speaks for the two may have been told apart.
  if (!verdicts.has('changed') && reason === 'returned') return `${asks}, of which nothing has changed`;
  return null;
}
