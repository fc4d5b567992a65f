/** Entry point of the simulated External License API: a process of its own, as the real one would be. */
import type { AddressInfo } from 'node:net';
import { JournalError } from './journal.ts';
import { type CommandLine, readCommandLine, USAGE, UsageError } from './options.ts';
import { createSimulator } from './server.ts';
import { openStore } from './store.ts';

/** Exit codes: 2 for a command line that cannot be used, 1 when it cannot start. */
function main(): void {
  try {
    const options = readCommandLine(process.argv.slice(2));
    if (options) serve(options);
    else process.stdout.write(USAGE);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof JournalError || isFileError(error))) throw error;
    process.stderr.write(`simulator: ${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

function serve(options: CommandLine): void {
  const store = openStore(options);
  const server = createSimulator(store, options);

  const stop = () => {
    server.close(() => {
      store.close();
      process.exit(0);
    });
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Started with an IPC channel, it ends with its parent, even one that was killed.
  process.once('disconnect', stop);

  server.once('error', (error) => {
    process.stderr.write(`simulator: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(options.port, options.host, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ url: `http://${options.host}:${port}`, records: store.data.total })}\n`);
  });
}

/** The journal's file cannot be opened, and the like. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'path' in error;
}

main();
