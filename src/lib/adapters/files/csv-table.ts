import { ByteCursor } from "./byte-cursor.ts";
import type { Role } from "./columns.ts";
import { parseNumber } from "./decimal.ts";
import { readPlainRow } from "./plain-row.ts";
import { findDialect, type Dialect, type DialectOptions } from "./dialect.ts";
import { fileError } from "./read-bytes.ts";
import { splitRecord, type SplitRecord } from "./split-record.ts";
import type { BadLine, ColumnValues, Table } from "./table.ts";

const LF = 10;
/** One call reads so many rows, so that its code is made once and not anew for every file. */
const SOME_ROWS = 4096;
const TEXT: ReadonlySet<Role> = new Set<Role>(["clock", "symbol", "complete"]);

/**
 * CSV text as a table, in one pass over its bytes: numbers are read where they stand. A line that is no row of the
 * table is named and costs no other line.
 * @throws RhymeError "input" without usable columns or without rows
 */
export function csvTable(place: string, bytes: Buffer, options: DialectOptions = {}): Table {
  const rows = new CsvRows(bytes, findDialect(place, bytes, options));
  rows.read();
  return rows.table(place);
}

interface Target {
  readonly text: string[] | null;
  numbers: Float64Array;
}

/** Rows of a CSV file as they are read. */
export class CsvRows {
  count = 0;
  readonly badLines: BadLine[] = [];
  readonly #cursor: ByteCursor;
  readonly #dialect: Dialect;
  /** What each field of a row is read into, null where nobody asks. [width] */
  readonly #targets: (Target | null)[];
  #line: Int32Array;
  #nextLine: number;
  /** Offset of each row, so that a cell can be looked at again. */
  #start: Offsets;

  constructor(bytes: Buffer, dialect: Dialect) {
    const { separator, mark, start, line, roles, width, numericTime } = dialect;
    this.#nextLine = line;
    this.#cursor = new ByteCursor(bytes, start, separator, mark);
    this.#dialect = dialect;
    const room = estimatedRows(bytes, start);
    this.#line = new Int32Array(room);
    this.#start = offsets(bytes, room);
    this.#targets = new Array<Target | null>(width).fill(null);
    for (const [role, i] of roles) {
      const text = TEXT.has(role) || (role === "time" && !numericTime);
      this.#targets[i] = { text: text ? [] : null, numbers: new Float64Array(text ? 0 : room) };
    }
  }

  /** Reads all rows that are left. */
  read(): void {
    const cursor = this.#cursor;
    const end = cursor.bytes.length;
    const lastBreak = this.#lastBreak(end);
    while (cursor.at < end) {
      this.#readPlainTo(lastBreak);
      if (cursor.at < end) this.#nextLine += this.#readOther(cursor.at, this.#nextLine);
    }
  }

  /** Reads rows that end before an offset, as long as they are plain ones; what lies behind it may not be there yet. */
  readPlainUpTo(end: number): void {
    this.#readPlainTo(this.#lastBreak(end));
  }

