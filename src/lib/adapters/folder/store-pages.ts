import { countFindings } from "../../candles/count-findings.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import type { WriteReport } from "../../candles/candle-store.ts";
import type { EpochMs } from "../../time/units.ts";
import type { ExchangePage } from "../exchange/exchange-source.ts";
import type { Ingest } from "../sqlite/ingest-log.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";

export interface StorePagesOptions {
  /** What the candles are stored as. */
  readonly key: SeriesKey;
  /** Late facts and corrections are known from then on. */
  readonly now: EpochMs;
  /** Options as they were given, for the ingest log. */
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * Pages of one series into the truth, all of them or none, and into its log where they came from: one entry with the
 * hash of every answer, unless they hold no news.
 */
export function storePages(
  folder: MemoryFolder,
  pages: readonly ExchangePage[],
  options: StorePagesOptions,
): WriteReport {
  return folder.atomically(() => {
    const total = { added: 0, unchanged: 0, corrected: 0, late: 0 };
    for (const { series } of pages) {
      const taken = folder.candles.write(named(series, options.key), options.now);
      for (const name of ["added", "unchanged", "corrected", "late"] as const) total[name] += taken[name];
    }
    const isNews = total.added + total.corrected + total.late > 0;
    if (isNews) folder.ingests.add(entryOf(pages, options, total));
    return total;
  });
}

function named(series: CandleSeries, { source, symbol }: SeriesKey): CandleSeries {
  return { ...series, source, symbol };
}

function entryOf(
  pages: readonly ExchangePage[],
  { key: { source, symbol, timeframe }, now, given }: StorePagesOptions,
  candles: WriteReport,
): Ingest {
  return {
    ...{ source, symbol, timeframe, at: now, command: "fetch", tenant: null },
    files: pages.map(({ page, heard: { bytes, sha256 } }) => ({ path: page, bytes, sha256 })),
    ...{
      options: given,
      assumptions: [],
      findings: countFindings(pages.flatMap(({ findings }) => findings)),
    },
    ...{ repairs: {}, candles: { ...candles } },
  };
}
