import type { StoredSeries } from "../../candles/candle-store.ts";
import type { EpochMs } from "../../time/units.ts";
import type { ExportCell, ExportShape, ExportTable } from "../files/export-columns.ts";
import { factDigest } from "./candle-facts.ts";
import { eachRow } from "./each-row.ts";
import { findSeries } from "./series-table.ts";
import type { Cell, Store } from "./store.ts";
import { tallyKey } from "./stored-facts.ts";
import { damagedStore } from "./store-error.ts";
import { assertTallied, Tally } from "./tally.ts";
import { instantText } from "./verify-memory.ts";

/** Which stretch of a table is exported: by open time or anchor in [from, to), as it was known by `asOf`. */
export interface ExportSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly asOf: EpochMs;
}

/** Columns of exported candles; `timestamp` is the open, as in every candle file. */
export const CANDLE_SHAPE = {
  ...{ symbol: "text", source: "text", timeframe: "text", calendar: "text", timestamp: "instant" },
  ...{ open: "real", high: "real", low: "real", close: "real", volume: "real" },
  ...{ trades: "real", vwap: "real", spread: "real" },
  ...{ close_time: "instant", known_at: "instant", partial: "flag", late: "flag" },
} as const satisfies ExportShape;

const FACTS = `SELECT open_time, close_time, known_at, late, open, high, low, close, volume, trades, vwap, spread,
    partial, digest
  FROM candles WHERE series = ? ORDER BY open_time, known_at, digest`;
const HEAD = 4;
const DIGEST = 13;

/**
 * Candles as they are stored: of every bar the newest fact known by `asOf`, or with `allFacts` each of them. A series
 * is read whole whatever the span, so that no row can be missing unnoticed.
 * @throws RhymeError "store" where a row was changed or lost
 */
export function candleTable(
  store: Store,
  series: readonly StoredSeries[],
  span: ExportSpan & { readonly allFacts: boolean },
): ExportTable {
  return { shape: CANDLE_SHAPE, rows: candleRows(store, series, span) };
}

function* candleRows(
  store: Store,
  series: readonly StoredSeries[],
  { from, to, asOf, allFacts }: ExportSpan & { readonly allFacts: boolean },
): Generator<ExportCell[]> {
  for (const key of series) {
    let newest: Cell[] | null = null; // of the bar that is being read
    for (const fact of checkedFacts(store, key)) {
      const [open, , known] = fact as number[];
      if (open! < from || open! >= to || known! > asOf) continue;
      if (newest && (allFacts || newest[0] !== open)) yield cellsOf(key, newest);
      newest = fact;
    }
    if (newest) yield cellsOf(key, newest);
  }
}

function* checkedFacts(store: Store, key: StoredSeries): Generator<Cell[]> {
  const number = findSeries(store, key) ?? -1;
  const digest = factDigest();
  const found = new Tally();
  for (const fact of eachRow(store, FACTS, number)) {
    const actual = digest(fact.slice(0, HEAD) as number[], fact.slice(HEAD, DIGEST) as (number | null)[]);
    if (actual !== fact[DIGEST])
      throw damagedStore(store.place, `the candle of ${instantText(fact[0] as number)}`);
    found.add(actual);
    yield fact;
  }
  assertTallied(store, tallyKey("candles", number), found, `candles of ${key.symbol}`);
}

function cellsOf({ symbol, source, timeframe, calendar }: StoredSeries, fact: readonly Cell[]): ExportCell[] {
  const [open, close, known, late] = fact as number[];
  const prices = fact.slice(HEAD, 12) as (number | null)[];
  return [symbol, source, timeframe, calendar, open!, ...prices, close!, known!, fact[12] === 1, late === 1];
}
