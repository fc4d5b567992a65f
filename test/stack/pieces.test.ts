import { closeSync, existsSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FlagError, parseStartFlags } from '../../stack/flags.ts';
import { openLog, tailOfLog } from '../../stack/log-file.ts';
import { socketPath } from '../../stack/paths.ts';
import { createPortPicker, isPortFree } from '../../stack/ports.ts';
import { dockerMysql } from '../../stack/services/mysql-docker.ts';
import { parseServerVersion } from '../../stack/services/mysql-server.ts';
import { countLine, countTests } from '../../stack/test-report.ts';
import { hashSources } from '../../stack/workflow-bundle.ts';
import { put, temporaryFolder } from './fixtures.ts';

describe('parseStartFlags', () => {
  it('reads the flags of npm start', () => {
    expect(parseStartFlags([])).toEqual({ once: false, sync: true, workers: 1, help: false });
    expect(parseStartFlags(['--once', '--workers', '3'])).toMatchObject({ once: true, workers: 3 });
    expect(parseStartFlags(['--no-sync'])).toMatchObject({ sync: false });
  });

  it.each([
    ['--twice', "Unknown option '--twice'"],
    ['sync', "Unexpected argument 'sync'"],
    ['--workers=0', 'expected a number from 1 to 16'],
    ['--workers=many', 'expected a number from 1 to 16'],
    ['--once --no-sync', 'for nothing'],
  ])('refuses %s', (args, message) => {
    expect(() => parseStartFlags(args.split(' '))).toThrow(FlagError);
    expect(() => parseStartFlags(args.split(' '))).toThrow(message);
  });
});

describe('ports', () => {
  it('prefers the port of the last start, unless somebody else has it', async () => {
    const port = await createPortPicker()();
    const pick = createPortPicker();
    expect(await pick(port)).toBe(port);
    expect(await pick(port)).not.toBe(port);
    const server = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await isPortFree(port)).toBe(false);
    expect(await createPortPicker()(port)).not.toBe(port);
  });

  it('keeps a socket path within what the system allows', () => {
    expect(socketPath('/data/mysqld.sock', 'x.sock')).toBe('/data/mysqld.sock');
    expect(Buffer.byteLength(socketPath(`/${'deep/'.repeat(40)}mysqld.sock`, 'x.sock'))).toBeLessThanOrEqual(100);
  });
});

describe('log files', () => {
  it('are put aside when they have grown long, and shown from their end', () => {
    const path = join(temporaryFolder(), 'api.log');
    const first = openLog(path);
    writeSync(first, `${'x'.repeat(5_000_000)}\nlast words\n\n`);
    closeSync(first);
    expect(tailOfLog(path, 1)).toBe('    last words');
    closeSync(openLog(path));
    expect(statSync(path).size).toBe(0);
    expect(existsSync(`${path}.1`)).toBe(true);
    expect(tailOfLog(path)).toBe('');
  });
});

describe('MySQL versions', () => {
  it.each([
    ['mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)', 'MariaDB', '10.11.19'],
    ['/usr/sbin/mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL', '8.4.6'],
  ])('are read from %s', (text, flavour, version) => {
    expect(parseServerVersion(text)).toEqual({ flavour, version });
  });

  it('are not guessed', () => {
    expect(parseServerVersion('command not found')).toBeNull();
  });
});

describe('the MySQL container', () => {
  it('gets its password by environment, never on the command line', () => {
    const context = { env: {}, home: { file: (...parts: string[]) => join('/home', ...parts) } };
    const access = { port: 20_001, user: 'license_sync', database: 'license_sync', password: 'drawn-secret' };
    const program = dockerMysql(context, access);
    expect(program.args.join(' ')).not.toContain('drawn-secret');
    expect(program.args.join(' ')).toContain('20001');
    expect(program.env.MYSQL_PASSWORD).toBe('drawn-secret');
  });
});

describe('countTests', () => {
  const file = (status: string, ...statuses: string[]) => ({
    name: 'a.test.ts',
    status,
    assertionResults: statuses.map((each) => ({ status: each })),
  });

  it('counts tests, and names skipped ones', () => {
    const report = { testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'skipped', 'todo')] };
    expect(countLine(countTests(report, 1))).toBe('2 passed, 1 failed, 2 skipped');
  });

  it('counts a file that did not load as failed', () => {
    const report = { testResults: [file('failed'), file('passed', 'passed')] };
    expect(countLine(countTests(report, 1))).toBe('1 passed, 1 failed');
  });

  it('counts an error outside any test, and a run without a report', () => {
    expect(countTests({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(countTests(null, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('hashSources', () => {
  it('changes with a name and with a content, and with nothing else', () => {
    const [one, two] = [projectFolder('a'), projectFolder('a')];
    expect(hashSources(one)).toBe(hashSources(two));
    expect(hashSources(projectFolder('b'))).not.toBe(hashSources(one));
    put(join(two, 'domain/deep/other.ts'), '');
    expect(hashSources(two)).not.toBe(hashSources(one));
  });
});

function projectFolder(content: string): string {
  const root = temporaryFolder();
  put(join(root, 'workflows/sync.ts'), content);
  put(join(root, 'domain/plan.ts'), '');
  put(join(root, 'temporal/bundle-main.ts'), '');
  put(join(root, 'package-lock.json'), '{}');
  return root;
}
