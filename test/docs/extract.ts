/** Commands and statements as the documents give them: in `sh` blocks, in tables and in the middle of sentences. */
import { readdirSync, readFileSync } from 'node:fs';
import { projectFile } from '../support/processes.ts';

export interface DocCommand {
  /** Without comment and without `npx`; `license-sync` put before what is a shortcut. */
  text: string;
  /** Where it stands first. */
  file: string;
  /** Lines of its block that only set something, and come before it. */
  state: string[];
  /** Named without what it needs, such as `merges undo`: people are told that it exists. */
  mention: boolean;
}

const FENCE = /```(\w*)\n([\s\S]*?)```/g;
const SPAN = /`([^`\n]+)`/g;
/** What a code span in a sentence has to begin with to be a command. */
const PROGRAM = /^(?:npx |license-sync |curl |npm |docker |temporal |cp |grep |node [\w/]+\.ts|[A-Z_]+=\S+ npm )/;
const STATE = /^(?:[A-Z_]+=\S*|[A-Z_]+=\$\(.*\)|\w+\(\) \{.*\}|export [A-Z_]+=.*)$/;

export function documents(): { file: string; text: string }[] {
  const files = ['README.md', 'CONTRIBUTING.md', ...readdirSync(projectFile('docs')).map((name) => `docs/${name}`)];
  return files
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({ file, text: readFileSync(projectFile(file), 'utf8') }));
}

/** Every command once. */
export function docCommands(): DocCommand[] {
  const found = new Map<string, DocCommand>();
  const keep = (command: DocCommand) => {
    for (const text of withAndWithout(command.text)) {
      const seen = found.get(text);
      // One that is shown in full somewhere is more than a mention.
      if (!seen || (seen.mention && !command.mention)) found.set(text, { ...command, text });
    }
  };
  const groups = commandGroups();
  for (const { file, text } of documents()) {
    for (const block of blocks(text, ['sh', 'bash'])) {
      const state: string[] = [];
      for (const line of logicalLines(block)) {
        if (STATE.test(line)) state.push(line);
        else keep({ text: plain(line), file, state: [...state], mention: false });
      }
    }
    for (const [, span = ''] of text.replace(FENCE, '').matchAll(SPAN)) {
      const [first = '', second = ''] = span.split(' ');
      if (PROGRAM.test(span)) {
        keep({ text: plain(span), file, state: [], mention: false });
      } else if (groups.get(first)?.has(second) || (groups.has(first) && /^(?:ID|LICENSE|RECORD|--\w)/.test(second))) {
        keep({
          text: `license-sync ${span}`,
          file,
          state: [],
          mention: span === `${first} ${second}` && second !== 'ID',
        });
      }
    }
  }
  return [...found.values()];
}

export interface DocStatement {
  text: string;
  file: string;
}

/** Every SQL statement: those of `sql` blocks, and queries in sentences. */
export function docStatements(): DocStatement[] {
  return documents().flatMap(({ file, text }) => {
    const inBlocks = blocks(text, ['sql']).flatMap((block) => block.split(';').map((each) => each.trim()));
    const inline = [...text.replace(FENCE, '').matchAll(SPAN)].map(([, span = '']) => span);
    return [...inBlocks.filter(Boolean), ...inline.filter((span) => /^(?:SELECT|SHOW) /.test(span))].map(
      (statement) => ({
        text: statement,
        file,
      }),
    );
  });
}

/** Flags that documents name beside a command, as `--held` or in a comment of a `license-sync` line. */
export function docFlags(): Set<string> {
  const flags = new Set<string>();
  for (const { text } of documents()) {
    const spans = [...text.replace(FENCE, '').matchAll(SPAN)].map(([, span = '']) => span);
    const comments = blocks(text, ['sh']).flatMap((block) =>
      block
        .split('\n')
        .flatMap((line) => (/^(?:npx )?license-sync /.test(line) ? (/\s#\s(.*)$/.exec(line)?.[1] ?? []) : [])),
    );
    for (const each of [...spans.filter((span) => span.startsWith('--')), ...comments]) {
      for (const [flag] of each.matchAll(/--[a-z][a-z-]+/g)) flags.add(flag);
    }
  }
  return flags;
}

/** The command line's commands with their subcommands, as its sources declare them. */
export function commandGroups(): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const source of cliSources()) {
    const names = [...source.matchAll(/command\('([a-z-]+)'/g)].map(([, name = '']) => name);
    const group = /program\s*\.command\('([a-z-]+)'/.exec(source)?.[1] ?? names[0];
    if (group === undefined) continue;
    groups.set(group, new Set([...(groups.get(group) ?? []), ...names.filter((name) => name !== group)]));
  }
  // Made in a loop, or in a file of their own.
  const more: Record<string, string[]> = {
    runs: ['pause', 'resume', 'cancel', 'pushes'],
    reviews: ['show', 'approve', 'reject', 'flag', 'undo', 'assign', 'hold', 'comment', 'bulk'],
    overrides: ['always', 'never'],
    schedule: ['pause', 'resume', 'trigger'],
  };
  for (const [group, names] of Object.entries(more)) for (const name of names) groups.get(group)?.add(name);
  return groups;
}

export function cliSources(): string[] {
  return readdirSync(projectFile('cli')).map((name) => readFileSync(projectFile(`cli/${name}`), 'utf8'));
}

function blocks(text: string, languages: readonly string[]): string[] {
  return [...text.matchAll(FENCE)].flatMap(([, language = '', body = '']) =>
    languages.includes(language) ? [body] : [],
  );
}

function logicalLines(block: string): string[] {
  return block
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#\s.*$/, '').trim())
    .filter(Boolean);
}

function plain(line: string): string {
  return line.replace(/^npx (?=license-sync)/, '');
}

/** `plan [ID]` is two commands. */
function withAndWithout(text: string): string[] {
  const optional = /\s*\[([^\]]+)\]/.exec(text);
  if (!optional) return [text];
  return [text.replace(optional[0], ''), text.replace(optional[0], ` ${optional[1]}`)];
}
