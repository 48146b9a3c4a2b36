import { LABELS, MATURE, type Context, type ContextColumns } from "./context.ts";

/** What followed one row, undefined labels as null; null unless it is mature. */
export function contextAt(columns: ContextColumns, row: number): Context | null {
  if (columns.state[row] !== MATURE) return null;
  const valueOf = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const labels = Object.fromEntries(LABELS.map((label) => [label, valueOf(columns.values[label][row]!)]));
  return {
    ...(labels as Record<(typeof LABELS)[number], number | null>),
    matureAt: columns.matureAt[row]!,
    crossesClose: columns.crossesClose[row] === 1,
  };
}
