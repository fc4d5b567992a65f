import { expect } from 'vitest';
import type { OperationRow } from '../../db/operations.ts';
import { imbalance } from '../../domain/books.ts';

/** Every position of the feed is counted exactly once. */
export function expectBalanced(operation: OperationRow): void {
  expect(
    imbalance({
      fetched: operation.total_processed,
      created: operation.created_count,
      updated: operation.updated_count,
      unchanged: operation.unchanged_count,
      linked: operation.linked_count,
      repeated: operation.repeated_count,
      quarantined: operation.failed_count,
      pending: operation.pending_count,
    }),
  ).toBe(0);
}
