/** Who put the values of a license there. */
import type { Command } from 'commander';
import type { BlameView, LicenseRef } from '../operations/lineage.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { table } from './text.ts';
import { brief, minute, queryText, shown } from './values.ts';

interface Blamed {
  nextCursor: string | null;
  license: LicenseRef;
  blame: BlameView[];
}

export function addBlame(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('blame')
    .description('which run or person put the present values of a license there, and what they replaced')
    .argument('<license>', 'id or key')
    .argument('[field]', 'only this field, such as dba')
    .option('--json', 'print it as JSON')
    .action(async (license: string, field: string | undefined, { json }: { json?: boolean }) => {
      const { terminal } = context;
      const query = queryText({ limit: 1, ...(field === undefined ? { blame: 'true' } : { field }) });
      const path = `/api/v1/licenses/${encodeURIComponent(license)}/history${query}`;
      const { meta } = await connect(context).page<unknown, Blamed>(path);
      if (json) terminal.json({ license: meta.license, blame: meta.blame });
      else {
        terminal.line(`License ${meta.license.key} (${meta.license.id}), version ${meta.license.version}`);
        if (meta.license.lastPush) terminal.line(sentOf(meta.license.lastPush));
        for (const line of table([HEAD, ...meta.blame.map((one) => rowOf(one, field !== undefined))])) {
          terminal.line(line);
        }
      }
      done(EXIT.ok);
    });
}

const LEDGER: Record<NonNullable<LicenseRef['lastPush']>['state'], string> = {
  due: 'to be taken back upstream by the next run with --bidirectional',
  sent: 'on its way, or its answer was lost',
  done: 'written upstream',
  rejected: 'refused by the API',
  retry: 'refused by the API, and to be tried again',
  void: 'not needed any more',
};

function sentOf({ sourceKey, version, state, at, operationId }: NonNullable<LicenseRef['lastPush']>): string {
  const run = operationId === null ? '' : `, run ${operationId}`;
  return `Version ${version} for record ${sourceKey}: ${LEDGER[state]}, ${minute(at)}${run}`;
}

const HEAD = ['FIELD', 'VALUE', 'SINCE', 'BY', 'RULE', 'REPLACED'];

function rowOf({ field, value, origin, rule, replaced }: BlameView, whole: boolean): string[] {
  const text = whole ? shown : brief;
  return [field, text(value), minute(origin?.at ?? null), byOf(origin), rule ?? '', text(replaced)];
}

function byOf(origin: BlameView['origin']): string {
  if (!origin) return 'nothing on record';
  const { by, operationId, page } = origin;
  return [operationId === null ? by : `run ${operationId}`, ...(page ? [`page ${page}`] : [])].join(', ');
}
