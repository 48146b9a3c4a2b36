import type { FitProgress } from "../../encoder/family.ts";

/** What to say of a fitting beside its steps: windows per second since the first step, and the newest validation loss. */
export function fitNote(): (progress: FitProgress) => string {
  let first: { readonly at: number; readonly windows: number } | null = null;
  return ({ windows, validationLoss }) => {
    const at = performance.now();
    first ??= { at, windows };
    const rate = (1000 * (windows - first.windows)) / (at - first.at);
    return [
      ...(rate > 0 && rate < Infinity ? [`${Math.round(rate).toLocaleString("en-US")} windows/s`] : []),
      ...(Number.isNaN(validationLoss) ? [] : [`validation loss ${validationLoss.toFixed(4)}`]),
    ].join(", ");
  };
}
