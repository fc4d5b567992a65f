/** `npm start`: the whole product on this machine, one sync, the report, and then up until Ctrl-C. */
import { once } from 'node:events';
import { ConfigError, loadConfig } from '../config.ts';
import { StackError, StoppedError } from './errors.ts';
import { FlagError, parseStartFlags, type StartFlags, USAGE } from './flags.ts';
import { resolveHome } from './paths.ts';
import { type Stack, startStack } from './stack.ts';

const INTERRUPTED = 130;
const AWAITS_APPROVAL = 3;

process.exitCode = await main(process.argv.slice(2), process.env);

async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const flags = parseStartFlags(args);
    if (flags.help) {
      console.log(USAGE);
      return 0;
    }
    return await run(flags, env, loadConfig(env).api.port);
  } catch (error) {
    if (error instanceof StoppedError) return INTERRUPTED;
    if (error instanceof FlagError || error instanceof ConfigError) return fail(error, 2);
    if (error instanceof StackError) return fail(error, 1);
    throw error;
  }
}

async function run(flags: StartFlags, env: NodeJS.ProcessEnv, port: number): Promise<number> {
  const { stop, kill } = listenForSignals();
  const log = (line: string) => console.log(line);
  const options = { home: resolveHome(env), env, port, workers: flags.workers, log };
  const stack = await startStack({ ...options, signal: stop, kill });
  try {
    const code = flags.sync ? await sync(stack) : 0;
    if (flags.once) return code;
    printAddresses(stack, options.home);
    if (!stop.aborted) await once(stop, 'abort');
    return 0;
  } finally {
    await stack.stop();
    log('everything is stopped');
  }
}

/** One comprehensive sync; a run that a killed stack left unfinished goes on in Temporal and is followed instead. */
async function sync(stack: Stack): Promise<number> {
  const code = await stack.runCli(['sync', '--wait', '--follow-running']);
  return code === 0 || code === AWAITS_APPROVAL ? code : 1;
}

function printAddresses(stack: Stack, home: string): void {
  const { apiUrl, temporalUiUrl, upstreamUrl } = stack.info();
  const rows: [string, string | null][] = [
    ['Console', `${apiUrl}  (sign in with the token in ${home}/stack.json)`],
    ['API', `${apiUrl}/api/v1`],
    ['Temporal UI', temporalUiUrl],
    ['License API', upstreamUrl],
    ['all addresses', `${home}/stack.json`],
    ['logs', `${home}/logs`],
  ];
  const lines = rows.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(14)}${value}`]));
  console.log(`\n${lines.join('\n')}\n\nCtrl-C stops everything.`);
}

/** The first signal asks for an orderly stop, the second one for an immediate one. */
function listenForSignals(): { stop: AbortSignal; kill: AbortSignal } {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) {
      kill.abort();
      process.exit(INTERRUPTED);
    }
    console.log('stopping everything; once more to kill it');
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  // Whoever read the output may be gone before the children are: stopping them matters more than saying so.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop.abort());
  return { stop: stop.signal, kill: kill.signal };
}

function fail(error: Error, code: number): number {
  console.error(`license-sync: ${error.message}`);
  return code;
}
