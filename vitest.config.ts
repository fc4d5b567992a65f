import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Mostly they wait: for services to start, for time-outs of what was killed. Begun first, they wait beside all others. */
const LONGEST = [
  /stack\/kill/,
  /web\/every-page/,
  /docs\/commands/,
  /sync\/faults/,
  /sync\/operate/,
  /api\/run/,
  /sync\/reviews/,
  /sync\/duplicates/,
  /stack\/stack/,
  /sync\/week/,
  /sync\/workers/,
  /sync\/restore/,
  /sync\/upgrade/,
  /api\/webhooks/,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => name.test(moduleId));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Two files at a time. They share one MySQL and one Temporal, so each has databases and namespaces of its own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Processes that tests start, the command line more than all, take half the time when their code is compiled already.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'license-sync-test-compile-cache') },
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
