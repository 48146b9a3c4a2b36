import type { QuantileLabel } from "./record-type.ts";

/** The central bands of LEVELS, inner to outer: the places of their ends, and how often they should hold. */
export const BANDS = [
  { low: 2, high: 4, coverage: 0.5 },
  { low: 1, high: 5, coverage: 0.8 },
  { low: 0, high: 6, coverage: 0.9 },
] as const;
export const MEDIAN = 3;

const SMALLEST = 1e-12;

/** Positive labels are calibrated on the line of their logarithm, so that no band reaches below zero. */
export function toLine(label: QuantileLabel, value: number): number {
  return label === "realisedVolatility" ? Math.log(Math.max(value, SMALLEST)) : value;
}

export function fromLine(label: QuantileLabel, value: number): number {
  if (label === "realisedVolatility") return Math.exp(value);
  return label === "rvi" ? Math.min(100, Math.max(0, value)) : value;
}

/**
 * Conformity score of one outcome for one band: by what factor the band's distance from the median would have
 * had to be multiplied to just hold it. 0 at the median; Infinity outside a band without width.
 * `q` holds the seven quantiles from `at` on.
 */
export function bandScore(
  label: QuantileLabel,
  q: ArrayLike<number>,
  at: number,
  band: number,
  y: number,
): number {
  const { low, high } = BANDS[band]!;
  const middle = toLine(label, q[at + MEDIAN]!);
  const distance = toLine(label, y) - middle;
  const reach = toLine(label, q[at + (distance >= 0 ? high : low)]!) - middle;
  return distance === 0 ? 0 : Math.abs(distance / reach);
}
