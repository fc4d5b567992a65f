/** What became of everything that a run wanted to send upstream. */

export const PUSH_STATES = [
  'planned',
  'pushed',
  'agreed',
  'conflict',
  'unaddressable',
  'gone',
  'rejected',
  'unconfirmed',
  'skipped',
] as const;

/** Records by what became of them; `planned` were not reached. `written`: records that this run has changed upstream. */
export type PushReport = Record<(typeof PUSH_STATES)[number], number> & { written: number };

/** How many records a run wanted to send to. */
export function pushTotal(pushes: PushReport): number {
  return PUSH_STATES.reduce((sum, state) => sum + pushes[state], 0);
}

/** What a person should look at, in words; empty when everything went as planned. */
export function pushFindings(pushes: PushReport): string[] {
  const { conflict, unaddressable, gone, rejected, unconfirmed } = pushes;
  return [
    words(conflict, 'push met another value upstream', 'pushes met another value upstream'),
    words(unaddressable, 'record could not be addressed upstream', 'records could not be addressed upstream'),
    words(gone, 'record to be pushed has gone upstream', 'records to be pushed have gone upstream'),
    words(rejected, 'push refused by the API', 'pushes refused by the API'),
    words(unconfirmed, 'push not confirmed', 'pushes not confirmed'),
  ].filter((text) => text !== null);
}

function words(count: number, one: string, many: string): string | null {
  return count === 0 ? null : `${count} ${count === 1 ? one : many}`;
}
