/** What the worker registers. */
export { applyBatch, fetchBatch } from './batches.ts';
export { licenseSync } from './sync.ts';
