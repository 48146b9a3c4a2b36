import pl from "nodejs-polars";
import Papa from "papaparse";
import { matchColumns, type ColumnRoles, type Role } from "./columns.ts";
import { fileError } from "./read-bytes.ts";
import { parseNumber } from "./stamps.ts";
import type { BadLine, ColumnValues, Table } from "./table.ts";

interface Header {
  readonly names: readonly string[];
  readonly separator: string;
  readonly roles: ColumnRoles;
  /** Offset of the byte after the header's line break. */
  readonly end: number;
}

const SEPARATORS = [",", "\t", ";", "|"];
const [LF, CR, QUOTE] = [10, 13, 34];

/**
 * CSV text with a header as a table. Regular files (no quotes, the same number of fields on every line, numbers
 * everywhere) are parsed by polars; anything else line by line, so that a defect is named with its line.
 * @throws RhymeError "input" without a usable header or without rows
 */
export function csvTable(place: string, bytes: Buffer): Table {
  const header = readHeader(place, bytes);
  const table = fastTable(place, bytes, header) ?? slowTable(place, bytes, header);
  if (table.line.length > 0 || table.badLines.length > 0) return table;
  throw fileError(place, "candles below the header", "a header only", "Check how the file was made");
}

function readHeader(place: string, bytes: Buffer): Header {
  const lf = bytes.indexOf(LF);
  const end = lf < 0 ? bytes.length : lf + 1;
  const text = bytes.toString("utf8", 0, end).trim();
  const counts = SEPARATORS.map((separator) => text.split(separator).length);
  const separator = SEPARATORS[counts.indexOf(Math.max(...counts))]!;
  const names = (Papa.parse<string[]>(text, { delimiter: separator }).data[0] ?? []).map((name) =>
    name.trim(),
  );
  return { names, separator, roles: matchColumns(place, names), end };
}

/** Number of data lines where every line has the same number of separators and there are no quotes; else -1. */
function regularLines(bytes: Buffer, { names, separator }: Header): number {
  const separatorCode = separator.charCodeAt(0);
  let [lines, separators, start] = [0, 0, 0];
  for (let i = 0; i <= bytes.length; i++) {
    const byte = i < bytes.length ? bytes[i]! : LF;
    if (byte === separatorCode) separators++;
    else if (byte === QUOTE) return -1;
    else if (byte === LF) {
      if (i === bytes.length && start === i) break; // the last line ends with a line break
      if (separators !== names.length - 1 || i - start < 2) return -1;
      lines++;
      separators = 0;
      start = i + 1;
    } else if (byte === CR && bytes[i + 1] !== LF) return -1;
  }
  return lines - 1;
}

/** All columns through polars, null where the slow path must look. */
function fastTable(place: string, bytes: Buffer, header: Header): Table | null {
  const { names, roles, separator } = header;
  const height = regularLines(bytes, header);
  if (height < 1 || new Set(names).size < names.length || names.includes("")) return null;
  const numericTime = !Number.isNaN(parseNumber(firstField(bytes, header, roles.get("time")!)));
  const isText = (role: Role): boolean => role === "complete" || (role === "time" && !numericTime);
  const dtypes = Object.fromEntries(
    [...roles].map(([role, i]) => [names[i]!, isText(role) ? pl.Utf8 : pl.Float64]),
  );
  try {
    const wanted = [...roles.values()].map((i) => names[i]!);
    const frame = pl.readCSV(bytes, { inferSchemaLength: 0, sep: separator, dtypes, columns: wanted });
    if (frame.height !== height || wanted.some((name) => frame.getColumn(name).nullCount() > 0)) return null;
    const columns = new Map<Role, ColumnValues>();
    for (const [role, i] of roles) {
      const column = frame.getColumn(names[i]!);
      if (isText(role)) columns.set(role, { kind: "text", values: column.toArray() as string[] });
      else columns.set(role, { kind: "numbers", values: column.toTypedArray() as Float64Array });
    }
    return {
      place,
      names,
      roles,
      columns,
      line: Int32Array.from({ length: height }, (_, i) => i + 2),
      badLines: [],
    };
  } catch {
    return null; // a cell that is no number: the slow path names it
  }
}

function firstField(bytes: Buffer, { separator, end }: Header, index: number): string {
  const lf = bytes.indexOf(LF, end);
  return bytes.toString("utf8", end, lf < 0 ? bytes.length : lf).split(separator)[index] ?? "";
}

/** Line by line; cells stay text. */
function slowTable(place: string, bytes: Buffer, { names, separator, roles, end }: Header): Table {
  const texts = new Map<Role, string[]>([...roles.keys()].map((role) => [role, []]));
  const targets = [...roles].map(([role, i]) => [texts.get(role)!, i] as const);
  const lines: number[] = [];
  const badLines: BadLine[] = [];
  eachRecord(bytes.toString("utf8", end), separator, (fields, line) => {
    if (fields.length === 1 && fields[0]!.trim() === "") return;
    if (fields.length !== names.length) {
      const value = `${fields.length} fields, the header has ${names.length}: ${fields.join(separator).slice(0, 60)}`;
      badLines.push({ line, value });
      return;
    }
    lines.push(line);
    for (const [target, i] of targets) target.push(fields[i]!);
  });
  const columns = new Map<Role, ColumnValues>();
  for (const [role, values] of texts) columns.set(role, { kind: "text", values });
  return { place, names, roles, columns, line: Int32Array.from(lines), badLines };
}

/** Fields and line number of every record below the header; only quotes need a real CSV parser. */
function eachRecord(body: string, separator: string, visit: (fields: string[], line: number) => void): void {
  let line = 2;
  if (!body.includes('"')) {
    for (const text of body.split(/\r?\n|\r/)) visit(text.split(separator), line++);
    return;
  }
  Papa.parse<string[]>(body, {
    delimiter: separator,
    step: ({ data: fields }) => {
      visit(fields, line);
      line += 1 + fields.reduce((sum, field) => sum + field.split("\n").length - 1, 0);
    },
  });
}
