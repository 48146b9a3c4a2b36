import { RhymeError } from "../errors.ts";
import type { Calendar } from "../time/calendar.ts";
import { fixedWidth, type Timeframe } from "../time/timeframe.ts";
import { iso, type DurationMs, type EpochMs } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";
import { assertPlaced, countOf } from "./assert-placed.ts";
import { FINDING_KIND_NAMES, type Finding, type FindingKind } from "./finding.ts";
import { judgeRows } from "./find-broken-rows.ts";
import { eachBlock, everyBlock } from "./blocks.ts";
import { findCoarse } from "./find-coarse.ts";
import { findUnsorted } from "./find-defects.ts";
import { findInSeries } from "./find-in-series.ts";
import { findStrays, knownAtOf } from "./find-strays.ts";
import { valuesAt } from "./fold-rows.ts";
import { gapLedger, type GapLedger } from "./gap-ledger.ts";
import { isAscending } from "./is-ascending.ts";
import { makeSeries } from "./make-series.ts";
import { mergeDuplicates } from "./merge-duplicates.ts";
import { placeStamps, type PlacedStamps, type StampConvention } from "./place-stamps.ts";
import type { RawCandles } from "./raw-candles.ts";
import { repairsNamed } from "./repairs.ts";

export interface AssembleOptions {
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  readonly stamp: StampConvention;
  readonly lagMs: DurationMs;
  /** A bar that is not known by now is still forming. */
  readonly now: EpochMs;
  /** Kinds of defects whose rows are repaired by the rule in REPAIRS instead of dropped; default none. */
  readonly repair?: readonly FindingKind[];
}

export interface AssembledCandles {
  readonly series: CandleSeries;
  readonly ledger: GapLedger;
  readonly findings: readonly Finding[];
  /** The raw row of each candle. [N] */
  readonly rows: Int32Array;
}

/** Minutes of more than 50 years. */
const MOST_BARS = 30_000_000;

/**
 * Judges raw candles and makes a series of those that can stand. The result depends on the set of rows alone, and
 * which rows are kept up to an instant depends on no later row. Every row is kept, or it is counted by exactly one
 * finding that dropped or merged it.
 * @throws RhymeError "input" where stamps show that an option is wrong, not the data; "usage" for a kind that cannot
 *   be repaired
 */
export function assembleCandles(given: RawCandles, options: AssembleOptions): AssembledCandles {
  const { timeframe, calendar, stamp } = options;
  const repairs = repairsNamed(options.repair ?? []);
  const alive = new Uint8Array(given.stamp.length).fill(1);
  const placed = placeStamps(given.stamp, given.dated, timeframe, calendar, stamp);
  const coarse = findCoarse(given, placed, alive, timeframe);
  assertPlaced(given, placed, options);
  const strays = findStrays(given, placed, alive, options);
  const rows = rowsInOrder(placed.openTime, alive);
  const judged = judgeRows(given, placed.openTime, rows, alive, repairs);
  const { raw, repaired } = judged;
  const { kept, findings } = mergeDuplicates(raw, placed.openTime, stillAlive(rows, alive), repaired);
  assertSpan(raw, placed, kept, options);
  const series = seriesOf(raw, placed, kept, options);
  const ledger = gapLedger(series, placed.grid);
  const found = [findUnsorted(raw), coarse, strays, judged.findings, findings];
  return {
    series,
    ledger,
    rows: kept,
    findings: inOrder([...found, findInSeries({ raw, kept, series, ledger })].flat()),
  };
}

function seriesOf(
  raw: RawCandles,
  placed: PlacedStamps,
  kept: Int32Array,
  { source, symbol, timeframe, calendar, lagMs }: AssembleOptions,
): CandleSeries {
  const pick = pickerOf(kept, raw.stamp.length);
  return makeSeries({
    source,
    symbol,
    timeframe,
    calendar,
    lagMs,
    openTime: pick(placed.openTime),
    closeTime: pick(placed.closeTime),
    open: pick(raw.open),
    high: pick(raw.high),
    low: pick(raw.low),
    close: pick(raw.close),
    volume: pick(raw.volume),
    ...(raw.trades ? { trades: pick(raw.trades) } : {}),
    ...(raw.vwap ? { vwap: pick(raw.vwap) } : {}),
    ...(raw.spread ? { spread: pick(raw.spread) } : {}),
    ...(raw.partial ? { partial: Uint8Array.from(kept, (row) => raw.partial![row]!) } : {}),
    ...(raw.knownAt ? { knownAt: Float64Array.from(kept, (row) => knownAtOf(raw, placed, row, lagMs)) } : {}),
  });
}

/** Takes those rows of a column of R; the column itself where they are all of it in order. */
function pickerOf(rows: Int32Array, R: number): (column: Float64Array) => Float64Array {
  if (rows.length === R && isCounting(rows)) return (column) => column;
  return (column) => valuesAt(column, rows);
}

function isCounting(rows: Int32Array): boolean {
  return everyBlock(rows.length, (from, to) => {
    for (let i = from; i < to; i++) if (rows[i] !== i) return false;
    return true;
  });
}

/** The ledger lists every expected bar, so a stray stamp of another age must not make a century of minutes. */
function assertSpan(raw: RawCandles, placed: PlacedStamps, kept: Int32Array, options: AssembleOptions): void {
  const width = fixedWidth(options.timeframe);
  if (width === null || kept.length === 0) return;
  const [first, last] = [kept[0]!, kept[kept.length - 1]!];
  const bars = (placed.openTime[last]! - placed.openTime[first]!) / width;
  if (bars <= MOST_BARS) return;
  throw new RhymeError("input", {
    place: `${raw.files[raw.file[first]!]!}:${raw.line[first]!}`,
    expected: `candles within ${MOST_BARS} bars of ${options.timeframe} of the newest, ${iso(raw.stamp[last]!)}`,
    received: iso(raw.stamp[first]!),
    remedy: "Take out rows with a stamp of another age, or check --timeframe",
  });
}

function rowsInOrder(openTime: Float64Array, alive: Uint8Array): Int32Array {
  if (!alive.includes(0) && isAscending(openTime)) return allRows(alive.length);
  const rows = new Int32Array(countOf(alive, 1));
  let [n, sorted, before] = [0, true, -Infinity];
  for (let i = 0; i < alive.length; i++) {
    if (alive[i] === 0) continue;
    if (openTime[i]! < before) sorted = false;
    before = openTime[i]!;
    rows[n++] = i;
  }
  return sorted ? rows : rows.sort((a, b) => openTime[a]! - openTime[b]! || a - b);
}

/** 0, 1, 2 … R − 1. */
function allRows(R: number): Int32Array {
  const rows = new Int32Array(R);
  eachBlock(R, (from, to) => {
    for (let i = from; i < to; i++) rows[i] = i;
  });
  return rows;
}

function stillAlive(rows: Int32Array, alive: Uint8Array): Int32Array {
  if (!alive.includes(0)) return rows;
  const left = new Int32Array(rows.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) if (alive[rows[i]!] === 1) left[n++] = rows[i]!;
  return left.subarray(0, n);
}

/** By kind, then time, file and line. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const ranks = new Map(FINDING_KIND_NAMES.map((kind, k) => [kind, k]));
  const rank = (finding: Finding): number => ranks.get(finding.kind)!;
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.time ?? -Infinity) - (b.time ?? -Infinity) ||
      (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)),
  );
}
