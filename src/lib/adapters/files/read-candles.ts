import { setImmediate as nextTurn } from "node:timers/promises";
import { basename } from "node:path";
import { assembleCandles, type AssembledCandles } from "../../candles/assemble-candles.ts";
import type { Finding } from "../../candles/finding.ts";
import { inferTimeframe } from "../../candles/infer-timeframe.ts";
import type { StampConvention } from "../../candles/place-stamps.ts";
import { joinRaw, type RawCandles } from "../../candles/raw-candles.ts";
import { RhymeError } from "../../errors.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import type { Calendar } from "../../time/calendar.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "../../time/timeframe.ts";
import type { DurationMs, EpochMs } from "../../time/units.ts";
import { assertZone, type ZoneName } from "../../time/zone.ts";
import { csvTable } from "./csv-table.ts";
import { frameTable, parquetTable, type Frame } from "./frame-table.ts";
import { rawFromTable } from "./raw-from-table.ts";
import { fileError, readBytes } from "./read-bytes.ts";
import type { Table } from "./table.ts";

export interface ReadCandlesOptions {
  /** Who said so; default "file". */
  readonly source?: string;
  /** Default: from the name of the first file. */
  readonly symbol?: string;
  /** Default: the commonest step between stamps. */
  readonly timeframe?: Timeframe;
  /** Default 24x7. */
  readonly calendar?: Calendar;
  /** Where times without a zone are at home; default the zone of the calendar. */
  readonly zone?: ZoneName;
  /** Whether stamps name the open (default) or the close of a bar. */
  readonly stamp?: StampConvention;
  /** Prices are divided by it; default 1. */
  readonly scale?: number;
  /** How long after its close the source publishes a bar; default 0. */
  readonly lagMs?: DurationMs;
  /** Bars that are not known by now are still forming. */
  readonly now: EpochMs;
  readonly signal?: AbortSignal;
}

export interface ReadCandles extends AssembledCandles {
  /** Every assumption about stamps, columns and calendar, in words, for people. */
  readonly assumptions: readonly string[];
  /** Data rows and lines read, before any judgement. */
  readonly rowsRead: number;
}

/**
 * Reads files of one series (CSV, CSV.gz, Parquet), merges them and judges them. The order of the files does not
 * change the series.
 * @throws RhymeError "input" naming file and line, or "usage" naming the option
 */
export async function readCandles(
  paths: readonly string[],
  options: ReadCandlesOptions,
): Promise<ReadCandles> {
  if (paths.length === 0) throw usage("FILE", "at least one candle file", "none", "Name the files to read");
  checkOptions(options);
  const tables: Table[] = [];
  for (const path of paths) {
    const { format, bytes } = await readBytes(path, options.signal);
    tables.push(format === "parquet" ? parquetTable(path, bytes) : csvTable(path, bytes));
    await nextTurn(undefined, options.signal ? { signal: options.signal } : {});
  }
  return candlesFromTables(tables, { symbol: nameOfFile(paths[0]!).symbol, ...options });
}

/** The same for a polars DataFrame; its columns are named as in a file. */
export function candlesFromFrame(frame: Frame, options: ReadCandlesOptions): ReadCandles {
  checkOptions(options);
  return candlesFromTables([frameTable(frame)], options);
}

/** Symbol and timeframe as file names tell them: `BTCUSDT-5m-2023-01.csv.gz` is BTCUSDT, 5m. */
export function nameOfFile(path: string): { readonly symbol: string; readonly timeframe: Timeframe | null } {
  const stem = basename(path).replace(/\.(csv|tsv|txt|gz|parquet|pq)(?=\.|$)/gi, "");
  const match = /^(.+?)[-_.](\d+(?:m|h|d|w|mo))(?:[-_.].*)?$/.exec(stem);
  return match ? { symbol: match[1]!, timeframe: match[2]! } : { symbol: stem || "SYMBOL", timeframe: null };
}

