import { setImmediate as nextTurn } from "node:timers/promises";
import { basename } from "node:path";
import { assembleCandles, type AssembledCandles } from "../../candles/assemble-candles.ts";
import { markCoarse } from "../../candles/find-coarse.ts";
import { inferTimeframe } from "../../candles/infer-timeframe.ts";
import { joinRaw, type RawCandles } from "../../candles/raw-candles.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import { fixedWidth, parseTimeframe, type Timeframe } from "../../time/timeframe.ts";
import { csvFileTable } from "./csv-file.ts";
import { csvTable } from "./csv-table.ts";
import { frameTable, parquetTable, type Frame } from "./frame-table.ts";
import { findNegativeSpreads, pairQuotes } from "./pair-quotes.ts";
import { rawFromTable, type RawFromTable } from "./raw-from-table.ts";
import { fileError, readBytes } from "./read-bytes.ts";
import { checkOptions, usageError, type ReadCandlesOptions } from "./read-options.ts";
import { whatWasAssumed } from "./reading-notes.ts";
import { formingEnds, markForming } from "./still-forming.ts";
import type { Table } from "./table.ts";

export type { ReadCandlesOptions } from "./read-options.ts";

export interface ReadCandles extends AssembledCandles {
  /** Every assumption about stamps, columns and calendar, in words, for people. */
  readonly assumptions: readonly string[];
  /**
   * Data rows and lines read, before any judgement; a bid and an ask of one bar count once. Each is a row of the
   * series, or one that a finding dropped or merged.
   */
  readonly rowsRead: number;
  /** The rows as the files gave them: what a picture of a finding shows. */
  readonly raw: RawCandles;
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
  if (paths.length === 0)
    throw usageError("FILE", "at least one candle file", "none", "Name the files to read");
  checkOptions(options);
  const { used, unused } = askFilesOf(paths, options);
  const tables = await readTables(paths, options);
  const read = judgeTables(tables, await readTables(used, options), {
    symbol: nameOfFile(paths[0]!).symbol,
    ...options,
  });
  if (unused.length === 0) return read;
  const note = `ask files of other series are left out: ${unused.join(", ")}`;
  return { ...read, assumptions: [...read.assumptions, note] };
}

async function readTables(paths: readonly string[], options: ReadCandlesOptions): Promise<Table[]> {
  const { signal } = options;
  const tables: Table[] = [];
  for (const path of paths) {
    tables.push((await csvFileTable(path, options)) ?? (await tableOfWhole(path, options)));
    await nextTurn(undefined, signal ? { signal } : {});
  }
  return tables;
}

async function tableOfWhole(path: string, options: ReadCandlesOptions): Promise<Table> {
  const { format, bytes } = await readBytes(path, options.signal);
  return format === "parquet" ? parquetTable(path, bytes) : csvTable(path, bytes, options);
}

/** The ask files of a series: those whose names tell the same, or all of them where the symbol is said. */
function askFilesOf(
  paths: readonly string[],
  { ask = [], symbol }: ReadCandlesOptions,
): { readonly used: readonly string[]; readonly unused: readonly string[] } {
  const name = nameOfFile(paths[0]!);
  const isSame = (path: string): boolean => symbol !== undefined || nameOfFile(path).symbol === name.symbol;
  const used = ask.filter(isSame);
  if (ask.length > 0 && used.length === 0) {
    const remedy = "Name the ask file like its bid file, or give --symbol";
    throw usageError("--ask", `an ask file of ${name.symbol}, for ${paths[0]!}`, ask.join(", "), remedy);
  }
  const sided = paths.filter((path) => /[-_.]ask(?=[-_.]|$)/i.test(basename(path)));
  if (sided.length > 0 && sided.length < paths.length) {
    const expected = `files of one side, as ${paths.find((path) => !sided.includes(path))!}`;
    throw usageError("FILE", expected, sided[0]!, `Give the other side by itself: --ask ${sided[0]!}`);
  }
  return { used, unused: ask.filter((path) => !used.includes(path)) };
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
  return judgeTables(tables, [], options);
}

