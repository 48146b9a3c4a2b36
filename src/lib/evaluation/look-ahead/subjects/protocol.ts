import { rowsOf, type CandleSeries } from "../../../candles/candle-series.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { takeRows } from "../../../candles/slice.ts";
import { labelHorizon } from "../../../context/label.ts";
import { RhymeError } from "../../../errors.ts";
import { fixedWidth } from "../../../time/timeframe.ts";
import type { EpochMs } from "../../../time/units.ts";
import { judgeDirections } from "../../protocol/judge-directions.ts";
import { judgeRanges } from "../../protocol/judge-ranges.ts";
import { harRange, persistence, trainingMean } from "../../protocol/range-models.ts";
import { rangePanel, returnPanel, type RangePanel } from "../../protocol/range-panel.ts";
import { walkForwardSplit, type Fold, type TestBlock } from "../../protocol/walk-forward-split.ts";
import { yearlyFolds } from "../../trust/folds.ts";
import type { History } from "../history.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { barsAhead, baseOf, MANY } from "./stating.ts";

/** When the first candle was known at or after an instant: only then has it come. */
function comes(known: Float64Array, t: EpochMs): EpochMs {
  return known.find((instant) => instant >= t) ?? NaN;
}

const years: CandlesSubject = {
  name: "trust/yearly-folds",
  covers: ["yearlyFolds"],
  takes: "candles",
  instants: MANY,
  run(candles, setting) {
    const known = firmKnownAt(baseOf(candles, setting));
    const folds = known.length === 0 ? [] : yearlyFolds(known[0]!, known[known.length - 1]!);
    const begins = Float64Array.from(folds, ({ from }) => from);
    const ends = Float64Array.from(folds, ({ to }) => to).filter((to) => to < Infinity);
    return [
      { name: "begin of a fold", key: begins, knownAt: begins.map((t) => comes(known, t)), values: begins },
      { name: "end of a fold", key: ends, knownAt: ends.map((t) => comes(known, t)), values: ends },
    ];
  },
};

/** Blocks of a history that are tested, by row; the last has no end. */
function blocksOf(known: Float64Array, rows: readonly number[]): readonly TestBlock[] {
  const begins = rows.flatMap((row) => (row < known.length ? [known[row]!] : []));
  return begins.map((from, b) => ({ name: String(b), from, to: begins[b + 1] ?? Infinity }));
}

/** What trains a fold is known when its block begins; what is tested, sample by sample. */
function statedFolds(folds: readonly Fold[], start: Float64Array, end: Float64Array): Stated {
  const column = (
    name: string,
    samples: readonly (readonly [number, EpochMs, number])[],
  ): Stated[number] => ({
    name,
    key: Float64Array.from(samples, ([key]) => key),
    knownAt: Float64Array.from(samples, ([, knownAt]) => knownAt),
    values: Float64Array.from(samples, ([, , value]) => value),
  });
  const trained = folds.flatMap(({ train, from }, b) =>
    Array.from(train, (i) => [1e6 * b + i, from, start[i]!] as const),
  );
  const tested = folds.flatMap(({ test }, b) =>
    Array.from(test, (i) => [1e6 * b + i, end[i]!, start[i]!] as const),
  );
  return [column("trained on", trained), column("tested on", tested)];
}

/** Labels as samples: decided at their anchor, known when they mature. */
const split: CandlesSubject = {
  name: "protocol/split",
  covers: ["walkForwardSplit"],
  takes: "candles",
  every: 10,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const start = firmKnownAt(base);
    const { matureAt: end } = labelHorizon(base, barsAhead(base.timeframe, 3));
    const folds = walkForwardSplit({ start, end }, blocksOf(start, [10, 20, 35]), {
      embargoMs: 2 * (start[1]! - start[0]! || 0) || 0,
    });
    return statedFolds(folds, start, end);
  },
};

const BARS = 1;
/** Few, so that short histories are judged too. */
const LAGS: readonly number[] = [1, 4];
/** Rows at which the first block and the second begin: the longest lag, and enough to train on. */
const [FIRST, SECOND] = [6, 9].map((more) => Math.max(...LAGS) + more) as [number, number];

