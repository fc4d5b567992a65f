/** A release with changed workflows takes over a run that began under the one before. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { expectBalanced } from '../support/books.ts';
import { bundleChanged, type ChangedBundle } from '../support/changed-workflows.ts';
import { eventually } from '../support/eventually.ts';
import type { TestProcess } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import { startTestWorker } from '../support/worker.ts';

const RECORDS = 1500;
let rig: Rig;
let bundle: ChangedBundle;
let successor: TestProcess | undefined;

beforeAll(async () => {
  bundle = await bundleChanged([
    // Where the run has been already: what it did there must stay.
    {
      file: 'workflows/sync.ts',
      before: 'if (state.remaining === null) await steps.prune({ ref: state.ref });',
      after: `if (wf.patched('test-behind')) await wf.sleep('1 millisecond');
  if (state.remaining === null) await steps.prune({ ref: state.ref });`,
    },
    // Where it comes to under the new code.
    {
      file: 'workflows/sync.ts',
      before: 'async function guard(run: Run): Promise<void> {',
      after: `async function guard(run: Run): Promise<void> {
  if (wf.patched('test-ahead')) await wf.sleep('1 millisecond');`,
    },
  ]);
  rig = await createRig({ records: RECORDS, seed: 5 });
});
afterAll(async () => {
  await successor?.stop();
  await rig?.close();
  bundle?.remove();
});

it('goes on to its end under the new code, and the books balance', async () => {
  await rig.reset();
  await rig.simulator.control.fault({ name: 'latency', ms: 150 });
  const handle = await rig.start();
  const { runId } = await handle.describe();
  await eventually(
    () => rig.db.selectFrom('sync_pages').select('page').execute(),
    (pages) => pages.length >= 3,
  );
  expect(await rig.worker().stop()).toBe(0);
  await rig.simulator.control.clearFaults();
  const cut = await rig.operation(runId);
  expect([cut.status, cut.phase]).toEqual(['running', 'fetch']);

  const { url: upstreamUrl, apiKey } = rig.simulator;
  successor = await startTestWorker({
    databaseUrl: rig.databaseUrl,
    upstreamUrl,
    apiKey,
    namespace: rig.temporal.namespace,
    env: { ...QUICK, LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE: bundle.path },
  });
  await handle.result();
  const operation = await rig.operation(runId);
  expectBalanced(operation);
  expect(operation).toMatchObject({ status: 'completed', attempt: 1, created_count: RECORDS });

  // The history says which code ran: nothing of the change behind the run, all of the one ahead of it.
  const { events } = await rig.temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID, runId).fetchHistory();
  const markers = (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker?.markerName === 'core_patch'
      ? [Buffer.from(marker.details?.['patch-data']?.payloads?.[0]?.data ?? []).toString()]
      : [],
  );
  expect(markers.join()).toContain('test-ahead');
  expect(markers.join()).not.toContain('test-behind');
  expect(successor.output()).not.toContain('Nondeterminism');
});
