import type { Command } from 'commander';
import { type CliContext, settings } from './context.ts';
import { EXIT } from './exit.ts';

export function addMigrate(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('migrate')
    .description('bring database and Temporal to what this version needs')
    .option('--json', 'print what was done as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { terminal } = context;
      // Only here: it loads Temporal's native parts, which no other command should wait for.
      const { migrate } = await import('../operations/migrate.ts');
      const { migrations, searchAttributes, token } = await migrate(settings(context));
      if (json) terminal.json({ migrations, searchAttributes });
      else {
        terminal.line(`database: ${migrations.length === 0 ? 'up to date' : `ran ${migrations.join(', ')}`}`);
        if (searchAttributes === null) terminal.line('Temporal: not configured (TEMPORAL_ADDRESS is not set)');
        else
          terminal.line(
            `Temporal: ${searchAttributes.length === 0 ? 'up to date' : `registered ${searchAttributes.join(', ')}`}`,
          );
      }
      if (token === 'revoked' || token === 'expired') {
        const ended = token === 'revoked' ? 'was revoked' : 'has expired';
        terminal.note(`The token in LICENSE_SYNC_API_TOKEN ${ended}, and stays so; ask an admin for another one.`);
      }
      done(EXIT.ok);
    });
}
