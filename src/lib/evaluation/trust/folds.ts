import { DAY, type EpochMs } from "../../time/units.ts";

/** An encoder that has seen less than a season knows nothing of the others. */
const FEWEST_DAYS = 90;

/** A stretch [from, to) that one encoder answers for: fitted on what was known before it. */
export interface FoldSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * Calendar years (UTC) from the first that begins 90 days after the history or later, each one fold; the last has no
 * end, for it goes on. What was known before 1 January is all that its encoder may see.
 * @param first when the first candle was known; `last` the newest
 */
export function yearlyFolds(first: EpochMs, last: EpochMs): readonly FoldSpan[] {
  const folds: FoldSpan[] = [];
  for (let year = new Date(first).getUTCFullYear() + 1; Date.UTC(year, 0, 1) <= last; year++) {
    const next = Date.UTC(year + 1, 0, 1);
    if (Date.UTC(year, 0, 1) - first < FEWEST_DAYS * DAY) continue;
    folds.push({ from: Date.UTC(year, 0, 1), to: next <= last ? next : Infinity });
  }
  return folds;
}
