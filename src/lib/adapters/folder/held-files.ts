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
  /** Bars that were not known by then may have been left out as forming or future, and are news; absent: none was. */
  readonly upTo?: EpochMs;
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
    if (before.length === 0) return [];
    const since = Math.min(...before.map(({ at }) => at));
    const upTo = Math.max(...before.map(takenUpTo));
    return [{ path: file.path, since, ...(upTo === Infinity ? {} : { upTo }) }];
  });
}

/** A row that was left out is a finding, so where there is none all were taken. */
function takenUpTo({ at, findings }: Ingest): EpochMs {
  return Object.keys(findings).length === 0 ? Infinity : at;
}

/**
 * The candles of a group that files say which are not held, and those that were not known yet when a file was taken in.
 * Of bars that are resampled, those that such rows touch, as all files together make them; so too where an ask side
 * belongs to all files.
 */
export async function newsOf(
  { files, key, step, read: { series } }: ReadGroup,
  held: readonly HeldFile[],
  reading: ReadCandlesOptions,
): Promise<CandleSeries> {
  const upTo = new Map(files.map((path) => [path, takenOf(held.find((file) => file.path === path))]));
  const newest = series.knownAt.reduce((most, known) => Math.max(most, known), -Infinity);
  const fresh = files.filter((file) => upTo.get(file)! < newest);
  if (fresh.length === 0) return takeRows(series, new Int32Array());
  const unheld = fresh.filter((file) => upTo.get(file) === -Infinity);
  if (unheld.length === files.length) return series;
  const cut = Math.min(...fresh.map((file) => upTo.get(file)!).filter(Number.isFinite));
  if (reading.ask && reading.ask.length > 0) return unheld.length > 0 ? series : newsIn(series, null, cut);
  const readAlone = async (some: readonly string[]): Promise<CandleSeries> =>
    (await readCandles(some, { ...reading, symbol: key.symbol, timeframe: step })).series;
  const all = await readAlone(fresh);
  const some = unheld.length === fresh.length ? all : unheld.length === 0 ? null : await readAlone(unheld);
  const alone = newsIn(all, some, cut);
  if (step === key.timeframe) return alone;
  const touched = new Set(resample(alone, key.timeframe).openTime);
  return rowsWhere(series, (row) => touched.has(series.openTime[row]!));
}

/** Rows that `unheld` has too, or that were not known by `cut`. */
function newsIn(series: CandleSeries, unheld: CandleSeries | null, cut: EpochMs): CandleSeries {
  const opens = new Set(unheld?.openTime);
  return rowsWhere(series, (row) => opens.has(series.openTime[row]!) || series.knownAt[row]! > cut);
}

function rowsWhere(series: CandleSeries, isWanted: (row: number) => boolean): CandleSeries {
  return takeRows(series, Int32Array.from(series.openTime.keys()).filter(isWanted));
}

/** Until when rows of a file were taken in: -Infinity where it is not held, Infinity where they all were. */
function takenOf(held: HeldFile | undefined): EpochMs {
  return held ? (held.upTo ?? Infinity) : -Infinity;
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
