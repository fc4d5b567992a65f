/** Runs that began under earlier code must go on under the present one: recorded histories are replayed against it. */
import { readdirSync, readFileSync } from 'node:fs';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectFile } from '../support/processes.ts';
import { testBundle } from '../support/worker.ts';

interface Recorded {
  workflowId: string;
  history: Record<string, unknown>;
}

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

const folder = projectFile('test/histories');
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    return { name: name.replace('.json', ''), text, histories: JSON.parse(text) as Recorded[] };
  });

beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

describe('recorded histories', () => {
  it('are there, each with what it is recorded for', () => {
    expect(recordings.map(({ name }) => name).sort()).toEqual(Object.keys(RECORDED_FOR).sort());
    for (const { name, text } of recordings) expect(RECORDED_FOR[name]?.test(text), name).toBe(true);
  });

  it('are followed by the present workflows', async () => {
    const all = recordings.flatMap(({ histories }) =>
      histories.map(({ workflowId, history }) => ({
        workflowId,
        history: temporal.api.history.v1.History.fromObject(history),
      })),
    );
    const replayed: string[] = [];
    const results = Worker.runReplayHistories({ workflowBundle: { codePath: await testBundle() } }, all);
    for await (const { workflowId, runId, error } of results) {
      expect(error, `${workflowId} ${runId}`).toBeUndefined();
      replayed.push(workflowId);
    }
    expect(replayed.sort()).toEqual(all.map(({ workflowId }) => workflowId).sort());
    expect(new Set(replayed.map((workflowId) => workflowId.split('-')[0]))).toEqual(
      new Set(['license', 'fetch', 'apply', 'push', 'scheduled', 'skipped', 'review', 'bulk']),
    );
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
