/** Rows of a CSV file, with the lines they stand on. */
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, type Info, parse } from 'csv-parse';

export interface CsvRow {
  /** From 1; of a row over several lines the first one. */
  line: number;
  cells: string[];
}

/** The file as such cannot be read; nothing after `line` was looked at. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const CHUNK_BYTES = 65_536;
/** Other requests are answered in between. */
const ROWS_PER_TURN = 200;
const MAX_ROW_CHARACTERS = 200_000;
const NEWLINE = 0x0a;

/**
 * Reads comma, semicolon or tab separated rows: the separator is the one that the header has. Takes a BOM, any line ends, quoted
 * cells with separators and line breaks in them; lines without anything are passed over.
 * @throws {CsvFault} when it is no UTF-8, or its quotes do not match.
 */
export async function* csvRows(body: Buffer): AsyncGenerator<CsvRow> {
  requireUtf8(body);
  // The parser reads ahead of us: where it stands is not where the rows are that we have seen.
  let parsedLines = 0;
  const parser = Readable.from(chunks(body)).pipe(
    parse({
      bom: true,
      delimiter: separatorOf(body),
      info: true,
      relax_column_count: true,
      max_record_size: MAX_ROW_CHARACTERS,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record(row, { lines }) {
        parsedLines = lines;
        return row;
      },
    }),
  );
  let read = 0;
  let lines = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const line = lines + 1;
      lines = info.lines;
      if (record.length > 1 || record[0] !== '') yield { line, cells: record };
      read += 1;
      if (read % ROWS_PER_TURN === 0) await nextTurn();
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CsvFault(endsTooLate(error) ? parsedLines + 1 : Number(error.lines), explain(error));
  } finally {
    parser.destroy();
  }
}

function* chunks(body: Buffer): Generator<Buffer> {
  for (let from = 0; from < body.length; from += CHUNK_BYTES) yield body.subarray(from, from + CHUNK_BYTES);
}

function requireUtf8(body: Buffer): void {
  if (isUtf8(body)) return;
  let line = 1;
  for (let from = 0; from < body.length; line += 1) {
    const end = body.indexOf(NEWLINE, from);
    const to = end === -1 ? body.length : end + 1;
    if (!isUtf8(body.subarray(from, to))) break;
    from = to;
  }
  throw new CsvFault(line, 'the text is not UTF-8; save the file as "CSV UTF-8"');
}

function separatorOf(body: Buffer): string {
  const end = body.indexOf(NEWLINE);
  const header = body.subarray(0, Math.min(end === -1 ? body.length : end, CHUNK_BYTES)).toString('utf8');
  return [',', ';', '\t'].find((separator) => header.includes(separator)) ?? ',';
}

/** Faults that are noticed far behind their row's beginning. */
function endsTooLate({ code }: CsvError): boolean {
  return code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE';
}

/** The parser's own message may quote what stands in the file. */
function explain({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quoted cell that begins here is not closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a closing quote is not followed by a separator; a quote within a quoted cell is written twice';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands within a cell that is not quoted; quote the cell and write the quote twice';
    case 'CSV_MAX_RECORD_SIZE':
      return `a row has more than ${MAX_ROW_CHARACTERS} characters; is a quote not closed?`;
    default:
      return `the text is no CSV (${code})`;
  }
}
