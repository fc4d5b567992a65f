/** Addresses that answers point to, relative to the API's own. */
export const SYNC_PATH = '/api/v1/external-licenses/sync';
export const OPERATIONS_PATH = `${SYNC_PATH}/operations`;

export function operationPath(operationId: string): string {
  return `${OPERATIONS_PATH}/${operationId}`;
}

export function operationLinks(operationId: string) {
  const self = operationPath(operationId);
  return {
    self,
    progress: `${self}/progress`,
    events: `${self}/events`,
    pause: `${self}/pause`,
    resume: `${self}/resume`,
    cancel: `${self}/cancel`,
  };
}
