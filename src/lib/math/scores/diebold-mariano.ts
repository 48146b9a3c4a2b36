import { meanVariance } from "../newey-west.ts";
import { studentT } from "../student-t.ts";

export interface DieboldMariano {
  readonly statistic: number;
  /** One-sided: the chance of a mean this low, or lower, were both equally good. */
  readonly p: number;
}

/**
 * Is the mean of `differences` (losses of ours minus losses of theirs, oldest first) below zero? Diebold &
 * Mariano (1995) with the long-run variance of Newey & West at `lag` (how many rows a loss overlaps with), the
 * small-sample factor of Harvey, Leybourne & Newbold (1997) for h = lag + 1, and Student's t with n − 1 degrees
 * of freedom: R's `forecast::dm.test(…, varestimator = "bartlett", alternative = "less")`.
 * Null where it says nothing: no variance, or fewer rows than twice the overlap.
 */
export function dieboldMariano(differences: ArrayLike<number>, lag: number): DieboldMariano | null {
  const n = differences.length;
  const h = lag + 1;
  if (n < 2 * h + 1) return null;
  const variance = meanVariance(differences, lag);
  if (!(variance > 0)) return null;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += differences[i]! / n;
  const correction = Math.sqrt((n + 1 - 2 * h + (h * (h - 1)) / n) / n);
  const statistic = (correction * mean) / Math.sqrt(variance);
  return { statistic, p: studentT(statistic, n - 1) };
}
