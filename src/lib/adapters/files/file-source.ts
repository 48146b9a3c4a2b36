import type { CandlePage, CandleSource } from "../../candles/candle-store.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { sliceRows } from "../../candles/slice.ts";
import { RhymeError } from "../../errors.ts";
import { countWhile } from "../../math/count-up-to.ts";
import { nameOfFile, readCandles, type ReadCandlesOptions } from "./read-candles.ts";

export interface FileSourceOptions extends Omit<ReadCandlesOptions, "signal"> {
  /** Rows of a page; default 50,000. */
  readonly pageRows?: number;
}

/**
 * Candle files as a source, like an exchange: one series per symbol and timeframe that the file names tell (all files
 * are one series where a symbol is given). Files are read when first asked for and kept.
 */
export function fileSource(paths: readonly string[], options: FileSourceOptions): CandleSource {
  const { pageRows = 50_000, ...reading } = options;
  let loaded: Promise<readonly CandleSeries[]> | null = null;
  const load = (): Promise<readonly CandleSeries[]> => {
    loaded ??= Promise.all(
      groupFiles(paths, reading.symbol).map(async (group) => (await readCandles(group, reading)).series),
    );
    return loaded;
  };
  return {
    async list() {
      return (await load()).map(({ symbol, timeframe, source }) => ({ symbol, timeframe, source }));
    },
    async read({ symbol, timeframe, from = -Infinity, to = Infinity, cursor = null, signal }) {
      const all = await load();
      signal?.throwIfAborted();
      const series = all.find((s) => s.symbol === symbol && s.timeframe === timeframe);
      if (!series) throw unknownSeries(`${symbol} ${timeframe}`, all);
      return pageOf(series, cursor === null ? from : Math.max(from, Number(cursor)), to, pageRows);
    },
  };
}

/** Files of one series together: all of them where the symbol is said, else those whose names tell the same. */
export function groupFiles(paths: readonly string[], symbol?: string): readonly (readonly string[])[] {
  if (symbol !== undefined) return [paths];
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const name = nameOfFile(path);
    const key = `${name.symbol} ${name.timeframe ?? ""}`;
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return [...groups.values()];
}

/** Rows with openTime in [from, to), at most `pageRows`; the cursor is the openTime of the next row. */
function pageOf(series: CandleSeries, from: number, to: number, pageRows: number): CandlePage {
  const { openTime } = series;
  const rowsBefore = (t: number): number => countWhile(openTime.length, (i) => openTime[i]! < t);
  const first = rowsBefore(from);
  const end = rowsBefore(to);
  const last = Math.min(end, first + pageRows);
  return {
    series: sliceRows(series, first, Math.max(first, last)),
    cursor: last < end ? String(openTime[last]!) : null,
  };
}

function unknownSeries(received: string, all: readonly CandleSeries[]): RhymeError {
  return new RhymeError("usage", {
    place: "candle files",
    expected: `one of ${all.map((s) => `${s.symbol} ${s.timeframe}`).join(", ")}`,
    received,
    remedy: "Ask for a series that the files hold",
  });
}
