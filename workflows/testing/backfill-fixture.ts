import { writeFileSync } from "node:fs";
import path from "node:path";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { TruthDigest } from "../../src/lib/adapters/sqlite/digest.ts";
import { rowsOf, type CandleSeries } from "../../src/lib/candles/candle-series.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { keepJob } from "../job-folder.ts";
import type { BackfillJob, JobRef } from "../job.ts";

export const TIMEFRAMES = ["5m", "30m", "1h", "4h"];
export const HORIZONS = ["1h", "4h"];
export const SYMBOLS = ["S", "T"];
const START = Date.UTC(2023, 6, 3); // the shipped encoder was known by then
export const LATER = Date.UTC(2024, 0, 1);

/** Candles that the shipped encoder reads. */
export function fixtureCandles(symbol: string, rows: number): CandleSeries {
  return syntheticCandles({ seed: symbol.charCodeAt(0), rows, start: START, symbol });
}

/** Rows [0, rows) as a file; `closes`: other closes of some rows. */
export function writeCandles(
  folder: string,
  series: CandleSeries,
  name = `${series.symbol}-5m.csv`,
  closes: Readonly<Record<number, number>> = {},
): string {
  const { openTime, open, high, low, close, volume } = series;
  const lines = Array.from({ length: rowsOf(series) }, (_, i) => {
    const c = closes[i] ?? close[i]!;
    return [openTime[i], open[i], Math.max(high[i]!, c), Math.min(low[i]!, c), c, volume[i]].join();
  });
  const file = path.join(folder, name);
  writeFileSync(file, ["timestamp,open,high,low,close,volume", ...lines, ""].join("\n"));
  return file;
}

/** Keeps the job that brings one file of each symbol into a memory. */
export function keepFixture(
  memory: string,
  files: Readonly<Record<string, string>>,
  more: Partial<BackfillJob> = {},
): JobRef {
  const series = Object.entries(files).map(([symbol, file]): BackfillJob["series"][number] => ({
    ...{ symbol, timeframe: "5m" },
    origin: { kind: "files", files: [file], reading: {}, strict: false },
  }));
  const { now = LATER, ...rest } = more;
  return keepJob<BackfillJob>(
    memory,
    {
      ...{ kind: "backfill", tenant: "default", series, timeframes: TIMEFRAMES, horizons: HORIZONS },
      ...{
        wish: { encoder: null, fitUntil: null, features: null },
        backend: "arrays",
        chunk: 300,
        index: null,
      },
      ...{ given: {}, calendars: [] },
      ...rest,
    },
    now,
  );
}

export function digestOf(memory: string): TruthDigest {
  const folder = openMemoryFolder(memory, { mode: "read" });
  try {
    return folder.digest();
  } finally {
    folder.close();
  }
}
