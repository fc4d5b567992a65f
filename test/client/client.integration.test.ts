/** The typed client: its types are those of the OpenAPI document, and it does against the real product what docs/api.md shows. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createLicenseSyncClient, type LicenseSyncClient, ProblemError, untilEnded } from 'license-sync/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { cleanEnv, projectFile } from '../support/processes.ts';
import { createRig, type Rig } from '../support/rig.ts';

const run = promisify(execFile);
const RECORDS = 300;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('the types', () => {
  it('are what the OpenAPI document says', async () => {
    const made = await run(process.execPath, [projectFile('client/generate.ts'), '--check'], { env: cleanEnv({}) });
    expect(made.stderr.replace(/.*ExperimentalWarning.*\n.*\n/, '')).toBe('');
  });
});

describe('the client', () => {
  let rig: Rig;
  let api: TestApi;
  let token: string;
  let client: LicenseSyncClient;

  beforeAll(async () => {
    rig = await createRig({ records: RECORDS, seed: 7 });
    token = await createToken(rig.db, 'operator');
    api = await startTestApi(
      {
        DATABASE_URL: rig.databaseUrl,
        TEMPORAL_ADDRESS: rig.temporal.address,
        TEMPORAL_NAMESPACE: rig.temporal.namespace,
        EXTERNAL_LICENSE_API_URL: rig.simulator.url,
        EXTERNAL_LICENSE_API_KEY: rig.simulator.apiKey ?? '',
      },
      token,
    );
    client = createLicenseSyncClient({ baseUrl: api.url, token });
  });

  afterAll(async () => {
    await api.process.stop();
    await rig.close();
  });

  it('does what docs/api.md shows', async () => {
    const page = await readFile(projectFile('docs/api.md'), 'utf8');
    const [, example = ''] = /```ts\n(import \{ createLicenseSyncClient[\s\S]*?)```/.exec(page) ?? [];
    expect(example).not.toBe('');
    const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '--eval', example], {
      cwd: projectFile('.'),
      env: cleanEnv({ LICENSE_SYNC_URL: api.url, LICENSE_SYNC_TOKEN: token, NODE_NO_WARNINGS: '1' }),
    });
    expect(stdout).toContain(`completed: ${RECORDS} licenses are new`);
    expect(stdout.trim().split('\n')).toHaveLength(1 + 20);
  });

  it('answers problems as typed errors', async () => {
    const { data, error, response } = await client.GET('/api/v1/licenses/{id}', { params: { path: { id: UNKNOWN } } });
    expect(data).toBeUndefined();
    expect(response.status).toBe(404);
    // The compiler knows the types that this route may answer with: another word here would not compile.
    expect(error?.type === '/problems/license-not-found').toBe(true);
    const strange = untilEnded(client, UNKNOWN);
    await expect(strange).rejects.toThrow(ProblemError);
    await expect(strange).rejects.toMatchObject({ problem: { type: '/problems/operation-not-found', status: 404 } });
  });

  it('stops waiting when it is told to', async () => {
    const enough = new AbortController();
    const { data } = await client.POST('/api/v1/external-licenses/sync');
    const waiting = untilEnded(client, data?.data.operationId ?? '', { everyMs: 60_000, signal: enough.signal });
    enough.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await untilEnded(client, data?.data.operationId ?? '', { everyMs: 100 });
  });

  it('reads what the console shows beside a run and a license', async () => {
    const { data: overview } = await client.GET('/api/v1/overview');
    expect(overview?.data).toMatchObject({
      status: { lastSync: { status: 'success' } },
      running: null,
      nextIsKnown: true,
    });
    const operationId = overview?.data.status.lastSync.operationId ?? '';
    const { data: phases } = await client.GET('/api/v1/external-licenses/sync/operations/{id}/phases', {
      params: { path: { id: operationId } },
    });
    expect(phases?.data.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['fetch', 'mirror', 'plan']));
    const { data: choices } = await client.GET('/api/v1/external-licenses/sync/choices');
    expect(choices?.data).toMatchObject({
      allowed: { dryRun: true },
      defaults: { comprehensive: true, dryRun: false },
    });

    const { data: licenses } = await client.GET('/api/v1/licenses', { params: { query: { limit: 1 } } });
    const [license] = licenses?.data ?? [];
    const { data: relations } = await client.GET('/api/v1/licenses/{id}/relations', {
      params: { path: { id: license?.id ?? '' } },
    });
    expect(relations?.data.records).toMatchObject([{ role: 'primary', record: { dba: license?.dba } }]);
    expect(relations?.data.cases).toEqual([]);
  });
});
