import { ascendingOrder } from "../ascending-order.ts";
import { correlation } from "./correlation.ts";

/**
 * Spearman's rank correlation, ties sharing their mean rank: the information coefficient of forecasts `xs` of `ys`.
 * NaN where either does not vary.
 */
export function rankCorrelation(xs: Float64Array, ys: Float64Array): number {
  return correlation(meanRanks(xs), meanRanks(ys));
}

/** Ranks from 0; equal values share the mean of theirs. */
function meanRanks(values: Float64Array): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let r = from; r < to; r++) ranks[order[r]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}
