import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore, StoredSeries, WriteReport } from "../../candles/candle-store.ts";
import { RhymeError } from "../../errors.ts";
import { checkSeriesKey, seriesName } from "../../memory/names.ts";
import { calendarByName } from "../../time/calendars.ts";
import type { EpochMs } from "../../time/units.ts";
import { CANDLE_VALUES, checkCandle, factDigest, sameCandle, valuesAt } from "./candle-facts.ts";
import { changeNamed } from "./named-rows.ts";
import { findSeries, obtainSeries } from "./series-table.ts";
import type { Cell, Store } from "./store.ts";
import { damagedStore, storeError } from "./store-error.ts";
import {
  addToTally,
  assertTallied,
  pairDigest,
  readTallies,
  SUM_OF_DIGESTS,
  Tally,
  type TallyKey,
} from "./tally.ts";
import { instantText } from "./verify-memory.ts";

export const INSERT = `INSERT OR IGNORE INTO candles
  (series, open_time, close_time, known_at, late, digest, open, high, low, close, volume, trades, vwap, spread, partial)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * The record of candle facts in SQLite; see CandleStore. Decided here: a late fact (correction, late bar, earlier
 * history) is known at `now`, or at its own `knownAt` should that be later. Two facts of one bar with equal
 * `knownAt` are both kept and the one with the larger content digest is read. `trades`, `vwap` and `spread` are compared only
 * where both rows have them. One write is one transaction.
 */
export function sqliteCandles(store: Store): CandleStore {
  return {
    list: () => list(store),
    write: (series, now) => write(store, series, now),
    corrections: (key) => corrections(store, key),
    read: (key, range = {}) => read(store, key, range),
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

export function tallyKey(kind: "candles" | "late", series: number): TallyKey {
  return { kind, memory: 0, part: "", series };
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
  return store.write(() => {
    const number = obtainSeries(store, series);
    fixCalendar(store, number, series);
    return writeRows(store, number, series, now);
  });
}

/** A series has one calendar for ever: its holes and horizons are counted on it. */
export function fixCalendar(store: Store, number: number, series: CandleSeries): void {
  const { name } = series.calendar;
  const stored = store.row("SELECT calendar FROM series WHERE series = ?", number)?.[0] ?? null;
  if (stored === null)
    changeNamed(store, "series", "series = ?", [number], () =>
      store.run("UPDATE series SET calendar = ? WHERE series = ?", name, number),
    );
  else if (stored !== name)
    throw new RhymeError("mismatch", {
      place: `candles of ${seriesName(series)}`,
      expected: `calendar ${stored}, as stored`,
      received: `calendar ${name}`,
      remedy: "Use the stored calendar, or another source name for this series.",
    });
}

function writeRows(store: Store, number: number, series: CandleSeries, now: EpochMs): WriteReport {
  const { openTime, closeTime, knownAt } = series;
  const newest = (store.row("SELECT max(open_time) FROM candles WHERE series = ?", number)![0] ??
    -Infinity) as number;
  const stored = newestFacts(store, number, openTime[0] ?? 0, Math.min(newest, openTime.at(-1) ?? 0));
  const insert = store.statement(INSERT);
  const digest = factDigest();
  const values: (number | null)[] = new Array(CANDLE_VALUES);
  const head = [0, 0, 0, 0];
  let [added, unchanged, corrected] = [0, 0, 0];
  const [written, lateOnes] = [new Tally(), new Tally()];
  for (let row = 0, s = 0; row < openTime.length; row++) {
    const open = openTime[row]!;
    while (s < stored.length && (stored[s]![0] as number) < open) s++;
    const fact = s < stored.length && stored[s]![0] === open ? stored[s]! : null;
    valuesAt(series, row, values);
    if (fact && sameCandle(fact, values)) {
      unchanged++;
      continue;
    }
    const late = open <= newest;
    head[0] = open;
    head[1] = closeTime[row]!;
    head[2] = late ? Math.max(now, knownAt[row]!) : knownAt[row]!;
    head[3] = late ? 1 : 0;
    checkCandle(series, row, head, values);
    const vouches = digest(head, values);
    const { changes } = insert.run(number, ...head, vouches, ...values);
    if (changes === 0) {
      unchanged++;
      continue;
    }
    if (fact) corrected++;
    else added++;
    written.add(vouches);
    if (late) lateOnes.add(pairDigest(head[2], vouches));
  }
  addToTally(store, tallyKey("candles", number), written);
  addToTally(store, tallyKey("late", number), lateOnes);
  return { added, unchanged, corrected };
}

const FACTS = `SELECT open_time, close_time, known_at, open, high, low, close, volume, trades, vwap, spread, partial,
    late, digest
  FROM candles WHERE series = ? AND open_time >= ? AND open_time < ? AND known_at <= ?
  ORDER BY open_time, known_at, digest`;

const LATE = 12; // place of `late` in FACTS, the digest behind it

/** The newest fact of every bar with from ≤ openTime ≤ to. */
export function newestFacts(store: Store, number: number, from: EpochMs, to: EpochMs): Cell[][] {
  if (!(from <= to)) return [];
  return factsAsOf(store, number, from, to + 1, Number.MAX_SAFE_INTEGER);
}

function factsAsOf(store: Store, number: number, from: EpochMs, to: EpochMs, asOf: EpochMs): Cell[][] {
  const facts: Cell[][] = [];
  const digest = factDigest();
  const all = from === -Infinity && to === Infinity; // then no row may be missing, those of later knownAt too
  const found = new Tally();
  let lastOpen = -Infinity;
  const bounds = [from, to, all ? Infinity : asOf].map((t) => clampInstant(t));
  store.scan(FACTS, [number, ...bounds], (row) => {
    const [open, close, known] = row as number[];
    const actual = digest(
      [open!, close!, known!, row[LATE] as number],
      row.slice(3, LATE) as (number | null)[],
    );
    if (actual !== row[LATE + 1]) throw damagedStore(store.place, `the candle of ${instantText(open!)}`);
    if (!(open! >= lastOpen)) throw damagedStore(store.place, "candles: rows out of order");
    lastOpen = open!;
    found.add(actual);
    if (known! > asOf) return;
    const last = facts.length - 1;
    if (last >= 0 && facts[last]![0] === row[0]) facts[last] = row;
    else facts.push(row);
  });
  if (all) assertTallied(store, tallyKey("candles", number), found, "candles");
  return facts;
}

/** ±Infinity as an instant that SQLite compares as an integer. */
function clampInstant(t: EpochMs): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(t)));
}

function read(
  store: Store,
  key: SeriesKey,
  { from = -Infinity, to = Infinity, asOf = Infinity }: { from?: EpochMs; to?: EpochMs; asOf?: EpochMs },
): CandleSeries {
  return store.snapshot(() => readSeries(store, key, from, to, asOf));
}

function readSeries(store: Store, key: SeriesKey, from: EpochMs, to: EpochMs, asOf: EpochMs): CandleSeries {
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
  };
}
