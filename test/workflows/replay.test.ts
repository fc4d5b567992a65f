/** Runs that began under earlier code must go on under the present one: recorded histories are replayed against it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleChanged } from '../support/changed-workflows.ts';
import { quietRuntime, readRecordings, replay } from '../support/recordings.ts';
import { testBundle } from '../support/worker.ts';

/** What each one is recorded for, as it shows in the history of the run or of its batches. */
const RECORDED_FOR: Record<string, RegExp> = {
  plain: /EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED/,
  'poisoned-record': /"fetchWindow".*"giveUp".*"closePage"/,
  paused: /"signalName":"pause".*"signalName":"resume"/,
  cancelled: /"signalName":"cancelRun"/,
  'continued-as-new': /EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW/,
  'two-readings': /"openPass".*"proveFetch".*"openPass".*"proveFetch"/,
  waited: /EVENT_TYPE_TIMER_FIRED/,
  failed: /EVENT_TYPE_WORKFLOW_EXECUTION_FAILED/,
  'two-ways': /(?=.*"compensate")(?=.*"foreseePages")(?=.*"pushPages")(?=.*EVENT_TYPE_TIMER_FIRED)/s,
  reviews: /(?=.*"signalName":"settled")(?=.*"signalName":"flagForLater")/s,
  scheduled: /"EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED".*"recordSkip"/,
};

const recordings = readRecordings();
/** The first thing that the fetch does. */
const FETCH = 'if (state.remaining === null) await steps.prune({ ref: state.ref });';

beforeAll(quietRuntime);

describe('recorded histories', () => {
  it('are there, each with what it is recorded for', () => {
    expect(recordings.map(({ name }) => name).sort()).toEqual(Object.keys(RECORDED_FOR).sort());
    for (const { name, text } of recordings) expect(RECORDED_FOR[name]?.test(text), name).toBe(true);
  });

  it('are followed by the present workflows', async () => {
    const results = await replay(await testBundle(), recordings);
    for (const { workflowId, runId, error } of results) expect(error, `${workflowId} ${runId}`).toBeUndefined();
    const replayed = results.map(({ workflowId }) => workflowId);
    const recorded = recordings.flatMap(({ histories }) => histories.map(({ workflowId }) => workflowId));
    expect(replayed.sort()).toEqual(recorded.sort());
    expect(new Set(replayed.map((workflowId) => workflowId.split('-')[0]))).toEqual(
      new Set(['license', 'fetch', 'apply', 'push', 'scheduled', 'skipped', 'review', 'bulk']),
    );
  });

  it.each([
    [
      'a step that is new',
      { file: 'workflows/sync.ts', before: FETCH, after: `await wf.sleep('1 millisecond');\n  ${FETCH}` },
    ],
    ['a step that is gone', { file: 'workflows/sync.ts', before: FETCH, after: '' }],
  ])('are not followed by workflows with %s', async (_, change) => {
    const bundle = await bundleChanged([change]);
    const results = await replay(
      bundle.path,
      recordings.filter(({ name }) => name === 'plain'),
    ).finally(bundle.remove);
    const saga = results.find(({ workflowId }) => workflowId === 'license-sync');
    expect(saga?.error?.name).toBe('DeterminismViolationError');
  });

  it('are followed when the new step is behind patched()', async () => {
    const patched = `if (wf.patched('pause-first')) await wf.sleep('1 millisecond');\n  ${FETCH}`;
    const bundle = await bundleChanged([{ file: 'workflows/sync.ts', before: FETCH, after: patched }]);
    const results = await replay(bundle.path, recordings).finally(bundle.remove);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('hold no address, no number of a phone, no key and no password', () => {
    for (const { name, text } of recordings) {
      const readable =
        text + [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) => decoded(data)).join();
      const found = [
        /[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}/i,
        /\(?\d{3}\)?[ -]\d{3}-\d{4}/,
        /simulator-key|pw-[0-9a-z]{4}|"(password|token|apiKey|dba|appid)"/i,
        /"pass":"/,
      ].flatMap((secret) => readable.match(secret)?.[0] ?? []);
      expect(found, name).toEqual([]);
      expect(readable.includes(name === 'reviews' ? '"caseId"' : '"rowsPerBatch"'), name).toBe(true);
    }
  });
});

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
