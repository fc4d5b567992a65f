import { defineSearchAttributeKey } from '@temporalio/common';

/** Registered by `migrate`, set by workflows, used in `temporal workflow list --query`. */
export const syncPhaseKey = defineSearchAttributeKey('SyncPhase', 'KEYWORD');
export const syncStatusKey = defineSearchAttributeKey('SyncStatus', 'KEYWORD');
export const syncTriggerKey = defineSearchAttributeKey('SyncTrigger', 'KEYWORD');
export const reviewStateKey = defineSearchAttributeKey('ReviewState', 'KEYWORD');
export const reviewConfidenceKey = defineSearchAttributeKey('ReviewConfidence', 'DOUBLE');

export const SEARCH_ATTRIBUTES = [syncPhaseKey, syncStatusKey, syncTriggerKey, reviewStateKey, reviewConfidenceKey];
