import type { Timeframe } from "../time/timeframe.ts";

/** How candles are related. Data, not code: hashed into the encoder version. */
export interface GraphDesign {
  /** Fine to coarse; the first is the base timeframe. */
  readonly timeframes: readonly Timeframe[];
  /** Temporal edges i−d → i inside each timeframe, d in bars (rows). */
  readonly dilations: readonly number[];
  /** `down`: last closed coarser candle → finer one. `up`: finer candles inside → coarser one at its close. */
  readonly cross: readonly ("down" | "up")[];
  /** Which pairs of timeframes have cross edges. */
  readonly crossPairs: "adjacent" | "all";
  readonly weights: "none" | "volume" | "timeDistance";
  /** Rows per timeframe that the readout (and the window graph) looks back on. */
  readonly windows: Readonly<Record<Timeframe, number>>;
}