type PanelOf = typeof rangePanel;

function judgeable({ facts, timeframes }: History): boolean {
  return fixedWidth(timeframes[0]!) !== null && rowsOf(facts[0]!) >= SECOND + BARS + 1;
}

function statedPanel(base: CandleSeries, panelOf: PanelOf): Stated {
  const { row, start, end, target } = panelOf([base], BARS, { lags: LAGS });
  const key = Float64Array.from(row, (t) => base.openTime[t]!);
  // Whether a decision counts shows when its target ends, for only then has the market stayed open.
  return [
    { name: "target", key, knownAt: end, values: target },
    { name: "decided", key, knownAt: end, values: start },
    statedPast(base, panelOf),
  ];
}

/**
 * What a panel says of the past is known when it is decided, though whether the decision counts is not: of the same
 * bars as if the market had never closed, and with bars without movement for those to come, all decisions count.
 */
function statedPast(base: CandleSeries, panelOf: PanelOf): Stated[number] {
  const n = rowsOf(base);
  const width = fixedWidth(base.timeframe)!;
  const rows = Int32Array.from({ length: n === 0 ? 0 : n + BARS }, (_, i) => Math.min(i, n - 1));
  const longer = takeRows(base, rows);
  for (const column of [longer.open, longer.high, longer.low]) column.fill(longer.close[n]!, n);
  const openTime = longer.openTime.map((_, i) => base.openTime[0]! + i * width);
  const { row, start, trailing } = panelOf([{ ...longer, openTime }], BARS, { lags: LAGS });
  const key = Float64Array.from(row, (t) => base.openTime[t]!);
  return { name: "what lies behind", key, knownAt: start, values: trailing };
}

const panel: CandlesSubject = {
  name: "protocol/ranges",
  covers: ["rangePanel", "judgeRanges", "harRange", "persistence", "trainingMean"],
  takes: "candles",
  instants: MANY,
  suits: judgeable,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const known = firmKnownAt(base);
    const made = rangePanel([base], BARS, { lags: LAGS });
    const folds = walkForwardSplit(made, blocksOf(known, [FIRST, SECOND])).slice(0, 1);
    return [
      ...statedPanel(base, rangePanel),
      ...statedScores(known[SECOND + BARS] ?? NaN, () => rangeScores(made, folds)),
    ];
  },
};

/** The same decisions about returns. */
const returns: CandlesSubject = {
  name: "protocol/returns",
  covers: ["returnPanel", "judgeDirections"],
  takes: "candles",
  instants: MANY,
  suits: judgeable,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const known = firmKnownAt(base);
    const made = returnPanel([base], BARS, { lags: LAGS });
    const folds = walkForwardSplit(made, blocksOf(known, [FIRST, SECOND])).slice(0, 1);
    const scores = (): number[] =>
      folds.some(({ test }) => test.length === 0)
        ? []
        : judgeDirections(made, folds, [persistence(4)]).flatMap(({ ic, hit, gross }) => [
            ...[ic.mean, hit.mean, gross.mean],
          ]);
    return [...statedPanel(base, returnPanel), ...statedScores(known[SECOND + BARS] ?? NaN, scores)];
  },
};

function rangeScores(made: RangePanel, folds: readonly Fold[]): number[] {
  const models = [trainingMean, persistence(4), harRange({ lags: [1] })];
  return judgeRanges(made, folds, models).flatMap(({ r2, qlike }) => [r2.mean, qlike.mean]);
}

/** A fold's scores are known with its last outcome. */
function statedScores(knownAt: EpochMs, scoresOf: () => number[]): Stated {
  if (Number.isNaN(knownAt)) return [];
  try {
    const scores = scoresOf();
    const about = { key: Float64Array.of(0), knownAt: Float64Array.of(knownAt) };
    return [{ name: "scores", ...about, values: Float64Array.from(scores) }];
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return []; // a closed market has emptied the fold
    throw error;
  }
}

export const PROTOCOL_SUBJECTS: readonly Subject[] = [years, split, panel, returns];
