import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { groupFiles } from "../../lib/adapters/files/file-source.ts";
import { nameOfFile, readCandles } from "../../lib/adapters/files/read-candles.ts";
import { heldGroups } from "../../lib/adapters/folder/read-groups.ts";
import { RhymeError } from "../../lib/errors.ts";
import { checkTenant } from "../../lib/memory/names.ts";
import { defaultHorizons } from "../../lib/remember/default-horizons.ts";
import type { Calendar } from "../../lib/time/calendar.ts";
import { horizonBars } from "../../lib/time/horizon.ts";
import { assertNested, sortTimeframes } from "../../lib/time/timeframe.ts";
import type { EpochMs } from "../../lib/time/units.ts";
import { keepJob } from "../../../workflows/job-folder.ts";
import type { BackfillJob, JobRef, ReadingSpec, SeriesSpec } from "../../../workflows/job.ts";
import { withMemory } from "../ask-memory.ts";
import { readingOptions, type CandleOptions } from "../candle-options.ts";
import { parseInstant } from "../instant.ts";
import { loadedCalendars } from "../load-calendars.ts";

export interface BackfillOptions extends Omit<CandleOptions, "symbol"> {
  readonly memory: string;
  readonly tenant: string;
  /** A folder of candle files. */
  readonly from?: string;
  readonly symbols?: readonly string[];
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  readonly chunk: number;
}

/** Candles as they are found in some place. */
interface Found {
  readonly timeframe: string;
  readonly calendar: Calendar;
  readonly series: readonly SeriesSpec[];
}

/**
 * Keeps the job that a command line describes in its memory: everything that a default stands for is settled here, so
 * that whoever runs it needs nothing but the memory and the files.
 * @throws RhymeError where it cannot be meant
 */
export async function keepBackfill(
  files: readonly string[],
  options: BackfillOptions,
  { index, now }: { readonly index: string | null; readonly now: EpochMs },
): Promise<JobRef> {
  checkTenant(options.tenant);
  const all = [...files, ...(options.from === undefined ? [] : filesOf(options.from))];
  const { timeframe, calendar, series } =
    all.length > 0 ? await inFiles(all, options) : await inMemory(options);
  const timeframes = sortTimeframes(options.timeframes ?? [timeframe]);
  const horizons = options.horizons ?? defaultHorizons(timeframe, calendar);
  for (const horizon of horizons) horizonBars(horizon, timeframe, calendar);
  const { encoder, fitUntil, features, tenant, chunk } = options;
  return keepJob<BackfillJob>(
    options.memory,
    {
      ...{ kind: "backfill", tenant, series, timeframes, horizons, index, chunk, backend: "arrays" },
      wish: {
        encoder: encoder === undefined ? null : existsSync(encoder) ? path.resolve(encoder) : encoder,
        fitUntil: fitUntil === undefined ? null : parseInstant(fitUntil, calendar, "--fit-until"),
        features: features ?? null,
      },
      given: givenOf(options),
      calendars: loadedCalendars(),
    },
    now,
  );
}

/** Candle files of a folder, by name. */
function filesOf(folder: string): readonly string[] {
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  const names = isFolder ? readdirSync(folder).filter((name) => /\.(csv|csv\.gz|parquet)$/.test(name)) : [];
  if (names.length > 0) return names.sort().map((name) => path.join(folder, name));
  throw new RhymeError("usage", {
    place: `--from ${folder}`,
    expected: "a folder with .csv, .csv.gz or .parquet files",
    received: isFolder ? "one without any" : "no folder",
    remedy: "Name the folder of the candle files, or the files themselves.",
  });
}

async function inFiles(files: readonly string[], options: BackfillOptions): Promise<Found> {
  const { symbols, timeframes, strict = false } = options;
  if (timeframes) assertNested(timeframes);
  const groups = groupFiles(files).map((group) => ({ symbol: nameOfFile(group[0]!).symbol, files: group }));
  const wanted = groups.filter(({ symbol }) => symbols === undefined || symbols.includes(symbol));
  assertEach(symbols, groups.map(({ symbol }) => symbol)); // prettier-ignore
  const first = wanted[0]!.files[0]!;
  const { series } = await readCandles([first], readingOptions(options, first));
  const timeframe = timeframes ? sortTimeframes(timeframes)[0]! : series.timeframe;
  const specs = wanted.map(({ symbol, files: some }): SeriesSpec => {
    const reading = readingOf(options, some[0]!);
    return { symbol, timeframe, origin: { kind: "files", files: some.map(absolute), reading, strict } };
  });
  assertDistinct(specs);
  return { timeframe, calendar: series.calendar, series: specs };
}

/** Without files: what the memory holds already. */
async function inMemory({ memory, symbols, timeframes }: BackfillOptions): Promise<Found> {
  const groups = await withMemory(memory, async (folder) =>
    heldGroups(folder, timeframes ? { timeframes } : {}),
  );
  assertEach(symbols, groups.map(({ key }) => key.symbol)); // prettier-ignore
  const wanted = groups.filter(({ key }) => symbols === undefined || symbols.includes(key.symbol));
  const { timeframe, calendar } = wanted[0]!.read.series;
  const series = wanted.map(({ key: { symbol, source } }): SeriesSpec => {
    return { symbol, timeframe, origin: { kind: "held", source } };
  });
  return { timeframe, calendar, series };
}

/** @throws RhymeError "usage" for a symbol that nothing is of */
function assertEach(wanted: readonly string[] | undefined, there: readonly string[]): void {
  const missing = wanted?.find((symbol) => !there.includes(symbol));
  if (missing === undefined) return;
  throw new RhymeError("usage", {
    place: "--symbols",
    expected: `some of ${[...new Set(there)].join(", ")}`,
    received: missing,
    remedy: "Symbols are told by the names of the files: BTCUSDT-5m.csv.gz is of BTCUSDT.",
  });
}

function assertDistinct(series: readonly SeriesSpec[]): void {
  const twice = series.find(({ symbol }, i) => series.findIndex((one) => one.symbol === symbol) < i);
  if (!twice) return;
  throw new RhymeError("input", {
    place: twice.symbol,
    expected: "files of a symbol in one timeframe",
    received: "several",
    remedy: "Give one timeframe of a symbol; coarser ones are resampled with --timeframes.",
  });
}

function absolute(file: string): string {
  return path.resolve(file);
}

/** How a file is read, as a job keeps it. */
function readingOf(options: BackfillOptions, file: string): ReadingSpec {
  const { now: _now, signal: _signal, calendar: _calendar, ask, ...reading } = readingOptions(options, file);
  const { calendar } = options;
  return {
    ...(reading as ReadingSpec),
    ...(ask === undefined ? {} : { ask: ask.map(absolute) }),
    ...(calendar === undefined ? {} : { calendar }),
  };
}

/** Options that say something of the candles, for the ingest log. */
function givenOf(options: BackfillOptions): Readonly<Record<string, unknown>> {
  const leave = [
    "memory",
    "index",
    "json",
    "quiet",
    "local",
    "window",
    "threads",
    "chunk",
    "symbols",
    "from",
  ];
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !leave.includes(name)),
  );
}
