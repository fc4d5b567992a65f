/** The real command on a stack of its own: two faults, one of them in a run that sends edits upstream. */
import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { INVARIANTS } from '../../drill/judge.ts';
import type { DrillResult } from '../../drill/result.ts';
import { projectFile, runProcess } from '../support/processes.ts';

const HOMES = projectFile('.cache/drill-homes');

it('drills faults, says what held, and leaves nothing behind', { timeout: 300_000 }, async () => {
  const before = homes();
  const args = ['drill', 'push-lost-answer', 'unauthorized', '--records', '300', '--seed', '3', '--json'];
  const { code, stdout, stderr } = await runProcess('cli/main.ts', args, {}, 280_000);
  expect(code, stderr).toBe(0);
  const { results } = JSON.parse(stdout) as { results: (DrillResult & { held: boolean })[] };
  expect(results.map(({ name, status, held }) => [name, status, held])).toEqual([
    ['undisturbed (one way)', 'completed_with_findings', true],
    ['unauthorized', 'failed', true],
    ['undisturbed (two ways)', 'completed_with_findings', true],
    ['push-lost-answer', 'completed_with_findings', true],
  ]);
  for (const { judgements } of results) expect(judgements.map(({ invariant }) => invariant)).toEqual(INVARIANTS);
  expect(homes()).toEqual(before);
});

it('knows no fault of another name, and starts nothing for it', async () => {
  const before = homes();
  const { code, stderr } = await runProcess('cli/main.ts', ['drill', 'no-such-fault'], {});
  expect(code).toBe(2);
  expect(stderr).toContain('there is no fault "no-such-fault"');
  expect(homes()).toEqual(before);
});

function homes(): string[] {
  return existsSync(HOMES) ? readdirSync(HOMES) : [];
}
