import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ensureNode, runsTypeScript } from '../../stack/bootstrap.mjs';
import { put, type RunningNode, startNode, temporaryFolder, until } from './fixtures.ts';

const bootstrap = fileURLToPath(new URL('../../stack/bootstrap.mjs', import.meta.url));
const OLD_NODE = { version: '20.11.0', path: '/nowhere/node' };

describe('runsTypeScript', () => {
  it.each([
    ['20.20.2', false],
    ['22.17.1', false],
    ['22.18.0', true],
    ['23.5.0', false],
    ['23.6.0', true],
    ['v24.1.0', true],
  ])('knows that Node %s: %s', (version, expected) => {
    expect(runsTypeScript(version)).toBe(expected);
  });
});

describe('ensurePackages', () => {
  it('installs once when two processes start at once, and not again afterwards', async () => {
    const { root, env, calls } = projectWithNpm('mkdir -p node_modules && sleep 0.3');
    const [one, two] = [ensurePackages(root, env), ensurePackages(root, env)];
    expect([await one.ended, await two.ended]).toEqual([0, 0]);
    const third = ensurePackages(root, env);
    expect(await third.ended).toBe(0);
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toContain('ci --ignore-scripts');
    expect(third.said.err).toBe('');
  });

  it('installs again when package-lock.json changed', async () => {
    const { root, env, calls } = projectWithNpm('mkdir -p node_modules');
    await ensurePackages(root, env).ended;
    put(join(root, 'package-lock.json'), lockOf({ 'node_modules/a': { version: '2.0.0' } }));
    const second = ensurePackages(root, env);
    expect(await second.ended).toBe(0);
    expect(second.said.err).toContain('package-lock.json changed');
    expect(calls()).toHaveLength(2);
  });

  it('leaves packages alone that npm has installed by somebody else', async () => {
    const { root, env, calls } = projectWithNpm('exit 1');
    put(join(root, 'node_modules/.package-lock.json'), lockOf({ 'node_modules/a': { version: '1.0.0' } }));
    put(join(root, 'node_modules/a/package.json'), '{}');
    expect(await ensurePackages(root, env).ended).toBe(0);
    expect(calls()).toHaveLength(0);
  });

  it('takes over from an installing process that was killed', async () => {
    const { root, env } = projectWithNpm('mkdir -p node_modules');
    put(join(root, '.cache/packages.lock/owner.json'), JSON.stringify({ pid: process.pid, start: 'long ago' }));
    expect(await ensurePackages(root, env).ended).toBe(0);
  });

  it('says in one sentence that npm failed, with what npm said', async () => {
    const { root, env } = projectWithNpm('echo "npm error code ENOTFOUND" >&2; exit 7');
    const run = ensurePackages(root, env);
    expect(await run.ended).toBe(1);
    expect(run.said.err).toContain('npm ci ended with exit code 7');
    expect(run.said.err).toContain('npm error code ENOTFOUND');
    expect(run.said.err).not.toContain('at ');
  });

  it('gives up on Ctrl-C and leaves no lock behind', async () => {
    const { root, env, calls } = projectWithNpm('sleep 30');
    const run = ensurePackages(root, env);
    await until('npm runs', () => calls().length === 1);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(existsSync(join(root, '.cache/packages.lock'))).toBe(false);
  });
});

describe('ensureNode', () => {
  it('stays with a Node that runs TypeScript', async () => {
    expect(await ensureNode({ current: { version: '24.0.0', path: '/some/node' } })).toBe('/some/node');
  });

  it('takes a new enough one from PATH and passes over what does not run', async () => {
    const dir = temporaryFolder();
    put(join(dir, 'broken/node'), '#!/bin/sh\nexit 3\n', 0o755);
    put(join(dir, 'old/node'), '#!/bin/sh\necho v18.1.0\n', 0o755);
    put(join(dir, 'new/node'), '#!/bin/sh\necho v24.1.0\n', 0o755);
    const path = ['missing', 'broken', 'old', 'new'].map((name) => join(dir, name)).join(':');
    expect(await ensureNode({ root: dir, current: OLD_NODE, path })).toBe(join(dir, 'new/node'));
  });

  it('takes the one in the cache before it installs one', async () => {
    const root = temporaryFolder();
    const name = `node-${process.platform}-${process.arch}`;
    const bin = join(root, '.cache/node/node_modules', name, 'bin');
    put(join(bin, 'readme'), '');
    symlinkSync(process.execPath, join(bin, 'node'));
    expect(await ensureNode({ root, current: OLD_NODE, path: '' })).toBe(join(bin, 'node'));
  });
});

