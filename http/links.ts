/** Addresses that answers point to, relative to the API's own. */
export const SYNC_PATH = '/api/v1/external-licenses/sync';
export const OPERATIONS_PATH = `${SYNC_PATH}/operations`;

export function operationPath(operationId: string): string {
  return `${OPERATIONS_PATH}/${operationId}`;
}

export function pushesPath(operationId: string): string {
  return `${operationPath(operationId)}/pushes`;
}

export function batchesPath(operationId: string): string {
  return `${operationPath(operationId)}/batches`;
}

export const PLANS_PATH = '/api/v1/plans';

export function planPath(planId: string): string {
  return `${PLANS_PATH}/${planId}`;
}

export function planLinks(planId: string) {
  const self = planPath(planId);
  return {
    self,
    changes: `${self}/changes`,
    exportCsv: `${self}/export?format=csv`,
    exportJsonLines: `${self}/export?format=jsonl`,
    apply: `${self}/apply`,
    pushes: pushesPath(planId),
    dryRun: operationPath(planId),
  };
}

export function operationLinks({ operationId, planId }: { operationId: string; planId: string | null }) {
  const self = operationPath(operationId);
  return {
    self,
    progress: `${self}/progress`,
    events: `${self}/events`,
    pause: `${self}/pause`,
    resume: `${self}/resume`,
    cancel: `${self}/cancel`,
    approve: `${self}/approve`,
    pushes: pushesPath(operationId),
    batches: batchesPath(operationId),
    plan: planId === null ? null : planPath(planId),
  };
}

export const REVIEWS_PATH = '/api/v1/reviews';
export const WEBHOOKS_PATH = '/api/v1/webhooks';

export const LICENSES_PATH = '/api/v1/licenses';
export const DUPLICATES_PATH = `${LICENSES_PATH}/duplicates`;