/** Judges tables of any origin. */
export function candlesFromTables(tables: readonly Table[], options: ReadCandlesOptions): ReadCandles {
  const calendar = options.calendar ?? calendar24x7;
  const zone = options.zone ?? calendar.zone;
  const parts = tables.map((table) => rawFromTable(table, zone, options.scale ?? 1));
  const raw = joinRaw(parts.map((part) => part.raw));
  const unparsable = parts.flatMap((part) => part.findings);
  assertRows(raw, unparsable, tables);
  const timeframe = options.timeframe ? parseTimeframe(options.timeframe).name : inferred(raw);
  assertTimeOfDay(raw, timeframe);
  const stamp = options.stamp ?? "open";
  const assembled = assembleCandles(raw, {
    source: options.source ?? "file",
    symbol: options.symbol ?? "SYMBOL",
    timeframe,
    calendar,
    stamp,
    lagMs: options.lagMs ?? 0,
    now: options.now,
  });
  return {
    series: assembled.series,
    ledger: assembled.ledger,
    findings: [...unparsable, ...assembled.findings],
    rowsRead: raw.stamp.length + unparsable.length,
    assumptions: [
      ...assumed(raw, options, calendar, timeframe, stamp),
      ...new Set(parts.flatMap((part) => part.assumptions)),
    ],
  };
}

function assumed(
  raw: RawCandles,
  options: ReadCandlesOptions,
  calendar: Calendar,
  timeframe: Timeframe,
  stamp: StampConvention,
): string[] {
  const said = (given: unknown, option: string): string =>
    given === undefined ? ` (assumed, ${option} changes it)` : "";
  const commonest = inferTimeframe(raw.stamp);
  const step =
    commonest === null || commonest === timeframe ? "" : `, although the commonest step is ${commonest}`;
  return [
    `timeframe ${timeframe}${options.timeframe === undefined ? " (the commonest step, --timeframe changes it)" : step}`,
    `calendar ${calendar.name}${said(options.calendar, "--calendar")}`,
    `timestamps name the ${stamp} of a bar${said(options.stamp, "--stamp")}`,
  ];
}

function usage(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy });
}

function checkOptions({ zone, scale, timeframe, lagMs }: ReadCandlesOptions): void {
  if (zone !== undefined) assertZone(zone);
  if (timeframe !== undefined) parseTimeframe(timeframe);
  if (scale !== undefined && !(scale > 0 && scale < Infinity)) {
    throw usage("scale", "a positive number", String(scale), "Give for example 100000 for prices in points");
  }
  if (lagMs !== undefined && !(Number.isInteger(lagMs) && lagMs >= 0)) {
    throw usage(
      "lag",
      "whole milliseconds ≥ 0",
      String(lagMs),
      "Give the delay of the source, or leave it out",
    );
  }
}

function assertRows(raw: RawCandles, unparsable: readonly Finding[], tables: readonly Table[]): void {
  if (raw.stamp.length > 0) return;
  const first = unparsable[0];
  const place = first ? `${first.file}:${first.line}` : tables[0]!.place;
  const remedy = "Times may be epoch numbers or ISO 8601, prices plain decimals with a point";
  throw fileError(place, "at least one readable candle", first?.value ?? "none", remedy);
}

function inferred(raw: RawCandles): Timeframe {
  const timeframe = inferTimeframe(raw.stamp);
  if (timeframe) return timeframe;
  const received = raw.stamp.length === 1 ? "a single candle" : "a commonest step that is no timeframe";
  throw fileError(raw.files[0]!, "steps of one timeframe", received, "Give --timeframe");
}

/** A bare date names no bar within a day. */
function assertTimeOfDay(raw: RawCandles, timeframe: Timeframe): void {
  const row = raw.dated.indexOf(1);
  if (fixedWidth(timeframe) === null || row < 0) return;
  throw fileError(
    `${raw.files[raw.file[row]!]!}:${raw.line[row]!}`,
    `a time of day, since the candles are ${timeframe}`,
    "a bare date",
    "Give --timeframe 1d, 1w or 1mo, or a column with times",
  );
}
