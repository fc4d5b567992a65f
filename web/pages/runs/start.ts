/** Starting a sync: what it should do, asked once, in one form. */
import type { Context } from 'hono';
import { z } from 'zod';
import { PROBLEMS, toProblem } from '../../../http/problem.ts';
import type { StartRequest } from '../../../operations/runs.ts';
import type { SyncChoices } from '../../../operations/sync-choices.ts';
import type { OperationView } from '../../../operations/view.ts';
import { actionForm, card, checkField, notice, selectField, textField } from '../../components/index.ts';
import { formFaults, readForm, ticked } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { showPage } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { KINDS } from './words.ts';

const MAX_PAGES = 1_000_000;
const A_NUMBER = `expected a whole number from 1 to ${MAX_PAGES}`;

const startForm = z.object({
  comprehensive: ticked,
  detectDuplicates: ticked,
  bidirectional: ticked,
  dryRun: ticked,
  partial: ticked,
  maxPages: z
    .string()
    .regex(/^\d{1,7}$/, A_NUMBER)
    .transform(Number)
    .pipe(z.number().min(1, A_NUMBER).max(MAX_PAGES, A_NUMBER))
    .optional(),
  status: z
    .enum(['0', '1'])
    .transform((text): 0 | 1 => (text === '1' ? 1 : 0))
    .optional(),
  dba: z.string().trim().min(1).max(200, 'expected at most 200 characters').optional(),
});

/** What the form holds: its values as they were sent, or the defaults. */
interface Shown {
  checked: (name: keyof SyncChoices['allowed']) => boolean;
  value: (name: 'maxPages' | 'status' | 'dba') => string;
  faults: Record<string, string>;
}

export async function startPage({ operations }: Site, c: Context): Promise<Response> {
  const { defaults } = operations.syncChoices();
  const running = await operations.findRunning();
  const shown: Shown = { checked: (name) => defaults[name], value: () => '', faults: {} };
  return await showForm(operations, c, { shown, above: running && underWay(running), status: 200 });
}

/** Starts it, or shows the form again with what was typed and what is wrong with it. @returns the run when it began. */
export async function start({ operations, log }: Site, c: Context): Promise<OperationView | Response> {
  try {
    const options = readForm(c, startForm);
    return await operations.startSync({
      options,
      trigger: 'console',
      by: c.get('visitor').name,
    } satisfies StartRequest);
  } catch (error) {
    const problem = toProblem(error, log);
    const { status } = PROBLEMS[problem.code];
    const form = c.get('form');
    const shown: Shown = {
      checked: (name) => form.get(name) === 'on',
      value: (name) => form.get(name) ?? '',
      faults: formFaults(error) ?? {},
    };
    const running = problem.code === 'sync-already-running' ? await operations.findRunning() : null;
    const above = running ? underWay(running) : notice('bad', html`<p>Nothing was started: ${problem.message}.</p>`);
    return await showForm(operations, c, { shown, above, status });
  }
}

/** That there is a run already, and where. */
export function underWay({ operationId, kind, sentence }: OperationView): Html {
  return notice(
    'warn',
    html`<p>A run is under way already (${KINDS[kind]}), and there is only ever one at a time. ${sentence}</p><p><a href="/runs/${operationId}">Open that run</a></p>`,
  );
}

async function showForm(
  operations: Site['operations'],
  c: Context,
  { shown, above, status }: { shown: Shown; above: Html | null; status: number },
): Promise<Response> {
  const main = html`<p>A sync reads the records of the License API, works out what has to change, and writes that to the licenses. It asks you first when that is unusually much.</p>
${above ?? ''}
${card({
  title: 'What should it do?',
  body: actionForm(c, {
    action: '/runs',
    label: 'Start a sync',
    tone: 'primary',
    fields: fields(operations.syncChoices(), shown),
  }),
})}`;
  return await showPage(c, { title: 'Start a sync', area: 'runs', main, status });
}

function fields({ allowed }: SyncChoices, { checked, value, faults }: Shown): Html {
  const flag = (name: keyof SyncChoices['allowed'], label: string, hint: string) =>
    allowed[name] ? checkField({ name, label, hint, checked: checked(name) }) : '';
  return html`
${flag('dryRun', 'Dry run', 'Writes nothing to the licenses: it leaves a plan, which you can look at and apply.')}
${flag('comprehensive', 'Comprehensive', 'Also tells which known records are gone from the License API, and marks them as vanished.')}
${flag('detectDuplicates', 'Look for duplicates', 'Finds businesses that are recorded twice: sure ones are made one, the others wait under Reviews.')}
${flag('bidirectional', 'Two-way', 'Also sends what was edited here to the License API.')}
${
  allowed.partial
    ? html`<fieldset class="partial"><legend>Only a part</legend>
${flag('partial', 'Partial', 'Reads only what is chosen here, and concludes nothing from what it did not read.')}
${textField({ name: 'maxPages', label: 'At most so many pages', type: 'number', min: 1, max: MAX_PAGES, value: value('maxPages'), error: faults.maxPages, hint: 'Counted from the first page of the feed.' })}
${selectField({ name: 'status', label: 'Records that are', value: value('status'), none: 'active or not', options: STATUS_OPTIONS, error: faults.status })}
${textField({ name: 'dba', label: 'Business name holds', value: value('dba'), maxLength: 200, error: faults.dba })}
</fieldset>`
    : ''
}`;
}

const STATUS_OPTIONS = [
  { value: '1', label: 'active' },
  { value: '0', label: 'not active' },
];
