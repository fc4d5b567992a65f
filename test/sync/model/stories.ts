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
  removeFromUnder,
  removeRecord,
  returnRecords,
  setOverride,
  withdrawOverride,
} from './commands.ts';
import type { Disturbance } from './disturbing.ts';
import { consolidate, undoMerge } from './duplicate-commands.ts';
import { firstCountid, type RunKind } from './state.ts';

/** The runs after the first one; all of them send. The last is cancelled while a record is written, and resumed. */
export const STORY_RUNS: readonly { kind: RunKind; disturbance: Disturbance | null }[] = [
  { kind: 'full', disturbance: null },
  { kind: 'full', disturbance: null },
  { kind: 'full', disturbance: null },
  { kind: 'dry', disturbance: null },
  { kind: 'apply', disturbance: { what: 'cancel', during: 'put' } },
];

interface Story {
  name: string;
  /** Names of the records it begins with; each becomes a license in the first run. */
  records: readonly string[];
  /** Whether each has an appid of its own, so that it can be sent to. */
  addressable?: true;
  /** Before each of the runs. */
  chapters(world: number): Partial<Record<'first' | 'second' | 'third' | 'dry' | 'apply', Command[]>>;
}

const join = (world: number) => [setOverride(world, 'always', 1, 0)];
const comeBack = (world: number) => [
  returnRecords(world, null),
  editRecord(world, 0, { dba: 'First anew', zip: '77001' }),
  editRecord(world, 1, { dba: 'Second anew' }),
];

/** Nothing but the records moves. */
const KEEP = { strategy: 'keep_master' as const, named: true, fields: {} };

