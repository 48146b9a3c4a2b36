import { sha256Hex } from "../../math/hash.ts";
import type { SeriesKey } from "../../candles/candle-series.ts";
import { checkSeriesKey, checkTenant } from "../../memory/names.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";

/** A file as it was read. */
export interface IngestedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where candles of one series came from, and how they were read. Anything in it can be stored as JSON. */
export interface Ingest extends SeriesKey {
  /** The ingest instant: late facts of this ingest are known at it. */
  readonly at: EpochMs;
  readonly command: "remember" | "import" | "fetch" | "backfill" | "live" | "demo";
  /** For whom they were remembered; null where candles alone were stored, which are everybody's. */
  readonly tenant: string | null;
  readonly files: readonly IngestedFile[];
  /** Options that were given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What was assumed where no option said it, in words. */
  readonly assumptions: readonly string[];
  /** Rows or bars concerned, by kind of finding. */
  readonly findings: Readonly<Record<string, number>>;
  /** Rules that were applied to defective rows on demand, with the number of rows each changed. */
  readonly repairs: Readonly<Record<string, number>>;
  /** Rows by what became of them: added, unchanged, corrected … */
  readonly candles: Readonly<Record<string, number>>;
}

/** What was put into a memory, when and from which files. Entries are only added; forgetting takes them out. */
export interface IngestLog {
  add(ingest: Ingest): void;
  /** Newest first; all of them by default. */
  list(options?: { readonly limit?: number }): readonly Ingest[];
}

export function ingestLog(store: Store): IngestLog {
  return {
    add: (ingest) => add(store, ingest),
    list: ({ limit = -1 } = {}) => {
      const sql = "SELECT entry, hash FROM ingests ORDER BY ingest DESC LIMIT ?";
      return store.rows(sql, limit).map(([entry, hash]) => {
        if (sha256Hex(Buffer.from(entry as string)) !== hash)
          throw damagedStore(store.place, "an entry of the ingest log");
        return JSON.parse(entry as string) as Ingest;
      });
    },
  };
}

function add(store: Store, ingest: Ingest): void {
  checkSeriesKey(ingest);
  if (ingest.tenant !== null) checkTenant(ingest.tenant);
  const { at, tenant, source, symbol, timeframe } = ingest;
  const entry = JSON.stringify(ingest);
  const sql =
    "INSERT INTO ingests (at, tenant, source, symbol, timeframe, entry, hash) VALUES (?, ?, ?, ?, ?, ?, ?)";
  store.write(() =>
    store.run(sql, at, tenant, source, symbol, timeframe, entry, sha256Hex(Buffer.from(entry))),
  );
}
