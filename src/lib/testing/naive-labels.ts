import type { CandleSeries } from "../candles/candle-series.ts";
import { LABELS, type Label } from "../context/context.ts";
import { barGrid } from "../time/grid.ts";
import { horizonEnds, type Horizon } from "../time/horizon.ts";

export interface NaiveContext {
  readonly state: "pending" | "mature" | "undefined";
  readonly matureAt: number;
  readonly crossesClose: boolean;
  readonly values: Readonly<Record<Label, number>>;
}

const NOTHING = Object.fromEntries(LABELS.map((label) => [label, NaN])) as Record<Label, number>;
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** The labels of one row, one line per row of the table in the design, slow and obvious: the twin of labelHorizon. */
export function naiveContext(candles: CandleSeries, t: number, horizon: Horizon): NaiveContext {
  const opens = Array.from(candles.openTime);
  const grid = barGrid(candles.calendar, candles.timeframe, opens[0]!, opens.at(-1)! + 1);
  const from = grid.open.indexOf(opens[t]!);
  const to = horizonEnds(grid, candles.calendar, horizon)[from]!;
  if (to < 0) return { state: "pending", matureAt: NaN, crossesClose: false, values: NOTHING };
  const inside = Array.from({ length: to - from }, (_, i) => from + 1 + i);
  const crossesClose = inside.some((g) => grid.open[g]! > grid.close[g - 1]!);
  const rows = inside.map((g) => opens.indexOf(grid.open[g]!));
  if (rows.includes(-1)) return { state: "undefined", matureAt: NaN, crossesClose, values: NOTHING };
  const u = rows.at(-1)!;
  const matureAt = Math.max(...candles.knownAt.slice(0, u + 1));
  return { state: "mature", matureAt, crossesClose, values: naiveValues(candles, t, rows) };
}

function naiveValues(candles: CandleSeries, t: number, rows: readonly number[]): Record<Label, number> {
  const [h, l, c] = [Array.from(candles.high), Array.from(candles.low), Array.from(candles.close)] as const;
  const now = c[t]!;
  const then = c[rows.at(-1)!]!;
  const trueRange = (i: number): number => Math.max(h[i]!, c[i - 1]!) - Math.min(l[i]!, c[i - 1]!);
  const meanRange = sum(rows.map(trueRange)) / rows.length;
  const atr = naiveWilder(Array.from({ length: t }, (_, i) => trueRange(i + 1)));
  const ratio = Math.log(meanRange / atr);
  return {
    return: Math.log(then / now),
    roc: then / now - 1,
    atr: meanRange / now,
    logAtrRatio: Number.isFinite(ratio) ? ratio : NaN,
    realisedVolatility: Math.sqrt(sum(rows.map((i) => Math.log(c[i]! / c[i - 1]!) ** 2))),
    rvi: naiveRvi(c.slice(0, rows.at(-1)! + 1)),
    maxGain: Math.log(Math.max(...rows.map((i) => h[i]!)) / now),
    maxLoss: Math.log(Math.min(...rows.map((i) => l[i]!)) / now),
    direction: then > now ? 1 : then < now ? -1 : 0,
    barrier: naiveBarrier(
      rows.map((i) => [h[i]!, l[i]!]),
      now,
      atr * Math.sqrt(rows.length),
    ),
  };
}

/** Wilder's smoothing over 14 at the last value. */
function naiveWilder(values: readonly number[]): number {
  if (values.length < 14) return NaN;
  return values.slice(14).reduce((mean, value) => (13 * mean + value) / 14, sum(values.slice(0, 14)) / 14);
}

/** Dorsey 1993 at the last close. */
function naiveRvi(closes: readonly number[]): number {
  const deviations = closes.slice(9).map((_, i) => {
    const ten = closes.slice(i, i + 10);
    const mean = sum(ten) / 10;
    return Math.sqrt(sum(ten.map((x) => (x - mean) ** 2)) / 10);
  });
  const change = (i: number): number => closes[i + 9]! - closes[i + 8]!;
  const up = naiveWilder(deviations.map((s, i) => (change(i) > 0 ? s : 0)));
  const down = naiveWilder(deviations.map((s, i) => (change(i) < 0 ? s : 0)));
  return up + down === 0 ? 50 : (100 * up) / (up + down);
}

function naiveBarrier(bars: readonly (readonly [number, number])[], now: number, width: number): number {
  if (Number.isNaN(width) || width === 0) return NaN;
  const first = bars.find(([high, low]) => high >= now + width || low <= now - width);
  if (!first) return 0;
  const [above, below] = [first[0] >= now + width, first[1] <= now - width];
  return above && below ? NaN : above ? 1 : -1;
}
