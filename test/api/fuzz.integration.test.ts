/**
 * A product with data in it against its own OpenAPI document, by schemathesis: no answer is a 500 or one that the document does
 * not have, what the document rules out is refused, and what it allows is taken. `TEST_FUZZ=1` runs it; `TEST_FUZZ_EXAMPLES` and
 * `TEST_FUZZ_SECONDS` make it try harder, `TEST_SEED` repeats a run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNC } from '../support/api.ts';
import { fuzz } from '../support/schemathesis.ts';
import { createTour, type Tour } from '../support/tour.ts';

const EXAMPLES = Number(process.env.TEST_FUZZ_EXAMPLES ?? 50);
/** For chains of requests. */
const SECONDS = Number(process.env.TEST_FUZZ_SECONDS ?? 120);
const LONG = 3_600_000;

/** Webhooks with addresses that were made up: nothing is ever sent. Quotas: what they refuse is tested elsewhere, and teaches nothing here. */
const ENV = {
  LICENSE_SYNC_WEBHOOKS_DISPATCH_INTERVAL: '600000',
  LICENSE_SYNC_API_REQUESTS_PER_MINUTE: '1000000',
  LICENSE_SYNC_API_FAILED_AUTH_PER_MINUTE: '1000000',
};

describe.runIf(process.env.TEST_FUZZ === '1')('the OpenAPI document', () => {
  let tour: Tour;
  let env: Record<string, string>;

  beforeAll(async () => {
    tour = await createTour(ENV);
    const { body } = await tour.api.call<{ data: { id: number; name: string }[] }>('GET', '/api/v1/tokens');
    const ended = tour.pages
      .find(({ name }) => name === 'run')
      ?.path.split('/')
      .at(-1);
    // The run that waits at the guard would turn every start away.
    const waiting = tour.pages
      .find(({ name }) => name === 'run-waiting')
      ?.path.split('/')
      .at(-1);
    await tour.api.call('POST', `${SYNC}/operations/${waiting}/cancel`);
    env = {
      FUZZ_TOKEN_ID: String(body.data.find(({ name }) => name === 'test admin')?.id),
      FUZZ_ENDED_OPERATION: ended ?? '',
    };
  }, LONG);

  afterAll(async () => {
    await tour.close();
  });

  const attempt = async (token: string | null, phases: string, seconds?: number) => {
    const { code, report } = await fuzz({
      url: tour.api.url,
      token,
      examples: EXAMPLES,
      phases,
      seconds,
      seed: process.env.TEST_SEED,
      env,
    });
    console.log(report.slice(report.indexOf('= SUMMARY =')));
    expect(code, report).toBe(0);
  };

  it(
    'is kept to without a token',
    async () => {
      await attempt(null, 'examples,coverage,fuzzing');
    },
    LONG,
  );

  it(
    'is kept to for an administrator, one request by itself',
    async () => {
      await attempt(tour.tokens.admin, 'examples,coverage,fuzzing');
    },
    LONG,
  );

  it(
    'is kept to for an administrator, in chains of requests that use what earlier ones answered',
    async () => {
      await attempt(tour.tokens.admin, 'stateful', SECONDS);
    },
    LONG,
  );

  it('leaves a product that works', async () => {
    const { body } = await tour.api.call<{ data: { checks: Record<string, { ok: boolean }> } }>(
      'GET',
      '/api/v1/health',
    );
    const { database, migrations, temporal, workers } = body.data.checks;
    expect([database?.ok, migrations?.ok, temporal?.ok, workers?.ok]).toEqual([true, true, true, true]);
  });
});
