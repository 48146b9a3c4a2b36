import * as fc from "fast-check";
import { nests, nominalWidth, type Timeframe } from "../../time/timeframe.ts";
import type { EpochMs } from "../../time/units.ts";
import { WILD_MARKETS, type WildMarket } from "../wild-candles.ts";
import { weightedInteger } from "./weighted-integer.ts";

/** What a history is made of: small enough to be read, and to be shrunk by fast-check. */
export interface HistoryPlan {
  /** For prices, gaps and what corrections say; not shrunk, since no seed is simpler than another. */
  readonly seed: number;
  readonly calendar: string;
  /** Fine to coarse. */
  readonly timeframes: readonly Timeframe[];
  readonly rows: number;
  /** The instant that the rows lie around, and which share of them lies before it. */
  readonly around: EpochMs;
  readonly before: number;
  readonly prices: "walk" | WildMarket;
  readonly gapShare: number;
  readonly stamp: "open" | "close";
  /** Rows stand in the file twice, and in no order. */
  readonly untidy: boolean;
  readonly columns: readonly OptionalColumn[];
  readonly lag: Lag;
  readonly late: readonly LatePlan[];
  /** A second symbol on the same grid, with gaps and late facts of its own. */
  readonly second: Pick<HistoryPlan, "gapShare" | "late"> | null;
}

export const OPTIONAL_COLUMNS = ["trades", "vwap", "spread"] as const;
export type OptionalColumn = (typeof OPTIONAL_COLUMNS)[number];

/**
 * How long after its close a bar is known. outage: some bars at once, when the feed is back. out of order: some bars
 * after bars behind them, by their source's own word.
 */
export const LAGS = ["none", "constant", "growing", "outage", "out of order"] as const;
export type Lag = (typeof LAGS)[number];

/** Something about the past that is learned late. */
export interface LatePlan {
  /** revised: other values. reverted: those of old again. missing: bars held back till then. again: nothing new. */
  readonly what: "revised" | "reverted" | "missing" | "again";
  /** Share of the history at which its first bar lies. */
  readonly at: number;
  readonly bars: number;
  /** Bars between the last one concerned and the one that is the newest when it is learned. */
  readonly delay: number;
  /** Learned between the newest bar and the next, at the very instant of the newest, or days after all. */
  readonly when: "between" | "with" | "after";
}

export interface HistoryOptions {
  /** Rows at least: for what warms up slowly. Default: mostly few. */
  readonly fewestRows?: number;
  /** Rows at most; default 500. */
  readonly mostRows?: number;
}

/** Instants at which clocks, sessions or dates do something odd. */
export const ODD_INSTANTS = {
  "an ordinary day": ["2021-06-15T12:00Z"],
  "New York's clocks go forward": ["2021-03-14T07:00Z", "2007-03-11T07:00Z"],
  "New York's clocks go back": ["2021-11-07T06:00Z", "2006-10-29T06:00Z"],
  "London's clocks go forward": ["2021-03-28T01:00Z"],
  "London's clocks go back": ["2021-10-31T01:00Z"],
  "leap day": ["2024-02-29T15:00Z", "2020-02-29T12:00Z"],
  "year end": ["2021-01-01T00:00Z", "2019-12-31T21:00Z"],
  "weekend open": ["2021-06-06T21:00Z", "2021-01-10T23:00Z"],
  "early close": ["2021-11-26T18:00Z", "2020-12-24T18:00Z", "2019-07-03T17:00Z"],
  "the first instant": ["1970-01-01T00:00Z"],
} as const;

const CALENDARS = [
  "24x7",
  "us-equities",
  "fx",
  "us-futures",
  "fx@UTC",
  "24x7@America/New_York",
  "24x7@Europe/London",
];

const ALL_TIMEFRAMES = ["1m", "2m", "3m", "5m", "10m", "15m", "20m", "30m", "45m", "1h", "90m", "2h", "3h", "4h", "6h", "8h", "12h", "1d", "1w", "1mo"]; // prettier-ignore

/** Sets that people use, the simplest first. */
const COMMON_SETS: readonly (readonly Timeframe[])[] = [
  ["5m", "15m"],
  ["5m", "30m", "1h", "4h"],
  ["1m", "5m", "15m"],
  ["15m", "1h", "4h"],
  ["1h", "4h", "1d"],
  ["4h", "1d", "1w"],
  ["1d", "1w", "1mo"],
];

