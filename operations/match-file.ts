/** Businesses of a CSV file, for `match`. */
import { type Business, type Prepared, prepare } from '../domain/matching/index.ts';
import { CsvFault, csvRows } from './csv-rows.ts';

export interface FileRecord {
  id: string;
  prepared: Prepared;
}

/** A row that is not quite as it should be. */
export interface RowRemark {
  /** From 1; null for what concerns the whole file. */
  line: number | null;
  message: string;
  /** The row is not among the records. */
  leftOut: boolean;
}

export interface BusinessFile {
  records: FileRecord[];
  remarks: RowRemark[];
}

/** The file as a whole cannot be used. */
export class MatchFileError extends Error {
  override readonly name = 'MatchFileError';
  readonly line: number;
  constructor(line: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

const FIELDS = ['dba', 'email', 'phone', 'address', 'city', 'zip'] as const satisfies readonly (keyof Business)[];

type Columns = Record<'id' | (typeof FIELDS)[number], number>;

/**
 * Reads `id,dba,email,phone,address,city,zip`: in any order, any letter case; others are ignored, and all but `id` may be missing.
 * A row without an id of its own, or with more cells than columns, is left out; each is named in `remarks`.
 * @throws {MatchFileError} when there is no such header, or the text is no CSV.
 */
export async function readBusinesses(body: Buffer): Promise<BusinessFile> {
  const records: FileRecord[] = [];
  const remarks: RowRemark[] = [];
  const lines = new Map<string, number>();
  let columns: Columns | null = null;
  let width = 0;
  try {
    for await (const { line, cells } of csvRows(body)) {
      if (!columns) {
        columns = columnsOf(line, cells);
        width = cells.length;
        const missing = FIELDS.filter((field) => columns?.[field] === -1);
        if (missing.length > 0) {
          remarks.push({ line: null, message: `there is no column ${missing.join(', ')}`, leftOut: false });
        }
        continue;
      }
      const id = cells[columns.id]?.trim() ?? '';
      const fault = faultOf(cells, width, id, lines.get(id));
      if (fault !== null) {
        remarks.push({ line, message: fault, leftOut: true });
        continue;
      }
      lines.set(id, line);
      if (cells.length < width) {
        const message = `has ${cells.length} cells of ${width}; what is missing counts as empty`;
        remarks.push({ line, message, leftOut: false });
      }
      records.push({ id, prepared: prepare(businessOf(cells, columns), null) });
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw new MatchFileError(error.line, error.message, { cause: error });
  }
  if (!columns) throw new MatchFileError(1, 'the file is empty; its first line names the columns, id among them');
  return { records, remarks };
}

function columnsOf(line: number, header: readonly string[]): Columns {
  const names = header.map((name) => name.trim().toLowerCase());
  const place = (name: string): number => {
    const at = names.indexOf(name);
    if (at !== names.lastIndexOf(name)) throw new MatchFileError(line, `there are two columns ${name}`);
    return at;
  };
  const [dba, email, phone, address, city, zip] = FIELDS.map(place);
  const columns = { id: place('id'), dba, email, phone, address, city, zip } as Columns;
  if (columns.id === -1) {
    throw new MatchFileError(line, 'the first line names no column id; expected id,dba,email,phone,address,city,zip');
  }
  if (FIELDS.every((field) => columns[field] === -1)) {
    throw new MatchFileError(line, `the first line names nothing to compare; expected some of ${FIELDS.join(', ')}`);
  }
  return columns;
}

function faultOf(cells: readonly string[], width: number, id: string, usedOn: number | undefined): string | null {
  if (cells.slice(width).some((cell) => cell.trim() !== '')) {
    return `has ${cells.length} cells for ${width} columns: is a comma not within quotes?`;
  }
  if (id === '') return 'has no id';
  return usedOn === undefined ? null : `has the id of line ${usedOn}`;
}

function businessOf(cells: readonly string[], columns: Columns): Business {
  const value = (field: (typeof FIELDS)[number]) => cells[columns[field]]?.trim() || null;
  return {
    dba: value('dba'),
    email: value('email'),
    phone: value('phone'),
    address: value('address'),
    city: value('city'),
    zip: value('zip'),
  };
}
