import type { CandlesByTimeframe } from "../../../candles/candle-series.ts";
import type { EpochMs } from "../../../time/units.ts";

// N base rows

/** A column that is none: of another length, or not of numbers. */
export interface Misfit {
  readonly misfit: "wrong length" | "not numbers";
  readonly message: string;
}

/** What a function did besides answering. */
export interface Habits {
  /** How often it asked for the time, and for chance. */
  readonly clock: number;
  readonly chance: number;
  /** Files, network and processes that it turned to, each named once. */
  readonly outside: readonly string[];
}

/** It answered: one value per base row of what it was given, NaN where it says nothing. */
export interface Said {
  readonly kind: "said";
  readonly columns: ReadonlyMap<string, Float64Array | Misfit>;
  /** Input that is no longer as it was, such as `close of 4h`. */
  readonly changed: readonly string[];
  /** What it returned instead of columns, in words. */
  readonly instead: string | null;
  readonly habits: Habits;
}

export type Ending =
  "never ends" | "ends the process" | "runs out of memory" | "does not load" | "not checkable";

/** What came of one call. `ended`: the call itself could not be finished. */
export type Outcome =
  | Said
  | { readonly kind: "threw"; readonly message: string }
  | { readonly kind: "ended"; readonly how: Ending; readonly message: string };

export interface CallOptions {
  /** What the function reads where it asks for the time. */
  readonly clock: EpochMs;
  /** In a process that has not run this function yet, and whose clock showed this while the module was run. */
  readonly freshAt?: EpochMs;
}

/** Runs one function of a user, wherever that is safe. A call never throws and always ends, but where it is aborted. */
export interface Caller {
  /** Whether `freshAt` can be had. */
  readonly fresh: boolean;
  call(candles: CandlesByTimeframe, options: CallOptions): Promise<Outcome>;
}
