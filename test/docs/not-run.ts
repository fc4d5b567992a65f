/** Commands of the documents that no test can run as they stand, why, and what looks after them instead. */
export interface NotRun {
  /** The command as the documents have it, or what several begin with. */
  command: string | RegExp;
  why: string;
  /** A file that checks the same thing in another way. */
  instead: string;
}

const DOCKER = 'tests have no Docker';
const WHOLE_SUITE = 'it is the suite, or brings up a whole stack of its own';

export const NOT_RUN: readonly NotRun[] = [
  { command: /^docker compose /, why: DOCKER, instead: 'test/compose.test.ts' },
  { command: /^gunzip < backup\.sql\.gz \| docker compose /, why: DOCKER, instead: 'test/compose.test.ts' },
  { command: 'cp .env.example .env', why: 'it would write into the checkout', instead: 'test/compose.test.ts' },
  { command: /^(?:PORT=\d+ )?npm start(?: |$)/, why: WHOLE_SUITE, instead: 'test/stack/stack.test.ts' },
  { command: /^(?:TEST_\w+=\d+ )?npm test(?: |$)/, why: WHOLE_SUITE, instead: 'stack/test.ts' },
  { command: 'npm ci', why: 'it would replace the packages under the tests', instead: 'test/stack/bootstrap.test.ts' },
  { command: 'npm run check', why: 'CI runs it before the tests', instead: '.ci/run' },
  { command: /^npm run bench(?: |$)/, why: 'it measures for minutes', instead: 'test/bench/flags.test.ts' },
  {
    command: 'npm run client',
    why: 'it would write into the checkout',
    instead: 'test/client/client.integration.test.ts',
  },
  {
    command: 'npm run licences',
    why: 'it would write into the checkout',
    instead: 'test/dependencies.test.ts',
  },
  { command: 'npm run screenshots', why: 'it draws what the tour shows', instead: 'test/web/every-page.test.ts' },
  {
    command: 'npx biome check --write FILE …',
    why: 'it changes files; CI runs the same without --write',
    instead: '.ci/run',
  },
  {
    command: /node test\/histories\/record\.ts paused$/,
    why: 'it would replace a recorded history',
    instead: 'test/workflows/replay.test.ts',
  },
  {
    command: 'WEBHOOK_SECRET=whsec_… node receiver.mjs',
    why: 'it does not end',
    instead: 'test/docs/receiver.integration.test.ts',
  },
  { command: 'node worker.ts', why: 'it does not end', instead: 'test/support/worker.ts' },
  { command: 'node server.ts', why: 'it does not end', instead: 'test/support/api.ts' },
  {
    command: /^license-sync drill(?! --list)/,
    why: 'half a minute a fault',
    instead: 'test/drill/drill.integration.test.ts',
  },
];

export function entryFor(command: string): NotRun | undefined {
  return NOT_RUN.find(({ command: of }) => (typeof of === 'string' ? of === command : of.test(command)));
}
