/** All faults there are, in the order they are drilled in. */
import type { Fault } from './fault.ts';
import { DATABASE_FAULTS } from './faults/database.ts';
import { FEED_FAULTS } from './faults/feed.ts';
import { PROCESS_FAULTS } from './faults/processes.ts';
import { PUSH_FAULTS } from './faults/push.ts';
import { RUN_FAULTS } from './faults/runs.ts';
import { UPSTREAM_FAULTS } from './faults/upstream.ts';

export const FAULTS: readonly Fault[] = [
  ...UPSTREAM_FAULTS,
  ...FEED_FAULTS,
  ...PROCESS_FAULTS,
  ...RUN_FAULTS,
  ...DATABASE_FAULTS,
  ...PUSH_FAULTS,
];
