/** A database that is there and cannot write. */
import { statSync } from 'node:fs';
import { databaseCode } from '../../db/errors.ts';
import { dropDatabase } from '../copy.ts';
import type { Fault } from '../fault.ts';
import type { Ground } from '../ground.ts';
import { type Scene, wait } from '../scene.ts';
import { until, WaitedInVain } from '../until.ts';
import type { Disturbed } from '../watch.ts';

/** How long the run has to bear it once it is met. */
const HELD_MS = 6000;
/** A run that shows nothing new for so long has met the end of the disk. */
const STUCK_AFTER_MS = 4000;
const FULL_WITHIN_MS = 180_000;
const MEGABYTE = 1024 * 1024;
/** Enough for the run until it is filled up. */
const ROOM_MB = 32;
const SMALLEST_PIECE = 1024;
const BALLAST = 'drill_ballast';
/** "The table is full". */
const FULL = 'ER_RECORD_FILE_FULL';
/** All tables in one file whose size can be bounded, and which grows by little. */
const ONE_FILE = ['--innodb-file-per-table=0', '--innodb-autoextend-increment=1'];

export const DATABASE_FAULTS: readonly Fault[] = [
  {
    name: 'read-only',
    about: 'the database is set to read-only for some seconds',
    group: 'database',
    combines: false,
    draw(draws) {
      const share = draws.below(80) / 100;
      return {
        what: `at ${Math.round(share * 100)} % of the fetch, for ${HELD_MS / 1000} s`,
        arrange: async (scene) => void (await scene.control.fault({ name: 'latency', ms: 100 })),
        async disturb(scene, run) {
          if (!(await run.reach({ phase: 'fetch', share }))) return;
          await setReadOnly(scene.ground, true);
          await wait(scene, HELD_MS);
          await stillRuns(scene, run);
          await setReadOnly(scene.ground, false);
        },
        settle: (scene) => setReadOnly(scene.ground, false),
        restore: (ground) => setReadOnly(ground, false),
      };
    },
  },
  {
    name: 'disk-full',
    about: 'the database has no room left, and gets more later',
    group: 'database',
    combines: false,
    draw(draws) {
      const share = draws.below(80) / 100;
      return {
        what: `at ${Math.round(share * 100)} % of the fetch`,
        prepare: (ground) => ground.restartMysql(ONE_FILE),
        async arrange(scene) {
          await scene.control.fault({ name: 'latency', ms: 100 });
          const { ground } = scene;
          const size = Math.ceil(statSync(ground.base.home.file('mysql', 'data', 'ibdata1')).size / MEGABYTE);
          const path = `--innodb-data-file-path=ibdata1:12M:autoextend:max:${size + ROOM_MB}M`;
          await ground.restartMysql([...ONE_FILE, path]);
        },
        async disturb(scene, run) {
          if (!(await run.reach({ phase: 'fetch', share }))) return;
          await fill(scene.ground);
          await stuck(scene, run);
          await stillRuns(scene, run);
          await scene.ground.restartMysql(ONE_FILE);
        },
        async restore(ground) {
          await ground.restartMysql([]);
          await dropDatabase(ground, BALLAST);
        },
      };
    },
  },
];

/** Takes all the room that is left. */
async function fill({ asAdmin }: Ground): Promise<void> {
  await asAdmin(async (connection) => {
    await connection.query(`CREATE DATABASE ${BALLAST}`);
    await connection.query(`CREATE TABLE ${BALLAST}.ballast (id INT AUTO_INCREMENT PRIMARY KEY, filling LONGTEXT)`);
    // Large pieces first, then ever smaller ones into what they leave.
    for (let bytes = MEGABYTE; bytes >= SMALLEST_PIECE; ) {
      try {
        await connection.query(`INSERT INTO ${BALLAST}.ballast (filling) VALUES (REPEAT('x', ?))`, [bytes]);
      } catch (error) {
        if (databaseCode(error) !== FULL) throw error;
        bytes /= 2;
      }
    }
  });
}

async function setReadOnly({ asAdmin }: Ground, on: boolean): Promise<void> {
  await asAdmin((connection) => connection.query(`SET GLOBAL read_only = ${on ? 1 : 0}`));
}

/** A run that cannot write has not ended: it waits, and says for what. */
async function stillRuns(scene: Scene, run: Disturbed): Promise<void> {
  if (!run.said().some((sentence) => /Waiting: the database/.test(sentence))) {
    run.remark(`a run that could not write said only: ${run.said().at(-1)}`);
  }
  const row = await scene.db
    .selectFrom('sync_operations')
    .select('status')
    .where('operation_id', '=', run.operationId)
    .executeTakeFirst();
  if (row?.status !== 'running') run.remark(`a run that could not write was ${row?.status ?? 'gone'}`);
}

async function stuck(scene: Scene, run: Disturbed): Promise<void> {
  let last = run.where();
  let since = Date.now();
  try {
    await until(
      'the run stops for want of room',
      async () => {
        const now = run.where();
        if (now !== last) {
          last = now;
          since = Date.now();
        }
        return run.over() || Date.now() - since > STUCK_AFTER_MS;
      },
      { withinMs: FULL_WITHIN_MS, signal: scene.ground.signal },
    );
  } catch (error) {
    if (!(error instanceof WaitedInVain)) throw error;
    run.remark('the disk did not become full');
  }
}
