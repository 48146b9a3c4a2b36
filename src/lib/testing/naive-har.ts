import type { CandleSeries } from "../candles/candle-series.ts";
import type { ContextColumns } from "../context/context.ts";
import { clockSlots, harDesign } from "../forecast/har-design.ts";
import { fewestRows } from "../forecast/har.ts";
import { horizonBars } from "../time/horizon.ts";

/**
 * The HAR forecast of one row written out: means by summing, one wide matrix with a column per clock slot, the
 * ridge solved by Gauss-Jordan elimination with pivoting. For series whose bars are known in order.
 */
export function naiveHarForecast(candles: CandleSeries, contexts: ContextColumns, row: number): number {
  const design = harDesign(candles);
  const slots = clockSlots(candles);
  const { state, matureAt, atrNow, values } = contexts;
  const regressors = (i: number): number[] => {
    const a = design.spans.map((span) => logMeanRange(candles, i, span));
    const reference = a[a.length - 1]!;
    const dense = [1, reference, ...a.slice(0, -1).map((value) => value - reference)];
    return [...dense, ...Array.from({ length: design.slots }, (_, g) => (slots[i] === g ? 1 : 0))];
  };
  const matured = [...state.keys()].filter(
    (i) => state[i] === 1 && i >= design.warmUp && Number.isFinite(values.logAtrRatio[i]!),
  );
  matured.sort((a, b) => matureAt[a]! - matureAt[b]! || a - b);
  const counts = matured.map((i) => matureAt[i]!);
  const first = fewestRows(design, horizonBars(contexts.horizon, candles.timeframe, candles.calendar));
  const learned = lastFit(candles, counts, row, first, design.day);
  const x = matured.slice(0, learned).map(regressors);
  const y = matured.slice(0, learned).map((i) => values.logAtrRatio[i]! + Math.log(atrNow[i]!));
  const dense = design.spans.length + 1;
  const ridge = (j: number): number => (j === 0 ? 0 : j < dense ? 1e-3 : 1);
  const width = x[0]!.length;
  const equations = Array.from({ length: width }, (_, j) => [
    ...Array.from(
      { length: width },
      (_, k) => x.reduce((sum, r) => sum + r[j]! * r[k]!, 0) + (j === k ? ridge(j) : 0),
    ),
    x.reduce((sum, r, i) => sum + r[j]! * y[i]!, 0),
  ]);
  const beta = eliminate(equations);
  return regressors(row).reduce((sum, value, j) => sum + value * beta[j]!, 0) - Math.log(atrNow[row]!);
}

/** How many matured rows the fit in force at `row` has seen: fits happen at rows, so all rows before are replayed. */
function lastFit(
  candles: CandleSeries,
  matured: readonly number[],
  row: number,
  first: number,
  day: number,
): number {
  let [fit, next, count] = [0, first, 0];
  for (let t = 0; t <= row; t++) {
    while (count < matured.length && matured[count]! <= candles.knownAt[t]!) count++;
    if (count >= next) [fit, next] = [count, count + Math.min(day, Math.max(1, Math.floor(count / 16)))];
  }
  return fit;
}

function logMeanRange({ high, low, close }: CandleSeries, row: number, span: number): number {
  const from = Math.max(1, row - span + 1);
  let sum = 0;
  for (let i = from; i <= row; i++)
    sum += (Math.max(high[i]!, close[i - 1]!) - Math.min(low[i]!, close[i - 1]!)) / close[i - 1]!;
  return Math.log(Math.max(sum / (row - from + 1), 1e-7));
}

function eliminate(rows: number[][]): number[] {
  const n = rows.length;
  for (let j = 0; j < n; j++) {
    let pivot = j;
    for (let i = j; i < n; i++) if (Math.abs(rows[i]![j]!) > Math.abs(rows[pivot]![j]!)) pivot = i;
    [rows[j], rows[pivot]] = [rows[pivot]!, rows[j]!];
    for (let i = 0; i < n; i++) {
      if (i === j) continue;
      const factor = rows[i]![j]! / rows[j]![j]!;
      for (let k = j; k <= n; k++) rows[i]![k]! -= factor * rows[j]![k]!;
    }
  }
  return rows.map((r, j) => r[n]! / r[j]!);
}
