import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Bundles the workflows. Takes some 300 MB for a moment, so a worker should be given a bundle made by a process of its own. */
export async function bundleWorkflows(): Promise<{ code: string }> {
  return await bundleWorkflowCode({
    logger: new DefaultLogger('WARN'),
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
  });
}
