import type { FrameLike, SeriesLike } from "./recognise.ts";
import type { TableColumns } from "./table-output.ts";

/** Rows as objects; the names of the first row are the columns. */
export function rowsTable(rows: readonly object[]): TableColumns {
  const names = Object.keys(rows[0] ?? {});
  const at = (column: number, row: number): unknown =>
    (rows[row] as Readonly<Record<string, unknown>>)[names[column]!];
  return { names, rows: rows.length, at };
}

const ENDS = 60;

/** A polars DataFrame; only its first and last rows are read. */
export function frameTable(frame: FrameLike): TableColumns {
  const { columns, height, dtypes } = frame;
  const head = frame.head(ENDS).rows();
  const tail = height > ENDS ? frame.tail(ENDS).rows() : [];
  const at = (column: number, row: number): unknown =>
    (row < head.length ? head[row] : tail[row - (height - tail.length)])?.[column];
  return { names: columns, rows: height, at, kinds: dtypes.map(String) };
}

/** A polars Series as a table of one column. */
export function seriesTable(series: SeriesLike): TableColumns {
  const { name, length } = series;
  const head = series.head(ENDS).toArray();
  const tail = length > ENDS ? series.tail(ENDS).toArray() : [];
  const at = (_column: number, row: number): unknown =>
    row < head.length ? head[row] : tail[row - (length - tail.length)];
  return { names: [name === "" ? "value" : name], rows: length, at, kinds: [String(series.dtype)] };
}
