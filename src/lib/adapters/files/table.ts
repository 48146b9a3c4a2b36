import type { ColumnRoles, Role } from "./columns.ts";

/** Values of one column, R of them. NaN or "" where the cell is empty or could not be read. */
export type ColumnValues =
  | {
      readonly kind: "numbers";
      readonly values: Float64Array;
      /** What stands in the cell of a row, where the column was text. */
      readonly cell?: (row: number) => string;
    }
  | { readonly kind: "text"; readonly values: readonly string[] }
  /** Epoch ms. */
  | { readonly kind: "instants"; readonly values: Float64Array }
  /** Midnight in UTC of a date. */
  | { readonly kind: "dates"; readonly values: Float64Array }
  /** Ms since 1970-01-01T00:00 on a clock whose zone is not said. */
  | { readonly kind: "wall"; readonly values: Float64Array };

/** A line that does not have the shape of the table. */
export interface BadLine {
  readonly line: number;
  readonly value: string;
}

/** What a reader of one format hands on: the columns that candles need, by role. */
export interface Table {
  /** Path, or what a frame or arrays were called. */
  readonly place: string;
  readonly names: readonly string[];
  readonly roles: ColumnRoles;
  readonly columns: ReadonlyMap<Role, ColumnValues>;
  /** Line (text) or row of each row, counted from 1. [R] */
  readonly line: Int32Array;
  readonly badLines: readonly BadLine[];
  /** What had to be assumed to find the columns, in words. */
  readonly assumptions: readonly string[];
}
