import { studentT } from "../student-t.ts";
import type { MeanWithError } from "./mean-with-error.ts";

/**
 * The chance of a mean this far from 0 were it 0, two-sided by Student's t over `blocks` independent values, times the
 * number of `tries` that the farthest was chosen from (Bonferroni), never above 1. NaN for a single value: it has no spread.
 */
export function chanceOf({ mean, error }: MeanWithError, blocks: number, tries = 1): number {
  if (!(blocks > 1)) return NaN;
  if (mean === 0) return 1;
  return Math.min(1, tries * 2 * (1 - studentT(Math.abs(mean / error), blocks - 1)));
}
