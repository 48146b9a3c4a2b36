import { countFindings } from "../../candles/count-findings.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import type { WriteReport } from "../../candles/candle-store.ts";
import type { EpochMs } from "../../time/units.ts";
import type { ExchangePage } from "../exchange/exchange-source.ts";
import type { Ingest } from "../sqlite/ingest-log.ts";
import { openMemoryFolder, type MemoryFolder } from "../sqlite/open-memory.ts";

export interface StorePagesOptions {
  readonly memory: string;
  /** What the candles are stored as. */
  readonly key: SeriesKey;
  /** Late facts and corrections are known from then on. */
  readonly now: EpochMs;
  /** Options as they were given, for the ingest log. */
  readonly given: Readonly<Record<string, unknown>>;
  /** How long to wait for another writer, ms; default 10 s. */
  readonly lockMs?: number;
  readonly onWait?: (holder: string) => void;
}

/**
 * Pages of one series into the truth, all of them or none, and into its log where they came from: one entry with the
 * hash of every answer, unless they hold no news. The lock of the memory is held for this moment alone.
 */
export function storePages(pages: readonly ExchangePage[], options: StorePagesOptions): WriteReport {
  const { memory, lockMs, onWait } = options;
  const waiting = { ...(lockMs === undefined ? {} : { deadlineMs: lockMs }), ...(onWait ? { onWait } : {}) };
  const folder = openMemoryFolder(memory, { mode: "write", ...waiting });
  try {
    return folder.atomically(() => write(folder, pages, options));
  } finally {
    folder.close();
  }
}

function write(
  folder: MemoryFolder,
  pages: readonly ExchangePage[],
  { key, now, given }: StorePagesOptions,
): WriteReport {
  const total = { added: 0, unchanged: 0, corrected: 0, late: 0 };
  for (const { series } of pages) {
    const taken = folder.candles.write(named(series, key), now);
    for (const name of ["added", "unchanged", "corrected", "late"] as const) total[name] += taken[name];
  }
  if (total.added + total.corrected + total.late > 0)
    folder.ingests.add(entryOf(pages, { key, now, given }, total));
  return total;
}

function named(series: CandleSeries, { source, symbol }: SeriesKey): CandleSeries {
  return { ...series, source, symbol };
}

function entryOf(
  pages: readonly ExchangePage[],
  { key: { source, symbol, timeframe }, now, given }: Pick<StorePagesOptions, "key" | "now" | "given">,
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
