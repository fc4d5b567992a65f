import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoppedError } from '../../stack/errors.ts';
import type { ProcessRecord } from '../../stack/home.ts';
import { identify, isAlive } from '../../stack/pids.mjs';
import { createSupervisor, restartDelay, type Supervisor } from '../../stack/supervisor.ts';
import { put, startNode, temporaryFolder, until } from './fixtures.ts';

const supervisorFile = fileURLToPath(new URL('../../stack/supervisor.ts', import.meta.url));
const FOREVER = 'sleep 600';

describe('supervisor', () => {
  it('starts a service again when it dies, and says so', async () => {
    const { supervisor, lines } = newSupervisor();
    await supervisor.start(shell('api', FOREVER));
    const first = find(supervisor, 'api');
    process.kill(first.pid, 'SIGKILL');
    await until('another api', () =>
      supervisor.processes().some(({ name, pid }) => name === 'api' && pid !== first.pid),
    );
    expect(lines[0]).toMatch(/^api was ended by SIGKILL; starting it again in 0.5 s/);
  });

  it('ends one service for good, also between its death and its next start', async () => {
    const { supervisor } = newSupervisor();
    await supervisor.start(shell('api', FOREVER));
    await supervisor.start(shell('worker', FOREVER));
    await supervisor.end('api');
    process.kill(find(supervisor, 'worker').pid, 'SIGKILL');
    await until('the worker is gone', () => supervisor.processes().every(({ name }) => name === 'reaper'));
    await supervisor.end('worker');
    await supervisor.start(shell('other', 'sleep 1'));
    await until('another service was started again', () =>
      supervisor.processes().some(({ name, pid }) => name === 'other' && pid > 0),
    );
    expect(supervisor.processes().map(({ name }) => name)).toEqual(['other', 'reaper']);
  });

  it('waits longer each time a service dies again, up to half a minute', () => {
    expect([0, 1, 2, 5, 6, 20].map(restartDelay)).toEqual([500, 1000, 2000, 10_000, 10_000, 10_000]);
  });

  it('stops in reverse order of the first starts, also after a restart', async () => {
    const { supervisor, dir } = newSupervisor();
    const order = join(dir, 'order');
    const up = join(dir, 'up');
    const noting = (name: string) =>
      shell(name, `trap 'echo ${name} >> ${order}; exit 0' TERM; echo ${name} >> ${up}; while :; do sleep 0.05; done`);
    await supervisor.start(noting('mysql'));
    await supervisor.start(noting('api'));
    const starts = () => (existsSync(up) ? readFileSync(up, 'utf8').trim().split('\n').length : 0);
    await until('both are up', () => starts() === 2);
    process.kill(find(supervisor, 'mysql').pid, 'SIGKILL');
    await until('another mysql', () => starts() === 3);
    await supervisor.stop();
    expect(readFileSync(order, 'utf8')).toBe('api\nmysql\n');
    expect(supervisor.processes().filter(({ name }) => name !== 'reaper')).toEqual([]);
  });

  it('kills what does not end on SIGTERM, with all it has started', async () => {
    const { supervisor, dir } = newSupervisor();
    const inner = join(dir, 'inner');
    await supervisor.start({
      ...shell('stubborn', `trap '' TERM; sleep 600 & echo $! > ${inner}; wait; wait`),
      graceMs: 200,
    });
    await until('inner process', () => existsSync(inner) && readFileSync(inner, 'utf8').endsWith('\n'));
    const innerId = identify(Number(readFileSync(inner, 'utf8')));
    await supervisor.stop();
    await until('inner process is gone', () => innerId !== null && !isAlive(innerId));
  });

  it('kills everything at once when asked to, and starts nothing again', async () => {
    const { supervisor } = newSupervisor();
    await supervisor.start(shell('stubborn', `trap '' TERM; while :; do sleep 0.05; done`));
    const child = find(supervisor, 'stubborn');
    supervisor.kill();
    await until('it is gone', () => !isAlive(child));
    await expect(supervisor.start(shell('another', FOREVER))).rejects.toThrow(StoppedError);
  });

  it('shows the end of the log when a service dies before it is ready', async () => {
    const { supervisor } = newSupervisor();
    const spec = { ...shell('mysql', 'echo "disk is full" >&2; exit 4'), ready: async () => false };
    await expect(supervisor.start(spec)).rejects.toThrow(
      /mysql stopped with exit code 4 before it was ready; its log is .*mysql\.log.*\n.*disk is full/,
    );
  });

  it('names a program that cannot be run', async () => {
    const { supervisor } = newSupervisor();
    const spec = { ...shell('api', ''), command: '/nowhere/at/all', ready: async () => false };
    await expect(supervisor.start(spec)).rejects.toThrow(/api could not be run \(.*ENOENT/);
  });

  it('gives up on a service that does not get ready in time', async () => {
    const { supervisor } = newSupervisor();
    const spec = { ...shell('api', FOREVER), ready: async () => false, readyTimeoutMs: 200 };
    await expect(supervisor.start(spec)).rejects.toThrow('api did not answer within 0.2 s');
  });

  it('ends the wait for a service when it is told to stop', async () => {
    const { supervisor } = newSupervisor();
    const starting = supervisor.start({ ...shell('api', FOREVER), ready: async () => false });
    const refused = expect(starting).rejects.toThrow(StoppedError);
    await supervisor.stop();
    await refused;
  });

  it('returns the exit code of a task and stops one that takes too long', async () => {
    const { supervisor, lines } = newSupervisor();
    expect(await supervisor.run(shell('migrate', 'exit 3'))).toBe(3);
    expect(await supervisor.run({ ...shell('bundle', FOREVER), timeoutMs: 100 })).not.toBe(0);
    expect(lines).toEqual(['bundle did not finish within 0.1 s and is stopped']);
  });

  it('starts another reaper when that one dies', async () => {
    const { supervisor } = newSupervisor();
    const first = find(supervisor, 'reaper');
    process.kill(first.pid, 'SIGKILL');
    await until('another reaper', () =>
      supervisor.processes().some(({ name, pid }) => name === 'reaper' && pid !== first.pid),
    );
  });

  it('leaves nothing running when it is killed itself', async () => {
    const dir = temporaryFolder();
    const launcher = put(
      join(dir, 'launcher.mts'),
      `import { createSupervisor } from ${JSON.stringify(supervisorFile)};
      const supervisor = createSupervisor({ logDir: ${JSON.stringify(dir)}, log: console.log });
      for (const name of ['mysql', 'api']) {
        await supervisor.start({ name, command: '/bin/sh', args: ['-c', 'sleep 600'], env: process.env });
      }
      console.log(JSON.stringify(supervisor.processes()));`,
    );
    const run = startNode([launcher]);
    await until('the launcher is up', () => run.said.out.includes('\n'));
    const processes = JSON.parse(run.said.out) as ProcessRecord[];
    expect(processes.map(({ name }) => name)).toEqual(['mysql', 'api', 'reaper']);
    expect(processes.every(isAlive)).toBe(true);
    run.child.kill('SIGKILL');
    await until('all are gone', () => !processes.some(isAlive));
  });
});

function newSupervisor(): { supervisor: Supervisor; dir: string; lines: string[] } {
  const dir = temporaryFolder();
  const lines: string[] = [];
  const supervisor = createSupervisor({ logDir: dir, log: (line) => lines.push(line) });
  onTestFinished(() => supervisor.stop());
  return { supervisor, dir, lines };
}

function shell(name: string, script: string) {
  return { name, command: '/bin/sh', args: ['-c', script], env: process.env, graceMs: 15_000 };
}

function find(supervisor: Supervisor, wanted: string): ProcessRecord {
  const found = supervisor.processes().find(({ name }) => name === wanted);
  if (!found) throw new Error(`${wanted} does not run`);
  return found;
}
