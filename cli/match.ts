/** `match`: businesses that are in a file more than once. Needs neither database nor Temporal nor the API. */
import { readFile, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { csvLine } from '../domain/csv-line.ts';
import {
  candidateKeys,
  countRecords,
  keyHash,
  type MatchSummary,
  matchAll,
  type PairScore,
  type Statistics,
  scorePair,
} from '../domain/matching/index.ts';
import { type BusinessFile, type FileRecord, MatchFileError, readBusinesses } from '../operations/match-file.ts';
import type { CliContext } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { counted, number, span } from './text.ts';
import { waterfall } from './waterfall.ts';
import { writeWholeFile } from './whole-file.ts';

interface MatchFlags {
  min: number;
  out?: string;
  explain?: string;
  json?: boolean;
}

/** Ids are those of the file, the smaller one first. */
interface Match {
  id1: string;
  id2: string;
  confidence: number;
  decision: PairScore['decision'];
  reasons: string;
}

const MAX_BYTES = 500 * 1024 * 1024;
const PROGRESS_EVERY_MS = 2000;
const MAX_REMARKS = 20;
const LINES_PER_CHUNK = 1000;
const HEAD = ['id1', 'id2', 'confidence', 'decision', 'reasons'];

export function addMatch(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('match')
    .description('find businesses that are in a CSV file more than once; needs nothing running')
    .argument('<file>', 'CSV in UTF-8 with the columns id,dba,email,phone,address,city,zip; others are ignored')
    .option('--min <confidence>', 'only pairs from this confidence on, 0 to 100', parseConfidence, 70)
    .option(
      '--out <file>',
      'where the pairs go, id1,id2,confidence,decision,reasons; - is standard output, the default',
    )
    .option('--explain <id1,id2>', 'instead: what speaks for and against this one pair, found or not')
    .option('--json', 'print a summary as JSON; the pairs as well when no file is named for them')
    .action(async (file: string, flags: MatchFlags) => done(await match(context, file, flags)));
}

function parseConfidence(text: string): number {
  const confidence = Number(text);
  if (text.trim() === '' || !(confidence >= 0 && confidence <= 100)) {
    throw new InvalidArgumentError('expected a number from 0 to 100');
  }
  return confidence;
}

async function match(context: CliContext, file: string, flags: MatchFlags): Promise<number> {
  const { terminal } = context;
  const began = performance.now();
  const { records, remarks } = await read(file);
  tellRemarks(terminal, file, remarks);
  if (flags.explain !== undefined) return explain(terminal, file, records, flags.explain, flags.json === true);

  const { matches, summary } = await findMatches(context, records, flags.min);
  const out = flags.out === undefined || flags.out === '-' ? null : flags.out;
  if (out !== null) await writeWholeFile(out, (write) => writePairs(matches, write));
  else if (!flags.json) await writePairs(matches, (chunk) => terminal.raw(chunk));

  const told = {
    ...summary,
    leftOut: remarks.filter(({ leftOut }) => leftOut).length,
    min: flags.min,
    pairs: matches.length,
    auto: matches.filter(({ decision }) => decision === 'auto').length,
    review: matches.filter(({ decision }) => decision === 'review').length,
    elapsedMs: Math.round(performance.now() - began),
  };
  if (flags.json) terminal.json(out === null ? { ...told, matches } : told);
  // The pairs themselves may be what standard output is for.
  else for (const line of summaryLines(told, out)) terminal.note(line);
  return EXIT.ok;
}

async function read(file: string): Promise<BusinessFile> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      const sizes = `${number(size)} bytes, at most ${number(MAX_BYTES)} are taken`;
      throw new CliError(EXIT.usage, `${file} has ${sizes}: leave out columns that are not compared`);
    }
    return await readBusinesses(await readFile(file));
  } catch (error) {
    if (error instanceof MatchFileError) {
      throw new CliError(EXIT.failed, `${file}:${error.line}: ${error.message}`, { cause: error });
    }
    if (error instanceof CliError || !(error instanceof Error && 'code' in error)) throw error;
    throw new CliError(EXIT.usage, `${file} cannot be read (${error.code})`, { cause: error });
  }
}

function tellRemarks(terminal: Terminal, file: string, remarks: BusinessFile['remarks']): void {
  for (const { line, message, leftOut } of remarks.slice(0, MAX_REMARKS)) {
    terminal.note(`${file}${line === null ? '' : `:${line}`}: ${message}${leftOut ? '; left out' : ''}`);
  }
  if (remarks.length > MAX_REMARKS) terminal.note(`and ${number(remarks.length - MAX_REMARKS)} more`);
}

