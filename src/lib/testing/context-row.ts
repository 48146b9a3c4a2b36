import { LABELS, type ContextColumns, type Label } from "../context/context.ts";

/** One mature row of label columns; every label is `value`. */
export function contextRow(horizon: string, matureAt: number, value = 0): ContextColumns {
  const values = Object.fromEntries(LABELS.map((label) => [label, Float64Array.of(value)]));
  return {
    horizon,
    state: Uint8Array.of(1),
    matureAt: Float64Array.of(matureAt),
    crossesClose: Uint8Array.of(0),
    values: values as Record<Label, Float64Array>,
    atrNow: Float64Array.of(NaN),
  };
}