  /** The last line feed before an offset; none where offsets are too large for plain rows. */
  #lastBreak(end: number): number {
    return end < 2 ** 31 ? this.#cursor.bytes.lastIndexOf(LF, end - 1) : -1;
  }

  #readPlainTo(lastBreak: number): void {
    while (this.#readPlainRows(lastBreak));
  }

  /** Reads some rows. @returns whether more may follow */
  #readPlainRows(lastBreak: number): boolean {
    this.#makeRoom();
    const cursor = this.#cursor;
    const targets = {
      numbers: this.#targets.map((target) => (target && !target.text ? target.numbers : null)),
      texts: this.#targets.map((target) => target && target.text),
    };
    const trailing = this.#dialect.width > this.#dialect.names.length; // behind the last separator there is nothing
    const most = Math.min(this.count + SOME_ROWS, this.#start.length);
    while (this.count < most && cursor.at <= lastBreak) {
      const start = cursor.at;
      if (!readPlainRow(cursor, targets, this.count) || (trailing && !cursor.isBehindSeparator())) {
        cursor.at = start;
        return false;
      }
      this.#add(start, this.#nextLine++);
    }
    return cursor.at <= lastBreak;
  }

  /** Reads whatever comes next: a blank line, a row, or what is none. @returns lines that it took */
  #readOther(start: number, line: number): number {
    const cursor = this.#cursor;
    if (cursor.overBlankLine()) return 1;
    this.#makeRoom();
    if (this.#readPlain()) {
      this.#add(start, line);
      return 1;
    }
    cursor.at = start;
    return this.#readText(start, line);
  }

  /** Reads one row without quotes, or says that it is none. */
  #readPlain(): boolean {
    const cursor = this.#cursor;
    const row = this.count;
    cursor.quoted = false;
    const last = this.#targets.length - 1;
    for (let i = 0; i <= last; i++) {
      const target = this.#targets[i]!;
      if (i === this.#dialect.names.length) {
        return cursor.overLineBreak(); // behind the last separator there is nothing
      }
      if (target === null) cursor.skip();
      else if (target.text) target.text[row] = cursor.text();
      else target.numbers[row] = cursor.number();
      if (cursor.quoted || !(i < last ? cursor.overSeparator() : cursor.overLineBreak())) return false;
    }
    return true;
  }

  /** Reads one record with quotes or of another width. @returns lines that it took */
  #readText(start: number, line: number): number {
    const { separator, names, mark } = this.#dialect;
    const record = splitRecord(this.#cursor, separator, names.length);
    const fields = this.#rowOf(record);
    const lines = record.fields ? record.lines : 1;
    if (typeof fields === "string") {
      this.badLines.push({ line, value: fields });
      return lines;
    }
    for (let i = 0; i < names.length; i++) {
      const target = this.#targets[i];
      if (target?.text) target.text[this.count] = fields[i]!;
      else if (target) target.numbers[this.count] = parseNumber(fields[i]!, mark);
    }
    this.#add(start, line);
    return lines;
  }

  /** The fields of a row, or what keeps the record from being one. */
  #rowOf(record: SplitRecord): readonly string[] | string {
    const { separator, names, width } = this.#dialect;
    const { fields } = record;
    if (!fields) return record.why;
    if (!isRow(fields, names.length, width)) {
      const shown = fields.join(separator).slice(0, 60);
      return `${fields.length} fields, the header has ${names.length}: ${shown}`;
    }
    const broken = fields.find((field, i) => this.#targets[i] && field.includes("\n"));
    return broken === undefined ? fields : `a line break in ${JSON.stringify(broken.slice(0, 60))}`;
  }

  #add(start: number, line: number): void {
    this.#start[this.count] = start;
    this.#line[this.count++] = line;
  }

  #makeRoom(): void {
    if (this.count < this.#start.length) return;
    const room = this.count * 2 + 16;
    const grown = (values: Float64Array): Float64Array => {
      const larger = new Float64Array(room);
      larger.set(values);
      return larger;
    };
    const start = offsets(this.#cursor.bytes, room);
    start.set(this.#start);
    this.#start = start;
    const line = new Int32Array(room);
    line.set(this.#line);
    this.#line = line;
    for (const target of this.#targets) if (target && !target.text) target.numbers = grown(target.numbers);
  }

  /** What was read. @throws RhymeError "input" without rows */
  table(place: string): Table {
    if (this.count + this.badLines.length > 0) return this.#table(place);
    throw fileError(place, "candles below the header", "a header only", "Check how the file was made");
  }

  #table(place: string): Table {
    const { names, roles, assumptions } = this.#dialect;
    const R = this.count;
    const columns = new Map<Role, ColumnValues>();
    for (const [role, i] of this.#dialect.roles) {
      const { text, numbers } = this.#targets[i]!;
      const cell = (row: number): string => this.#cell(row, i);
      if (text) columns.set(role, { kind: "text", values: text.slice(0, R) });
      else columns.set(role, { kind: "numbers", values: numbers.subarray(0, R), cell });
    }
    const line = this.#line.subarray(0, R);
    return { place, names, roles, columns, line, badLines: this.badLines, assumptions };
  }

  #cell(row: number, field: number): string {
    this.#cursor.at = this.#start[row]!;
    const { separator, names } = this.#dialect;
    return splitRecord(this.#cursor, separator, names.length).fields?.[field] ?? "";
  }
}

type Offsets = Uint32Array | Float64Array;

function offsets(bytes: Buffer, room: number): Offsets {
  return bytes.length < 2 ** 32 ? new Uint32Array(room) : new Float64Array(room);
}

/** As many fields as names; or an empty one more, where every line ends with a separator. */
function isRow(fields: readonly string[], names: number, width: number): boolean {
  return fields.length === names || (fields.length === width && fields[names] === "");
}

/** Room for the rows, by the length of the first lines; a little too much rather than too little. */
function estimatedRows(bytes: Buffer, start: number): number {
  const sample = bytes.subarray(start, start + 65_536);
  let breaks = 1;
  for (const byte of sample) if (byte === 10 || byte === 13) breaks++;
  return Math.ceil((1.02 * breaks * (bytes.length - start)) / Math.max(sample.length, 1)) + 16;
}
