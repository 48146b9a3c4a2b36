import { crpsFromQuantiles, levelWeights } from "../../math/scores/crps.ts";
import { intervalScore } from "../../math/scores/interval-score.ts";
import { meanPinball } from "../../math/scores/pinball.ts";
import { LEVELS } from "../../recall/answer.ts";
import { BANDS } from "../../recall/bands.ts";
import { fromNames } from "../../recall/ledger.ts";
import { TRUST_LABELS, TRUST_METHODS, type TrustLabel, type TrustMethod } from "./trust-report.ts";
import type { TrustRows } from "./trust-rows.ts";

// R rows, n of them scored, W losses per row, label and method

const Q = LEVELS.length;
const WEIGHTS = levelWeights(LEVELS);

/** What is counted of one stated distribution; bands as in BANDS, levels as in LEVELS. */
export const LOSS = {
  crps: 0,
  pinball: 1,
  inside: 2,
  interval: 2 + BANDS.length,
  below: 2 + 2 * BANDS.length,
};
export const W: number = LOSS.below + Q;

/** Losses of rows, row-major. */
export type Losses = Readonly<Record<TrustLabel, Readonly<Record<TrustMethod, Float64Array>>>>; // each [n, W]

/** Matured and, for every label and method, stated and known: only such rows compare like with like. */
export function isWhole(rows: TrustRows, row: number): boolean {
  if (Number.isNaN(rows.matureAt[row]!)) return false;
  return TRUST_LABELS.every(
    (label) =>
      Number.isFinite(rows.outcomes[label][row]!) &&
      TRUST_METHODS.every((method) =>
        rows.quantiles[label][method].subarray(row * Q, (row + 1) * Q).every(Number.isFinite),
      ),
  );
}

/** Losses of the rows at `scored`. */
export function lossesOf(rows: TrustRows, scored: Int32Array): Losses {
  return fromNames(TRUST_LABELS, (label) =>
    fromNames(TRUST_METHODS, (method) => {
      const out = new Float64Array(scored.length * W);
      scored.forEach((row, i) => {
        const q = rows.quantiles[label][method].subarray(row * Q, (row + 1) * Q);
        writeLosses(out.subarray(i * W, (i + 1) * W), q, rows.outcomes[label][row]!);
      });
      return out;
    }),
  );
}

function writeLosses(out: Float64Array, q: Float64Array, y: number): void {
  out[LOSS.crps] = crpsFromQuantiles(LEVELS, WEIGHTS, q, y);
  out[LOSS.pinball] = meanPinball(LEVELS, q, y);
  BANDS.forEach(({ low, high, coverage }, band) => {
    out[LOSS.inside + band] = y >= q[low]! && y <= q[high]! ? 1 : 0;
    out[LOSS.interval + band] = intervalScore(coverage, q[low]!, q[high]!, y);
  });
  LEVELS.forEach((_, j) => (out[LOSS.below + j] = y <= q[j]! ? 1 : 0));
}

/** Mean of one loss over rows of a loss table; NaN over none. */
export function meanLoss(table: Float64Array, column: number, rows?: readonly number[]): number {
  const chosen = rows ?? Array.from({ length: table.length / W }, (_, i) => i);
  return chosen.reduce((sum, i) => sum + table[i * W + column]!, 0) / chosen.length;
}
