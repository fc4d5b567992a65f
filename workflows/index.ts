/** What the worker registers. */
export { applyBatch, fetchBatch } from './batches.ts';
export { scheduledSync } from './scheduled.ts';
export { licenseSync } from './sync.ts';
