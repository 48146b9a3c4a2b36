import { isDeepStrictEqual } from "node:util";
import type { Ingest, IngestedFile, IngestLog } from "../sqlite/ingest-log.ts";
import { readCandles, type ReadCandlesOptions } from "../files/read-candles.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import { resample } from "../../candles/resample.ts";
import { takeRows } from "../../candles/slice.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { ReadGroup } from "./read-groups.ts";

/** Options that decide which candles a file holds. Files of another symbol, source or timeframe are another series. */
const READING = ["calendar", "zone", "wall", "stamp", "scale", "columns", "dates", "decimal", "repair", "timeframe"]; // prettier-ignore

/** A file whose bytes were taken in before, read in the same way: its rows are no news, whatever they say. */
export interface HeldFile {
  readonly path: string;
  readonly since: EpochMs;
}

/**
 * Which files the memory holds already in this series. A correction that came since stands: an old file that is sent
 * again does not take it back.
 * @param ask the other side of the candles, all of which must be the same too
 */
export function heldFiles(
  log: Pick<IngestLog, "list">,
  key: SeriesKey,
  { files, ask }: { readonly files: readonly IngestedFile[]; readonly ask: readonly IngestedFile[] },
  given: Readonly<Record<string, unknown>>,
): readonly HeldFile[] {
  const wanted = readingOf(given);
  const same = log
    .list()
    .filter((one) => isOf(one, key) && isDeepStrictEqual(readingOf(one.options), wanted));
  return files.flatMap((file) => {
    const before = same.filter((ingest) => [file, ...ask].every((one) => holds(ingest, one)));
    return before.length > 0 ? [{ path: file.path, since: Math.min(...before.map(({ at }) => at)) }] : [];
  });
}

/**
 * The candles of a group that files say which are not held. Of bars that are resampled, those that such files touch,
 * as all files together make them; so too where an ask side belongs to all files.
 */
export async function newsOf(
  { files, key, step, read }: ReadGroup,
  held: readonly HeldFile[],
  reading: ReadCandlesOptions,
): Promise<CandleSeries> {
  const fresh = files.filter((file) => !held.some(({ path }) => path === file));
  const { series } = read;
  if (fresh.length === files.length) return series;
  if (fresh.length === 0) return takeRows(series, new Int32Array());
  if (reading.ask && reading.ask.length > 0) return series;
  const alone = (await readCandles(fresh, { ...reading, symbol: key.symbol, timeframe: step })).series;
  if (step === key.timeframe) return alone;
  const touched = new Set(resample(alone, key.timeframe).openTime);
  const rows = Int32Array.from(series.openTime.keys());
  return takeRows(
    series,
    rows.filter((row) => touched.has(series.openTime[row]!)),
  );
}

export function heldNote({ path, since }: HeldFile): string {
  return `${path}: already in memory since ${iso(since)}, nothing to add`;
}

function isOf({ source, symbol, timeframe }: Ingest, key: SeriesKey): boolean {
  return source === key.source && symbol === key.symbol && timeframe === key.timeframe;
}

function holds(ingest: Ingest, { sha256 }: IngestedFile): boolean {
  return ingest.files.some((file) => file.sha256 === sha256);
}

/** As the log stores it: JSON, without what was not given. */
function readingOf(options: Readonly<Record<string, unknown>>): unknown {
  const some = Object.entries(options).filter(([name]) => READING.includes(name));
  const said = some.filter(([, value]) => value !== undefined && value !== false && !isEmpty(value));
  const sides = isEmpty(options["ask"] ?? []) ? 1 : 2;
  return JSON.parse(JSON.stringify({ ...Object.fromEntries(said), sides }));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
