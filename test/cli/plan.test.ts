/** Plans and approvals on the command line: what people read, what scripts get, and files that are whole or not there. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanChangeView, PlanView } from '../../operations/plans.ts';
import type { OperationView } from '../../operations/view.ts';
import { createToken, startTestApi, type TestApi } from '../support/api.ts';
import { type Finished, runProcess } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 120;
const REMOVED = 20;
const ADDED = 12;
/** More than the mass-change guard lets pass here. */
const GUARD = { LICENSE_SYNC_GUARD_MIN_CHANGES: '5', LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '0.05' };

let rig: Rig;
let api: TestApi;
let token: string;
let folder: string;
let planId: string;
let edited: number[];

beforeAll(async () => {
  rig = await createRig({ records: RECORDS, seed: 51 }, { ...QUICK, ...GUARD });
  folder = mkdtempSync(join(tmpdir(), 'license-sync-plan-'));
  token = await createToken(rig.db, 'operator');
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    token,
  );
  await rig.sync();
  edited = await rig.simulator.control.edit({ ratio: 4 / RECORDS, seed: 1, fields: ['dba'] });
  await rig.simulator.control.patch(edited[0] ?? 0, { dba: 'odd\u001b[2Jname' });
  await rig.simulator.control.add({ count: ADDED, seed: 2 });
});

