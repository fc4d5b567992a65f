import { type Command, Option } from 'commander';
import { EVENT_MEANINGS, SUBSCRIBABLE } from '../domain/events.ts';
import type { DeliveryView, WebhookView } from '../operations/webhooks.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { table } from './text.ts';
import { parseId, parseName } from './values.ts';

const PATH = '/api/v1/webhooks';
const DELIVERIES = 50;

type Secret = WebhookView & { secret: string };

interface Flags {
  json?: boolean;
  types?: string[];
  url?: string;
  state?: string;
}

export function addWebhooks(program: Command, context: CliContext, done: (code: number) => void): void {
  const { terminal } = context;
  const webhooks = program
    .command('webhooks')
    .description('who is told of events: list, create, update, delete, test; deliveries, retry')
    .addHelpText('after', HELP);
  const json = () => new Option('--json', 'print it as JSON');
  const types = () => new Option('--types <types...>', 'only these events; all without it').choices(SUBSCRIBABLE);

  function show(hook: WebhookView, flags: Flags, line: string): void {
    if (flags.json) terminal.json(hook);
    else terminal.line(line);
    done(EXIT.ok);
  }

  function showSecret(hook: Secret, flags: Flags, what: string): void {
    if (flags.json) terminal.json(hook);
    else {
      terminal.note(
        `Webhook ${hook.id} '${hook.name}' ${what}. The secret its deliveries are signed with, shown this once:`,
      );
      terminal.line(hook.secret);
    }
    done(EXIT.ok);
  }

  webhooks
    .command('list', { isDefault: true })
    .description('webhooks; never their secrets')
    .addOption(json())
    .action(async (flags: Flags) => {
      const found = await connect(context).get<WebhookView[]>(PATH);
      if (flags.json) terminal.json(found);
      else if (found.length === 0) {
        terminal.line('There are no webhooks; make one with: npx license-sync webhooks create NAME URL');
      } else for (const line of table([HEAD, ...found.map(rowOf)])) terminal.line(line);
      done(EXIT.ok);
    });

  webhooks
    .command('create')
    .description('have events posted to an address; the secret is printed this once')
    .argument('<name>', 'who receives them', parseName)
    .argument('<url>', 'where to')
    .addOption(types())
    .addOption(json())
    .action(async (name: string, url: string, flags: Flags) => {
      const body = { name, url, types: flags.types ?? null };
      showSecret(await connect(context).send<Secret>('POST', PATH, { body }), flags, 'was made');
    });

  webhooks
    .command('update')
    .description('change address, events or state')
    .argument('<id>', 'its number', parseId)
    .option('--url <url>', 'where events go from now on')
    .addOption(types().conflicts('allTypes'))
    .option('--all-types', 'every kind of event again')
    .addOption(new Option('--state <state>', 'paused: nothing is sent').choices(['active', 'paused']))
    .addOption(json())
    .action(async (id: number, flags: Flags & { allTypes?: boolean }) => {
      const wanted = flags.allTypes ? null : flags.types;
      const body = { url: flags.url, types: wanted, state: flags.state };
      const hook = await connect(context).send<WebhookView>('PATCH', `${PATH}/${id}`, { body });
      show(
        hook,
        flags,
        `Webhook ${id} '${hook.name}' is ${hook.state}, for ${hook.types?.join(', ') ?? 'all events'}.`,
      );
    });

  webhooks
    .command('rotate-secret')
    .description('replace the secret, at once')
    .argument('<id>', 'its number', parseId)
    .addOption(json())
    .action(async (id: number, flags: Flags) => {
      showSecret(await connect(context).send<Secret>('POST', `${PATH}/${id}/rotate-secret`), flags, 'has a new secret');
    });

  webhooks
    .command('delete')
    .description('for good; what is under way is called off')
    .argument('<id>', 'its number', parseId)
    .addOption(json())
    .action(async (id: number, flags: Flags) => {
      const deleted = await connect(context).send<{ id: number; deleted: true }>('DELETE', `${PATH}/${id}`);
      if (flags.json) terminal.json(deleted);
      else terminal.line(`Webhook ${id} is deleted.`);
      done(EXIT.ok);
    });

  webhooks
    .command('test')
    .description('send a test event to one webhook')
    .argument('<id>', 'its number', parseId)
    .addOption(json())
    .action(async (id: number, flags: Flags) => {
      const delivery = await connect(context).send<DeliveryView>('POST', `${PATH}/${id}/test`);
      if (flags.json) terminal.json(delivery);
      else {
        terminal.line(
          `Event ${delivery.eventId} is on its way; see what became of it: npx license-sync webhooks deliveries ${id}`,
        );
      }
      done(EXIT.ok);
    });

  webhooks
    .command('deliveries')
    .description(`what was sent to a webhook, newest first, at most ${DELIVERIES}`)
    .argument('<id>', 'its number', parseId)
    .addOption(new Option('--state <state>', 'only these').choices(['pending', 'delivered', 'failed', 'cancelled']))
    .addOption(json())
    .action(async (id: number, flags: Flags) => {
      const query = `limit=${DELIVERIES}${flags.state ? `&state=${flags.state}` : ''}`;
      const found = await connect(context).get<DeliveryView[]>(`${PATH}/${id}/deliveries?${query}`);
      if (flags.json) terminal.json(found);
      else if (found.length === 0) terminal.line('Nothing of this kind was sent to it.');
      else for (const line of table([DELIVERY_HEAD, ...found.map(deliveryRow)])) terminal.line(line);
      done(EXIT.ok);
    });

  webhooks
    .command('retry')
    .description('send an event again, under the same id')
    .argument('<id>', 'number of the webhook', parseId)
    .argument('<delivery>', 'number of the delivery', parseId)
    .addOption(json())
    .action(async (id: number, delivery: number, flags: Flags) => {
      const again = await connect(context).send<DeliveryView>('POST', `${PATH}/${id}/deliveries/${delivery}/retry`);
      if (flags.json) terminal.json(again);
      else terminal.line(`Event ${again.eventId} is on its way again.`);
      done(EXIT.ok);
    });
}

const HELP = `
Events:
${SUBSCRIBABLE.map((type) => `  ${type.padEnd(24)}${EVENT_MEANINGS[type]}`).join('\n')}

Needs the token of an admin. How a receiver checks the signature says docs/webhooks.md.
`;

const HEAD = ['ID', 'NAME', 'STATE', 'EVENTS', 'ADDRESS'];
const DELIVERY_HEAD = ['ID', 'EVENT', 'TYPE', 'STATE', 'TRIES', 'HAPPENED', 'LAST ANSWER'];

function rowOf({ id, name, state, types, url }: WebhookView): string[] {
  return [String(id), name, state, types?.join(' ') ?? 'all', url];
}

function deliveryRow({
  id,
  eventId,
  type,
  state,
  attempts,
  happenedAt,
  lastStatus,
  lastError,
}: DeliveryView): string[] {
  return [
    String(id),
    eventId,
    type,
    state,
    String(attempts),
    happenedAt.slice(0, 19).replace('T', ' '),
    lastError ?? (lastStatus === null ? '' : String(lastStatus)),
  ];
}
