import { RhymeError } from "../../errors.ts";
import { matchColumns, type Role } from "./columns.ts";
import { candlesFromTables, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";
import type { ColumnValues } from "./table.ts";

/** Plain arrays by column name; times may be epoch numbers, ISO text or dates. */
export type PlainColumns = Readonly<Record<string, ArrayLike<number> | readonly string[] | readonly Date[]>>;

/**
 * Candles from plain arrays, judged like those of a file.
 * @example candlesFromColumns({ timestamp: [0, 300_000], open: [1, 2], high: [2, 2], low: [1, 1], close: [2, 1] }, { now })
 * @throws RhymeError "input" where a column is missing or of another length
 */
export function candlesFromColumns(columns: PlainColumns, options: ReadCandlesOptions): ReadCandles {
  const names = Object.keys(columns);
  const roles = matchColumns("arrays", names);
  const R = columns[names[roles.get("time")!]!]!.length;
  const values = new Map<Role, ColumnValues>();
  for (const [role, i] of roles) {
    const column = columns[names[i]!]!;
    if (column.length !== R) throw ragged(names[i]!, R, column.length);
    values.set(role, valuesOf(column));
  }
  const line = Int32Array.from({ length: R }, (_, i) => i + 1);
  return candlesFromTables(
    [{ place: "arrays", names, roles, columns: values, line, badLines: [], assumptions: [] }],
    options,
  );
}

function ragged(name: string, expected: number, received: number): RhymeError {
  return new RhymeError("input", {
    place: `column ${name}`,
    expected: `${expected} values, as many as timestamps`,
    received: String(received),
    remedy: "Give columns of one length",
  });
}

function valuesOf(column: PlainColumns[string]): ColumnValues {
  const first: unknown = column[0];
  if (first instanceof Date) return { kind: "instants", values: Float64Array.from(column as Date[], Number) };
  if (typeof first === "string") return { kind: "text", values: Array.from(column as readonly string[]) };
  return { kind: "numbers", values: Float64Array.from(column as ArrayLike<number>) };
}