describe('runTypeScript', () => {
  it('ends with the exit code of the program', async () => {
    const run = runProgram("console.log(process.argv.slice(2).join('+')); process.exitCode = 3;");
    expect(await run.ended).toBe(3);
    expect(run.said.out).toBe('one+two\n');
  });

  it('passes each signal on once', async () => {
    const run = runProgram(`
      let count = 0;
      process.on('SIGINT', () => { count++; console.log('interrupts: ' + count); setTimeout(() => process.exit(0), 300); });
      console.log('up'); setInterval(() => undefined, 1000);`);
    await until('up', () => run.said.out.includes('up'));
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.said.out).toBe('up\ninterrupts: 1\n');
  });

  it('lets the program stop in good order when it is killed itself', async () => {
    const file = join(temporaryFolder(), 'stopped');
    const run = runProgram(`
      import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => { writeFileSync(${JSON.stringify(file)}, 'in good order'); process.exit(0); });
      console.log('up'); setInterval(() => undefined, 1000);`);
    await until('up', () => run.said.out.includes('up'));
    run.child.kill('SIGKILL');
    await until('the program has stopped', () => existsSync(file));
    expect(readFileSync(file, 'utf8')).toBe('in good order');
  });
});

describe('under npm', () => {
  it('stops the program when npm is killed, which cannot pass that on', async () => {
    const dir = temporaryFolder();
    const file = join(dir, 'stopped');
    const code = programCode(`
      import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => { writeFileSync(${q(file)}, ''); process.exit(0); });
      console.log('up'); setInterval(() => undefined, 1000);`);
    const script = put(join(dir, 'script.mjs'), code);
    // npm names its process after the script and runs that by a shell.
    const npm = startNode([
      '-e',
      `process.title = 'npm start';
      require('child_process').spawn('sh', ['-c', ${q(`"${process.execPath}" "${script}"; true`)}], { stdio: 'inherit' });`,
    ]);
    await until('up', () => npm.said.out.includes('up'));
    npm.child.kill('SIGKILL');
    await until('the program has stopped', () => existsSync(file));
  });
});

function ensurePackages(root: string, env: NodeJS.ProcessEnv): RunningNode {
  const call = `m.ensurePackages({ root: ${q(root)}, signal })`;
  const code = bootstrapCode(`await m.main(async (signal) => { await ${call}; return 0; });`);
  return startNode(['--input-type=module', '-e', code], env);
}

function runProgram(source: string): RunningNode {
  return startNode(['--input-type=module', '-e', programCode(source)]);
}

/** A plain script that goes on with `source` in TypeScript, in a project that has its packages. */
function programCode(source: string): string {
  const root = temporaryFolder();
  put(join(root, 'package-lock.json'), lockOf({}));
  put(join(root, 'node_modules/.package-lock.json'), lockOf({}));
  put(join(root, 'program.mts'), source);
  const call = `m.runTypeScript('program.mts', ['one', 'two'], { root: ${q(root)}, signal })`;
  return bootstrapCode(`await m.main((signal) => ${call});`);
}

function bootstrapCode(code: string): string {
  return `const m = await import(${q(bootstrap)}); ${code}`;
}

/** A project whose npm is a script that writes down how it was called and then does `body`. */
function projectWithNpm(body: string) {
  const root = temporaryFolder();
  const log = join(root, 'npm-calls');
  put(join(root, 'package-lock.json'), lockOf({ 'node_modules/a': { version: '1.0.0' } }));
  put(join(root, 'bin/npm'), `#!/bin/sh\necho "$*" >> ${log}\n${body}\n`, 0o755);
  const calls = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  return { root, env: { PATH: `${join(root, 'bin')}:${process.env.PATH}` }, calls };
}

function lockOf(packages: Record<string, { version: string }>): string {
  return JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } });
}

function q(text: string): string {
  return JSON.stringify(text);
}
