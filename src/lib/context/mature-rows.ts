import type { EpochMs } from "../time/units.ts";
import type { ContextColumns } from "./context.ts";
import { MATURE, PENDING } from "./horizon-span.ts";

/** Rows whose context became known in (after, until], ascending: what a watermark leaves to label. */
export function rowsMaturedIn(columns: ContextColumns, after: EpochMs, until: EpochMs): Int32Array {
  return rowsWhere(columns, (row) => {
    const at = columns.matureAt[row]!;
    return columns.state[row] === MATURE && at > after && at <= until;
  });
}

/** Rows whose horizon has not ended in this history, ascending. */
export function pendingRows(columns: ContextColumns): Int32Array {
  return rowsWhere(columns, (row) => columns.state[row] === PENDING);
}

function rowsWhere(columns: ContextColumns, isSo: (row: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < columns.state.length; row++) if (isSo(row)) rows.push(row);
  return Int32Array.from(rows);
}
