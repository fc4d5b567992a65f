import { type Command, InvalidArgumentError, Option } from 'commander';
import { required } from '../config.ts';
import { ROLES, type Role } from '../domain/roles.ts';
import { MAX_LIFE_DAYS } from '../domain/token-life.ts';
import type { Tokens, TokenView } from '../operations/tokens.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect, settings } from './context.ts';
import { EXIT } from './exit.ts';
import { table } from './text.ts';
import { parseName } from './values.ts';

const PATH = '/api/v1/tokens';
const PAGE = 200;
/** Who signs for what is done without the API. */
const DIRECT = 'command line';

type NewToken = TokenView & { value: string };

/** What the commands need, whichever way it goes. */
interface TokenStore {
  list(revoked: boolean): Promise<TokenView[]>;
  create(token: { name: string; role: Role; expiresInDays?: number | undefined }): Promise<NewToken>;
  revoke(id: number): Promise<TokenView>;
}

interface Flags {
  json?: boolean;
  revoked?: boolean;
  direct?: boolean;
}

export function addTokens(program: Command, context: CliContext, done: (code: number) => void): void {
  const tokens = program
    .command('tokens')
    .description('list, create and revoke the tokens of the API')
    .addHelpText('after', HELP);
  const json = () => new Option('--json', 'print it as JSON');
  const direct = () => new Option('--direct', 'use the database of DATABASE_URL instead of the API');

  tokens
    .command('list', { isDefault: true })
    .description('tokens with their roles; never their values')
    .option('--revoked', 'also those that were revoked')
    .addOption(direct())
    .addOption(json())
    .action(async (flags: Flags) => {
      const found = await withStore(context, flags, (store) => store.list(flags.revoked ?? false));
      if (flags.json) context.terminal.json(found);
      else if (found.length === 0) {
        context.terminal.line(
          'There are no tokens yet; make one with: npx license-sync tokens create NAME --role admin',
        );
      } else for (const line of table([HEAD, ...found.map(rowOf)])) context.terminal.line(line);
      done(EXIT.ok);
    });

  tokens
    .command('create')
    .description('make a token; its value is printed this once')
    .argument('<name>', 'who or what will use it', parseName)
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--expires <days>', 'such as 90d, or never (default: as the setting tokens.lifetimeDays says)', parseLife)
    .addOption(direct())
    .addOption(json())
    .action(async (name: string, flags: Flags & { role: Role; expires?: number }) => {
      const { role, expires: expiresInDays } = flags;
      const token = await withStore(context, flags, (store) => store.create({ name, role, expiresInDays }));
      if (flags.json) context.terminal.json(token);
      else {
        context.terminal.note(
          `Token ${token.id} '${token.name}' (${token.role}) was made; it ${lifeOf(token)}. Its value, shown this once:`,
        );
        context.terminal.line(token.value);
      }
      done(EXIT.ok);
    });

  tokens
    .command('revoke')
    .description('make a token useless, for good and at once')
    .argument('<id>', 'its number in the list', parseId)
    .addOption(direct())
    .addOption(json())
    .action(async (id: number, flags: Flags) => {
      const token = await withStore(context, flags, (store) => store.revoke(id));
      if (flags.json) context.terminal.json(token);
      else context.terminal.line(`Token ${token.id} '${token.name}' is revoked since ${token.revokedAt ?? ''}.`);
      done(EXIT.ok);
    });
}

const HELP = `
Each role may do what those before it may: ${ROLES.join(', ')}.
These commands need the token of an admin. A system that has none yet is given its first one on a machine that reaches
the database: with DATABASE_URL set and LICENSE_SYNC_API_TOKEN not, or with --direct, they work on the database itself.
`;

const HEAD = ['ID', 'NAME', 'ROLE', 'CREATED', 'BY', 'LAST USED', 'EXPIRES', 'REVOKED'];

function rowOf({ id, name, role, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt }: TokenView): string[] {
  const minute = (instant: string | null) => instant?.slice(0, 16).replace('T', ' ') ?? '';
  return [
    String(id),
    name,
    role,
    minute(createdAt),
    createdBy,
    minute(lastUsedAt) || 'never',
    minute(expiresAt) || 'never',
    minute(revokedAt),
  ];
}

function lifeOf({ expiresAt }: TokenView): string {
  return expiresAt === null ? 'never expires' : `expires at ${expiresAt}`;
}

/** By the API where there is a token for it, else on the database itself. */
async function withStore<T>(context: CliContext, flags: Flags, work: (store: TokenStore) => Promise<T>): Promise<T> {
  const { env, terminal } = context;
  const set = (name: string) => Boolean(env[name]?.trim());
  const tokenless = set('DATABASE_URL') && !set('LICENSE_SYNC_API_TOKEN');
  if (!flags.direct && !tokenless) return await work(overApi(connect(context)));
  if (!flags.direct)
    terminal.note('LICENSE_SYNC_API_TOKEN is not set: working on the database of DATABASE_URL itself.');
  // Only here: the driver and its kin take as long to load as all other commands together.
  const [{ createDb }, { createTokens }, { pino }] = await Promise.all([
    import('../db/connect.ts'),
    import('../operations/tokens.ts'),
    import('pino'),
  ]);
  const config = settings(context);
  const db = createDb({
    url: required(config.database.url, 'DATABASE_URL', 'the database that holds the tokens'),
    poolSize: 2,
  });
  try {
    // Standard output is for the result alone; who made or revoked a token stands beside it in the database.
    return await work(onDatabase(createTokens({ config, db, log: pino({ level: 'silent' }) })));
  } finally {
    await db.destroy();
  }
}

function overApi(client: ApiClient): TokenStore {
  return {
    list: (revoked) =>
      everyPage(async (cursor) => {
        const query = new URLSearchParams({
          limit: String(PAGE),
          revoked: String(revoked),
          ...(cursor ? { cursor } : {}),
        });
        const { data, meta } = await client.page<TokenView[]>(`${PATH}?${query}`);
        return { tokens: data, next: meta.nextCursor };
      }),
    create: (token) => client.send('POST', PATH, { body: token }),
    revoke: (id) => client.send('DELETE', `${PATH}/${id}`),
  };
}

function onDatabase(tokens: Tokens): TokenStore {
  return {
    list: (revoked) =>
      everyPage(async (cursor) => {
        const page = await tokens.list({ limit: PAGE, revoked, ...(cursor ? { after: Number(cursor) } : {}) });
        return { tokens: page.tokens, next: page.next === null ? null : String(page.next) };
      }),
    async create(asked) {
      const { token, value } = await tokens.create({ ...asked, by: DIRECT });
      return { ...token, value };
    },
    revoke: (id) => tokens.revoke(id, DIRECT),
  };
}

async function everyPage(
  read: (cursor: string | null) => Promise<{ tokens: TokenView[]; next: string | null }>,
): Promise<TokenView[]> {
  const found: TokenView[] = [];
  let cursor: string | null = null;
  do {
    const { tokens, next } = await read(cursor);
    found.push(...tokens);
    cursor = next;
  } while (cursor !== null);
  return found;
}

/** @returns days; 0 for ever. */
function parseLife(text: string): number {
  if (text === 'never') return 0;
  const days = Number(/^([1-9]\d{0,3})d$/.exec(text)?.[1]);
  if (!(days <= MAX_LIFE_DAYS)) throw new InvalidArgumentError(`expected 1d to ${MAX_LIFE_DAYS}d, or never`);
  return days;
}

function parseId(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('expected the number of a token');
  return Number(text);
}
