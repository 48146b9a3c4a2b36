import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rowsOf, type CandlesByTimeframe, type CandleSeries } from "../../candles/candle-series.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { RhymeError } from "../../errors.ts";
import { examine } from "../../evaluation/look-ahead/user/examine.ts";
import { fineToCoarse } from "../../evaluation/look-ahead/user/instants.ts";
import {
  isClean,
  type FunctionReport,
  type LookAheadReport,
} from "../../evaluation/look-ahead/user/report.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import { iso } from "../../time/units.ts";
import { hereCaller } from "./here-caller.ts";
import { ModuleProcess, ProcessCaller, type ProcessOptions } from "./process-caller.ts";
import type { CandlesFunction, ExportedFunction, FramesFunction, Takes } from "./user-function.ts";

export interface LookAheadOptions {
  /** Of a series on its own, the timeframes that the function reads; the finest is its own. Default: that alone. */
  readonly timeframes?: readonly Timeframe[];
  /** frames: polars, one DataFrame per timeframe. Default: candles. */
  readonly takes?: Takes;
  /** Instants that the candles are cut at. Default 100. */
  readonly instants?: number;
  /** Shorter histories that the warm-up is measured on. Default 5. */
  readonly starts?: number;
  /** How far values may differ in proportion, for what is not computed in one order of additions. Default 0: not by a bit. */
  readonly tolerance?: number;
  readonly seed?: number;
  /** After this long a call never ends. Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (name: string, done: number, total: number) => void;
}

export interface LookAheadFileOptions extends Omit<LookAheadOptions, "takes"> {
  /** Of all functions that it exports, these. */
  readonly only?: readonly string[];
  /** Modules whose default export is a calendar, which candles are on. */
  readonly calendars?: readonly string[];
  /** What a function may use. Default 2048. */
  readonly memoryMb?: number;
  /** Told what a function printed at its first call, which is given the first half of the candles. */
  readonly onPrint?: (name: string, text: string) => void;
}

const MODULE = /\.[cm]?[jt]s$/;

/**
 * Whether a function of candles looks ahead: it is asked again and again about candles that end at some instant, and
 * about candles whose later part is garbage; what it says about the time before may not change by a bit.
 *
 * It is run in this process. What keeps a memory between calls, ends the process or never comes back from behind an
 * `await` is found out only by `lookAheadFile`, which runs the function's file in processes of its own.
 * @throws RhymeError "usage" for candles or options that cannot be used; never for what the function does
 */
export async function lookAhead(
  fn: CandlesFunction,
  candles: CandlesByTimeframe | CandleSeries,
  options?: LookAheadOptions & { readonly takes?: "candles" },
): Promise<LookAheadReport>;
export async function lookAhead(
  fn: FramesFunction,
  candles: CandlesByTimeframe | CandleSeries,
  options: LookAheadOptions & { readonly takes: "frames" },
): Promise<LookAheadReport>;
export async function lookAhead(
  fn: CandlesFunction | FramesFunction,
  candles: CandlesByTimeframe | CandleSeries,
  options: LookAheadOptions = {},
): Promise<LookAheadReport> {
  const series = seriesOf(candles, options.timeframes);
  const { takes = "candles", timeoutMs = 60_000 } = options;
  const name = fn.name || "function";
  const caller = hereCaller(fn, takes, timeoutMs);
  return reportOf(series, options, null, [await examined(name, caller, series, options)]);
}

/**
 * The same for every function that a module exports (.ts, .js, .mjs), each in a process of its own with a watchdog:
 * whatever it does, there is a verdict. What the module exports as `frames`, a function or an object of functions,
 * takes polars frames.
 * @throws RhymeError "usage" for a file, candles or options that cannot be used, and where it exports no function
 */
export async function lookAheadFile(
  file: string,
  candles: CandlesByTimeframe | CandleSeries,
  options: LookAheadFileOptions = {},
): Promise<LookAheadReport> {
  const series = seriesOf(candles, options.timeframes);
  if (!existsSync(file)) throw unusable(file, "a file with functions", "no such file");
  if (!MODULE.test(file) || !statSync(file).isFile())
    throw unusable(file, "a module of functions: .ts, .mts, .js or .mjs", "something else");
  const how = processOptions(file, options);
  const { functions, failed } = await functionsOf(how, series, file, options.only);
  const reports: FunctionReport[] = failed ? [failed] : [];
  for (const fn of functions) {
    const caller = new ProcessCaller(how, fn);
    try {
      reports.push(await examined(fn.name, caller, series, options));
    } finally {
      caller.close();
    }
  }
  return reportOf(series, options, file, reports);
}

