/** Which promises held. Pure: what was seen goes in, one judgement an invariant comes out. */
import type { RunStatus } from '../workflows/names.ts';
import type { Facts } from './facts.ts';
import { SUCCESSES } from './fault.ts';
import { brokenVerdicts } from './verdicts.ts';

export const INVARIANTS = ['conservation', 'equality', 'pushes', 'verdicts', 'honesty', 'quiet'] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Judgement {
  invariant: Invariant;
  held: boolean;
  /** What should have been; empty when it held. */
  expected: string;
  seen: string;
}

/** A run of the course, as it ended or came to rest. */
export interface RunSeen {
  operationId: string;
  status: RunStatus;
  sentence: string;
  /** Records that it quarantined. */
  quarantined: number;
  fetched: number;
  created: number;
  updated: number;
  /** Records changed upstream, and records marked as vanished. */
  pushed: number;
  vanished: number;
}

export interface Course {
  /** How the fault may make the run end. */
  ends: readonly RunStatus[];
  says: RegExp | null;
  /** Everything that was said of the disturbed run. */
  said: readonly string[];
  secrets: readonly string[];
  disturbed: RunSeen;
  /** At the disturbed run's end, when it claimed success: records upstream that the mirror did not hold. */
  missingThen: number | null;
  /** Runs that were needed after the fault was gone; empty when the disturbed one did it all. */
  healing: readonly RunSeen[];
  facts: Facts;
  /** After which nothing is left to do. */
  quiet: { run: RunSeen; facts: Facts };
  twoWay: boolean;
  /** Whether records went while they were read: a record that was read just before is kept as it was then, and another run never saw it so. */
  feedMoves: boolean;
  /** Breaches that a fault has noticed itself, as sentences. */
  remarks: readonly string[];
}

/** What the undisturbed run came to. */
export interface Reference {
  facts: Facts;
}

/** @param reference null for the undisturbed run itself. */
export function judge(course: Course, reference: Reference | null): Judgement[] {
  const checks: Record<Invariant, string[][]> = {
    conservation: conservation(course),
    equality: equality(course, reference),
    pushes: pushes(course, reference),
    verdicts: verdicts(course, reference),
    honesty: honesty(course),
    quiet: quiet(course),
  };
  return INVARIANTS.map((invariant) => {
    const breaches = checks[invariant];
    return {
      invariant,
      held: breaches.length === 0,
      expected: breaches.map(([expected]) => expected).join('; '),
      seen: breaches.map(([, seen]) => seen).join('; '),
    };
  });
}

function conservation({ facts }: Course): string[][] {
  return [
    none('books that balance', facts.unbalanced),
    none('every record upstream to be in the mirror', facts.unmirrored),
    none('every record to be linked to a license in force', facts.unlinked),
    none('no live record in the mirror that is not upstream', facts.phantoms),
  ].flat();
}

function equality({ facts, twoWay, feedMoves }: Course, reference: Reference | null): string[][] {
  if (!reference) return [];
  const data = feedMoves ? ('liveData' as const) : ('data' as const);
  return [
    same('the data of the undisturbed run', short(reference.facts[data]), short(facts[data])),
    same('its records in the mirror', reference.facts.liveMirror, facts.liveMirror),
    ...(twoWay
      ? [same('the records upstream of the undisturbed run', short(reference.facts.upstream), short(facts.upstream))]
      : []),
  ].flat();
}

function pushes({ facts, twoWay }: Course, reference: Reference | null): string[][] {
  const twice = [...facts.puts].filter(([, times]) => times > 1).map(([countid, times]) => `${countid} ${times} times`);
  const expected = twoWay ? [...(reference?.facts.puts.keys() ?? facts.puts.keys())] : [];
  const unsent = expected.filter((countid) => !facts.puts.has(countid));
  const unasked = [...facts.puts.keys()].filter((countid) => !expected.includes(countid));
  return [
    none('no record to be changed upstream twice', twice),
    none('every edit to arrive upstream', unsent.map(String)),
    none('nothing else to be changed upstream', unasked.map(String)),
    none('one settled line a version in the ledger', facts.unsettled),
    ...(twoWay && facts.puts.size === 0 ? [[['edits to be sent', 'none was']]] : []),
  ].flat();
}

function verdicts({ facts }: Course, reference: Reference | null): string[][] {
  const wanted = reference?.facts.verdicts ?? facts.verdicts;
  return [
    none('verdicts and overrides to be in force', brokenVerdicts(facts.verdicts)),
    none(
      'no verdict to be lost',
      wanted.filter((line) => !facts.verdicts.includes(line)),
    ),
    none(
      'no verdict that nobody gave',
      facts.verdicts.filter((line) => !wanted.includes(line)),
    ),
  ].flat();
}

function honesty(course: Course): string[][] {
  const { disturbed, ends, says, said, healing, missingThen, secrets, remarks } = course;
  const told = [...said, disturbed.sentence, ...healing.map(({ sentence }) => sentence)];
  const last = healing.at(-1) ?? disturbed;
  const spilled = told.filter(
    (sentence) => secrets.some((secret) => sentence.includes(secret)) || /\S@\S+\.\S/.test(sentence),
  );
  const breaches = [
    ...(ends.includes(disturbed.status)
      ? []
      : [[`the run to end as ${ends.join(' or ')}`, `${disturbed.status}: ${disturbed.sentence}`]]),
    ...(says === null || told.some((sentence) => says.test(sentence))
      ? []
      : [[`something like ${says} to be said`, [...new Set(told)].slice(-3).join(' | ')]]),
    ...(missingThen === null || missingThen <= disturbed.quarantined
      ? []
      : [['a run that left records behind not to claim success', `${disturbed.status} with ${missingThen} missing`]]),
    ...(SUCCESSES.includes(last.status)
      ? []
      : [['a run to succeed once the fault was gone', `${last.status}: ${last.sentence}`]]),
    ...(spilled.length === 0
      ? []
      : [['no secret and no address in a sentence', `${spilled.length} sentences with one`]]),
    ...remarks.map((remark) => ['what the fault demands', remark]),
  ];
  return breaches;
}

function quiet({ facts, quiet: { run, facts: then } }: Course): string[][] {
  const { created, updated, pushed, vanished, status, fetched } = run;
  return [
    same(
      'the next run to write nothing',
      'created 0, updated 0, vanished 0, pushed 0',
      `created ${created}, updated ${updated}, vanished ${vanished}, pushed ${pushed}`,
    ),
    same('the data to stay', short(facts.data), short(then.data)),
    same('the records upstream to stay', short(facts.upstream), short(then.upstream)),
    same('the next run to read all records', facts.upstreamRecords, fetched),
    ...(SUCCESSES.includes(status) ? [] : [[['the next run to succeed', `${status}: ${run.sentence}`]]]),
  ].flat();
}

function same(what: string, expected: string | number, seen: string | number): string[][] {
  return expected === seen ? [] : [[`${what} (${expected})`, String(seen)]];
}

function none(expected: string, exceptions: readonly string[]): string[][] {
  if (exceptions.length === 0) return [];
  const more = exceptions.length > 3 ? ` and ${exceptions.length - 3} more` : '';
  return [[expected, `not so: ${exceptions.slice(0, 3).join(', ')}${more}`]];
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
