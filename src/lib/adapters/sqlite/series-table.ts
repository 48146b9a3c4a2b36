import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Store } from "./store.ts";
import { changeNamed } from "./named-rows.ts";
import { damagedStore } from "./store-error.ts";

/** Number of a series in this store, null where it has none yet. */
export function findSeries(store: Store, key: SeriesKey): number | null {
  const row = store.row(
    "SELECT series FROM series WHERE source = ? AND symbol = ? AND timeframe = ?",
    key.source,
    key.symbol,
    key.timeframe,
  );
  return row ? (row[0] as number) : null;
}

/** Number of a series, given out where it has none; inside a write transaction. */
export function obtainSeries(store: Store, key: SeriesKey): number {
  const known = findSeries(store, key);
  if (known !== null) return known;
  const names = [key.source, key.symbol, key.timeframe] as const;
  changeNamed(store, "series", "source = ? AND symbol = ? AND timeframe = ?", names, () =>
    store.run("INSERT INTO series (source, symbol, timeframe) VALUES (?, ?, ?)", ...names),
  );
  const given = findSeries(store, key);
  if (given === null) throw damagedStore(store.place, "the table of series");
  return given;
}
