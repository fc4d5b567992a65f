/** `npx license-sync …`: commands over the HTTP API. */
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { describeError } from '../log.ts';
import { explainFailure, Refusal } from '../operations/errors.ts';
import { readJsonFile } from '../stack/json-file.ts';
import { projectRoot } from '../stack/paths.ts';
import { addAlerts } from './alerts.ts';
import { addBlame } from './blame.ts';
import { addConfig } from './config.ts';
import { addConflicts } from './conflicts.ts';
import type { CliContext } from './context.ts';
import { addDrill } from './drill.ts';
import { addDuplicates } from './duplicates.ts';
import { CliError, EXIT, EXIT_HELP } from './exit.ts';
import { addImport } from './import.ts';
import { addMatch } from './match.ts';
import { addMatchLab } from './match-lab.ts';
import { addMerges } from './merges.ts';
import { addMigrate } from './migrate.ts';
import { addOverrides } from './overrides.ts';
import { addPlan } from './plan.ts';
import { addQuarantine } from './quarantine.ts';
import { addReviews } from './reviews.ts';
import { addRuns } from './runs.ts';
import { addSchedule } from './schedule.ts';
import { addStatus } from './status.ts';
import { addSync } from './sync.ts';
import { createTerminal } from './terminal.ts';
import { addTokens } from './tokens.ts';
import { addWebhooks } from './webhooks.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// Whoever read the output is gone (`… | head`): there is nobody left to tell.
process.stdout.on('error', () => process.exit(EXIT.failed));

const terminal = createTerminal(process.stdout, process.stderr);
process.exitCode = await run({ terminal, env: process.env, interrupted: interrupt.signal }, process.argv.slice(2));

async function run(context: CliContext, args: string[]): Promise<number> {
  let code: number = EXIT.ok;
  const done = (ended: number) => {
    code = ended;
  };
  const { version } = readJsonFile<{ version: string }>(resolve(projectRoot, 'package.json')) ?? { version: 'unknown' };
  const program = new Command('license-sync')
    .description("Keeps a company's licenses in step with an External License API.")
    .version(version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({ writeErr: (text) => context.terminal.note(text.trimEnd()) })
    .addHelpText('after', EXIT_HELP);
  addSync(program, context, done);
  addStatus(program, context, done);
  addRuns(program, context, done);
  addPlan(program, context, done);
  addImport(program, context, done);
  addConflicts(program, context, done);
  addMatch(program, context, done);
  addMatchLab(program, context, done);
  addDuplicates(program, context, done);
  addOverrides(program, context, done);
  addMerges(program, context, done);
  addReviews(program, context, done);
  addQuarantine(program, context, done);
  addBlame(program, context, done);
  addSchedule(program, context, done);
  addAlerts(program, context, done);
  addWebhooks(program, context, done);
  addTokens(program, context, done);
  addConfig(program, context, done);
  addDrill(program, context, done);
  addMigrate(program, context, done);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { exitCode, message } = explain(error);
    context.terminal.note(`license-sync: ${message}`);
    return exitCode;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof Refusal && (error.code === 'database-unavailable' || error.code === 'temporal-unavailable');
}

function explain(error: unknown): { exitCode: number; message: string } {
  if (error instanceof CliError) return error;
  if (error instanceof ConfigError) return { exitCode: EXIT.usage, message: error.message };
  // A failed migration carries the driver's error as its cause.
  const away = [error, error instanceof Error ? error.cause : null].map(explainFailure).some(isAway);
  return { exitCode: away ? EXIT.notReachable : EXIT.failed, message: describeError(explainFailure(error)).message };
}
