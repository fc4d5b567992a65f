/** One product in which every page of the console has something to show, made by real runs and verdicts, and the list of those pages. */
import { raiseAlert } from '../../db/alerts.ts';
import type { Operations } from '../../operations/index.ts';
import { createToken, startTestApi, type TestApi } from './api.ts';
import { eventually } from './eventually.ts';
import { createPushing, TWO_WAY } from './pushing.ts';
import { createRig, type Rig } from './rig.ts';

const ADMIN = { tokenId: 1, name: 'test admin' };
const BAD = { countid: 999_001, appid: 'BAD-1', dba: 'Bad Date', ActivateDate: 'not a date' };
/** Nobody listens there: what was sent is tried again. The path is the kind of secret that such addresses hold. */
export const HOOK_URL = 'http://127.0.0.1:9/hooks/tour-hook-path-7c1e';
const REVIEWER = 'test reviewer';

export interface TourPage {
  /** As the console's routes spell it. */
  route: string;
  path: string;
  /** What a file with its picture is called. */
  name: string;
}

export interface Tour {
  api: TestApi;
  rig: Rig;
  /** What was given away once, and must be found nowhere. */
  secrets: string[];
  operations: Operations;
  tokens: { admin: string; viewer: string };
  pages: TourPage[];
  close(): Promise<void>;
}

/** The bundled records, synced; cases decided, a run that failed, one that pushed, one that waits at the guard. Takes about a minute. @param apiEnv settings of the API beside these. */
export async function createTour(apiEnv: Record<string, string> = {}): Promise<Tour> {
  const env = {
    ...TWO_WAY,
    LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true',
    LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1',
    LICENSE_SYNC_EXTERNAL_GIVE_UP_AFTER: '2000',
  };
  const rig = await createRig({ bundled: true }, env);
  try {
    const [admin, viewer] = [await createToken(rig.db, 'admin'), await createToken(rig.db, 'viewer')];
    const api = await startTestApi(
      {
        DATABASE_URL: rig.databaseUrl,
        TEMPORAL_ADDRESS: rig.temporal.address,
        TEMPORAL_NAMESPACE: rig.temporal.namespace,
        EXTERNAL_LICENSE_API_URL: rig.simulator.url,
        EXTERNAL_LICENSE_API_KEY: rig.simulator.apiKey ?? '',
        ...env,
        ...apiEnv,
      },
      admin,
    );
    const close = async () => {
      await api.process.stop();
      await rig.close();
    };
    try {
      const { operations } = createPushing(rig);
      const subjects = await fill(rig, api);
      const secrets = [admin, viewer, subjects.webhookSecret, HOOK_URL];
      return { api, rig, operations, tokens: { admin, viewer }, secrets, pages: pagesOf(subjects), close };
    } catch (error) {
      await api.process.stop();
      throw error;
    }
  } catch (error) {
    await rig.close();
    throw error;
  }
}

interface Subjects {
  finishedRun: string;
  pushingRun: string;
  failedRun: string;
  waitingRun: string;
  license: string;
  mergedLicense: string;
  merge: number;
  openCase: number;
  decidedCase: number;
  bulk: string;
  plan: string;
  conflict: number;
  quarantined: number;
  webhook: number;
  webhookSecret: string;
}

