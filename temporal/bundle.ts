import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type Logger } from '@temporalio/worker';

/**
 * Bundles the workflows and what is put around them. The only place that says what that is: a worker takes a bundle as it comes, and the
 * same one serves with tracing and without. Takes some 300 MB for a moment, so a worker should be given a bundle made by a process of its
 * own.
 */
export async function bundleWorkflows(logger: Logger = new DefaultLogger('WARN')): Promise<{ code: string }> {
  return await bundleWorkflowCode({
    logger,
    workflowsPath: pathOf('index'),
    workflowInterceptorModules: [pathOf('log-attributes'), pathOf('tracing')],
    webpackConfigHook: (config) => ({
      ...config,
      // Where an error comes from, without a copy of the sources: half the size, and 12 MB less in each worker.
      devtool: 'inline-nosources-source-map',
      // There is one file: what is imported later is in it too, and evaluated only then.
      module: { ...config.module, parser: { ...config.module?.parser, javascript: { dynamicImportMode: 'eager' } } },
    }),
  });
}

function pathOf(module: string): string {
  return fileURLToPath(new URL(`../workflows/${module}.ts`, import.meta.url));
}
