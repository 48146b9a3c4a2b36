import { createHash } from "node:crypto";
import type { SeriesKey } from "../../candles/candle-series.ts";
import { checkEncoderVersion, checkSeriesKey, checkTenant } from "../../memory/names.ts";
import { checkHorizon } from "../../memory/checks.ts";
import type { Horizon } from "../../time/horizon.ts";
import { damagedStore } from "./store-error.ts";
import type { Store } from "./store.ts";
import { assertTallied, dropTallies, setTally, Tally, textDigest, type TallyKey } from "./tally.ts";

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
  /** SHA-256 (hex) that the record was put with: whoever has read it knows by that whether it is the same still. */
  hash(key: RecordKey): string | null;
  /** Keeps a record in place of the one before. */
  put(key: RecordKey, record: string): void;
}

export function recordShelf(store: Store): RecordShelf {
  return {
    get: (key) => {
      const sql = `SELECT record, hash FROM records WHERE tenant = ? AND source = ? AND symbol = ? AND timeframe = ?
        AND encoder = ? AND horizon = ?`;
      return store.snapshot(() => {
        const row = store.row(sql, ...columns(key));
        const what = `the record of past answers for ${key.series.symbol} ${key.horizon}`;
        if (row && recordHash(String(row[0])) !== row[1]) throw damagedStore(store.place, what);
        assertTallied(store, tallyKey(key), row ? tallyOf(row[1] as string) : new Tally(), what);
        return (row?.[0] as string | undefined) ?? null;
      });
    },
    hash: (key) => {
      const sql = `SELECT hash FROM records WHERE tenant = ? AND source = ? AND symbol = ? AND timeframe = ?
        AND encoder = ? AND horizon = ?`;
      return (store.row(sql, ...columns(key))?.[0] as string | undefined) ?? null;
    },
    put: (key, record) => {
      const hash = recordHash(record);
      store.write(() => {
        store.run(UPSERT, ...columns(key), record, hash);
        setTally(store, tallyKey(key), tallyOf(hash));
      });
    },
  };
}

/** Not OR REPLACE, which would give the row another number: the same facts are to be the same bytes. */
const UPSERT = `INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET record = excluded.record, hash = excluded.hash`;

/** A record's own tally, by which one that is missing is told from one that never was. */
function tallyKey(key: RecordKey): TallyKey {
  return { kind: "record", memory: 0, part: JSON.stringify(columns(key)), series: 0 };
}

/** Forgets the tallies of the records that `where` finds, before these go; inside a write transaction. */
export function dropRecordTallies(store: Store, where: string, values: readonly string[]): void {
  const sql = `SELECT tenant, source, symbol, timeframe, encoder, horizon FROM records WHERE ${where}`;
  for (const row of store.rows(sql, ...values))
    dropTallies(store, "kind = 'record' AND part = ?", [JSON.stringify(row)]);
}

/** A record is a megabyte or more and is read with every live answer: the hash of the engine takes a tenth of ours. */
export function recordHash(record: string): string {
  return createHash("sha256").update(record).digest("hex");
}

function tallyOf(hash: string): Tally {
  return new Tally(1, textDigest(hash));
}

function columns(key: RecordKey): string[] {
  checkTenant(key.tenant);
  checkSeriesKey(key.series);
  checkEncoderVersion(key.encoderVersion);
  checkHorizon(key.horizon);
  const { source, symbol, timeframe } = key.series;
  return [key.tenant, source, symbol, timeframe, key.encoderVersion, key.horizon];
}
