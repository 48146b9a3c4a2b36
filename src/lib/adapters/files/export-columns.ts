import pl from "nodejs-polars";
import type { Frame } from "./frame-table.ts";

/**
 * What a column of an exported table holds; null stands where there is nothing. `instant`: epoch ms, written as
 * Datetime in UTC. `real`: Float64. `count`: Int64. `sign`: Int8. `flag`: Boolean. `text`: UTF-8. `vector`: List of
 * Float32. `texts`: List of UTF-8.
 */
export type ExportKind = "instant" | "real" | "count" | "sign" | "flag" | "text" | "vector" | "texts";

/** Columns by name, in the order in which they are written. */
export type ExportShape = Readonly<Record<string, ExportKind>>;

export type ExportCell = number | boolean | string | null | Float32Array | readonly string[];

/** A table as it is read: one array of cells per row, in the order of the shape. */
export interface ExportTable {
  readonly shape: ExportShape;
  readonly rows: Iterable<readonly ExportCell[]>;
}

/** Small enough that a batch of 512-value embeddings and its copies stay within some hundred MB. */
const BATCH_CELLS = 4_000_000;
const BATCH_ROWS = 65_536;

/** The table as DataFrames, one after the other, so that no more than one of them is in memory. */
export function* framesOf({ shape, rows }: ExportTable): Generator<Frame> {
  const kinds = Object.entries(shape);
  let columns = emptyColumns(kinds.length);
  let room = BATCH_ROWS;
  for (const row of rows) {
    if (columns[0]!.length === 0) room = roomFor(row);
    for (let c = 0; c < row.length; c++) columns[c]!.push(row[c]!);
    if (columns[0]!.length < room) continue;
    yield frameOf(kinds, columns);
    columns = emptyColumns(kinds.length);
  }
  if (columns[0]!.length > 0) yield frameOf(kinds, columns);
}

function emptyColumns(count: number): ExportCell[][] {
  return Array.from({ length: count }, () => []);
}

function roomFor(row: readonly ExportCell[]): number {
  const cells = row.reduce<number>((sum, cell) => sum + (cell instanceof Float32Array ? cell.length : 1), 0);
  return Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_CELLS / cells)));
}

function frameOf(kinds: readonly (readonly [string, ExportKind])[], columns: readonly ExportCell[][]): Frame {
  return pl.DataFrame(kinds.map(([name, kind], c) => seriesOf(name, kind, columns[c]!)));
}

function seriesOf(name: string, kind: ExportKind, cells: readonly ExportCell[]): pl.Series {
  switch (kind) {
    case "instant":
      return numbers(name, cells).cast(pl.Int64).cast(pl.Datetime("ms", "UTC"));
    case "real":
      return numbers(name, cells);
    case "count":
      return numbers(name, cells).cast(pl.Int64);
    case "sign":
      return numbers(name, cells).cast(pl.Int8);
    case "flag":
      return pl.Series(name, cells as (boolean | null)[], pl.Bool);
    case "text":
      return pl.Series(name, cells as (string | null)[], pl.Utf8);
    case "vector":
      return pl.Series(name, cells as Float32Array[]); // List of Float32
    case "texts":
      return pl.Series(name, cells as string[][], pl.List(pl.Utf8));
  }
}

/** A typed array is handed over without a look at each cell; null travels as NaN and is put back. */
function numbers(name: string, cells: readonly ExportCell[]): pl.Series {
  const values = Float64Array.from(cells as readonly (number | null)[], (cell) => cell ?? NaN);
  const series = pl.Series(name, values);
  if (!values.some(Number.isNaN)) return series;
  return pl
    .DataFrame([series])
    .select(pl.col(name).fillNan(pl.lit(null)))
    .getColumn(name);
}
