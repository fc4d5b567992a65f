import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type Logger } from '@temporalio/worker';

/**
 * Bundles the workflows and what is put around them. The only place that says what that is: a worker that is given a bundle takes it as
 * it comes. Takes some 300 MB for a moment, so a worker should be given a bundle made by a process of its own.
 */
export async function bundleWorkflows(logger: Logger = new DefaultLogger('WARN')): Promise<{ code: string }> {
  return await bundleWorkflowCode({
    logger,
    workflowsPath: pathOf('index'),
    workflowInterceptorModules: [pathOf('log-attributes')],
  });
}

function pathOf(module: string): string {
  return fileURLToPath(new URL(`../workflows/${module}.ts`, import.meta.url));
}
