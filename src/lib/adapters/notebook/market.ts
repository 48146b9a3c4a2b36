import type { CandlesByTimeframe, CandleSeries } from "../../candles/candle-series.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { sliceRows } from "../../candles/slice.ts";
import { RhymeError } from "../../errors.ts";
import { calendarByName } from "../../time/calendars.ts";
import { sortTimeframes } from "../../time/timeframe.ts";
import { readCandles } from "../files/read-candles.ts";
import { exampleMarket, type ExampleMarket } from "./example-market.ts";

/** Which series a notebook is to look at, as its parameters say it; an empty text is none. */
export interface MarketParameters {
  /** Empty: the example, and all else here is left alone. */
  readonly file: string;
  /** Empty: what the name of the file says. */
  readonly symbol: string;
  readonly calendar: string; // empty: 24x7
  /** Names with commas between them; the file's own is the finest. */
  readonly timeframes: string;
  readonly featureSet?: string; // candle16
  readonly horizon?: string; // 4h
}

/** The names of a list as a parameter writes it, `1d, 1w`; none for an empty text. */
export function namedIn(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/**
 * The market that a notebook's parameters name, or the example where they name no file.
 * @throws RhymeError "usage" for fewer timeframes than the notebook compares
 */
export function chosenMarket(
  { file, symbol, calendar, timeframes, featureSet = "candle16", horizon = "4h" }: MarketParameters,
  { atLeast = 1 }: { readonly atLeast?: number } = {},
): ExampleMarket {
  if (file === "") return exampleMarket();
  const named = sortTimeframes(namedIn(timeframes));
  if (named.length < atLeast)
    throw new RhymeError("usage", {
      place: "parameter timeframes",
      expected: atLeast === 1 ? "a timeframe, such as 1d" : `${atLeast} timeframes, such as 1d,1w`,
      received: JSON.stringify(timeframes),
      remedy: "Name the file's own and coarser ones: --param timeframes=1d,1w",
    });
  return {
    ...{ file, symbol, calendar: calendar === "" ? "24x7" : calendar, timeframes: named },
    ...{ featureSet, horizon, bars: 0 },
  };
}

/** Its newest bars, and the same by timeframe. */
export async function readMarket(
  { file, symbol, calendar, timeframes, bars }: ExampleMarket,
  { signal }: { readonly signal: AbortSignal },
): Promise<{ readonly series: CandleSeries; readonly candles: CandlesByTimeframe }> {
  const { series: all } = await readCandles([file], {
    ...{ calendar: calendarByName(calendar), now: Date.now(), signal },
    ...(symbol === "" ? {} : { symbol }),
  });
  const rows = all.openTime.length;
  const series = sliceRows(all, bars === 0 ? 0 : Math.max(0, rows - bars), rows);
  return { series, candles: byTimeframe(series, timeframes) };
}
