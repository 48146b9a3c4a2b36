import type { CandlesByTimeframe, CandleSeries } from "../../candles/candle-series.ts";
import type { Outcome } from "../../evaluation/look-ahead/user/caller.ts";
import { calendarByName } from "../../time/calendars.ts";
import type { EpochMs } from "../../time/units.ts";
import type { ExportedFunction } from "./user-function.ts";

/** What a child process is told. Arrays travel as they are, calendars by name. */
export interface Ask {
  readonly id: number;
  readonly fn: ExportedFunction;
  readonly clock: EpochMs;
  readonly series: readonly SentSeries[];
}

export type SentSeries = Omit<CandleSeries, "calendar"> & { readonly calendar: string };

/** What it answers; each carries the child's token, for a function can send messages too. */
export type Tell = { readonly token: string } & (
  | {
      readonly kind: "loaded";
      readonly functions: readonly ExportedFunction[];
      readonly others: readonly string[];
    }
  | { readonly kind: "unloadable"; readonly message: string }
  /** printed: what the first call of all wrote to the console. */
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly outcome: Outcome;
      readonly printed: string;
    }
  /** Thrown outside of any call, such as in a timer. */
  | { readonly kind: "stray"; readonly message: string }
);

/** How a child process is set up, as JSON in its arguments. */
export interface Setup {
  readonly token: string;
  /** Address of the user's module. */
  readonly file: string;
  /** Modules with calendars. */
  readonly calendars: readonly string[];
  /** What the clock shows while the module is run. */
  readonly clock: EpochMs;
  readonly parent: number;
  readonly memoryMb: number;
}

export function sent(candles: CandlesByTimeframe): readonly SentSeries[] {
  return Object.values(candles).map(({ calendar, ...series }) => ({ ...series, calendar: calendar.name }));
}

export function received(series: readonly SentSeries[]): CandlesByTimeframe {
  const all = series.map(({ calendar, ...one }) => ({ ...one, calendar: calendarByName(calendar) }));
  return Object.fromEntries(all.map((one) => [one.timeframe, one]));
}