/** Any base with up to three timeframes made of `least` to `most` of its bars. */
function anySet(least: number, most: number): fc.Arbitrary<readonly Timeframe[]> {
  const bases = ["5m", "1m", "2m", "15m", "30m", "1h", "4h", "1d"];
  return fc.constantFrom(...bases).chain((base) => {
    const ratio = (timeframe: Timeframe): number => nominalWidth(timeframe) / nominalWidth(base);
    const higher = ALL_TIMEFRAMES.filter(
      (one) => nests(base, one) && ratio(one) >= least && ratio(one) <= most,
    );
    const chosen = fc.subarray(higher, { maxLength: Math.min(3, higher.length) });
    return chosen.map((some) => [base, ...some]);
  });
}

const late: fc.Arbitrary<readonly LatePlan[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  {
    weight: 5,
    arbitrary: fc.array(
      fc.record({
        what: fc.constantFrom("revised", "revised", "reverted", "missing", "again"),
        at: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: share() }),
        bars: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 8 }) }),
        delay: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }) }),
        when: fc.constantFrom("between", "between", "with", "after"),
      } as const),
      { maxLength: 4 },
    ),
  },
); // prettier-ignore

/** A share in hundredths: as a fraction it would shrink to noise. */
function share(): fc.Arbitrary<number> {
  return fc.nat(99).map((hundredths) => hundredths / 100);
}

const gapShare = fc.constantFrom(0, 0, 0.03, 0.3);

/** Histories of at least so many rows have fewer higher bars: each of their closes is an instant to cut at. */
const LONG = 100;
const SHORT_SETS = fc.oneof({ withCrossShrink: true }, fc.constantFrom(...COMMON_SETS), anySet(2, 24));
const LONG_SETS = fc.oneof(
  { weight: 4, arbitrary: fc.constant(["5m", "30m", "1h", "4h"]) },
  { weight: 4, arbitrary: anySet(12, 100) },
  { weight: 2, arbitrary: fc.constantFrom(["1d", "1w", "1mo"], ["1w"]) }, // years
);

/** Many short histories, in which higher bars close often, and a few long ones, which warm everything up. */
const ROWS = [
  { weight: 76, min: 20, max: 59 },
  { weight: 8, min: 60, max: 99 },
  { weight: 8, min: 2, max: 19 },
  { weight: 2, min: 0, max: 1 },
  { weight: 3, min: LONG, max: 140 },
  { weight: 3, min: 200, max: 500 },
];

export function planArbitrary(options: HistoryOptions = {}): fc.Arbitrary<HistoryPlan> {
  const { fewestRows = 0, mostRows = 500 } = options;
  const instants = Object.values(ODD_INSTANTS).map((texts) => fc.constantFrom(...texts.map(Date.parse)));
  const usual = ROWS.filter(({ min }) => min <= mostRows).map((range) => ({ ...range, max: Math.min(range.max, mostRows) })); // prettier-ignore
  const rows = weightedInteger(fewestRows > 0 ? [{ weight: 1, min: fewestRows, max: mostRows }] : usual);
  const made = fc.record({
    rows,
    short: SHORT_SETS,
    long: LONG_SETS,
    seed: fc.noShrink(fc.nat(2 ** 31 - 1)),
    calendar: fc.constantFrom("24x7", ...CALENDARS),
    around: fc.oneof({ withCrossShrink: true }, ...instants),
    before: share(),
    prices: fc.oneof(
      { withCrossShrink: true },
      { weight: 6, arbitrary: fc.constant("walk" as const) },
      { weight: 4, arbitrary: fc.constantFrom(...WILD_MARKETS) },
    ),
    gapShare,
    stamp: fc.constantFrom("open", "close"),
    untidy: fc.boolean(),
    columns: fc.subarray([...OPTIONAL_COLUMNS]),
    lag: fc.constantFrom("none", "none", "constant", "growing", "outage", "out of order"),
    late,
    second: fc.oneof(
      { withCrossShrink: true },
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.record({ gapShare, late }) },
    ),
  } as const);
  return made.map(({ short, long, ...plan }) => ({ ...plan, timeframes: plan.rows < LONG ? short : long }));
}
