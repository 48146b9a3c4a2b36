import { RhymeError } from "../../errors.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { matchColumns, plainName, SKIP, type ColumnRoles, type Role } from "./columns.ts";
import { parseNumber, type DecimalMark } from "./decimal.ts";
import { decimalMarkOf } from "./decimal-mark.ts";
import { headerlessShape, isDataLine } from "./headerless.ts";
import { fileError } from "./read-bytes.ts";
import { splitText } from "./split-record.ts";
import { isBareDate, isTimeOfDay } from "./text-times.ts";

export interface DialectOptions {
  /** What the columns are called, in their order; default: as the header says. */
  readonly columns?: readonly string[];
  /** How fractions are written; default: told by the prices. */
  readonly decimal?: DecimalMark;
}

/** How a CSV file is written. */
export interface Dialect {
  readonly separator: string;
  readonly mark: DecimalMark;
  readonly names: readonly string[];
  readonly roles: ColumnRoles;
  /** Whether the time column holds numbers. */
  readonly numericTime: boolean;
  /** Fields of a row; one more than there are names where every line ends with a separator. */
  readonly width: number;
  /** Offset and line of the first row. */
  readonly start: number;
  readonly line: number;
  readonly assumptions: readonly string[];
}

/** Where two fit, the one that is not a decimal mark somewhere. */
const SEPARATORS = ["\t", ";", "|", ","];
const SAMPLE_LINES = 1000;
const SAMPLE_BYTES = 262_144;
const LONGEST_HEADER = 65_536;

/**
 * Finds out how a file is written from its first lines: separator, header or none, decimal mark.
 * @throws RhymeError "input" where that could be several things, "usage" where --columns does not fit
 */
export function findDialect(place: string, bytes: Buffer, options: DialectOptions = {}): Dialect {
  const head = firstLines(place, bytes);
  const separator = head.separator ?? separatorOf(head.texts[0]!);
  const cells = head.texts.map((text) =>
    (splitText(text, separator) ?? text.split(separator)).map((c) => c.trim()),
  );
  const mark = options.decimal ?? decimalMarkOf(place, cells);
  const headless = options.columns
    ? isNamedDataLine(options.columns, cells[0]!, mark)
    : isDataLine(cells[0]!, mark);
  const rows = (headless ? cells : cells.slice(1)).filter((row) => row.length >= cells[0]!.length);
  const { names, assumptions } = namesOf(place, cells[0]!, rows, headless, mark, options);
  const roles = withClock(matchColumns(place, names), names, rows);
  const time = roles.get("time")!;
  const trailing = mostOf(rows, (row) => row.length === names.length + 1 && row.at(-1) === "");
  return {
    separator,
    mark,
    names,
    roles,
    numericTime: !roles.has("clock") && mostOf(rows, (row) => !Number.isNaN(parseNumber(row[time] ?? ""))),
    width: names.length + (trailing ? 1 : 0),
    start: headless ? head.start : head.behind,
    line: headless ? head.line : head.line + 1,
    assumptions,
  };
}

/** Most of the rows; a damaged one among them decides nothing. */
function mostOf<T>(rows: readonly T[], test: (row: T) => boolean): boolean {
  return rows.filter(test).length * 2 > rows.length;
}

interface FirstLines {
  readonly texts: readonly string[];
  /** Offset, number and end of the first line. */
  readonly start: number;
  readonly line: number;
  readonly behind: number;
  /** Said by a first line `sep=;`, as Excel writes it. */
  readonly separator: string | null;
}

/** Lines with something on them, as far as they tell how the file is written. */
function firstLines(place: string, bytes: Buffer): FirstLines {
  const texts: string[] = [];
  let separator: string | null = null;
  let first = { start: 0, line: 1, behind: 0 };
  const cursor = new ByteCursor(bytes, 0, "\n", "point");
  for (let line = 1; cursor.at < bytes.length && texts.length < SAMPLE_LINES; line++) {
    if (cursor.at > SAMPLE_BYTES && texts.length > 1) break;
    const start = cursor.at;
    if (cursor.overBlankLine()) continue;
    const end = cursor.lineEnd(start);
    cursor.at = end;
    cursor.overLineBreak();
    if (end - start > LONGEST_HEADER) {
      if (texts.length === 0) throw notCsv(place, `a first line of ${end - start} bytes`);
      continue;
    }
    const text = bytes.toString("utf8", start, end);
    const said: RegExpExecArray | null = /^"?sep=(.)"?$/i.exec(text);
    if (said && line === 1) {
      separator = said[1]!;
      continue;
    }
    if (texts.length === 0) first = { start, line, behind: cursor.at };
    texts.push(text);
  }
  if (texts.length === 0) throw notCsv(place, "blank lines only");
  return { texts, separator, ...first };
}

function notCsv(place: string, received: string): Error {
  return fileError(place, "a header and candles", received, "Check how the file was made");
}

function separatorOf(text: string): string {
  const counts = SEPARATORS.map((separator) => (splitText(text, separator) ?? text.split(separator)).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}

function namesOf(
  place: string,
  first: readonly string[],
  rows: readonly (readonly string[])[],
  headless: boolean,
  mark: DecimalMark,
  { columns }: DialectOptions,
): { readonly names: readonly string[]; readonly assumptions: readonly string[] } {
  if (columns) {
    if (columns.length !== first.length) throw otherWidth(place, columns, first);
    const taken = columns.filter((name) => name !== SKIP).join(", ");
    return {
      names: columns,
      assumptions: [`columns are named ${taken}${headless ? "" : ", whatever the header says"}`],
    };
  }
  if (!headless) return { names: first, assumptions: [] };
  const { names, assumption } = headerlessShape(place, rows, mark);
  return { names, assumptions: [assumption] };
}

/** Whether the first line holds a candle where the given names say so, rather than names of its own. */
function isNamedDataLine(columns: readonly string[], first: readonly string[], mark: DecimalMark): boolean {
  const at = columns.findIndex((name) => plainName(name) === "open" || plainName(name) === "close");
  return !Number.isNaN(parseNumber(first[at] ?? "", mark));
}

function otherWidth(place: string, columns: readonly string[], first: readonly string[]): RhymeError {
  return new RhymeError("usage", {
    place: "--columns",
    expected: `${first.length} names, as many as ${place} has columns`,
    received: `${columns.length}: ${columns.join()}`,
    remedy: `Name each column of ${JSON.stringify(first.join(" ").slice(0, 80))}; ${SKIP} leaves one out`,
  });
}

/** Where a column `date` holds dates alone and one `time` the time of day, both together are the time. */
function withClock(
  roles: ColumnRoles,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): ColumnRoles {
  const plain = names.map(plainName);
  const [date, time] = [plain.indexOf("date"), plain.indexOf("time")];
  if (roles.get("time") !== time || date < 0) return roles;
  if (!mostOf(rows, (row) => isBareDate(row[date] ?? "") && isTimeOfDay(row[time] ?? ""))) return roles;
  return new Map<Role, number>([...roles, ["time", date], ["clock", time]]);
}
