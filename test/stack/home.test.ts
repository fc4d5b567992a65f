import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHome, type StackInfo } from '../../stack/home.ts';
import { readJsonFile } from '../../stack/json-file.ts';
import { acquireLock, LockedError } from '../../stack/lock.mjs';
import { identify, isAlive } from '../../stack/pids.mjs';
import { put, temporaryFolder } from './fixtures.ts';

const INFO: StackInfo = {
  apiUrl: 'http://127.0.0.1:5001',
  token: 'lsk_0123456789012345678901',
  databaseUrl: 'mysql://license_sync:secret@127.0.0.1:20001/license_sync',
  temporalAddress: '127.0.0.1:20002',
  temporalUiUrl: 'http://127.0.0.1:20003',
  upstreamUrl: 'http://127.0.0.1:20004',
  pids: { launcher: 1 },
};

describe('home', () => {
  it('keeps its secrets from start to start, readable by the owner only', async () => {
    const dir = join(temporaryFolder(), 'data');
    const first = await openHome(dir);
    first.release();
    const second = await openHome(dir);
    expect(second.secrets).toEqual(first.secrets);
    expect(statSync(second.file('secrets.json')).mode & 0o777).toBe(0o600);
    second.writeInfo(INFO);
    expect(statSync(second.file('stack.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(second.file('stack.json'), 'utf8'))).toEqual(INFO);
  });

  it('is refused to a second launcher, which learns where the first one serves', async () => {
    const dir = temporaryFolder();
    const home = await openHome(dir);
    await expect(openHome(dir)).rejects.toThrow(/already runs in .*still starting.*LICENSE_SYNC_HOME/);
    home.writeInfo(INFO);
    await expect(openHome(dir)).rejects.toThrow(`(process ${process.pid}, API http://127.0.0.1:5001)`);
    home.release();
    (await openHome(dir)).release();
  });

  it('is taken over from a launcher that no longer runs, even when its pid was given to another process', async () => {
    const dir = temporaryFolder();
    put(join(dir, 'lock/owner.json'), JSON.stringify({ pid: process.pid, start: '1' }));
    const home = await openHome(dir);
    await expect(openHome(dir)).rejects.toThrow('already runs');
    home.release();
  });

  it('names a file that holds no JSON', async () => {
    const path = put(join(temporaryFolder(), 'secrets.json'), '{"mysqlPass');
    expect(() => readJsonFile(path)).toThrow(`${path} holds no JSON; move it away`);
  });

  it('says that a folder cannot be used', async () => {
    const file = put(join(temporaryFolder(), 'file'), '');
    await expect(openHome(join(file, 'data'))).rejects.toThrow(/cannot be used .*LICENSE_SYNC_HOME/);
  });
});

describe('lock', () => {
  it('goes to exactly one of many that find it stale', async () => {
    const path = join(temporaryFolder(), 'lock');
    put(join(path, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, start: '1' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(path)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(LockedError);
    }
  });

  it('is waited for', async () => {
    const path = join(temporaryFolder(), 'lock');
    const first = await acquireLock(path);
    const waiting: number[] = [];
    const second = acquireLock(path, {
      waitMs: 10_000,
      onWait: ({ pid }) => {
        waiting.push(pid);
        first.release();
      },
    });
    (await second).release();
    expect(waiting).toEqual([process.pid]);
  });
});

describe('process identity', () => {
  it('does not take another process with the same pid for the one that was meant', () => {
    const self = identify(process.pid);
    expect(self && isAlive(self)).toBe(true);
    expect(isAlive({ pid: process.pid, start: '1' })).toBe(false);
    expect(identify(2 ** 22 + 1)).toBeNull();
  });
});
