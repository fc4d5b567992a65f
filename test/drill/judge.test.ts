import { describe, expect, it } from 'vitest';
import type { Facts } from '../../drill/facts.ts';
import { type Course, INVARIANTS, judge, type RunSeen } from '../../drill/judge.ts';

const SECRET = 'f00dfeed';

function facts(overrides: Partial<Facts> = {}): Facts {
  return {
    data: 'data',
    liveData: 'live',
    upstream: 'upstream',
    upstreamRecords: 100,
    liveMirror: 100,
    unmirrored: [],
    unlinked: [],
    phantoms: [],
    unbalanced: [],
    puts: new Map([
      [7, 1],
      [8, 1],
    ]),
    unsettled: [],
    verdicts: ['case 1: approve given, approved', 'override c:1 always x: linked'],
    ...overrides,
  };
}

function run(overrides: Partial<RunSeen> = {}): RunSeen {
  return {
    operationId: 'o',
    status: 'completed',
    sentence: 'Completed.',
    quarantined: 0,
    fetched: 100,
    created: 0,
    updated: 0,
    pushed: 0,
    vanished: 0,
    ...overrides,
  };
}

function course(overrides: Partial<Course> = {}): Course {
  return {
    ends: ['completed'],
    says: null,
    said: ['Reading.'],
    secrets: [SECRET],
    disturbed: run(),
    missingThen: 0,
    healing: [],
    facts: facts(),
    quiet: { run: run(), facts: facts() },
    twoWay: true,
    feedMoves: false,
    remarks: [],
    ...overrides,
  };
}

const REFERENCE = { facts: facts() };
const broken = (made: Course) =>
  judge(made, REFERENCE)
    .filter(({ held }) => !held)
    .map(({ invariant }) => invariant);

describe('judge', () => {
  it('finds that everything holds where everything does', () => {
    expect(judge(course(), REFERENCE).map(({ invariant, held }) => [invariant, held])).toEqual(
      INVARIANTS.map((invariant) => [invariant, true]),
    );
    expect(judge(course(), null).every(({ held }) => held)).toBe(true);
  });

  it.each<[string, Partial<Facts>, string[]]>([
    ['a record that is lost', { unmirrored: ['c:5'] }, ['conservation']],
    ['a record without a license', { unlinked: ['c:5'] }, ['conservation']],
    ['a record that nobody gave', { phantoms: ['c:5'] }, ['conservation']],
    ['books that do not balance', { unbalanced: ['o'] }, ['conservation']],
    ['other data', { data: 'other' }, ['equality']],
    ['other data upstream', { upstream: 'other' }, ['equality']],
    [
      'a second write of the same',
      {
        puts: new Map([
          [7, 2],
          [8, 1],
        ]),
      },
      ['pushes'],
    ],
    ['an edit that did not arrive', { puts: new Map([[7, 1]]) }, ['pushes']],
    [
      'a write that nobody asked for',
      {
        puts: new Map([
          [7, 1],
          [8, 1],
          [9, 1],
        ]),
      },
      ['pushes'],
    ],
    ['a ledger that does not know', { unsettled: ['c:7 version 2: sent'] }, ['pushes']],
    ['a verdict that is gone', { verdicts: ['override c:1 always x: linked'] }, ['verdicts']],
    [
      'a verdict that is not in force',
      { verdicts: ['case 1: approve given, open', 'override c:1 always x: linked'] },
      ['verdicts'],
    ],
    [
      'an override that is not heeded',
      { verdicts: ['case 1: approve given, approved', 'override c:1 always x: not linked'] },
      ['verdicts'],
    ],
  ])('notices %s', (_, changed, expected) => {
    const now = facts(changed);
    expect(broken(course({ facts: now, quiet: { run: run(), facts: now } }))).toEqual(expected);
  });

  it.each<[string, Partial<Course>]>([
    [
      'an end that the fault does not explain',
      { disturbed: run({ status: 'failed', sentence: 'Failed.' }), healing: [run()] },
    ],
    ['success claimed over missing records', { missingThen: 3, disturbed: run({ quarantined: 2 }) }],
    [
      'a run that never succeeds',
      { ends: ['failed'], disturbed: run({ status: 'failed' }), healing: [run({ status: 'failed' })] },
    ],
    ['silence where something was to be said', { says: /License API/ }],
    ['a secret in a sentence', { said: [`Reading with ${SECRET}.`] }],
    ['an address in a sentence', { said: ['Reading owner@example.com.'] }],
    ['what a fault has seen itself', { remarks: ['a second run was started'] }],
  ])('calls dishonest: %s', (_, changed) => {
    expect(broken(course(changed))).toEqual(['honesty']);
  });

  it.each<[string, Partial<RunSeen>, Partial<Facts>]>([
    ['writes', { updated: 1 }, {}],
    ['sends', { pushed: 1 }, {}],
    ['changes data without a word', {}, { data: 'other' }],
    ['reads fewer records than there are', { fetched: 99 }, {}],
    ['does not succeed', { status: 'incomplete' }, {}],
  ])('demands that the next run is quiet: not one that %s', (_, next, then) => {
    expect(broken(course({ quiet: { run: run(next), facts: facts(then) } }))).toEqual(['quiet']);
  });

  it('compares only what lives where records went while they were read', () => {
    const changed = (overrides: Partial<Facts>) => {
      const now = facts(overrides);
      return course({ feedMoves: true, facts: now, quiet: { run: run(), facts: now } });
    };
    expect(broken(changed({ data: 'other' }))).toEqual([]);
    expect(broken(changed({ liveData: 'other' }))).toEqual(['equality']);
  });

  it('expects no write upstream in a run that goes one way', () => {
    const oneWay = facts({ puts: new Map() });
    const made = course({ twoWay: false, facts: oneWay, quiet: { run: run(), facts: oneWay } });
    expect(judge(made, { facts: oneWay }).every(({ held }) => held)).toBe(true);
    expect(broken({ ...made, facts: facts(), quiet: { run: run(), facts: facts() } })).toEqual(['pushes']);
  });

  it('says what was expected and what was seen, and names a few', () => {
    const lost = facts({ unmirrored: ['c:1', 'c:2', 'c:3', 'c:4', 'c:5'] });
    expect(judge(course({ facts: lost }), REFERENCE)[0]).toEqual({
      invariant: 'conservation',
      held: false,
      expected: 'every record upstream to be in the mirror',
      seen: 'not so: c:1, c:2, c:3 and 2 more',
    });
  });
});
