import { parseNumber, type DecimalMark } from "./decimal.ts";
import { fileError } from "./read-bytes.ts";
import { isBareDate, isTimeOfDay, isTimestamp } from "./text-times.ts";

/** What a row of a file without a header looks like, and what its columns are called. */
export interface HeaderlessShape {
  readonly names: readonly string[];
  readonly assumption: string;
}

const KLINES =
  "open time,open,high,low,close,volume,close time,quote volume,number of trades,taker base,taker quote,ignore";
const METATRADER = "date,time,open,high,low,close,tickvol,vol,spread";
const KRAKEN = "time,open,high,low,close,volume,trades";

/** A line of data, where a header should be: every cell is a number, a date or a time, or empty. */
export function isDataLine(cells: readonly string[], mark: DecimalMark): boolean {
  const filled = cells.filter((cell) => cell.trim() !== "");
  const isValue = (cell: string): boolean =>
    !Number.isNaN(parseNumber(cell, mark)) || isTimestamp(cell) || isTimeOfDay(cell);
  return filled.length > 1 && filled.every(isValue);
}

/**
 * Recognises a file without a header by the shape of its rows.
 * @param rows the first rows as cells, all of one width
 * @throws RhymeError "input" where the shape could mean several things
 */
export function headerlessShape(
  place: string,
  rows: readonly (readonly string[])[],
  mark: DecimalMark,
): HeaderlessShape {
  const names = namesOf(rows, mark);
  if (!names) throw ambiguous(place, `${rows[0]!.length} columns: ${rows[0]!.join(" ").slice(0, 100)}`);
  const at = names.indexOf("open");
  const misfit = rows.find((row) => !isCandle(row.slice(at, at + 4), mark));
  const misfits = rows.filter((row) => !isCandle(row.slice(at, at + 4), mark)).length;
  if (misfit && misfits > rows.length / 10) throw ambiguous(place, misfit.join(" ").slice(0, 100));
  return {
    names,
    assumption: `no header: columns are read as ${names.join(", ")} (--columns changes it)`,
  };
}

function namesOf(rows: readonly (readonly string[])[], mark: DecimalMark): string[] | null {
  const [first] = rows;
  const width = first!.length;
  const all = (column: number, test: (x: number) => boolean): boolean =>
    rows.every((row) => test(parseNumber(row[column] ?? "", mark)));
  if (isBareDate(first![0]!) && isTimeOfDay(first![1] ?? "")) {
    if (width < 6 || width > 9) return null;
    return width === 7
      ? METATRADER.replace("tickvol", "volume").split(",").slice(0, 7)
      : METATRADER.split(",").slice(0, width);
  }
  if (!isTimestamp(first![0]!)) return null;
  if (width === 5 || width === 6) return KRAKEN.split(",").slice(0, width);
  if (width === 7 && all(6, (x) => Number.isInteger(x) && x >= 0)) return KRAKEN.split(",");
  const closes = parseNumber(first![6] ?? "") - parseNumber(first![0]!);
  return width === 12 && closes > 0 && all(8, Number.isInteger) ? KLINES.split(",") : null;
}

/** Cells in the order open, high, low, close. */
function isCandle(cells: readonly string[], mark: DecimalMark): boolean {
  const [o, h, l, c] = cells.map((cell) => parseNumber(cell, mark)) as [number, number, number, number];
  return h >= o && h >= c && l <= o && l <= c;
}

function ambiguous(place: string, received: string): Error {
  return fileError(
    `${place}:1`,
    "a header, or columns in the order time, open, high, low, close, volume",
    received,
    "Name the columns in their order, for example --columns time,open,high,low,close,volume (- leaves one out)",
  );
}
