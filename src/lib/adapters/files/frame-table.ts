import pl from "nodejs-polars";
import { DAY } from "../../time/units.ts";
import { matchColumns, PRICES, type Role } from "./columns.ts";
import { fileError } from "./read-bytes.ts";
import type { ColumnValues, Table } from "./table.ts";

export type Frame = pl.DataFrame;
type Column = pl.Series;

/** Units per ms of polars' Datetime. */
const PER_MS: Readonly<Record<string, number>> = { ms: 1, us: 1e3, ns: 1e6 };

/** A Parquet file in memory as a table. @throws RhymeError "input" where it is damaged or without rows */
export function parquetTable(place: string, bytes: Buffer): Table {
  let frame: Frame;
  try {
    frame = pl.readParquet(bytes);
  } catch (error) {
    const received = `damaged Parquet (${(error as Error).message.split("\n")[0]!.slice(0, 120)})`;
    throw fileError(place, "a whole Parquet file", received, "Write the file again");
  }
  return frameTable(frame, place);
}

/** A polars DataFrame with named columns as a table. */
export function frameTable(frame: Frame, place = "DataFrame"): Table {
  const names = frame.columns;
  const roles = matchColumns(place, names);
  if (frame.height === 0) throw fileError(place, "rows", "columns only", "Check how the table was made");
  const columns = new Map<Role, ColumnValues>();
  const single = PRICES.some(
    (price) => roles.has(price) && isFloat32(frame.getColumn(names[roles.get(price)!]!)),
  );
  for (const [role, i] of roles) columns.set(role, valuesOf(frame.getColumn(names[i]!)));
  const line = Int32Array.from({ length: frame.height }, (_, i) => i + 1);
  return { place, names, roles, columns, line, badLines: [], assumptions: single ? [SINGLE] : [] };
}

const SINGLE = "prices are Float32, about seven digits: 1.0523 is 1.0522999763";

function isFloat32(column: Column): boolean {
  return /Float32/.test(String(column.dtype));
}

function valuesOf(column: Column): ColumnValues {
  const dtype = String(column.dtype);
  if (/Utf8|String|Bool/.test(dtype)) {
    return {
      kind: "text",
      values: (column.toArray() as (string | boolean | null)[]).map((v) => `${v ?? ""}`),
    };
  }
  const numbers = (): Float64Array => numbersOf(column);
  if (/Datetime/.test(dtype)) {
    const [, unit = "us", zone = ""] = /Datetime\((\w+),?\s*([^)]*)\)/.exec(dtype) ?? [];
    // Midnights of 1800 to 2200 in ns need more than 53 bits; whole ms survive the division all the same.
    const ms = numbers().map((t) => Math.floor(t / PER_MS[unit]!));
    return { kind: zone === "" ? "wall" : "instants", values: ms };
  }
  if (/Date/.test(dtype)) return { kind: "dates", values: numbers().map((day) => day * DAY) };
  return { kind: "numbers", values: numbers() };
}

function numbersOf(column: Column): Float64Array {
  const dtype = String(column.dtype);
  const plain = /Datetime/.test(dtype)
    ? column.cast(pl.Int64)
    : /Date/.test(dtype)
      ? column.cast(pl.Int32)
      : column;
  const floats = plain.cast(pl.Float64);
  if (floats.nullCount() === 0) return Float64Array.from(floats.toTypedArray() as Float64Array);
  return Float64Array.from(floats.toArray() as (number | null)[], (v) => v ?? NaN);
}
