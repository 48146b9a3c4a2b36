import { anchorAt } from "../../../candles/anchor-at.ts";
import type { CandleSeries } from "../../../candles/candle-series.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { gapLedger } from "../../../candles/gap-ledger.ts";
import { byTimeframe, resample } from "../../../candles/resample.ts";
import { knownBy, sliceRows } from "../../../candles/slice.ts";
import { pathAround } from "../../../recall/paths.ts";
import { RhymeError } from "../../../errors.ts";
import { statedOfRows } from "../stated-rows.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { StatedColumn } from "../stated.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import {
  askedAt,
  baseOf,
  digestOfData,
  digestOfSeries,
  MANY,
  rowsInOrder,
  statedWhenAsked,
} from "./stating.ts";

const COLUMNS = [
  "closeTime",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "trades",
  "vwap",
  "spread",
  "partial",
] as const;

/** Every column of bars of some timeframes. */
function statedBars(name: string, bars: readonly CandleSeries[]): StatedColumn {
  const { of, row, key, knownAt } = rowsInOrder(bars);
  const W = COLUMNS.length;
  const values = new Float64Array(key.length * W);
  for (let i = 0; i < key.length; i++)
    for (let c = 0; c < W; c++) values[i * W + c] = bars[of[i]!]![COLUMNS[c]!]?.[row[i]!] ?? NaN;
  return { name, key, knownAt, values };
}

const resampling: CandlesSubject = {
  name: "candles/resample",
  covers: ["resample", "byTimeframe"],
  takes: "candles",
  every: 8,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const higher = setting.timeframes.slice(1);
    const together = byTimeframe(base, setting.timeframes);
    return [
      statedBars(
        "bars, one timeframe by itself",
        higher.map((timeframe) => resample(base, timeframe)),
      ),
      statedBars(
        "bars, all timeframes together",
        higher.map((timeframe) => together[timeframe]!),
      ),
    ];
  },
};

const slicing: CandlesSubject = {
  name: "candles/slice",
  covers: ["knownBy", "sliceRows"],
  takes: "candles",
  every: 16,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const asked = askedAt(base, 8);
    return [
      statedWhenAsked("known by", asked, (at) => digestOfSeries(knownBy(base, at))),
      statedWhenAsked("rows up to", asked, (_, i) => digestOfSeries(sliceRows(base, 0, 8 * i + 8))),
    ];
  },
};

/** Which bars are missing shows when a later one is known. */
const gaps: CandlesSubject = {
  name: "candles/gap-ledger",
  covers: ["gapLedger"],
  takes: "candles",
  every: 3,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const { grid, slot, known } = gapLedger(base);
    const firm = firmKnownAt(base);
    const shown = new Float64Array(known.length);
    for (let g = 0, row = 0; g < shown.length; g++) {
      while (slot[row]! < g) row++;
      shown[g] = firm[row]!;
    }
    const bars = Array.from(slot, (g) => [g, grid.open[g]!, grid.close[g]!, grid.session[g]!]);
    return [
      { name: "known or missing", key: grid.open, knownAt: shown, values: known },
      statedOfRows("bar", { openTime: base.openTime, knownAt: firm }, Float64Array.from(bars.flat())),
    ];
  },
};

/** A question that is refused says so; why may name what came after the hole. */
const anchoring: CandlesSubject = {
  name: "candles/anchor-at",
  covers: ["anchorAt"],
  takes: "candles",
  every: 5,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    return [statedWhenAsked("row", askedAt(base, 12), (at) => rowOrRefused(base, at))];
  },
};

function rowOrRefused(series: CandleSeries, at: EpochMs): number {
  try {
    return anchorAt(series, at);
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "time") return -1;
    throw error;
  }
}

/** The way to a moment and from it, as far as it was known by the instant that it is asked at. */
const paths: CandlesSubject = {
  name: "recall/paths",
  covers: ["pathAround"],
  takes: "candles",
  every: 5,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const asked = askedAt(base, 10);
    const span = (until: EpochMs) => ({ before: 6, after: 30, until });
    return [
      statedWhenAsked("to the moment", asked, (at) => digestOfData(pathAround(base, at, span(at)))),
      statedWhenAsked("from the one before", asked, (at, i) =>
        digestOfData(pathAround(base, asked[i - 1] ?? at, span(at))),
      ),
    ];
  },
};

export const CANDLE_SUBJECTS: readonly Subject[] = [resampling, slicing, gaps, anchoring, paths];
