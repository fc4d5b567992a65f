/** Two runs want to be at the same time. */
import { SyncAlreadyRunning } from '../../operations/errors.ts';
import type { Fault } from '../fault.ts';
import { until } from '../until.ts';

const SKIPPED_WITHIN_MS = 60_000;
const SCHEDULE = 'drill';

export const RUN_FAULTS: readonly Fault[] = [
  {
    name: 'two-runs-at-once',
    about: 'a second run by hand and one by a schedule, during the first',
    group: 'runs',
    combines: false,
    draw(draws) {
      const share = draws.below(60) / 100;
      return {
        what: `at ${Math.round(share * 100)} % of the fetch`,
        async arrange(scene) {
          await scene.control.fault({ name: 'latency', ms: 400 });
          const settings = {
            ...{ cron: '0 3 1 1 *', timezone: 'UTC', jitterMs: 0, catchupWindowMs: 60_000 },
            ...{ pauseOnFailure: false, options: {}, note: null },
          };
          await scene.operations.schedules.create(SCHEDULE, settings, {
            paused: false,
            by: { tokenId: 1, name: 'drill' },
          });
        },
        async disturb(scene, run) {
          await run.reach({ phase: 'fetch', share });
          try {
            await scene.operations.startSync({ options: {}, trigger: 'drill' });
            run.remark('a second run was started');
          } catch (error) {
            if (!(error instanceof SyncAlreadyRunning)) throw error;
            if (error.operationId !== run.operationId)
              run.remark(`the refusal named ${error.operationId}, not the run`);
          }
          await scene.operations.schedules.trigger(SCHEDULE);
          await until(
            'the scheduled run is recorded as skipped',
            async () =>
              (await scene.db
                .selectFrom('sync_operations')
                .select('id')
                .where('status', '=', 'skipped')
                .executeTakeFirst()) ?? null,
            { withinMs: SKIPPED_WITHIN_MS, signal: scene.ground.signal },
          );
        },
      };
    },
  },
];
