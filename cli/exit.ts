/** Exit codes, as `--help` lists them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  awaitsApproval: 3,
  notReachable: 4,
  alreadyRunning: 5,
  interrupted: 130,
} as const;

export const EXIT_HELP = `
Exit codes:
  0    done; of a run that was waited for: completed, with or without findings
  1    failed; of a run: failed, incomplete, cancelled or skipped
  2    wrong usage or settings
  3    the run awaits approval
  4    the API is not reachable, or cannot reach its database or Temporal
  5    a sync is under way already
  130  interrupted; a run that was watched goes on
`;

/** Ends the program with one sentence on stderr. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
