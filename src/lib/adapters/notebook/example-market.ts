import { dataFile } from "./data-file.ts";
import { exampleFile } from "./example-file.ts";

/** A series to ask questions about, and how it is looked at. */
export interface ExampleMarket {
  readonly file: string;
  readonly symbol: string;
  readonly calendar: string;
  /** Fine to coarse; the first is the file's own. */
  readonly timeframes: readonly string[];
  readonly featureSet: string;
  readonly horizon: string;
  /** Newest bars that are used; 0: all. */
  readonly bars: number;
}

/**
 * The market that notebooks look at unless told otherwise: hours of EURUSD where RHYME_DATA has them, else days of the S&P
 * 500, which come along.
 */
export function exampleMarket(): ExampleMarket {
  const hours = dataFile("fx/EURUSD-1h.csv.gz");
  if (hours !== null)
    return {
      ...{ file: hours, symbol: "EURUSD", calendar: "fx", timeframes: ["1h", "4h", "1d"] },
      ...{ featureSet: "candle16", horizon: "4h", bars: 20_000 },
    };
  return {
    ...{ file: exampleFile(), symbol: "SP500", calendar: "us-equities", timeframes: ["1d", "1w"] },
    ...{ featureSet: "close12", horizon: "5d", bars: 0 },
  };
}
