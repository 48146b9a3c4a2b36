import type { CandleSeries } from "../../candles/candle-series.ts";
import type { GapLedger } from "../../candles/gap-ledger.ts";
import type { QualityReport } from "../../candles/quality-report.ts";
import type { FitProgress } from "../../encoder/family.ts";
import type { Scoreboard } from "../../evaluation/scoreboard.ts";
import type { TrialLedger } from "../../evaluation/trial-ledger.ts";
import type { LookAheadReport } from "../../evaluation/look-ahead/user/report.ts";
import type { TrustReport } from "../../evaluation/trust/trust-report.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Answer } from "../../recall/answer.ts";
import type { ReadCandles } from "../files/read-candles.ts";
import type { Figure } from "../plotly/figure.ts";

// The library's values are plain objects without a class: they are told by their fields.

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

const isColumn = (value: unknown): boolean => value instanceof Float64Array;

export function isCandleSeries(value: unknown): value is CandleSeries {
  return (
    isFields(value) &&
    ["openTime", "knownAt", "open", "close"].every((name) => isColumn(value[name])) &&
    typeof value["timeframe"] === "string" &&
    isFields(value["calendar"])
  );
}

export function isCandlesByTimeframe(value: unknown): value is Readonly<Record<string, CandleSeries>> {
  return isPlain(value) && Object.keys(value).length > 0 && Object.values(value).every(isCandleSeries);
}

export function isReadCandles(value: unknown): value is ReadCandles {
  return (
    isFields(value) &&
    isCandleSeries(value["series"]) &&
    isGapLedger(value["ledger"]) &&
    Array.isArray(value["findings"]) &&
    isFields(value["raw"])
  );
}

export function isGapLedger(value: unknown): value is GapLedger {
  return (
    isFields(value) &&
    isFields(value["grid"]) &&
    value["slot"] instanceof Int32Array &&
    value["known"] instanceof Uint8Array
  );
}

export function isQualityReport(value: unknown): value is QualityReport {
  return (
    isFields(value) &&
    isFields(value["gaps"]) &&
    Array.isArray(value["kinds"]) &&
    Array.isArray(value["years"])
  );
}

export function isGraph(value: unknown): value is Graph {
  return (
    isFields(value) &&
    value["senders"] instanceof Int32Array &&
    value["receivers"] instanceof Int32Array &&
    isColumn(value["nodes"]) &&
    Array.isArray(value["timeframes"])
  );
}

export function isAnswer(value: unknown): value is Answer {
  return isFields(value) && value["schema"] === "rhyme.answer/1";
}

export function isTrustReport(value: unknown): value is TrustReport {
  return isFields(value) && value["schema"] === "rhyme.trust/1";
}

export function isScoreboard(value: unknown): value is Scoreboard {
  return isFields(value) && value["schema"] === "rhyme.scoreboard/1";
}

export function isTrialLedger(value: unknown): value is TrialLedger {
  return isFields(value) && value["schema"] === "rhyme.trials/1";
}

export function isLookAheadReport(value: unknown): value is LookAheadReport {
  return isFields(value) && value["schema"] === "rhyme.look-ahead/1";
}

/** What onProgress of a fitting was handed, collected. */
export function isTrainingHistory(value: unknown): value is readonly FitProgress[] {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    value.every(
      (one) => isFields(one) && typeof one["trainLoss"] === "number" && typeof one["step"] === "number",
    )
  );
}

export function isFigure(value: unknown): value is Figure {
  return (
    isPlain(value) &&
    Array.isArray(value["data"]) &&
    isFields(value["layout"]) &&
    value["data"].every((trace) => isFields(trace))
  );
}

/** A polars DataFrame: a proxy around its columns, so it is told by its methods. */
export interface FrameLike {
  readonly columns: readonly string[];
  readonly height: number;
  readonly dtypes: readonly unknown[];
  slice(offset: number, length: number): FrameLike;
  rows(): readonly (readonly unknown[])[];
  head(length: number): FrameLike;
  tail(length: number): FrameLike;
}

export function isFrame(value: unknown): value is FrameLike {
  return (
    isFields(value) &&
    Array.isArray(value["columns"]) &&
    typeof value["height"] === "number" &&
    typeof value["rows"] === "function" &&
    typeof value["writeParquet"] === "function"
  );
}

export interface SeriesLike {
  readonly name: string;
  readonly length: number;
  readonly dtype: unknown;
  head(length: number): SeriesLike;
  tail(length: number): SeriesLike;
  toArray(): readonly unknown[];
}

export function isFrameSeries(value: unknown): value is SeriesLike {
  return (
    (isFields(value) || typeof value === "function") &&
    typeof (value as Fields)["toArray"] === "function" &&
    typeof (value as Fields)["name"] === "string" &&
    (value as Fields)["dtype"] !== undefined
  );
}

/** Rows of a table: plain objects with the same few names. */
export function isRows(value: unknown): value is readonly Fields[] {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isPlain)) return false;
  const names = Object.keys(value[0] as Fields).join("\0");
  return names !== "" && value.slice(0, 100).every((row) => Object.keys(row).join("\0") === names);
}

function isPlain(value: unknown): value is Fields {
  return (
    isFields(value) &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}