/** The license made of the first record gets a value that is sent. */
const FILL = { ...KEEP, strategy: 'fill_empty' as const };
const gift = (world: number) => [createLicense(world, { dba: 'Free', zip: '77209' }), consolidate(world, [0, 1], FILL)];

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
  {
    name: 'a record came by a consolidation, and a person says that it always belongs where it is',
    records: ['First', 'Second'],
    chapters: (w) => ({
      second: [consolidate(w, [0, 1], KEEP), setOverride(w, 'always', 1, 0)],
      third: [undoMerge(w, 0)],
    }),
  },
  {
    name: 'what a record says against the license that it was moved to is nothing to decide when it goes back',
    records: ['First', 'Second'],
    chapters: (w) => ({
      first: [createLicense(w, { dba: 'Free', mid: 'M9' }), consolidate(w, [2, 0], KEEP)],
      second: [editRecord(w, 0, { mid: 'M1' })],
      third: [undoMerge(w, 0)],
    }),
  },
  {
    name: 'of a chain in which one record took the place of another both are undone, the first one first',
    records: ['First', 'Second', 'Third'],
    chapters: (w) => ({
      first: [removeRecord(w, 0)],
      second: [consolidate(w, [0, 1], KEEP), removeRecord(w, 0)],
      third: [consolidate(w, [0, 1], KEEP), undoMerge(w, 0), undoMerge(w, 0)],
    }),
  },
  {
    name: 'the record that fed a duplicate has vanished when it goes back',
    records: ['First', 'Second', 'Third'],
    chapters: (w) => ({
      first: [setOverride(w, 'always', 2, 1)],
      second: [consolidate(w, [0, 1], KEEP), removeRecord(w, 1)],
      third: [undoMerge(w, 0)],
    }),
  },
  {
    name: 'a record is always one license and never another, and these are to be made one',
    records: ['First', 'Second', 'Third'],
    chapters: (w) => ({
      first: [setOverride(w, 'always', 0, 0)],
      second: [
        withdrawOverride(w, 0),
        setOverride(w, 'never', 0, 0),
        setOverride(w, 'always', 0, 2),
        consolidate(w, [2, 1], KEEP),
      ],
    }),
  },
  {
    name: 'a record is planned to have gone, and its license is another one of the same version by now',
    records: ['First', 'Second'],
    chapters: (w) => ({
      dry: [editLicense(w, 0, { notes: 'Inside' }), removeRecord(w, 0)],
      apply: [consolidate(w, [1, 0], KEEP)],
    }),
  },
  {
    name: 'what upstream has emptied is edited inside',
    records: ['First'],
    addressable: true,
    chapters: (w) => ({ first: [editRecord(w, 0, { dba: null })], second: [editLicense(w, 0, { dba: 'Inside' })] }),
  },
  {
    name: 'both sides edit one field, again and again',
    records: ['First'],
    addressable: true,
    chapters: (w) => ({
      first: [
        editRecord(w, 0, { dba: 'Outside', Note: 'Outside' }),
        editLicense(w, 0, { dba: 'Inside', notes: 'Inside' }),
      ],
      second: [editRecord(w, 0, { dba: 'Outside 2' }), editLicense(w, 0, { dba: 'Inside 2', notes: 'Inside 2' })],
      third: [editLicense(w, 0, { dba: 'Inside 3' })],
      dry: [editRecord(w, 0, { dba: 'Outside 4', Note: 'Outside 4' }), editLicense(w, 0, { dba: 'Inside 4' })],
    }),
  },
  {
    name: 'what a merge gave is sent and taken back with it',
    records: ['First'],
    addressable: true,
    chapters: (w) => ({ first: gift(w), second: [undoMerge(w, 0)] }),
  },
  {
    name: 'what a merge gave is sent, and the license says it again after that is undone',
    records: ['First'],
    addressable: true,
    chapters: (w) => ({ first: gift(w), second: [undoMerge(w, 0), editLicense(w, 0, { zip: '77209' })] }),
  },
  {
    name: 'what a chain of merges gave is sent and taken back with both',
    records: ['First', 'Second'],
    addressable: true,
    chapters: (w) => ({
      first: [
        createLicense(w, { dba: 'Free', zip: '77209' }),
        consolidate(w, [0, 2], FILL),
        consolidate(w, [1, 0], FILL),
      ],
      second: [undoMerge(w, 1), undoMerge(w, 0)],
    }),
  },
  {
    name: 'a record is told what the license says that it was moved to, and goes back',
    records: ['First'],
    addressable: true,
    chapters: (w) => ({
      first: [createLicense(w, { dba: 'Free', notes: 'Inside', smsBalance: '100.0000' }), consolidate(w, [1, 0], KEEP)],
      second: [undoMerge(w, 0)],
    }),
  },
  {
    name: 'edits are planned to be sent to records that change, go and lose their key until then',
    records: ['First', 'Second', 'Third', 'Fourth', 'Fifth'],
    addressable: true,
    chapters: (w) => ({
      dry: [0, 1, 2, 3, 4].map((place) => editLicense(w, place, { dba: 'Inside', zip: '77209' })),
      apply: [
        editRecord(w, 0, { dba: 'Outside' }),
        removeRecord(w, 1),
        editRecord(w, 1, { appid: null }),
        editRecord(w, 2, { dba: 'Inside' }),
      ],
    }),
  },
  {
    name: 'two records come to have one appid, in two spellings',
    records: ['First', 'Second'],
    addressable: true,
    chapters: (w) => ({
      first: [editLicense(w, 0, { dba: 'Inside' }), editRecord(w, 1, { appid: ` s-${firstCountid(w) + 1} ` })],
      second: [editLicense(w, 1, { dba: 'Inside' })],
    }),
  },
];

/** What each world begins with. The records of a world share their e-mail address, which therefore proves nothing. */
export const storyBeginnings: readonly Beginning[] = STORIES.map(({ records, addressable }, world) => ({
  records: records.map((dba, index) => ({
    countid: firstCountid(world) + 1 + index,
    dba,
    Email_license: `owner@w${world}.example`,
    ...(addressable ? { appid: `S-${firstCountid(world) + 1 + index}` } : {}),
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
