/**
 * Every command that the documents give is typed into a shell, against a product that runs, and every SQL statement is sent to its
 * database: whoever copies one gets what the document says.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFile } from '../support/processes.ts';
import { cliSources, type DocCommand, docCommands, docFlags, docStatements } from './extract.ts';
import { entryFor, NOT_RUN } from './not-run.ts';
import { createProduct, type Product } from './product.ts';
import { type Prepared, RULES, reading } from './rules.ts';

const commands = docCommands();
const run = commands.filter(({ text }) => entryFor(text) === undefined);
const mentioned = run.filter(({ text, mention }) => mention || /^license-sync(?: import)?$/.test(text));
const typed = run.filter((command) => !mentioned.includes(command));
const ruleOf = ({ text }: DocCommand) => RULES.find(({ of }) => of.test(text));
const looking = typed.filter((command) => !ruleOf(command));
/** Approvals last: they let a third of the records go. */
const changing = typed
  .filter(ruleOf)
  .sort((a, b) => Number(/runs approve/.test(a.text)) - Number(/runs approve/.test(b.text)));

let product: Product;

beforeAll(async () => {
  product = await createProduct();
});
afterAll(() => product?.close());

/** Types a command, and says what came of it when that is not what should have. */
async function tryOut({ text, state, file }: DocCommand, prepared: Prepared = {}): Promise<void> {
  const fill = { ...reading(product, text), ...prepared.fill };
  const filled = filledIn(text, fill);
  const before = state.map((line) => stateLine(line, fill.ID ?? ''));
  const { code, stdout, stderr } = await product.type([...before, filled].join('\n'));
  const status = text.startsWith('curl ') ? Number(stdout.trim().split('\n').at(-1)) : undefined;
  const seen = { file, filled, code, ...(status === undefined ? {} : { status }) };
  const wanted = { code: prepared.code ?? 0, ...(status === undefined ? {} : { status: prepared.status ?? 200 }) };
  expect(seen, `${stdout.slice(-1500)}\n${stderr.slice(-1500)}`).toEqual({ file, filled, ...wanted });
  expect(stderr).not.toMatch(/^\s+at /m);
}

describe('the documents', () => {
  it('name a lot of commands, and none is left out without a reason', () => {
    expect(looking.length).toBeGreaterThan(25);
    expect(changing.length).toBeGreaterThan(40);
    expect(mentioned.length).toBeGreaterThan(4);
  });

  it.each(NOT_RUN)('still have $command, which is not run because $why', ({ command, instead }) => {
    expect(
      commands.filter(({ text }) => (typeof command === 'string' ? text === command : command.test(text))),
    ).not.toEqual([]);
    expect(existsSync(projectFile(instead))).toBe(true);
  });

  it.each(RULES)('still have something for the rule $of', (rule) => {
    expect(typed.filter((command) => ruleOf(command) === rule)).not.toEqual([]);
  });

  it('name only flags that the command line has', () => {
    const known = cliSources().join('\n');
    const unknown = [...docFlags()].filter((flag) => !new RegExp(`['" ]${flag}[ ',]`).test(known));
    // Its own, of every command.
    expect(unknown.filter((flag) => flag !== '--help')).toEqual([]);
  });

  it('say how to call the command line in a checkout', () => {
    const help = execFileSync('npx', ['license-sync', '--help'], { cwd: projectFile('.'), encoding: 'utf8' });
    for (const command of ['sync', 'runs', 'reviews', 'drill']) expect(help).toContain(`  ${command} `);
  });
});

describe('a command that looks', () => {
  it.concurrent.each(looking)('$text', (command) => tryOut(command));
});

describe('a command that is named only', () => {
  it.concurrent.each(mentioned)('$text', (command) => tryOut({ ...command, text: `${command.text} --help` }));
});

describe('a statement', () => {
  it.each(docStatements())('$text', async ({ text }) => {
    const client = await createConnection({ uri: product.rig.databaseUrl });
    try {
      const [rows] = await client.query(text);
      expect(Array.isArray(rows)).toBe(true);
    } finally {
      await client.end();
    }
  });
});

describe('a command that changes something', () => {
  it.each(changing)('$text', async (command) => {
    const rule = ruleOf(command);
    if (rule?.alone) await product.idle();
    await tryOut(command, await rule?.prepare?.(product));
  });
});

/** Longer placeholders first; each only as a word of its own, and in the reader's part of the line. */
function filledIn(text: string, fill: Record<string, string>): string {
  return Object.entries(fill)
    .sort(([a], [b]) => b.length - a.length)
    .reduce(
      (line, [name, value]) => line.replace(new RegExp(`(?<![\\w$-])${escaped(name)}(?![\\w-])`, 'g'), value),
      text,
    );
}

function stateLine(line: string, id: string): string {
  return line.replace('http://127.0.0.1:5001', product.api.url).replace(/^ID=.*$/, `ID=${id}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
