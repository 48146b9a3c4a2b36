import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { IndexWish } from "../lib/adapters/weaviate/search-index.ts";
import type { SeriesHolding } from "../lib/adapters/sqlite/summary.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import type { TrustFold } from "../lib/evaluation/trust/make-trust-report.ts";
import type { TrustReport } from "../lib/evaluation/trust/trust-report.ts";
import type { Searched } from "../lib/memory/searched.ts";
import type { Wanted } from "../lib/memory/resolve.ts";
import type { RecallRecord } from "../lib/recall/record-type.ts";
import type { Ui } from "./ui.ts";

export interface TrustOptions extends Wanted {
  readonly memory: string;
  readonly tenant: string;
  /** Through which a version is read where none is named; default `default`. */
  readonly channel?: string;
  readonly horizon: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly refit: TrustReport["refit"];
  readonly seed: number;
  readonly resamples: number;
  /** The past is asked of it; null, the default: of the memory itself. */
  readonly index?: IndexWish | null;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** What was replayed, and by which encoders. */
export interface Replayed {
  readonly records: readonly RecallRecord[];
  readonly folds: readonly TrustFold[];
  /** Absent where no index was named. */
  readonly searched?: Searched;
}

/** Series of one encoder and base timeframe, opened for reading. */
export interface Work {
  readonly folder: MemoryFolder;
  readonly asked: readonly SeriesHolding[];
  readonly encoder: Encoder;
  readonly options: TrustOptions;
}

/** The series alone. */
export function keyOf({ source, symbol, timeframe }: SeriesKey): SeriesKey {
  return { source, symbol, timeframe };
}
