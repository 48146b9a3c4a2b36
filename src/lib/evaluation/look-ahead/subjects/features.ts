import { rowsOf, type CandlesByTimeframe, type CandleSeries } from "../../../candles/candle-series.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { computeFeature } from "../../../features/compute-feature.ts";
import { EVERY_FEATURE } from "../../../features/every-feature.ts";
import type { Feature, FeatureRow, FeatureSet, FeatureTable } from "../../../features/feature.ts";
import { featureStream, liveCandle } from "../../../features/feature-stream.ts";
import { featureTables } from "../../../features/feature-table.ts";
import type { Timeframe } from "../../../time/timeframe.ts";
import { statedOfRows } from "../stated-rows.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject, Setting, Subject } from "../subject.ts";
import { baseOf, MANY, rowsInOrder } from "./stating.ts";

const EVERY: FeatureSet = { name: "every", features: EVERY_FEATURE };

/** Outputs by feature and unit, which tell apart what has one name in two units. [F] */
const NAMES = EVERY_FEATURE.flatMap(({ outputs, params }) =>
  outputs.map((output) => ("unit" in params ? `${output} (${params["unit"]})` : output)),
);

/** One column per output of the base, and one with all outputs of all higher timeframes. */
function statedTables(tables: readonly FeatureTable[]): Stated {
  const [base, ...higher] = tables;
  const F = NAMES.length;
  const { of, row, key, knownAt } = rowsInOrder(higher);
  const values = new Float64Array(key.length * F);
  for (let i = 0; i < key.length; i++)
    values.set(higher[of[i]!]!.values.subarray(row[i]! * F, (row[i]! + 1) * F), i * F);
  return [
    ...NAMES.map((name, f) =>
      statedOfRows(
        name,
        base!,
        base!.openTime.map((_, i) => base!.values[i * F + f]!),
      ),
    ),
    { name: "features of higher bars", key, knownAt, values },
  ];
}

/** All that a stream says when a whole history is pushed into it, one instant at a time. */
function streamed(
  set: FeatureSet,
  candles: CandlesByTimeframe,
  timeframes: readonly Timeframe[],
): FeatureRow[] {
  const { calendar } = candles[timeframes[0]!]!;
  const all = timeframes.flatMap((timeframe) => {
    const series = candles[timeframe]!;
    const firm = firmKnownAt(series);
    return Array.from(firm, (knownAt, row) => ({ ...liveCandle(series, row), knownAt }));
  });
  const stream = featureStream(set, timeframes, calendar);
  const instants = [...new Set(all.map(({ knownAt }) => knownAt))].sort((a, b) => a - b);
  return instants.flatMap((t) => stream.push(all.filter(({ knownAt }) => knownAt === t)));
}

/** The rows of one timeframe as a table. */
function tableOf(rows: readonly FeatureRow[], timeframe: Timeframe, F: number): FeatureTable {
  const own = rows.filter((row) => row.timeframe === timeframe);
  const values = new Float64Array(own.length * F);
  own.forEach((row, i) => values.set(row.values, i * F));
  return {
    timeframe,
    names: [],
    values,
    openTime: Float64Array.from(own, ({ openTime }) => openTime),
    knownAt: Float64Array.from(own, ({ knownAt }) => knownAt),
  };
}

const every: CandlesSubject = {
  name: "features/every",
  covers: [
    "featureTables",
    "featureTable",
    "featureStream",
    "liveCandle",
    "FeatureStream.push",
    "FeaturePass.step",
  ],
  takes: "candles",
  every: 50,
  instants: MANY,
  run(candles, { timeframes }) {
    const tables = featureTables(EVERY, candles);
    return statedTables(timeframes.map((timeframe) => tables[timeframe]!));
  },
  stream(candles, { timeframes }) {
    const rows = streamed(EVERY, candles, timeframes);
    return statedTables(timeframes.map((timeframe) => tableOf(rows, timeframe, NAMES.length)));
  },
};

/** How far a close stands from the newest close of the coarsest timeframe that is known: an as-of merge. */
function distanceToHigher(timeframe: Timeframe): Feature {
  return {
    id: "distance-to-higher",
    version: 1,
    params: { timeframe },
    inputs: [
      { symbol: "self", timeframe: "own", column: "close" },
      { symbol: "self", timeframe, column: "close" },
      { symbol: "self", timeframe, column: "openTime" },
    ],
    outputs: ["distance", "opened"],
    warmUp: { first: 0, settled: 0 },
    start: () => ({
      step(inputs, out, at) {
        out[at] = Math.log(inputs[0]! / inputs[1]!);
        out[at + 1] = inputs[2]!;
      },
    }),
  };
}

function coarsest({ timeframes }: Setting): Timeframe {
  return timeframes[timeframes.length - 1]!;
}

const asOf: CandlesSubject = {
  name: "features/as-of",
  covers: ["computeFeature", "runFeature"],
  takes: "candles",
  every: 4,
  instants: MANY,
  suits: ({ timeframes }) => timeframes.length > 1,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const made = computeFeature(distanceToHigher(coarsest(setting)), candles, base.timeframe);
    return statedPair(base, made["distance"]!, made["opened"]!);
  },
  stream(candles, setting) {
    const base = baseOf(candles, setting);
    const set: FeatureSet = { name: "as-of", features: [distanceToHigher(coarsest(setting))] };
    const { values } = tableOf(streamed(set, candles, setting.timeframes), base.timeframe, 2);
    const column = (k: number): Float64Array =>
      Float64Array.from({ length: rowsOf(base) }, (_, i) => values[2 * i + k]!);
    return statedPair(base, column(0), column(1));
  },
};

function statedPair(base: CandleSeries, distance: Float64Array, opened: Float64Array): Stated {
  const rows = { openTime: base.openTime, knownAt: firmKnownAt(base) };
  return [statedOfRows("distance", rows, distance), statedOfRows("opened", rows, opened)];
}

export const FEATURE_SUBJECTS: readonly Subject[] = [every, asOf];
