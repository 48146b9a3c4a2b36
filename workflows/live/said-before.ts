import { keyOf, rowsOf, type CandleSeries } from "../../src/lib/candles/candle-series.ts";
import type { CandleStore } from "../../src/lib/candles/candle-store.ts";
import { takeRows } from "../../src/lib/candles/slice.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import { sameCandle, valuesAt } from "../../src/lib/adapters/sqlite/candle-facts.ts";

type Facts = Pick<CandleStore, "lateFacts" | "read">;

/**
 * Rows that say something which was never stored of their bar. Of a file that is looked at for the first time nobody
 * knows what in it is news: a row that says what was said before, and was corrected since, does not take that back. So a
 * source that goes back to an earlier price while nobody looks is not heard.
 */
export function withoutSaidBefore(store: Facts, series: CandleSeries): CandleSeries {
  if (rowsOf(series) === 0 || store.lateFacts?.(series) === 0) return series; // of no bar there are two facts
  const [from, to] = [series.openTime[0]!, series.openTime.at(-1)! + 1];
  const newest = store.read(keyOf(series), { from, to, asOf: Infinity });
  const rows: number[] = [];
  for (let row = 0, old = 0; row < rowsOf(series); row++) {
    while (newest.openTime[old]! < series.openTime[row]!) old++;
    const isNewOrHeld = newest.openTime[old] !== series.openTime[row] || isSame(series, row, newest, old);
    if (isNewOrHeld || !wasSaid(store, series, row, newest.knownAt[old]!)) rows.push(row);
  }
  return rows.length === rowsOf(series) ? series : takeRows(series, Int32Array.from(rows));
}

/** Whether a fact of its bar that was known before `known` says the same. */
function wasSaid(store: Facts, series: CandleSeries, row: number, known: EpochMs): boolean {
  const from = series.openTime[row]!;
  for (let before = known; ;) {
    const fact = store.read(keyOf(series), { from, to: from + 1, asOf: before - 1 });
    if (rowsOf(fact) === 0) return false;
    if (isSame(series, row, fact, 0)) return true;
    before = fact.knownAt[0]!;
  }
}

function isSame(series: CandleSeries, row: number, stored: CandleSeries, at: number): boolean {
  const [mine, theirs]: [(number | null)[], (number | null)[]] = [[], []];
  valuesAt(series, row, mine);
  valuesAt(stored, at, theirs);
  return sameCandle([null, null, null, ...theirs], mine); // behind its times
}
