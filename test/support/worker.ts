/** The real worker process, with a workflow bundle that is built once for all tests. */
import { existsSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSources } from '../../stack/workflow-bundle.ts';
import { projectFile, runProcess, startProcess, type TestProcess } from './processes.ts';

/** Invented businesses resemble each other at times; only tests of the duplicate search want that to matter. */
export const WITHOUT_DUPLICATES = { LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'false' };

export interface TestWorkerOptions {
  databaseUrl: string;
  upstreamUrl: string;
  apiKey: string | null;
  namespace: string;
  /** Settings beside these. */
  env?: Record<string, string>;
}

/** Starts `worker.ts` and waits until it polls. */
export async function startTestWorker(options: TestWorkerOptions): Promise<TestProcess> {
  const { TEMPORAL_ADDRESS: address = '' } = process.env;
  return await startProcess('worker.ts', {
    env: {
      DATABASE_URL: options.databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: options.namespace,
      EXTERNAL_LICENSE_API_URL: options.upstreamUrl,
      ...(options.apiKey === null ? {} : { EXTERNAL_LICENSE_API_KEY: options.apiKey }),
      LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE: await testBundle(),
      ...WITHOUT_DUPLICATES,
      ...options.env,
    },
    ready: 'worker polls',
  });
}

/** Path of a bundle of the workflows as they are now; test files run in processes of their own and share it. */
export async function testBundle(): Promise<string> {
  const bundle = join(tmpdir(), `license-sync-test-bundle-${hashSources(projectFile('.'))}.js`);
  if (existsSync(bundle)) return bundle;
  const draft = `${bundle}.${process.pid}`;
  const { code, stderr } = await runProcess('temporal/bundle-main.ts', ['--out', draft], {}, 180_000);
  if (code !== 0) throw new Error(`the workflows could not be bundled: ${stderr.slice(-2000)}`);
  renameSync(draft, bundle);
  return bundle;
}
