/** What the product is made of: known to the version, to the hash, and to the licence. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile, runProcess } from './support/processes.ts';

interface Locked {
  version: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  link?: boolean;
}

const read = <T>(name: string) => JSON.parse(readFileSync(projectFile(name), 'utf8')) as T;

describe('the list of dependencies', () => {
  it('is up to date, and every licence is one that is allowed', async () => {
    const { code, stderr } = await runProcess('bin/licences.mjs', ['--check'], {});
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('packages', () => {
  it('are named by their exact version', () => {
    const { dependencies, devDependencies } =
      read<Record<'dependencies' | 'devDependencies', Record<string, string>>>('package.json');
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, v]) => !/^(npm:[a-z-]+@)?\d+\.\d+\.\d+$/.test(v),
    );
    expect(loose).toEqual([]);
  });

  it('are installed only when they have the hash that the lock file holds, and from the registry alone', () => {
    const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');
    const installed = Object.entries(packages).filter(([path]) => path !== '');
    // Of other systems' packages npm may know no hash; they are not installed here.
    const unhashed = installed.filter(([, one]) => !one.optional && !/^sha512-/.test(one.integrity ?? ''));
    expect(unhashed.map(([path]) => path)).toEqual([]);
    const elsewhere = installed.filter(
      ([, one]) => one.link || (one.resolved !== undefined && !one.resolved.startsWith('https://')),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});
