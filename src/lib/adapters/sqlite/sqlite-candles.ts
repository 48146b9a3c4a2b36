import { factsOfSeries, seriesOfFacts, type CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import type { CandleRange, CandleStore, StoredSeries, WriteReport } from "../../candles/candle-store.ts";
import { RhymeError } from "../../errors.ts";
import { checkKnownBy } from "../../memory/checks.ts";
import { checkSeriesKey, seriesName } from "../../memory/names.ts";
import { calendarByName } from "../../time/calendars.ts";
import type { EpochMs } from "../../time/units.ts";
import { mergeFacts } from "./fact-writer.ts";
import { findSeries } from "./series-table.ts";
import { factsAsOf, LATE, tallyKey } from "./stored-facts.ts";
import type { Store } from "./store.ts";
import { storeError } from "./store-error.ts";
import { assertTallied, pairDigest, readTallies, readTally, SUM_OF_DIGESTS, Tally } from "./tally.ts";

/**
 * The record of candle facts in SQLite; see CandleStore. Decided here: a late fact (correction, late bar, earlier
 * history) is known at `now`, or at its own `knownAt` should that be later. Two facts of one bar with equal
 * `knownAt` are both kept and the one with the larger content digest is read; a series has one source, so no rank of
 * sources comes before that. `trades`, `vwap` and `spread` are compared only where both rows have them. One write is
 * one transaction.
 */
export function sqliteCandles(store: Store): CandleStore {
  return {
    list: () => list(store),
    write: (series, now) => write(store, series, now),
    corrections: (key) => corrections(store, key),
    lateFacts: (key) => readTally(store, tallyKey("late", findSeries(store, key) ?? -1)).rows,
    read: (key, range) => seriesOfFacts(readFacts(store, key, range)),
    readFacts: (key, range) => readFacts(store, key, range),
  };
}

function list(store: Store): readonly StoredSeries[] {
  const rows = store.snapshot(() => {
    const found = store.rows(`
      SELECT source, symbol, timeframe, calendar, count(DISTINCT open_time), min(open_time), max(open_time),
        series, count(*), ${SUM_OF_DIGESTS}
      FROM series JOIN candles USING (series) GROUP BY series ORDER BY symbol, source, timeframe`);
    assertAllTallied(
      store,
      found.map((row) => row.slice(7) as number[]),
    );
    return found;
  });
  return rows.map(([source, symbol, timeframe, calendar, count, first, last]) => ({
    source: source as string,
    symbol: symbol as string,
    timeframe: timeframe as string,
    calendar: calendar as string,
    rows: count as number,
    first: first as number,
    last: last as number,
  }));
}

/** @param counted per series: its number, its rows, the two halves of the sum of their digests */
function assertAllTallied(store: Store, counted: readonly (readonly number[])[]): void {
  const written = readTallies(store, "kind = 'candles'", []);
  const found = new Map(counted.map(([series, rows, low, high]) => [series, Tally.of(rows!, low!, high!)]));
  for (const series of new Set([...found.keys(), ...written.map(({ key }) => key.series)]))
    assertTallied(store, tallyKey("candles", series!), found.get(series) ?? new Tally(), "candles");
}

/** From the index of late facts, no row of which may be missing: each tells history apart from what came before. */
function corrections(store: Store, key: SeriesKey): Float64Array {
  return store.snapshot(() => {
    const series = findSeries(store, key) ?? -1;
    const found = new Tally();
    const instants: number[] = [];
    const sql = "SELECT known_at, digest FROM candles WHERE series = ? AND late = 1 ORDER BY known_at";
    store.scan(sql, [series], ([known, digest]) => {
      found.add(pairDigest(known as number, digest as number));
      if (instants.at(-1) !== known) instants.push(known as number);
    });
    assertTallied(store, tallyKey("late", series), found, `late candles of ${seriesName(key)}`);
    return Float64Array.from(instants);
  });
}

function write(store: Store, series: CandleSeries, now: EpochMs): WriteReport {
  checkSeriesKey(series);
  if (!Number.isSafeInteger(now))
    throw new RhymeError("usage", {
      place: `candles of ${seriesName(series)}`,
      expected: "the instant of ingest in whole milliseconds",
      received: String(now),
      remedy: "Pass the current time: late facts become known at it.",
    });
  const { superseded: _, ...report } = mergeFacts(store, factsOfSeries(series), now, "asSaid");
  return report;
}

function readFacts(store: Store, key: SeriesKey, range: CandleRange): CandleFacts {
  const { from = -Infinity, to = Infinity, asOf } = range;
  checkKnownBy("candles", asOf);
  return store.snapshot(() => readSeries(store, key, from, to, asOf));
}

function readSeries(store: Store, key: SeriesKey, from: EpochMs, to: EpochMs, asOf: EpochMs): CandleFacts {
  const known = store.row(
    "SELECT series, calendar FROM series WHERE source = ? AND symbol = ? AND timeframe = ? AND calendar IS NOT NULL",
    key.source,
    key.symbol,
    key.timeframe,
  );
  if (!known)
    throw storeError(
      store.place,
      "a series that it holds",
      seriesName(key),
      "Check symbol, source and timeframe, or remember its candles first.",
    );
  const facts = factsAsOf(store, known[0] as number, from, to, asOf);
  const column = (at: number): Float64Array =>
    Float64Array.from(facts, (fact) => (fact[at] as number | null) ?? NaN);
  const given = (at: number): boolean => facts.some((fact) => fact[at] !== null);
  const { source, symbol, timeframe } = key;
  return {
    ...{ source, symbol, timeframe },
    calendar: calendarByName(known[1] as string),
    ...{ openTime: column(0), closeTime: column(1), knownAt: column(2) },
    ...{ open: column(3), high: column(4), low: column(5), close: column(6), volume: column(7) },
    ...(given(8) ? { trades: column(8) } : {}),
    ...(given(9) ? { vwap: column(9) } : {}),
    ...(given(10) ? { spread: column(10) } : {}),
    partial: Uint8Array.from(facts, (fact) => fact[11] as number),
    late: Uint8Array.from(facts, (fact) => fact[LATE] as number),
  };
}