function judgeTables(
  tables: readonly Table[],
  askTables: readonly Table[],
  options: ReadCandlesOptions,
): ReadCandles {
  const calendar = options.calendar ?? calendar24x7;
  const rawOptions = {
    ...options,
    zone: options.zone ?? calendar.zone,
    zoneSaid: options.zone !== undefined,
    scale: options.scale ?? 1,
  };
  const parts = tables.map((table) => rawFromTable(table, rawOptions));
  const askParts = askTables.map((table) => rawFromTable(table, rawOptions));
  const { bid: bids, ask: asks, raw, notes } = sidesOf(parts, askParts);
  const all = [...parts, ...askParts];
  assertRows(raw, all, tables);
  const commonest = inferTimeframe(bids.stamp);
  const timeframe = options.timeframe ? parseTimeframe(options.timeframe).name : inferred(raw, commonest);
  assertTimeOfDay(raw, timeframe);
  const { source = "file", symbol = "SYMBOL", stamp = "open", lagMs = 0, now, repair = [] } = options;
  const how = { source, symbol, timeframe, calendar, stamp, lagMs, now, repair };
  const [bid, ask] = [markCoarse(bids, how), asks && markCoarse(asks, how)];
  const unparsable = all.flatMap((part) => part.findings);
  const judged = ask
    ? pairQuotes(bid, ask, how)
    : { ...withSpreads(assembleCandles(bid, how), bid), pairs: 0 };
  const rowsRead = bid.stamp.length + (ask?.stamp.length ?? 0) - judged.pairs + unparsable.length;
  const said = { rowsRead, options, calendar, timeframe, commonest, stamp, findings: judged.findings };
  return {
    ...{ series: judged.series, ledger: judged.ledger, rows: judged.rows },
    findings: [...unparsable, ...judged.findings],
    rowsRead,
    raw,
    assumptions: [
      ...new Set([...whatWasAssumed(said), ...all.flatMap((part) => part.assumptions), ...notes]),
    ],
  };
}

function withSpreads(assembled: AssembledCandles, raw: RawCandles): AssembledCandles {
  const found = findNegativeSpreads(raw);
  return found.length === 0 ? assembled : { ...assembled, findings: [...assembled.findings, ...found] };
}

interface Sides {
  readonly bid: RawCandles;
  /** Null where prices are not in two sides. */
  readonly ask: RawCandles | null;
  /** As the files gave them. */
  readonly raw: RawCandles;
  readonly notes: readonly string[];
}

/** Both sides of all files, one behind the other. */
function sidesOf(parts: readonly RawFromTable[], askParts: readonly RawFromTable[]): Sides {
  const bids = withoutFormingEnds(parts.map((part) => part.raw));
  const inside = parts.filter((part) => part.ask !== null);
  if (askParts.length === 0 && inside.length === 0)
    return { bid: bids.raw, ask: null, raw: bids.raw, notes: bids.notes };
  if (inside.length > 0 && (askParts.length > 0 || inside.length < parts.length)) {
    const place = inside[0]!.raw.files[0] ?? "FILE";
    const remedy = "Read files with both sides by themselves, without --ask";
    throw fileError(
      place,
      "bid and ask in every file, or in files of their own",
      "both sides in one file",
      remedy,
    );
  }
  const asks = withoutFormingEnds([...inside.map((part) => part.ask!), ...askParts.map((part) => part.raw)]);
  // One line of a file with both sides is one row to look at.
  const raw = inside.length > 0 ? bids.raw : joinRaw([bids.raw, asks.raw]);
  return { bid: bids.raw, ask: asks.raw, raw, notes: [MIDDLE, ...bids.notes, ...asks.notes] };
}

/** The highest bid and the highest ask need not fall on one moment. */
const MIDDLE =
  "prices are the middle of bid and ask (of highs and lows an approximation), volume is the bid's";

function withoutFormingEnds(parts: readonly RawCandles[]): { raw: RawCandles; notes: readonly string[] } {
  const ends = formingEnds(parts);
  const marked = [...parts];
  for (const { part, row } of ends) marked[part] = markForming(marked[part]!, row);
  return { raw: joinRaw(marked), notes: ends.map((end) => end.note) };
}

function assertRows(raw: RawCandles, parts: readonly RawFromTable[], tables: readonly Table[]): void {
  if (raw.stamp.length > 0) return;
  const first = parts.flatMap((part) => part.findings)[0];
  const place = first ? `${first.file}:${first.line}` : tables[0]!.place;
  const remedy = "Times may be epoch numbers or ISO 8601, prices plain decimals without thousands separators";
  throw fileError(place, "at least one readable candle", first?.value ?? "none", remedy);
}

function inferred(raw: RawCandles, commonest: Timeframe | null): Timeframe {
  if (commonest) return commonest;
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
