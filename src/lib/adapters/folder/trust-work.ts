import type { MemoryFolder } from "../sqlite/open-memory.ts";
import type { IndexWish } from "../weaviate/search-index.ts";
import type { SeriesHolding } from "../sqlite/summary.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import type { TrustFold } from "../../evaluation/trust/make-trust-report.ts";
import type { TrustReport } from "../../evaluation/trust/trust-report.ts";
import type { Searched } from "../../memory/searched.ts";
import type { Wanted } from "../../memory/resolve.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Work } from "./work.ts";

export interface TrustOptions extends Wanted, Work {
  readonly tenant: string;
  /** Through which a version is read where none is named; default `default`. */
  readonly channel?: string;
  readonly horizon: string;
  /** Only anchors within it, both ends included; told which market it is about. */
  readonly span?: (calendar: Calendar) => { readonly from: EpochMs; readonly to: EpochMs };
  readonly refit: TrustReport["refit"];
  readonly seed: number;
  readonly resamples: number;
  /** The past is asked of it; null, the default: of the memory itself. */
  readonly index?: IndexWish | null;
}

/** What was replayed, and by which encoders. */
export interface Replayed {
  readonly records: readonly RecallRecord[];
  readonly folds: readonly TrustFold[];
  /** Absent where no index was named. */
  readonly searched?: Searched;
}

/** Series of one encoder and base timeframe, opened for reading. */
export interface TrustWork {
  readonly folder: MemoryFolder;
  readonly asked: readonly SeriesHolding[];
  readonly encoder: Encoder;
  readonly options: TrustOptions;
}
