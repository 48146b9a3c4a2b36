import type { CandlesByTimeframe, SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import type { GarbageKind } from "./garbage.ts";
import type { History } from "./history.ts";
import type { Stated, Tolerance } from "./stated.ts";

/** What a subject may read beside its input: never the facts themselves. */
export type Setting = Pick<History, "timeframes" | "seed"> & {
  /** The series of the history, the first being its own. */
  readonly series: readonly SeriesKey[];
};

export function settingOf({ timeframes, seed, facts }: History): Setting {
  const series = facts.map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe }));
  return { timeframes, seed, series };
}

interface Common {
  /** Unique, such as `features/rsi`. */
  readonly name: string;
  /** Exported functions that it holds to the law, by name. */
  readonly covers: readonly string[];
  /** Default: bit for bit. */
  readonly tolerance?: Tolerance;
  /** Default: every kind. A kind left out needs its reason in `garbageBecause`. */
  readonly garbage?: readonly GarbageKind[];
  readonly garbageBecause?: string;
  /** It is run on every n-th history that suits it; default 1. For what costs much. */
  readonly every?: number;
  /** Instants that a history is cut at for it, about; default all. */
  readonly instants?: number;
  /** Whether a history can say anything about it: enough rows, an intraday timeframe … */
  readonly suits?: (history: History) => boolean;
}

/** A function of one symbol's candles, all of them known on time. */
export interface CandlesSubject extends Common {
  readonly takes: "candles";
  run(candles: CandlesByTimeframe, setting: Setting): Stated | Promise<Stated>;
  /** The same, fed one instant at a time through the function's own stream. */
  stream?(candles: CandlesByTimeframe, setting: Setting): Stated | Promise<Stated>;
}

/** A function of facts, corrections and late bars among them. */
export interface StoreSubject extends Common {
  readonly takes: "store";
  run(store: CandleStore, setting: Setting): Stated | Promise<Stated>;
  stream?(store: CandleStore, setting: Setting): Stated | Promise<Stated>;
}

/** Any function from known facts to values at anchors. */
export type Subject = CandlesSubject | StoreSubject;
