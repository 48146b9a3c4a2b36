import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { connectExchange } from "../../lib/adapters/exchange/exchange-connection.ts";
import { groupFiles } from "../../lib/adapters/files/file-source.ts";
import { nameOfFile, readCandles } from "../../lib/adapters/files/read-candles.ts";
import { heldGroups } from "../../lib/adapters/folder/read-groups.ts";
import { STORE_FILE } from "../../lib/adapters/sqlite/store-header.ts";
import { RhymeError } from "../../lib/errors.ts";
import { checkSeriesKey } from "../../lib/memory/names.ts";
import type { Calendar } from "../../lib/time/calendar.ts";
import { calendar24x7 } from "../../lib/time/calendar-24x7.ts";
import { assertNested, parseTimeframe, sortTimeframes } from "../../lib/time/timeframe.ts";
import type { EpochMs } from "../../lib/time/units.ts";
import type { ReadingSpec, SeriesSpec } from "../../../workflows/job.ts";
import { withMemory } from "../ask-memory.ts";
import { listOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { spanOf } from "../span.ts";

/** Where the candles of a job come from, and how they are read. */
export interface OriginOptions extends Omit<CandleOptions, "symbol"> {
  readonly memory: string;
  /** A folder of candle files, or an exchange. */
  readonly from?: string;
  readonly symbols?: readonly string[];
  /** Of an exchange: where the history begins. */
  readonly since?: string;
  readonly baseUrl?: string;
  readonly timeframes?: readonly string[];
}

/** Candles as they are found in some place. */
export interface Found {
  readonly timeframe: string;
  readonly calendar: Calendar;
  readonly series: readonly SeriesSpec[];
}

export function addOriginOptions(command: Command): Command {
  return command
    .requiredOption("--memory <folder>", "where the memory is or shall be")
    .option("--from <folder|exchange>", "all candle files of a folder; or an exchange, such as binance")
    .option("--symbols <list>", "only these; of an exchange: which markets", listOf("--symbols"))
    .option("--since <time>", "of an exchange: where the history begins (needed the first time)")
    .option("--base-url <url>", "another host that answers for the exchange")
    .option("--timeframe <name>", "step of the candles (of files by default: the commonest)");
}

/**
 * The series that a command line means, in files, on an exchange, or where it names neither in the memory.
 * @throws RhymeError where there are none
 */
export async function findSeries(
  files: readonly string[],
  options: OriginOptions,
  now: EpochMs,
): Promise<Found> {
  const { from } = options;
  if (from !== undefined && !existsSync(from) && !/[./\\]/.test(from)) {
    if (files.length === 0) return onExchange(from, options, now);
    throw usage(`--from ${from}`, "files, or an exchange", "both", "Leave one of them out.");
  }
  const all = [...files, ...(from === undefined ? [] : filesOf(from))];
  return all.length > 0 ? inFiles(all, options) : inMemory(options);
}

function usage(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy });
}

/** Markets by the names that the exchange has for them, so that they are the series of ./rhyme fetch. */
async function onExchange(exchange: string, options: OriginOptions, now: EpochMs): Promise<Found> {
  const { memory, symbols, since, baseUrl, timeframes } = options;
  const wanted = options.timeframe ?? (timeframes ? sortTimeframes(timeframes)[0] : undefined);
  const asked = `what is to be asked of ${exchange}`;
  if (symbols === undefined)
    throw usage("--symbols", asked, "nothing", "Give for example --symbols BTC/USDT");
  if (wanted === undefined) throw usage("--timeframe", asked, "nothing", "Give for example --timeframe 5m");
  const { name: timeframe } = parseTimeframe(wanted);
  const { from } = spanOf({ from: since }, calendar24x7, "--since");
  if (from > now)
    throw usage("--since", "a time that has been", since!, "Candles are fetched once they closed.");
  const connection = await connectExchange(exchange, { baseUrl });
  const origin = { kind: "exchange", exchange, to: null, address: baseUrl ?? null } as const;
  const series: SeriesSpec[] = [];
  for (const named of symbols) {
    const symbol = await connection.symbol(named, interruptSignal());
    checkSeriesKey({ source: exchange, symbol, timeframe });
    series.push({ symbol, timeframe, origin: { ...origin, from: Number.isFinite(from) ? from : null } });
  }
  assertDistinct(series);
  if (since === undefined) await assertHeld(memory, exchange, series);
  return { timeframe, calendar: calendar24x7, series };
}

/** What goes on after the newest stored bar needs one. */
async function assertHeld(memory: string, source: string, series: readonly SeriesSpec[]): Promise<void> {
  const held = existsSync(path.join(memory, STORE_FILE))
    ? await withMemory(memory, (folder) => folder.candles.list())
    : [];
  const lacking = series.find(
    ({ symbol, timeframe }) =>
      !held.some((one) => one.source === source && one.symbol === symbol && one.timeframe === timeframe),
  );
  if (!lacking) return;
  const place = `where the history of ${lacking.symbol} begins`;
  throw usage("--since", place, "nothing, and the memory holds none", "Give for example --since 2024-01-01");
}

/** Candle files of a folder, by name. */
function filesOf(folder: string): readonly string[] {
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  const names = isFolder ? readdirSync(folder).filter((name) => /\.(csv|csv\.gz|parquet)$/.test(name)) : [];
  if (names.length > 0) return names.sort().map((name) => path.join(folder, name));
  throw new RhymeError("usage", {
    place: `--from ${folder}`,
    expected: "a folder with .csv, .csv.gz or .parquet files, or the name of an exchange",
    received: isFolder ? "a folder without any" : "neither",
    remedy: "Name the folder of the candle files, or the files themselves.",
  });
}

async function inFiles(files: readonly string[], options: OriginOptions): Promise<Found> {
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
async function inMemory({ memory, symbols, timeframes }: OriginOptions): Promise<Found> {
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
function readingOf(options: OriginOptions, file: string): ReadingSpec {
  const { now: _now, signal: _signal, calendar: _calendar, ask, ...reading } = readingOptions(options, file);
  const { calendar } = options;
  return {
    ...(reading as ReadingSpec),
    ...(ask === undefined ? {} : { ask: ask.map(absolute) }),
    ...(calendar === undefined ? {} : { calendar }),
  };
}

/** Options that say something of the candles, for the ingest log. */
export function givenOf(options: OriginOptions): Readonly<Record<string, unknown>> {
  const leave = [
    ...["memory", "index", "json", "quiet", "local", "window", "threads", "chunk", "symbols", "from"],
    ...["since", "baseUrl", "server", "detach"],
  ];
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !leave.includes(name)),
  );
}
