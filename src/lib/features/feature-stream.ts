import type { CandleColumn, CandleSeries } from "../candles/candle-series.ts";
import { RhymeError } from "../errors.ts";
import type { Calendar } from "../time/calendar.ts";
import { compareTimeframes, sortTimeframes, type Timeframe } from "../time/timeframe.ts";
import { iso, type EpochMs } from "../time/units.ts";
import type { Feature, FeaturePass, FeatureRow, FeatureSet } from "./feature.ts";
import { outputNames } from "./feature-sets.ts";
import { assertSelf } from "./run-feature.ts";

/** One closed candle as it arrives. */
export type LiveCandle = { readonly timeframe: Timeframe } & Readonly<
  Record<Exclude<CandleColumn, "trades" | "vwap" | "spread" | "partial">, number>
> &
  Readonly<Partial<Record<"trades" | "vwap" | "spread" | "partial", number>>>;

export interface FeatureStream {
  /**
   * All candles that become known at one instant, of any timeframe; returns a row for each, fine to coarse. Equal
   * to `featureTable` over the same history, bit for bit.
   * @throws RhymeError for a candle out of order, of an unknown timeframe, or of another instant than the rest
   */
  push(candles: readonly LiveCandle[]): FeatureRow[];
}

interface Lane {
  readonly passes: readonly FeaturePass[]; // one per feature
  newest: LiveCandle | null;
}

/** Features one instant at a time, for timeframes of one symbol. */
export function featureStream(
  set: FeatureSet,
  timeframes: readonly Timeframe[],
  calendar: Calendar,
): FeatureStream {
  const lanes = new Map<Timeframe, Lane>(
    sortTimeframes(timeframes).map((timeframe) => [
      timeframe,
      { passes: set.features.map((feature) => feature.start({ calendar })), newest: null },
    ]),
  );
  set.features.forEach((feature) => assertInputs(feature, lanes));
  const readsOthers = set.features.some((feature) =>
    feature.inputs.some((input) => input.timeframe !== "own"),
  );
  const width = outputNames(set).length;
  let now: EpochMs = -Infinity;

  return {
    push(candles) {
      const sorted = [...candles].sort(
        (a, b) => compareTimeframes(a.timeframe, b.timeframe) || a.openTime - b.openTime,
      );
      for (const candle of sorted)
        assertNext(candle, lanes.get(candle.timeframe), sorted[0]!, now, readsOthers);
      if (sorted[0]) now = sorted[0].knownAt;
      for (const candle of sorted) lanes.get(candle.timeframe)!.newest = candle;
      return sorted.map((candle) => rowOf(set, lanes, candle, width));
    },
  };
}

function rowOf(
  set: FeatureSet,
  lanes: ReadonlyMap<Timeframe, Lane>,
  candle: LiveCandle,
  width: number,
): FeatureRow {
  const { passes } = lanes.get(candle.timeframe)!;
  const values = new Float64Array(width).fill(NaN); // [F]
  let at = 0;
  set.features.forEach((feature, f) => {
    const inputs = Float64Array.from(feature.inputs, ({ timeframe, column }) => {
      const from = timeframe === "own" ? candle : lanes.get(timeframe)!.newest;
      return from?.[column] ?? NaN;
    });
    passes[f]!.step(inputs, values, at);
    at += feature.outputs.length;
  });
  return { timeframe: candle.timeframe, values, openTime: candle.openTime, knownAt: candle.knownAt };
}

function assertInputs(feature: Feature, lanes: ReadonlyMap<Timeframe, Lane>): void {
  for (const { symbol, timeframe } of feature.inputs) {
    assertSelf(feature, symbol);
    if (timeframe === "own" || lanes.has(timeframe)) continue;
    throw new RhymeError("usage", {
      place: `feature ${feature.id}`,
      expected: `a stream with ${timeframe}`,
      received: `a stream of ${[...lanes.keys()].join(", ")}`,
      remedy: `Add ${timeframe} to the stream's timeframes.`,
    });
  }
}

/** A candle must belong to a lane, come after what the lane has, and be known at the instant of the call. */
function assertNext(
  candle: LiveCandle,
  lane: Lane | undefined,
  first: LiveCandle,
  now: EpochMs,
  readsOthers: boolean,
): void {
  const refuse = (expected: string, received: string, remedy: string): never => {
    throw new RhymeError("time", {
      place: `stream, ${candle.timeframe} candle of ${iso(candle.openTime)}`,
      expected,
      received,
      remedy,
    });
  };
  if (!lane) return refuse("a timeframe of this stream", candle.timeframe, "Add it when the stream is made.");
  if (lane.newest && candle.openTime <= lane.newest.openTime)
    refuse(
      `a candle after ${iso(lane.newest.openTime)}`,
      "an earlier one",
      "Late candles need a new stream.",
    );
  if (candle.knownAt !== first.knownAt)
    refuse(`candles known at ${iso(first.knownAt)}`, iso(candle.knownAt), "Push each instant by itself.");
  if (candle.knownAt < now || (readsOthers && candle.knownAt === now))
    refuse(`an instant after ${iso(now)}`, iso(candle.knownAt), "Push all candles of one instant together.");
}

/** One row of a series as it arrives live. */
export function liveCandle(series: CandleSeries, row: number): LiveCandle {
  const { timeframe, openTime, closeTime, knownAt, open, high, low, close, volume } = series;
  return {
    timeframe,
    openTime: openTime[row]!,
    closeTime: closeTime[row]!,
    knownAt: knownAt[row]!,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
    partial: series.partial[row]!,
    ...(series.trades ? { trades: series.trades[row]! } : {}),
    ...(series.vwap ? { vwap: series.vwap[row]! } : {}),
    ...(series.spread ? { spread: series.spread[row]! } : {}),
  };
}
