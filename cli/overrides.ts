/** Match overrides: which record belongs to which license, whatever their keys say. */
import { type Command, Option } from 'commander';
import type { OverrideResult, OverrideView } from '../operations/overrides.ts';
import type { CliContext } from './context.ts';
import { connect } from './context.ts';
import { EXIT } from './exit.ts';
import { table } from './text.ts';
import { brief, limitParser, minute, parseId, queryText, thereAreMore } from './values.ts';

const PATH = '/api/v1/overrides';
const MAX_LIMIT = 200;

interface ListFlags {
  kind?: string;
  record?: string;
  license?: string;
  limit: number;
  json?: boolean;
}

interface SetFlags {
  note?: string;
  json?: boolean;
}

export function addOverrides(program: Command, context: CliContext, done: (code: number) => void): void {
  const overrides = program.command('overrides').description('say which record always belongs to a license, or never');
  const json = () => new Option('--json', 'print it as JSON');

  overrides
    .command('list', { isDefault: true })
    .description('what was said, newest first')
    .addOption(new Option('--kind <kind>', 'only these').choices(['always', 'never']))
    .option('--record <record>', 'only of this record')
    .option('--license <license>', 'only of this license')
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, limitParser(MAX_LIMIT), 50)
    .addOption(json())
    .action(async ({ kind, record, license, limit, json: asJson }: ListFlags) => {
      const { terminal } = context;
      const query = queryText({ kind, sourceKey: record, licenseId: license, limit });
      const { data, meta } = await connect(context).page<OverrideView[]>(`${PATH}${query}`);
      if (asJson) terminal.json(data);
      else if (data.length === 0) terminal.line('There are no overrides like that.');
      else for (const line of table([HEAD, ...data.map(rowOf)])) terminal.line(line);
      if (!asJson && meta.nextCursor !== null) {
        terminal.note(thereAreMore('newest', data.length, MAX_LIMIT));
      }
      done(EXIT.ok);
    });

  const kinds = [
    ['always', 'the record belongs to this license'],
    ['never', 'the record does not belong to this license'],
  ] as const;
  for (const [kind, description] of kinds) {
    overrides
      .command(kind)
      .description(`${description}; a link that contradicts it is removed at once`)
      .argument('<record>', 'source key, countid or appid')
      .argument('<license>', 'id or key')
      .option('--note <text>', 'why')
      .addOption(json())
      .action(async (record: string, license: string, { note, json: asJson }: SetFlags) => {
        const body = { kind, sourceKey: record, licenseId: license, ...(note === undefined ? {} : { note }) };
        const { data, meta } = await connect(context).sendForMeta<OverrideView, Pick<OverrideResult, 'unlinked'>>(
          'POST',
          PATH,
          { body },
        );
        if (asJson) context.terminal.json({ ...data, ...meta });
        else tell(context, data, meta.unlinked);
        done(EXIT.ok);
      });
  }

  overrides
    .command('remove')
    .description('take back what was said; what was linked because of it stays linked')
    .argument('<id>', 'its number in the list', parseId)
    .addOption(json())
    .action(async (id: number, { json: asJson }: { json?: boolean }) => {
      const removed = await connect(context).send<OverrideView>('DELETE', `${PATH}/${id}`);
      if (asJson) context.terminal.json(removed);
      else context.terminal.line(`Override ${removed.id} (${removed.kind}, record ${removed.sourceKey}) is removed.`);
      done(EXIT.ok);
    });
}

const HEAD = ['ID', 'KIND', 'RECORD', 'RECORD IS', 'LICENSE', 'LICENSE IS', 'SINCE', 'BY', 'NOTE'];

function rowOf({ id, kind, sourceKey, recordDba, license, createdAt, createdBy, note }: OverrideView): string[] {
  const ends = [brief(recordDba ?? '', 24), license.key ?? license.id, brief(license.dba ?? '', 24)];
  return [String(id), kind, sourceKey, ...ends, minute(createdAt), createdBy, brief(note ?? '')];
}

function tell({ terminal }: CliContext, override: OverrideView, unlinked: OverrideResult['unlinked']): void {
  const { id, kind, sourceKey, license } = override;
  terminal.line(`Override ${id}: record ${sourceKey} belongs ${kind} to license ${license.key ?? license.id}.`);
  if (unlinked) {
    const heir = unlinked.promoted === null ? '' : `; record ${unlinked.promoted} feeds that license from now on`;
    terminal.line(`Its link to license ${unlinked.licenseId} was removed${heir}.`);
  }
  terminal.line(override.sentence);
}
