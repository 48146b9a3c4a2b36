import type { StoredSeries } from "../../candles/candle-store.ts";
import type { Holding } from "../../memory/resolve.ts";
import type { EpochMs } from "../../time/units.ts";
import type { KeptEncoder } from "./encoder-shelf.ts";
import { FORMAT_VERSION } from "./schema.ts";
import type { Store } from "./store.ts";

/** Patterns of one series in one memory: what a question may be asked of. */
export interface SeriesHolding extends Holding {
  readonly tenant: string;
  readonly dim: number;
  readonly firstAnchor: EpochMs;
  readonly lastAnchor: EpochMs;
  /** Contexts filled, by horizon. */
  readonly contexts: Readonly<Record<string, number>>;
}

export interface FolderSummary {
  readonly path: string;
  readonly format: number;
  readonly bytes: number;
  readonly series: readonly StoredSeries[];
  readonly holdings: readonly SeriesHolding[];
  readonly encoders: readonly KeptEncoder[];
  readonly records: number;
  readonly answers: number;
}

/** What a folder holds, from one commit. */
export function summarise(
  store: Store,
  path: string,
  parts: { series: readonly StoredSeries[]; encoders: readonly KeptEncoder[] },
): FolderSummary {
  const one = (sql: string): number => store.row(sql)![0] as number;
  return {
    path,
    format: FORMAT_VERSION,
    bytes: one("PRAGMA page_count") * one("PRAGMA page_size"),
    ...parts,
    holdings: holdings(store),
    records: one("SELECT count(*) FROM records"),
    answers: one("SELECT count(*) FROM answers"),
  };
}

/** Which patterns there are, of all tenants or of one; by symbol, source, timeframe, tenant, encoder. */
export function holdings(store: Store, tenant?: string): readonly SeriesHolding[] {
  const rows = store.rows(
    `SELECT tenant, encoder, dim, source, symbol, timeframe, count(*), min(anchor), max(anchor), memory, series
     FROM patterns JOIN memories USING (memory) JOIN series USING (series)
     WHERE ? IS NULL OR tenant = ?
     GROUP BY memory, series ORDER BY symbol, source, timeframe, tenant, encoder`,
    tenant ?? null,
    tenant ?? null,
  );
  const filled = store.rows(
    "SELECT memory, series, horizon, count(*) FROM contexts GROUP BY memory, horizon, series",
  );
  return rows.map(
    ([owner, encoder, dim, source, symbol, timeframe, patterns, first, last, memory, series]) => ({
      tenant: owner as string,
      encoder: encoder as string,
      dim: dim as number,
      source: source as string,
      symbol: symbol as string,
      timeframe: timeframe as string,
      patterns: patterns as number,
      firstAnchor: first as number,
      lastAnchor: last as number,
      contexts: Object.fromEntries(
        filled
          .filter((row) => row[0] === memory && row[1] === series)
          .map((row) => [row[2], row[3]] as [string, number]),
      ),
    }),
  );
}