afterAll(async () => {
  await api.process.stop();
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

function cli(args: string[], url = api.url): Promise<Finished> {
  const env = { LICENSE_SYNC_API_URL: url, LICENSE_SYNC_API_TOKEN: token, LICENSE_SYNC_HOME: folder };
  return runProcess('cli/main.ts', args, env, 90_000);
}

/** One sentence on stderr, nothing of a stack trace. */
function expectSentence({ stderr }: Finished): void {
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
}

describe('plan', () => {
  it('is what a dry run leaves, and the report says how to look at it and apply it', async () => {
    expect((await cli(['plan'])).stdout).toContain('sync --dry-run');
    const { code, stdout, stderr } = await cli(['sync', '--dry-run', '--wait']);
    expect([code, stderr]).toEqual([0, '']);
    planId = /npx license-sync plan ([0-9a-f-]{36})\n/.exec(stdout)?.[1] ?? '';
    expect(stdout).toContain(`npx license-sync plan apply ${planId} --wait`);
    expect(stdout).toMatch(/^Dry run /m);
    expect(stdout).toMatch(/= would be created +12$/m);
    expect(stdout).toContain('nothing but the plan was written');
    const list = await cli(['plan']);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(list.stdout).toMatch(new RegExp(`${planId} .* ready +${ADDED} +4 +0 +0`));
    expect(JSON.parse((await cli(['plan', '--json'])).stdout)).toMatchObject([{ planId, state: 'ready' }]);
  });

  it('shows what it would do, its first changes and the next steps', async () => {
    const { code, stdout } = await cli(['plan', planId]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/creates +12 licenses/);
    expect(stdout).toMatch(/RECORD +NAME +OUTCOME +FIELD +CHANGE +RULE/);
    expect(stdout.trimEnd().split('\n').at(-1)).toContain(`plan apply ${planId}`);
    expect(JSON.parse((await cli(['plan', planId, '--json'])).stdout)).toMatchObject({
      planId,
      summary: { created: 12 },
    });
  });

  it('shows chosen changes as before → after, with nothing that moves the cursor', async () => {
    const { stdout } = await cli(['plan', planId, '--changes', '--outcome', 'updated', '--field', 'dba']);
    expect(stdout.match(/ dba +.* → .* external_changed/g)).toHaveLength(4);
    expect(stdout).toContain('odd�[2Jname');
    expect(stdout).not.toContain('\u001b');
    const json = JSON.parse((await cli(['plan', planId, '--outcome', 'updated', '--json'])).stdout) as PlanChangeView[];
    expect(json.map(({ sourceKey }) => sourceKey).toSorted()).toEqual(edited.map((id) => `c:${id}`).toSorted());
    expect((await cli(['plan', planId, '--changes', '--limit', '2'])).stdout).toContain('There are more');
    expect((await cli(['plan', planId, '--outcome', 'vanished'])).stdout).toBe('No change is like that.\n');
  });

  it.each([
    [['plan', 'x', '--limit', '501'], 2],
    [['plan', 'export', 'x', '--format', 'xlsx'], 2],
    [['plan', 'no/plan?'], 2],
    [['plan', 'export', '00000000-0000-4000-8000-000000000000'], 1],
    [['runs', 'approve', 'x', '--kind', 'vanish', '--ceiling', '1e3'], 2],
  ])('%j is refused in one sentence: exit code %i', async (args, code) => {
    const finished = await cli(args);
    expect(finished.code).toBe(code);
    expectSentence(finished);
  });
});

describe('plan export', () => {
  it('writes to standard output, or to a file that takes its name when it is whole', async () => {
    const { code, stdout } = await cli(['plan', 'export', planId, '--format', 'jsonl', '--outcome', 'created']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: true, records: ADDED });
    expect(lines).toHaveLength(ADDED + 1);

    const file = join(folder, 'plan.csv');
    writeFileSync(file, 'an older one');
    const written = await cli(['plan', 'export', planId, '--out', file]);
    expect([written.code, written.stdout]).toEqual([0, `${ADDED + 4} records are in ${file}.\n`]);
    expect(readFileSync(file, 'utf8').trimEnd().split('\r\n').at(-1)).toMatch(/^# end,16 records/);
    expect(readdirSync(folder)).toEqual(['plan.csv']);
    const json = await cli(['plan', 'export', planId, '--out', file, '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ file, records: ADDED + 4 });
  });

  it('says that a file cannot be written, and leaves nothing', async () => {
    const finished = await cli(['plan', 'export', planId, '--out', join(folder, 'no such folder', 'plan.csv')]);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('ENOENT');
    expectSentence(finished);
  });

  it.each([
    ['breaks off', true, 4],
    ['ends without its last line', false, 1],
  ])('that %s leaves the older file and no half one', async (_, abrupt, code) => {
    const file = join(folder, 'kept.csv');
    writeFileSync(file, 'an older one');
    const server = createServer((_request, response) => {
      response.write('source_key,license_id\r\nc:1,x\r\n', () => (abrupt ? response.destroy() : response.end()));
    });
    try {
      const finished = await cli(['plan', 'export', planId, '--out', file], await listen(server));
      expect(finished.code).toBe(code);
      expectSentence(finished);
      expect(readFileSync(file, 'utf8')).toBe('an older one');
      expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    } finally {
      server.close();
      rmSync(file);
    }
  });

  it('to a stopped API says so: exit code 4', async () => {
    const server = createServer();
    const url = await listen(server);
    server.close();
    const file = join(folder, 'never.csv');
    const finished = await cli(['plan', 'export', planId, '--out', file], url);
    expect([finished.code, existsSync(file)]).toEqual([4, false]);
    expectSentence(finished);
  });
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('plan apply', () => {
  it('carries the plan out and ends with the report; a second time it is refused', async () => {
    const { code, stdout, stderr } = await cli(['plan', 'apply', planId, '--wait']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`plan +${planId}`));
    expect(stdout).toMatch(/= created +12/);
    const plan = JSON.parse((await cli(['plan', planId, '--json'])).stdout) as PlanView;
    expect(plan).toMatchObject({ state: 'applied', applied: { applied: ADDED + 4, drifted: 0 } });
    const again = await cli(['plan', 'apply', planId]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`applied already, by operation ${plan.applied?.operationId}`);
    expectSentence(again);
  });
});

describe('a run that awaits approval', () => {
  it('ends the waiting with exit code 3 and what to type, goes on when approved, and ends with exit code 0', async () => {
    await rig.simulator.control.remove({ ratio: REMOVED / (RECORDS + ADDED), seed: 3 });
    const waiting = await cli(['sync', '--wait']);
    expect(waiting.code).toBe(3);
    const command = new RegExp(
      `npx license-sync (runs approve [0-9a-f-]{36} --kind vanish --ceiling ${REMOVED} --wait)`,
    );
    const typed = command.exec(waiting.stdout)?.[1]?.split(' ') ?? [];
    const id = typed[2] ?? '';
    expect(waiting.stdout).toContain(`npx license-sync plan ${id} --changes`);

    const planned = JSON.parse(
      (await cli(['plan', id, '--changes', '--limit', '500', '--json'])).stdout,
    ) as PlanChangeView[];
    expect(planned.filter(({ outcome }) => outcome === 'vanished')).toHaveLength(REMOVED);

    const less = await cli(['runs', 'approve', id, '--kind', 'vanish', '--ceiling', '3']);
    expect([less.code, less.stdout]).toEqual([3, `Approved up to 3; ${REMOVED} are due, so it goes on waiting.\n`]);
    const resumed = await cli(['runs', 'resume', id]);
    expect([resumed.code, resumed.stdout.includes(`--kind vanish --ceiling ${REMOVED}`)]).toEqual([3, true]);
    const wrong = await cli(['runs', 'approve', id, '--kind', 'deactivate', '--ceiling', '3']);
    expect(wrong.code).toBe(1);
    expectSentence(wrong);
    expect((await cli(['runs', id, '--wait'])).code).toBe(3);

    const approved = await cli(typed);
    expect(approved.code).toBe(0);
    expect(approved.stdout).toMatch(new RegExp(`approvals +vanish ${REMOVED}, approved`));
    const operation = JSON.parse((await cli(['runs', id, '--json'])).stdout) as OperationView;
    expect(operation).toMatchObject({ status: 'completed', vanished: REMOVED });
    expect((await cli(['status'])).stdout).toMatch(new RegExp(`^attention +vanished records: ${REMOVED}`, 'm'));
  });
});