async function findMatches(
  { terminal, interrupted }: CliContext,
  records: readonly FileRecord[],
  min: number,
): Promise<{ matches: Match[]; summary: MatchSummary }> {
  const prepared = records.map((record) => record.prepared);
  const statistics = countRecords(prepared);
  const steps = matchAll(prepared, { min, statistics });
  const matches: Match[] = [];
  let toldAt = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return { matches: matches.sort(byConfidence), summary: step.value };
    for (const { a, b } of step.value.pairs) {
      const [one, other] = [records[a], records[b]];
      if (one && other) matches.push(toMatch(one, other, statistics));
    }
    if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
      toldAt = performance.now();
      const { done, total } = step.value;
      terminal.note(`${number(done)} of ${number(total)} records compared, ${number(matches.length)} pairs`);
    }
    // Ctrl-C is heard in between.
    await nextTurn();
    if (interrupted.aborted) throw new CliError(EXIT.interrupted, 'interrupted; nothing was written');
  }
}

function toMatch(one: FileRecord, other: FileRecord, statistics: Statistics): Match {
  const [first, second] = one.id < other.id ? [one, other] : [other, one];
  const score = scorePair(first.prepared, second.prepared, statistics);
  const { confidence, decision } = score;
  return { id1: first.id, id2: second.id, confidence, decision, reasons: reasonsOf(score) };
}

/** The same for any order of the file's rows. */
function byConfidence(a: Match, b: Match): number {
  return b.confidence - a.confidence || compareText(a.id1, b.id1) || compareText(a.id2, b.id2);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `name 6.5; phone 7; location -3; prior -7; cap: the addresses differ`: all bits that are not 0, strongest first. */
function reasonsOf({ evidence, cap }: PairScore): string {
  const weights = evidence
    .filter(({ bits }) => bits !== 0)
    .sort((a, b) => Number(a.group === 'prior') - Number(b.group === 'prior') || Math.abs(b.bits) - Math.abs(a.bits))
    .map(({ group, bits }) => `${group} ${Number(bits.toFixed(1))}`);
  return [...weights, ...(cap ? [`cap: ${cap.why}`] : [])].join('; ');
}

async function writePairs(matches: readonly Match[], write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  await write(Buffer.from(csvLine(HEAD)));
  for (let from = 0; from < matches.length; from += LINES_PER_CHUNK) {
    const lines = matches
      .slice(from, from + LINES_PER_CHUNK)
      .map(({ id1, id2, confidence, decision, reasons }) => csvLine([id1, id2, confidence, decision, reasons]));
    await write(Buffer.from(lines.join('')));
  }
}

interface Told extends MatchSummary {
  leftOut: number;
  min: number;
  pairs: number;
  auto: number;
  review: number;
  elapsedMs: number;
}

function summaryLines(told: Told, out: string | null): string[] {
  const left = told.leftOut === 0 ? '' : ` (${counted(told.leftOut, 'row')} left out)`;
  const kinds = `${number(told.auto)} auto, ${number(told.review)} to review`;
  const lines = [
    `${counted(told.records, 'record')}${left}, ${counted(told.candidatePairs, 'pair')} compared in ${span(told.elapsedMs)}`,
    `${counted(told.pairs, 'pair')} from ${told.min} on: ${kinds}${out === null ? '' : `; written to ${out}`}`,
  ];
  if (told.droppedBlocks > 0) {
    const dropped = `${number(told.droppedPairs)} pairs have only a value in common that too many records share`;
    lines.push(`At most ${dropped} (${number(told.droppedBlocks)} such values), and were not compared for that.`);
  }
  return lines;
}

function explain(
  terminal: Terminal,
  file: string,
  records: readonly FileRecord[],
  ids: string,
  asJson: boolean,
): number {
  const byId = new Map(records.map((record) => [record.id, record]));
  const [one, other] = findPair(byId, file, ids);
  const score = scorePair(one.prepared, other.prepared, countRecords(records.map(({ prepared }) => prepared)));
  const compared = shareKey(one, other);
  if (asJson) {
    terminal.json({ id1: one.id, id2: other.id, candidate: compared, ...score });
    return EXIT.ok;
  }
  terminal.line(`${one.id} and ${other.id}`);
  for (const line of waterfall(score, process.stdout.columns ?? 80)) terminal.line(line);
  if (!compared) {
    terminal.line(
      'They share no phone, e-mail, company domain, name, word of the name in one place, or house number and street:',
    );
    terminal.line('a run over the whole file does not look at this pair.');
  }
  return EXIT.ok;
}

/** An id may have commas in it: the one that parts two known ids is meant. */
function findPair(byId: ReadonlyMap<string, FileRecord>, file: string, ids: string): [FileRecord, FileRecord] {
  for (let at = ids.indexOf(','); at !== -1; at = ids.indexOf(',', at + 1)) {
    const one = byId.get(ids.slice(0, at).trim());
    const other = byId.get(ids.slice(at + 1).trim());
    if (one && other && one !== other) return [one, other];
  }
  const wanted = ids.split(',').map((id) => id.trim());
  const unknown = wanted.filter((id) => !byId.has(id));
  const why = unknown.length > 0 ? `${file} has no record ${unknown.join(', ')}` : 'expected two different ids';
  throw new CliError(EXIT.usage, `--explain ${ids}: ${why}; write ID1,ID2`);
}

function shareKey(one: FileRecord, other: FileRecord): boolean {
  const hashes = new Set(candidateKeys(one.prepared).map(keyHash));
  return candidateKeys(other.prepared).some((key) => hashes.has(keyHash(key)));
}