async function fill(rig: Rig, api: TestApi): Promise<Subjects> {
  const { db, simulator } = rig;
  const pushing = createPushing(rig);
  const { operations } = pushing;
  const finished = await rig.sync();

  const { reviews } = await operations.reviews.list({ state: 'open' }, { limit: 12, after: null });
  const cases = reviews.map(({ id }) => id);
  const [approved = 0, rejected = 0, flagged = 0, undone = 0, ticked = 0, openCase = 0] = cases;
  const decide = async (id: number, decision: 'approve' | 'reject' | 'flag') => {
    const { version } = await operations.reviews.get(id);
    const verdict = { decision, version, masterId: null, fields: null, note: 'looked at both', reviewer: REVIEWER };
    return await operations.reviews.decide(id, verdict);
  };
  await decide(approved, 'approve');
  await decide(rejected, 'reject');
  await decide(flagged, 'flag');
  await decide(undone, 'approve');
  await operations.reviews.undo(undone, { name: REVIEWER, note: 'they are two', version: null });
  const bulk = await operations.reviews.bulk.start({
    target: { cases: [{ id: ticked }] },
    decision: 'reject',
    note: null,
    reviewer: REVIEWER,
  });
  const merge = await db
    .selectFrom('merges')
    .select(['id', 'master_id'])
    .where('case_id', '=', approved)
    .where('kind', '=', 'consolidation')
    .executeTakeFirstOrThrow();

  // Edited on both sides: one field a conflict, the other goes back.
  const subject = await db
    .selectFrom('licenses as l')
    .innerJoin('license_links as k', 'k.license_id', 'l.id')
    .select(['l.id', 'l.countid'])
    .where('l.archived_into', 'is', null)
    .where('l.countid', 'is not', null)
    .where('l.id', '!=', merge.master_id)
    .orderBy('l.countid')
    .executeTakeFirstOrThrow();
  const countid = Number(subject.countid);
  await pushing.edit(countid, { city: 'Springfield', notes: 'Call before noon.' });
  await simulator.control.patch(countid, { city: 'Shelbyville' });
  await simulator.control.add({ record: BAD });
  const pushed = await pushing.sync({ detectDuplicates: false });

  await simulator.control.fault({ name: 'unauthorized' });
  const failed = await rig.sync();
  await simulator.control.clearFaults();

  await simulator.control.edit({ ratio: 0.02, seed: 3 });
  await rig.sync({ options: { dryRun: true } });
  const plans = await operations.plans.list({ limit: 1 });

  await operations.schedules.create(
    'nightly',
    {
      cron: '0 3 * * *',
      timezone: 'America/Chicago',
      jitterMs: 60_000,
      catchupWindowMs: 3_600_000,
      pauseOnFailure: true,
      options: {},
      note: 'after the shops have closed',
    },
    { paused: false, by: ADMIN },
  );
  const webhook = await operations.webhooks.create({
    name: 'on-call',
    url: HOOK_URL,
    types: ['run.ended', 'alert.raised'],
    by: ADMIN.name,
  });
  await operations.webhooks.test(webhook.webhook.id, ADMIN.name);

  await raiseAlert(db, {
    kind: 'missing_run',
    subject: 'nightly',
    severity: 'warning',
    message: 'schedule nightly: the run due at 2026-01-05T09:00:00Z has not started. Look whether a worker is up.',
  });

  await simulator.control.remove({ ratio: 0.6, seed: 5 });
  const started = await api.call('POST', '/api/v1/external-licenses/sync', undefined, {
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  const waitingRun = started.body.data.operationId;
  await eventually(
    () => operations.getOperation(waitingRun),
    ({ status }) => status === 'awaiting_approval',
  );

  const conflict = await db.selectFrom('field_conflicts').select('id').orderBy('id').executeTakeFirstOrThrow();
  const quarantined = (await operations.quarantine.list({ state: 'open' }, { limit: 1 })).entries[0]?.id ?? 0;
  return {
    finishedRun: finished.operation_id,
    pushingRun: pushed.operation_id,
    failedRun: failed.operation_id,
    waitingRun,
    license: subject.id,
    mergedLicense: merge.master_id,
    merge: merge.id,
    openCase,
    decidedCase: approved,
    bulk: bulk.id,
    plan: plans.plans[0]?.planId ?? '',
    conflict: conflict.id,
    quarantined,
    webhook: webhook.webhook.id,
    webhookSecret: webhook.secret,
  };
}

function pagesOf(of: Subjects): TourPage[] {
  const all: [route: string, path: string, name: string][] = [
    ['/', '/', 'overview'],
    ['/runs', '/runs', 'runs'],
    ['/runs/new', '/runs/new', 'run-new'],
    ['/runs/:id', `/runs/${of.finishedRun}`, 'run'],
    ['/runs/:id', `/runs/${of.failedRun}`, 'run-failed'],
    ['/runs/:id', `/runs/${of.waitingRun}`, 'run-waiting'],
    ['/runs/:id/batches', `/runs/${of.finishedRun}/batches`, 'run-batches'],
    ['/runs/:id/pushes', `/runs/${of.pushingRun}/pushes`, 'run-pushes'],
    ['/reviews', '/reviews', 'reviews'],
    ['/reviews/:id', `/reviews/${of.openCase}`, 'review'],
    ['/reviews/:id', `/reviews/${of.decidedCase}`, 'review-decided'],
    ['/reviews/bulk/:id', `/reviews/bulk/${of.bulk}`, 'review-bulk'],
    ['/licenses', '/licenses', 'licenses'],
    ['/licenses/new', '/licenses/new', 'license-new'],
    ['/licenses/check', '/licenses/check', 'license-check'],
    ['/licenses/:id', `/licenses/${of.license}`, 'license'],
    ['/licenses/:id', `/licenses/${of.mergedLicense}`, 'license-merged'],
    ['/licenses/:id/history', `/licenses/${of.license}/history`, 'license-history'],
    ['/licenses/:id/edit', `/licenses/${of.license}/edit`, 'license-edit'],
    ['/licenses/:id/duplicates', `/licenses/${of.mergedLicense}/duplicates`, 'license-duplicates'],
    ['/licenses/merges/:id', `/licenses/merges/${of.merge}`, 'merge'],
    ['/plans', '/plans', 'plans'],
    ['/plans/:id', `/plans/${of.plan}`, 'plan'],
    ['/conflicts', '/conflicts', 'conflicts'],
    ['/conflicts/:id', `/conflicts/${of.conflict}`, 'conflict'],
    ['/quarantine', '/quarantine', 'quarantine'],
    ['/quarantine/:id', `/quarantine/${of.quarantined}`, 'quarantine-entry'],
    ['/schedules', '/schedules', 'schedules'],
    ['/schedules/new', '/schedules/new', 'schedule-new'],
    ['/schedules/:name', '/schedules/nightly', 'schedule'],
    ['/schedules/:name/edit', '/schedules/nightly/edit', 'schedule-edit'],
    ['/alerts', '/alerts', 'alerts'],
    ['/webhooks', '/webhooks', 'webhooks'],
    ['/webhooks/:id', `/webhooks/${of.webhook}`, 'webhook'],
    ['/tokens', '/tokens', 'tokens'],
  ];
  return all.map(([route, path, name]) => ({ route, path, name }));
}
