import { existsSync, readdirSync, statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  readCandles,
  type ReadCandles,
  type ReadCandlesOptions,
} from "../lib/adapters/files/read-candles.ts";
import { openMemoryFolder, type MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { WriteReport } from "../lib/candles/candle-store.ts";
import type { CandleSeries, SeriesKey } from "../lib/candles/candle-series.ts";
import { resample } from "../lib/candles/resample.ts";
import { knownBy } from "../lib/candles/slice.ts";
import { RhymeError } from "../lib/errors.ts";
import { checkSeriesKey, checkTenant } from "../lib/memory/names.ts";
import { defaultHorizons } from "../lib/remember/default-horizons.ts";
import { remember } from "../lib/remember/remember.ts";
import { viewAt } from "../lib/remember/views.ts";
import { horizonBars } from "../lib/time/horizon.ts";
import { assertNested, compareTimeframes, sortTimeframes } from "../lib/time/timeframe.ts";
import { iso, type EpochMs } from "../lib/time/units.ts";
import { encoderFor, heldEncoders, keepEncoder, type EncoderWish } from "./encoder-for.ts";
import { growRecord } from "./grow-record.ts";

export interface RememberFilesOptions extends Omit<EncoderWish, "timeframes"> {
  readonly memory: string;
  readonly tenant: string;
  /** Default: the timeframe of the files alone. */
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  readonly reading: ReadCandlesOptions;
}

export interface RememberSummary {
  readonly series: SeriesKey;
  readonly read: ReadCandles;
  readonly candles: WriteReport & { readonly late: boolean };
  readonly encoder: { readonly version: string; readonly knownAt: string; readonly why: string };
  readonly anchors: number;
  readonly written: number;
  readonly labelled: Readonly<Record<string, number>>;
  readonly records: Readonly<Record<string, number>>;
}

/** Files → memory: read, check, store, embed, label, and extend the record. Run again, it adds only what is new. */
export async function rememberFiles(
  files: readonly string[],
  options: RememberFilesOptions,
): Promise<RememberSummary> {
  const { reading } = options;
  if (options.timeframes) assertNested(options.timeframes);
  const read = atTimeframe(await readCandles(files, reading), options.timeframes, files[0]!);
  const { series } = read;
  assertSome(read, files[0]!);
  checkTenant(options.tenant);
  checkSeriesKey(series);
  const timeframes = sortTimeframes(options.timeframes ?? [series.timeframe]);
  const horizons = options.horizons ?? defaultHorizons(series.timeframe, series.calendar);
  for (const horizon of horizons) horizonBars(horizon, series.timeframe, series.calendar);
  const wish: EncoderWish = { ...options, timeframes };
  // Into a memory that is yet to be made nothing is written before all that can be refused has been.
  const early = isUnbegun(options.memory) ? await encoderFor(series, inFile(series), [], wish) : null;
  const folder = openMemoryFolder(options.memory, { mode: "write" });
  try {
    return await intoFolder(folder, read, horizons, wish, early, options);
  } finally {
    folder.close();
  }
}

async function intoFolder(
  folder: MemoryFolder,
  read: ReadCandles,
  horizons: readonly string[],
  wish: EncoderWish,
  early: Chosen | null,
  { ui, signal, tenant, reading }: RememberFilesOptions,
): Promise<RememberSummary> {
  const { source, symbol, timeframe, calendar } = read.series;
  const key: SeriesKey = { source, symbol, timeframe };
  const chosen =
    early ??
    (isNew(folder, key)
      ? await encoderFor(read.series, inFile(read.series), heldEncoders(folder), wish)
      : null);
  const candles = folder.candles.write(read.series, reading.now);
  const { encoder, why } = chosen ?? (await storedEncoder(folder, key, wish));
  keepEncoder(folder, encoder);
  const memory = folder.memory(tenant, encoder);
  const progress = ui.progress(`remembering ${symbol}`, 0);
  const report = await remember(folder.candles, memory, encoder, key, {
    horizons,
    signal,
    onProgress: async (stage, done, total) => {
      progress.update(done, total > 0 ? `${stage}, ${done} of ${total}` : stage);
      await nextTurn();
    },
  });
  progress.done();
  const records: Record<string, number> = {};
  for (const horizon of horizons)
    records[horizon] = await growRecord(folder, {
      memory,
      encoder,
      key,
      calendar,
      horizon,
      ui,
      signal,
      tenant,
    });
  return {
    series: key,
    read,
    candles: { ...candles, late: folder.candles.corrections(key).includes(reading.now) },
    encoder: { version: encoder.version, knownAt: iso(encoder.knownAt), why },
    ...report,
    records,
  };
}

/** No such folder, or an empty one. */
function isUnbegun(folder: string): boolean {
  return !existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0);
}

type Chosen = Awaited<ReturnType<typeof encoderFor>>;

function isNew(folder: MemoryFolder, key: SeriesKey): boolean {
  const same = ({ source, symbol, timeframe }: SeriesKey): boolean =>
    source === key.source && symbol === key.symbol && timeframe === key.timeframe;
  return !folder.candles.list().some(same);
}

/** Reading found rows, but none that is a closed candle. */
function assertSome({ series, rowsRead, findings }: ReadCandles, file: string): void {
  if (series.openTime.length > 0) return;
  const [first] = findings;
  throw new RhymeError("input", {
    place: first?.line ? `${first.file}:${first.line}` : file,
    expected: "at least one closed candle",
    received: `${rowsRead} rows and none${first ? `: ${first.value}` : ""}`,
    remedy: "./rhyme check says what became of each row; are the times in the unit and zone you think?",
  });
}

/** The candles at the finest timeframe asked for: as read, or resampled from a finer file. */
function atTimeframe(
  read: ReadCandles,
  timeframes: readonly string[] | undefined,
  file: string,
): ReadCandles {
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
  const assumptions = [...read.assumptions, `${finest} candles are resampled from ${timeframe}`];
  return { ...read, series: resample(read.series, finest), assumptions };
}

const inFile =
  (series: CandleSeries) =>
  (until: EpochMs): CandleSeries =>
    knownBy(series, until);

/** Chosen by the series as it is known now; a fitting sees it as it was known by the end of its span. */
async function storedEncoder(folder: MemoryFolder, key: SeriesKey, wish: EncoderWish): Promise<Chosen> {
  const knownThen = (until: EpochMs): CandleSeries =>
    knownBy(viewAt(folder.candles, key, until).series, until);
  return encoderFor(viewAt(folder.candles, key, Infinity).series, knownThen, heldEncoders(folder), wish);
}
