/**
 * Histories that once went wrong, or that chance meets too seldom. Each has a world of its own, and all share one row of runs: the first,
 * three more, a dry run and the carrying out of its plan. What happens before each of those is the story.
 */
import type { Beginning } from './arbitraries.ts';
import {
  type Command,
  createLicense,
  editLicense,
  editRecord,
  type RunKind,
  removeFromUnder,
  removeRecord,
  returnRecords,
  setOverride,
  withdrawOverride,
} from './commands.ts';
import { firstCountid } from './state.ts';

/** The runs after the first one. */
export const STORY_RUNS: readonly RunKind[] = ['full', 'full', 'full', 'dry', 'apply'];

interface Story {
  name: string;
  /** Names of the records it begins with; each becomes a license in the first run. */
  records: readonly string[];
  /** Before each of the runs. */
  chapters(world: number): Partial<Record<'first' | 'second' | 'third' | 'dry' | 'apply', Command[]>>;
}

const join = (world: number) => [setOverride(world, 'always', 1, 0)];
const comeBack = (world: number) => [
  returnRecords(world, null),
  editRecord(world, 0, { dba: 'First anew', zip: '77001' }),
  editRecord(world, 1, { dba: 'Second anew' }),
];

const STORIES: readonly Story[] = [
  {
    name: 'both records of a vanished license return and say something new',
    records: ['First', 'Second'],
    chapters: (w) => ({ first: join(w), second: [removeFromUnder(w, 0)], third: comeBack(w) }),
  },
  {
    name: 'the same by a plan',
    records: ['First', 'Second'],
    chapters: (w) => ({ second: join(w), third: [removeFromUnder(w, 0)], dry: comeBack(w) }),
  },
  {
    name: 'only the secondary record of a vanished license returns',
    records: ['First', 'Second'],
    chapters: (w) => ({ first: join(w), second: [removeFromUnder(w, 0)], third: [returnRecords(w, 1)] }),
  },
  {
    name: 'in one plan the primary record changes and the secondary has gone',
    records: ['First', 'Second'],
    chapters: (w) => ({ first: join(w), dry: [editRecord(w, 0, { dba: 'First anew' }), removeRecord(w, 1)] }),
  },
  {
    name: 'in one plan the primary record has gone and the secondary changes',
    records: ['First', 'Second'],
    chapters: (w) => ({ first: join(w), dry: [removeRecord(w, 0), editRecord(w, 0, { dba: 'Second anew' })] }),
  },
  {
    name: 'a record comes to a license of which all have vanished, and the former one returns',
    records: ['First', 'Second'],
    chapters: (w) => ({ first: [removeRecord(w, 0)], second: join(w), third: [returnRecords(w, null)] }),
  },
  {
    name: 'a record without an override is planned to go back to the license that was made of it',
    records: ['First', 'First'],
    chapters: (w) => ({ dry: [...join(w), withdrawOverride(w, 0)] }),
  },
  {
    name: 'that license is fed by another record by now',
    records: ['First', 'Second', 'Third'],
    chapters: (w) => ({
      first: [setOverride(w, 'always', 0, 1)],
      second: [setOverride(w, 'always', 1, 0)],
      third: [withdrawOverride(w, 0), setOverride(w, 'never', 0, 0)],
    }),
  },
  {
    name: 'an override is withdrawn after the plan was made',
    records: ['First', 'Second'],
    chapters: (w) => ({ dry: join(w), apply: [withdrawOverride(w, 0)] }),
  },
  {
    name: 'a record is planned to join a license that loses the one that feeds it',
    records: ['First', 'Second'],
    chapters: (w) => ({ dry: join(w), apply: [setOverride(w, 'always', 0, 0)] }),
  },
  {
    name: 'a record is planned to feed a license that another one is to feed by now',
    records: ['First', 'Second'],
    chapters: (w) => ({
      dry: [createLicense(w, { dba: 'Free' }), setOverride(w, 'always', 1, 1)],
      apply: [setOverride(w, 'always', 0, 1)],
    }),
  },
  {
    name: 'a record is planned to join a license that loses the one that feeds it and is to get another',
    records: ['First', 'Second', 'Third'],
    chapters: (w) => ({
      dry: [setOverride(w, 'always', 2, 0)],
      apply: [setOverride(w, 'always', 1, 0), setOverride(w, 'always', 0, 0)],
    }),
  },
  {
    name: 'a record is planned to join a license whose edit keeps another record from feeding it',
    records: ['First', 'Second'],
    chapters: (w) => ({
      dry: [...join(w), withdrawOverride(w, 0), setOverride(w, 'always', 0, 0)],
      apply: [editLicense(w, 1, { notes: 'Inside' })],
    }),
  },
  {
    name: 'a license is edited after the plan was made, another is not',
    records: ['First', 'Second'],
    chapters: (w) => ({
      dry: [editRecord(w, 0, { dba: 'First anew' }), editRecord(w, 1, { dba: 'Second anew' })],
      apply: [editLicense(w, 0, { dba: 'Inside' })],
    }),
  },
];

/** What each world begins with. The records of a world share their e-mail address, which therefore proves nothing. */
export const storyBeginnings: readonly Beginning[] = STORIES.map(({ records }, world) => ({
  records: records.map((dba, index) => ({
    countid: firstCountid(world) + 1 + index,
    dba,
    Email_license: `owner@w${world}.example`,
  })),
  licenses: [],
}));

/** What happens before the run with this place in `STORY_RUNS`, with the name of its story. */
export function chapterBefore(run: number): { story: string; command: Command }[] {
  const chapter = (['first', 'second', 'third', 'dry', 'apply'] as const)[run] ?? 'first';
  return STORIES.flatMap(({ name, chapters }, world) =>
    (chapters(world)[chapter] ?? []).map((command) => ({ story: name, command })),
  );
}
