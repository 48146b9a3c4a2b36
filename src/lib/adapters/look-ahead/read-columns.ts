import type pl from "nodejs-polars";
import type { Misfit, Said } from "../../evaluation/look-ahead/user/caller.ts";
import type { Frame } from "../files/frame-table.ts";

/** More than this is no feature, and would only fill the memory. */
const MOST_COLUMNS = 2_000;
const MOST_VALUES = 50_000_000;

const COLUMNS = "return columns by name: { change: [one number per base bar] }";
const WANTED = "return one number per base bar, null where there is none";

export class TooMuch extends Error {}

/**
 * What a function returned, as columns of one number per base bar, copied.
 * @param base the frame of the base bars, where it was given frames
 * @throws TooMuch
 */
export async function readColumns(
  returned: unknown,
  rows: number,
  base: Frame | null,
): Promise<Pick<Said, "columns" | "instead">> {
  if (isFrame(returned)) {
    const { readFrame } = await import("./polars-frames.ts");
    return {
      columns: readFrame(returned, rows, base),
      instead: "nothing but what it was given; alias its columns",
    };
  }
  if (typeof returned !== "object" || returned === null || isList(returned))
    return { columns: new Map(), instead: `${isList(returned) ? "a list" : inWords(returned)}; ${COLUMNS}` };
  const entries = Object.entries(returned);
  assertSize(entries.length, rows);
  const columns = new Map<string, Float64Array | Misfit>();
  for (const [name, column] of entries) {
    const values: unknown = isSeries(column)
      ? (await import("./polars-frames.ts")).seriesValues(column)
      : column;
    columns.set(name, readColumn(values, rows));
  }
  return { columns, instead: columns.size > 0 ? null : `an object without any; ${COLUMNS}` };
}

/** One number per base bar; null, undefined and NaN say nothing, true is 1. */
export function readColumn(column: unknown, rows: number): Float64Array | Misfit {
  if (!isList(column))
    return { misfit: "not numbers", message: `it is ${inWords(column)}, not a list of numbers; ${WANTED}` };
  if (column.length !== rows)
    return { misfit: "wrong length", message: `${column.length} values for ${rows} bars; ${WANTED}` };
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const value = column[i];
    if (typeof value === "number") values[i] = value;
    else if (value === null || value === undefined) values[i] = NaN;
    else if (typeof value === "boolean") values[i] = value ? 1 : 0;
    else return { misfit: "not numbers", message: `bar ${i} has ${inWords(value)}; ${WANTED}` };
  }
  return values;
}

/** @throws TooMuch */
export function assertSize(columns: number, rows: number): void {
  if (columns > MOST_COLUMNS || columns * rows > MOST_VALUES)
    throw new TooMuch(`${columns} columns of ${rows} values are more than are checked at once`);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  if (Array.isArray(value)) return true;
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** By their shape, so that polars need not be loaded to know. */
function isFrame(value: unknown): value is Frame {
  return hasMethods(value, ["getColumn", "withColumns", "toRecords"]);
}

function isSeries(value: unknown): value is pl.Series {
  return hasMethods(value, ["toArray", "isNumeric", "seriesEqual"]);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value === "bigint") return "a BigInt";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