function processOptions(file: string, options: LookAheadFileOptions): ProcessOptions {
  const { timeoutMs = 60_000, memoryMb = 2048, calendars = [], signal, onPrint } = options;
  const address = (path: string): string => pathToFileURL(resolve(path)).href;
  const where = { file: address(file), calendars: calendars.map(address) };
  return { ...where, timeoutMs, memoryMb, ...(signal ? { signal } : {}), ...(onPrint ? { onPrint } : {}) };
}

/** What a file exports, or a report of a file that cannot be run. */
async function functionsOf(
  how: ProcessOptions,
  candles: CandlesByTimeframe,
  file: string,
  only: readonly string[] | undefined,
): Promise<{ readonly functions: readonly ExportedFunction[]; readonly failed: FunctionReport | null }> {
  const process = new ModuleProcess(how, fineToCoarse(candles)[0]!.knownAt.at(-1)!);
  const loaded = await process.loaded();
  process.close();
  how.signal?.throwIfAborted();
  if ("how" in loaded) {
    const { how: verdict, message: reason } = loaded;
    const failed = { name: file, verdict, reason, columns: [], notes: [], calls: 0, instants: 0, drawn: 0 };
    return { functions: [], failed };
  }
  const names = loaded.functions.map(({ name }) => name);
  const missing = only?.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw unusable(file, `one of its functions: ${names.join(", ") || "none"}`, missing);
  if (names.length === 0)
    throw unusable(file, "an exported function of candles", loaded.others.join(", ") || "no export at all");
  return { functions: loaded.functions.filter(({ name }) => only?.includes(name) ?? true), failed: null };
}

async function examined(
  name: string,
  caller: Parameters<typeof examine>[1],
  candles: CandlesByTimeframe,
  options: LookAheadOptions,
): Promise<FunctionReport> {
  const { instants = 100, starts = 5, tolerance = 0, seed = 1, onProgress, signal } = options;
  const report = await examine(name, caller, candles, {
    instants,
    starts,
    tolerance,
    seed,
    onProgress: (done, total) => {
      signal?.throwIfAborted();
      onProgress?.(name, done, total);
    },
  });
  return report;
}

function seriesOf(
  candles: CandlesByTimeframe | CandleSeries,
  timeframes: readonly Timeframe[] | undefined,
): CandlesByTimeframe {
  const single = candles.openTime instanceof Float64Array;
  const series = single
    ? byTimeframe(candles as CandleSeries, timeframes ?? [(candles as CandleSeries).timeframe])
    : (candles as CandlesByTimeframe);
  const [base] = Object.keys(series).length > 0 ? fineToCoarse(series) : [];
  if (base && rowsOf(base) > 1) return series;
  throw unusable("candles", "at least two bars", base ? `${rowsOf(base)}` : "no timeframe");
}

function reportOf(
  candles: CandlesByTimeframe,
  { seed = 1, tolerance = 0 }: LookAheadOptions,
  file: string | null,
  functions: readonly FunctionReport[],
): LookAheadReport {
  const series = fineToCoarse(candles);
  const { symbol, source, calendar, openTime, knownAt } = series[0]!;
  const about = { symbol, source, calendar: calendar.name, bars: openTime.length };
  const span = { from: iso(openTime[0]!), to: iso(knownAt.at(-1)!) };
  const timeframes = series.map(({ timeframe }) => timeframe);
  const schema = "rhyme.look-ahead/1" as const;
  return {
    schema,
    clean: isClean(functions),
    file,
    candles: { ...about, timeframes, ...span },
    seed,
    tolerance,
    fresh: file !== null,
    functions,
  };
}

function unusable(place: string, expected: string, received: string): RhymeError {
  const remedy = "docs/look-ahead.md shows such a file and how it is checked.";
  return new RhymeError("usage", { place, expected, received, remedy });
}
