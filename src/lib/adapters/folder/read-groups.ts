import { groupFiles } from "../files/file-source.ts";
import { readCandles, type ReadCandles, type ReadCandlesOptions } from "../files/read-candles.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { rowsOf, type CandleSeries, type SeriesKey } from "../../candles/candle-series.ts";
import { refuseErrors } from "../../candles/finding-strict.ts";
import { gapLedger } from "../../candles/gap-ledger.ts";
import { resample } from "../../candles/resample.ts";
import { sliceRows } from "../../candles/slice.ts";
import { RhymeError } from "../../errors.ts";
import { checkSeriesKey } from "../../memory/names.ts";
import { assertNested, compareTimeframes, sortTimeframes, type Timeframe } from "../../time/timeframe.ts";
import { iso } from "../../time/units.ts";
import type { Work } from "./work.ts";

/** The files of one series, read and judged; no files where the memory held it already. */
export interface ReadGroup {
  readonly files: readonly string[];
  readonly key: SeriesKey;
  /** The timeframe of the files, which may be finer than that of the series. */
  readonly step: Timeframe;
  readonly read: Reading;
}

/** Without the raw columns, which are as large as the candles. */
export type Reading = Omit<ReadCandles, "raw">;

export interface ReadGroupsOptions extends Pick<Work, "onProgress"> {
  /** How a file is read. */
  readonly reading: (file: string) => ReadCandlesOptions;
  /** Refuse data with errors. */
  readonly strict?: boolean;
  /** All files are of this one symbol. */
  readonly symbol?: string;
  /** The finest is what the candles become; default: the timeframe of the files. */
  readonly timeframes?: readonly string[];
}

/**
 * Files of one or several symbols, told apart by their names, as series of one timeframe.
 * @throws RhymeError "input" where a file holds no closed candle, or errors and that is not wanted, or two groups are
 * the same series
 */
export async function readGroups(
  files: readonly string[],
  { reading, strict, symbol, timeframes, onProgress }: ReadGroupsOptions,
): Promise<readonly ReadGroup[]> {
  if (timeframes) assertNested(timeframes);
  const groups = groupFiles(files, symbol);
  const found: ReadGroup[] = [];
  for (const group of groups) {
    if (groups.length > 1)
      await onProgress?.({ what: "reading", done: found.length, total: groups.length, note: group[0]! });
    const { raw: _raw, ...whole } = await readCandles(group, reading(group[0]!));
    if (strict) refuseErrors(whole.findings);
    const read = atTimeframe(whole, timeframes, group[0]!);
    assertSome(read, group[0]!);
    const { source, timeframe } = read.series;
    const key = { source, symbol: read.series.symbol, timeframe };
    checkSeriesKey(key);
    assertFits(key, found, group[0]!);
    found.push({ files: group, key, step: whole.series.timeframe, read });
  }
  return found;
}

/**
 * Series that a memory holds already, as if they had just been read: what `remember` without files goes on with.
 * @throws RhymeError "usage" where it holds none that is meant
 */
export function heldGroups(
  folder: MemoryFolder,
  { symbol, timeframes }: Pick<ReadGroupsOptions, "symbol" | "timeframes">,
): readonly ReadGroup[] {
  const finest = timeframes ? sortTimeframes(timeframes)[0]! : null;
  const found: ReadGroup[] = [];
  for (const key of folder.candles.list()) {
    if ((symbol !== undefined && key.symbol !== symbol) || (finest !== null && key.timeframe !== finest))
      continue;
    assertFits(key, found, `${folder.path}, ${key.symbol} ${key.timeframe}`);
    const series = folder.candles.read(key, { asOf: Infinity });
    const ledger = gapLedger(series);
    const rowsRead = series.openTime.length;
    const read = { series, ledger, findings: [], assumptions: [], rowsRead, rows: new Int32Array() };
    found.push({ files: [], key, step: key.timeframe, read });
  }
  if (found.length > 0) return found;
  throw new RhymeError("usage", {
    place: folder.path,
    expected: `candles${finest ? ` of ${finest}` : ""}${symbol ? ` of ${symbol}` : ""} that it holds, or files to read`,
    received:
      folder.candles
        .list()
        .map((key) => `${key.symbol} ${key.timeframe}`)
        .join(", ") || "none",
    remedy: "Name the files, or import candles first; ./rhyme memory says what is inside.",
  });
}

/** Reading found rows, but none that is a closed candle. */
function assertSome({ series, rowsRead, findings }: Reading, file: string): void {
  if (series.openTime.length > 0) return;
  const [first] = findings;
  throw new RhymeError("input", {
    place: first?.line ? `${first.file}:${first.line}` : file,
    expected: "at least one closed candle",
    received: `${rowsRead} rows and none${first ? `: ${first.value}` : ""}`,
    remedy: "./rhyme check says what became of each row; are the times in the unit and zone you think?",
  });
}

/** Series of one memory entry share their base timeframe, and each is there once. */
function assertFits(key: SeriesKey, found: readonly ReadGroup[], file: string): void {
  const before = found.find((group) => group.key.symbol === key.symbol) ?? found[0];
  if (!before) return;
  const same = before.key.symbol === key.symbol;
  if (!same && before.key.timeframe === key.timeframe) return;
  throw new RhymeError("input", {
    place: file,
    expected: same
      ? `files of ${key.symbol} in one timeframe, as ${before.files[0]}`
      : `${before.key.timeframe} candles, as in ${before.files[0]}`,
    received: `${key.symbol} ${key.timeframe}`,
    remedy: same
      ? "Give one timeframe of a symbol; coarser ones are resampled with --timeframes. --symbol joins all files into one series."
      : "Remember files of different timeframes one after the other, or name what they become with --timeframes.",
  });
}

/**
 * Without a first and last bar of which a part is missing: files begin and end anywhere, and a fragment must never
 * stand for a bar, nor correct one that was remembered whole.
 */
function wholeBars(series: CandleSeries): { readonly series: CandleSeries; readonly cut: readonly string[] } {
  const { partial, openTime } = series;
  const rows = rowsOf(series);
  const from = partial[0] === 1 ? 1 : 0;
  const to = rows > from && partial[rows - 1] === 1 ? rows - 1 : rows;
  const cut = [...(from > 0 ? [0] : []), ...(to < rows ? [rows - 1] : [])].map((row) => iso(openTime[row]!));
  return { series: sliceRows(series, from, to), cut };
}

/** The candles at the finest timeframe asked for: as read, or resampled from a finer file. */
function atTimeframe(read: Reading, timeframes: readonly string[] | undefined, file: string): Reading {
  const finest = timeframes ? sortTimeframes(timeframes)[0]! : read.series.timeframe;
  const { timeframe } = read.series;
  if (finest === timeframe) return read;
  if (compareTimeframes(timeframe, finest) > 0)
    throw new RhymeError("input", {
      place: `--timeframes ${timeframes!.join()}`,
      expected: `nothing finer than the ${timeframe} candles of ${file}`,
      received: finest,
      remedy: `Begin with ${timeframe}, give files of ${finest} candles, or name their step with --timeframe.`,
    });
  assertNested([timeframe, finest]);
  const { series, cut } = wholeBars(resample(read.series, finest));
  const assumptions = [
    ...read.assumptions,
    `${finest} candles are resampled from ${timeframe}`,
    ...(cut.length > 0 ? [`left out, for the files hold a part of them: bars of ${cut.join(" and ")}`] : []),
  ];
  return { ...read, series, assumptions };
}
