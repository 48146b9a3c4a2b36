import type { SeriesKey } from "../../candles/candle-series.ts";
import { sha256Hex } from "../../math/hash.ts";
import { checkEncoderVersion, checkSeriesKey, checkTenant } from "../../memory/names.ts";
import { checkHorizon } from "../../memory/checks.ts";
import type { Horizon } from "../../time/horizon.ts";
import { damagedStore } from "./store-error.ts";
import type { Store } from "./store.ts";

/** Whose record: one per tenant, series, encoder and horizon. */
export interface RecordKey {
  readonly tenant: string;
  readonly series: SeriesKey;
  readonly encoderVersion: string;
  readonly horizon: Horizon;
}

/** Evaluation records as text (JSON): this shelf neither reads nor changes them. */
export interface RecordShelf {
  get(key: RecordKey): string | null;
  /** Keeps a record in place of the one before. */
  put(key: RecordKey, record: string): void;
}

export function recordShelf(store: Store): RecordShelf {
  return {
    get: (key) => {
      const sql = `SELECT record, hash FROM records WHERE tenant = ? AND source = ? AND symbol = ? AND timeframe = ?
        AND encoder = ? AND horizon = ?`;
      const row = store.row(sql, ...columns(key));
      if (row && sha256Hex(Buffer.from(row[0] as string)) !== row[1])
        throw damagedStore(store.place, `the record of past answers for ${key.series.symbol} ${key.horizon}`);
      return (row?.[0] as string | undefined) ?? null;
    },
    put: (key, record) => {
      const hash = sha256Hex(Buffer.from(record));
      store.write(() =>
        store.run(
          "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          ...columns(key),
          record,
          hash,
        ),
      );
    },
  };
}

function columns(key: RecordKey): string[] {
  checkTenant(key.tenant);
  checkSeriesKey(key.series);
  checkEncoderVersion(key.encoderVersion);
  checkHorizon(key.horizon);
  const { source, symbol, timeframe } = key.series;
  return [key.tenant, source, symbol, timeframe, key.encoderVersion, key.horizon];
}
