import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import type { BackfillJob, SeriesSpec } from "../job.ts";

/** Who published the candles of a series. */
export function sourceOf({ origin }: SeriesSpec): string {
  if (origin.kind === "files") return origin.reading.source ?? "file";
  return origin.kind === "held" ? origin.source : origin.exchange;
}

/** @throws RhymeError "input" where the memory does not hold it */
export function keyOf(folder: MemoryFolder, job: BackfillJob, series: number): SeriesKey {
  const spec = job.series[series]!;
  const { symbol, timeframe } = spec;
  const source = sourceOf(spec);
  const held = folder.candles.list();
  if (held.some((key) => key.symbol === symbol && key.timeframe === timeframe && key.source === source))
    return { source, symbol, timeframe };
  throw new RhymeError("input", {
    place: folder.path,
    expected: `${symbol} ${timeframe} of ${source}, which the job has put there`,
    received: "none",
    remedy: "Start the same command again.",
  });
}
