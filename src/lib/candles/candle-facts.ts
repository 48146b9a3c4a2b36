import { RhymeError } from "../errors.ts";
import { countWhile } from "../math/count-up-to.ts";
import type { EpochMs } from "../time/units.ts";
import type { CandleSeries, SeriesKey } from "./candle-series.ts";
import type { CandleStore, StoredSeries } from "./candle-store.ts";
import { takeRows } from "./slice.ts";

/**
 * Candle facts of one series, ascending by open time, then `knownAt`: other than in a series, a bar may have several.
 */
export interface CandleFacts extends CandleSeries {
  /** 1 where the fact came late: a correction, a bar known after one behind it, earlier history. [N] */
  readonly late: Uint8Array;
}

/** A series as facts, one of each bar. */
export function factsOfSeries(series: CandleSeries): CandleFacts {
  return lateByOwnWord({ ...series, late: new Uint8Array(series.openTime.length) });
}

/**
 * Facts with those marked late that by their source's own word were: known after a bar behind them, so that whoever
 * stood at that one's instant did not have them. The others are in order of `knownAt` too.
 */
export function lateByOwnWord(facts: CandleFacts): CandleFacts {
  const { knownAt } = facts;
  const late = facts.late.slice();
  let first = Infinity; // when the first of the bars behind was known
  for (let row = late.length - 1; row >= 0; row--) {
    if (late[row] === 1) continue;
    if (knownAt[row]! > first) late[row] = 1;
    else first = knownAt[row]!;
  }
  return { ...facts, late };
}

/** The given facts of a series, in the given order. */
export function takeFacts(facts: CandleFacts, rows: Int32Array): CandleFacts {
  return { ...takeRows(facts, rows), late: Uint8Array.from(rows, (row) => facts.late[row]!) };
}

/** The facts that were known by `t`: a set of facts as it was then. */
export function factsKnownBy(facts: CandleFacts, t: EpochMs): CandleFacts {
  const { knownAt } = facts;
  const rows = new Int32Array(knownAt.length);
  let n = 0;
  for (let row = 0; row < rows.length; row++) if (knownAt[row]! <= t) rows[n++] = row;
  return takeFacts(facts, rows.subarray(0, n));
}

/**
 * Of every bar that opens in [from, to) the newest fact with knownAt ≤ asOf; of equal ones the last in the order
 * given.
 */
export function newestFacts(
  facts: CandleFacts,
  asOf: EpochMs,
  from: EpochMs = -Infinity,
  to: EpochMs = Infinity,
): CandleFacts {
  const { openTime, knownAt } = facts;
  const first = countWhile(openTime.length, (row) => openTime[row]! < from);
  const end = countWhile(openTime.length, (row) => openTime[row]! < to);
  const rows = new Int32Array(Math.max(0, end - first));
  let n = 0;
  for (let row = first; row < end; row++) {
    if (!(knownAt[row]! <= asOf)) continue;
    if (n > 0 && openTime[rows[n - 1]!] === openTime[row]) rows[n - 1] = row;
    else rows[n++] = row;
  }
  return takeFacts(facts, rows.subarray(0, n));
}

/** Facts of which every bar has one, as the series that they are. */
export function seriesOfFacts(facts: CandleFacts): CandleSeries {
  const { late: _late, ...series } = facts;
  return series;
}

/**
 * Facts in RAM as a store that is only read: for notebooks, tests and whatever compares two states of knowledge.
 * @throws RhymeError "usage" for a series that it does not hold, and for writing
 */
export function factStore(all: readonly CandleFacts[]): CandleStore {
  const find = (key: SeriesKey): CandleFacts => {
    const same = all.find(
      ({ source, symbol, timeframe }) =>
        source === key.source && symbol === key.symbol && timeframe === key.timeframe,
    );
    if (same) return same;
    throw new RhymeError("usage", {
      place: "candles",
      expected: `one of ${all.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`).join(", ") || "none"}`,
      received: `${key.symbol} ${key.timeframe} of ${key.source}`,
      remedy: "Ask for a series that these facts hold.",
    });
  };
  return {
    list: () => all.filter(({ openTime }) => openTime.length > 0).map(summary),
    corrections: (key) => {
      const { knownAt, late } = find(key);
      return Float64Array.from(new Set(knownAt.filter((_, row) => late[row] === 1))).sort();
    },
    read: (key, { from, to, asOf }) => seriesOfFacts(newestFacts(find(key), asOf, from, to)),
    readFacts: (key, { from, to, asOf }) => newestFacts(find(key), asOf, from, to),
    write: () => {
      throw new RhymeError("usage", {
        place: "candles in RAM",
        expected: "a store that can be written to",
        received: "facts that are only read",
        remedy: "Open a memory folder to keep candles.",
      });
    },
  };
}

function summary({ source, symbol, timeframe, calendar, openTime }: CandleFacts): StoredSeries {
  const rows = new Set(openTime).size;
  const [first, last] = [openTime[0]!, openTime[openTime.length - 1]!];
  return { source, symbol, timeframe, calendar: calendar.name, rows, first, last };
}
