/** What a command waits for before it does anything. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { projectFile } from '../support/processes.ts';

it('the command line loads neither Temporal nor a database driver before a command needs it', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load(url, context, next) { loaded.add(/node_modules.((?:@[^/]+.)?[^/]+)/.exec(url)?.[1]); return next(url, context); } });
    process.argv = ['node', 'license-sync', 'drill', '--help'];
    await import(${JSON.stringify(projectFile('cli/main.ts'))});
    console.log(JSON.stringify([...loaded]));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  const loaded = JSON.parse(output.trim().split('\n').at(-1) ?? '[]') as string[];
  expect(loaded).toContain('commander');
  expect(loaded.filter((name) => /temporal|kysely|mysql|hono|opentelemetry/.test(name ?? ''))).toEqual([]);
});
