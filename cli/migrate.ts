import type { Command } from 'commander';
import { migrate } from '../operations/migrate.ts';
import { type CliContext, settings } from './context.ts';
import { EXIT } from './exit.ts';

export function addMigrate(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('migrate')
    .description('bring database and Temporal to what this version needs')
    .option('--json', 'print what was done as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { terminal } = context;
      const result = await migrate(settings(context));
      if (json) terminal.json(result);
      else {
        const { migrations, searchAttributes } = result;
        terminal.line(`database: ${migrations.length === 0 ? 'up to date' : `ran ${migrations.join(', ')}`}`);
        if (searchAttributes === null) terminal.line('Temporal: not configured (TEMPORAL_ADDRESS is not set)');
        else
          terminal.line(
            `Temporal: ${searchAttributes.length === 0 ? 'up to date' : `registered ${searchAttributes.join(', ')}`}`,
          );
      }
      done(EXIT.ok);
    });
}
