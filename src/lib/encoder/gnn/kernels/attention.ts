import { exp } from "../../../math/exp.ts";

/** Slope of leakyReLU below zero, as in Veličković et al. 2018. */
export const NEGATIVE_SLOPE = 0.2;

/**
 * Softmax over E edges for each of `heads` heads, in place and not yet divided: `scores` [E, heads] become their
 * exponentials behind the largest, whose sums are written to `totals` [heads].
 */
export function expScores(scores: Float64Array, totals: Float64Array, E: number, heads: number): void {
  for (let head = 0; head < heads; head++) {
    let largest = -Infinity;
    for (let i = head; i < E * heads; i += heads) if (scores[i]! > largest) largest = scores[i]!;
    let total = 0;
    for (let i = head; i < E * heads; i += heads) total += scores[i] = exp(scores[i]! - largest);
    totals[head] = total;
  }
}

/**
 * Adds to `out` [H] at `at` what each head heard: Σ_e scores[e, head] · value(sender of e) / totals[head]. Rows of
 * `kept` begin with the H values of a node and are `width` long. `sum` [H] is working memory.
 */
export function addHeard(
  kept: Float32Array,
  width: number,
  senders: Int32Array,
  begin: number,
  end: number,
  scores: Float64Array,
  totals: Float64Array,
  out: Float64Array,
  at: number,
  sum: Float64Array,
): void {
  const heads = totals.length;
  const C = sum.length / heads;
  sum.fill(0);
  for (let e = begin, s = 0; e < end; e++) {
    let from = senders[e]! * width;
    for (let head = 0, j = 0; head < heads; head++) {
      const share = scores[s++]!;
      for (const stop = j + C; j < stop; j++) sum[j]! += share * kept[from++]!;
    }
  }
  for (let head = 0, j = 0; head < heads; head++)
    for (const stop = j + C; j < stop; j++) out[at + j]! += sum[j]! / totals[head]!;
}
