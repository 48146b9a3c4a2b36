import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";

// N rows, S spans, P = S + 1 regressors

/** True ranges are summed as whole multiples of this, so that sums are exact and a window's mean depends on
 * nothing before the window: removing an old bar changes no bit of a later row. */
const GRAIN = 2 ** -40;
/** A bar's true range counts at most its previous close: whole sums of 8,000 such bars stay exact. */
const LARGEST = 1;
const SMALLEST_MEAN = 1e-7;

/**
 * Dense regressors of every row: 1, A_longest, and A_k − A_longest for the shorter spans, where
 * A_k = ln(mean of the last k true ranges / previous close). A span longer than the history so far uses what
 * there is. NaN before `warmUp` rows, and where a bar of the longest span (or the close before it) became known
 * only after the row itself.
 * @returns [N, P] row-major
 */
export function harRegressors(candles: CandleSeries, spans: readonly number[], warmUp: number): Float64Array {
  const rows = rowsOf(candles);
  const width = spans.length + 1;
  const longest = spans[spans.length - 1]!;
  const range = trueRanges(candles);
  const late = lateWithin(candles.knownAt, longest);
  const sums = new Float64Array(spans.length);
  const out = new Float64Array(rows * width).fill(NaN);
  for (let i = 1; i < rows; i++) {
    for (let s = 0; s < spans.length; s++) {
      const gone = i - spans[s]!;
      sums[s]! += range[i]! - (gone > 0 ? range[gone]! : 0);
    }
    if (i < warmUp || late[i]) continue;
    const mean = (s: number): number =>
      Math.log(Math.max((sums[s]! * GRAIN) / Math.min(spans[s]!, i), SMALLEST_MEAN));
    const reference = mean(spans.length - 1);
    out[i * width] = 1;
    out[i * width + 1] = reference;
    for (let s = 0; s + 1 < spans.length; s++) out[i * width + 2 + s] = mean(s) - reference;
  }
  return out;
}

/** True range / previous close in whole grains; row 0 has none. [N] */
function trueRanges({ high, low, close }: CandleSeries): Float64Array {
  const out = new Float64Array(close.length);
  for (let i = 1; i < out.length; i++) {
    const before = close[i - 1]!;
    const range = (Math.max(high[i]!, before) - Math.min(low[i]!, before)) / before;
    out[i] = Math.round(Math.min(range, LARGEST) / GRAIN);
  }
  return out;
}

/** 1 where one of the `span + 1` newest rows became known only after the row itself. [N] */
function lateWithin(knownAt: Float64Array, span: number): Uint8Array {
  const out = new Uint8Array(knownAt.length);
  const queue = new Int32Array(knownAt.length); // rows of descending knownAt: the head is the window's newest fact
  let head = 0;
  let tail = 0;
  for (let i = 0; i < knownAt.length; i++) {
    while (tail > head && knownAt[queue[tail - 1]!]! <= knownAt[i]!) tail--;
    queue[tail++] = i;
    while (queue[head]! < i - span) head++;
    out[i] = queue[head] === i ? 0 : 1;
  }
  return out;
}
