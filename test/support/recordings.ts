/** The recorded histories, and their replay: whether runs that began under earlier code go on under a bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { projectFile } from './processes.ts';

export interface Recorded {
  workflowId: string;
  history: Record<string, unknown>;
}

export interface Recording {
  name: string;
  text: string;
  histories: Recorded[];
}

export function readRecordings(): Recording[] {
  const folder = projectFile('test/histories');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const text = readFileSync(`${folder}/${name}`, 'utf8');
      return { name: name.replace('.json', ''), text, histories: JSON.parse(text) as Recorded[] };
    });
}

/** To be called once in a process, before anything is replayed. */
export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

/** Each execution, with what kept it from being followed. */
export async function replay(
  codePath: string,
  recordings: readonly Recording[],
): Promise<{ workflowId: string; runId: string; error: Error | undefined }[]> {
  const all = recordings.flatMap(({ histories }) =>
    histories.map(({ workflowId, history }) => ({
      workflowId,
      history: temporal.api.history.v1.History.fromObject(history),
    })),
  );
  const results = [];
  for await (const { workflowId, runId, error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, all)) {
    results.push({ workflowId, runId, error });
  }
  return results;
}
