import type { Command } from 'commander';
import { describeConfig } from '../config.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit.ts';
import { table } from './text.ts';

export function addConfig(program: Command, { terminal, env }: CliContext, done: (code: number) => void): void {
  program
    .command('config')
    .description('every setting with the value in force, secrets hidden')
    .option('--json', 'print them as JSON')
    .action(({ json }: { json?: boolean }) => {
      const settings = describeConfig(env);
      if (json) terminal.json(settings);
      else {
        const rows = settings.map(({ env: name, value, unit, origin, about }) => [
          name,
          `${value ?? '-'}${unit !== null && value !== null ? ` ${unit}` : ''}`,
          origin,
          about,
        ]);
        for (const line of table([['VARIABLE', 'VALUE', 'FROM', 'ABOUT'], ...rows])) terminal.line(line);
      }
      done(EXIT.ok);
    });
}
