/** What the worker registers. */
export { analyseBatch, applyBatch, fetchBatch, pushBatch } from './batches.ts';
export { bulkReview } from './bulk-review.ts';
export { duplicateReview } from './review.ts';
export { reviewQueue } from './review-queue.ts';
export { scheduledSync } from './scheduled.ts';
export { licenseSync } from './sync.ts';
export { deliverWebhook } from './webhook.ts';
