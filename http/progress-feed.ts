/** Progress of operations, read at most once a second each, however many watch. */
import { shared } from '../operations/memo.ts';
import type { Progress } from '../operations/progress.ts';

export type ProgressFeed = (operationId: string) => Promise<Progress>;

const READ_EVERY_MS = 900;
const MAX_REMEMBERED = 1000;

export function createProgressFeed(read: (operationId: string) => Promise<Progress>): ProgressFeed {
  const readers = new Map<string, () => Promise<Progress>>();
  return (operationId) => {
    const known = readers.get(operationId);
    if (known) return known();
    const reader = shared(READ_EVERY_MS, () => read(operationId));
    if (readers.size >= MAX_REMEMBERED) readers.clear();
    readers.set(operationId, reader);
    return reader();
  };
}

export function hasEnded({ books }: Progress): boolean {
  return books !== null;
}

/** Whether it goes on by itself only when somebody has approved it. */
export function awaitsApproval({ status }: Progress): boolean {
  return status === 'awaiting_approval';
}
