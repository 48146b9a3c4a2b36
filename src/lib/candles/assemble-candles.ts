import { RhymeError } from "../errors.ts";
import type { Calendar } from "../time/calendar.ts";
import { fixedWidth, type Timeframe } from "../time/timeframe.ts";
import { iso, type DurationMs, type EpochMs } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";
import { FINDING_KINDS, type Finding } from "./finding.ts";
import { findBadRows, findingAt, findUnsorted, RunOfFindings } from "./find-defects.ts";
import { gapLedger, holesOf, type GapLedger } from "./gap-ledger.ts";
import { makeSeries } from "./make-series.ts";
import { mergeDuplicates } from "./merge-duplicates.ts";
import {
  OFF_GRID,
  OUTSIDE,
  PLACED,
  placeStamps,
  type PlacedStamps,
  type StampConvention,
} from "./place-stamps.ts";
import type { RawCandles } from "./raw-candles.ts";

export interface AssembleOptions {
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  readonly stamp: StampConvention;
  readonly lagMs: DurationMs;
  /** A bar that is not known by now is still forming. */
  readonly now: EpochMs;
}

export interface AssembledCandles {
  readonly series: CandleSeries;
  readonly ledger: GapLedger;
  readonly findings: readonly Finding[];
}

/** Minutes of more than 50 years. */
const MOST_BARS = 30_000_000;

/**
 * Judges raw candles and makes a series of those that can stand. The result depends on the set of rows alone.
 * @throws RhymeError "input" where most rows inside sessions fit no bar: then an option is wrong, not the data
 */
export function assembleCandles(raw: RawCandles, options: AssembleOptions): AssembledCandles {
  const { timeframe, calendar, stamp, lagMs } = options;
  const alive = new Uint8Array(raw.stamp.length).fill(1);
  const findings = [...findUnsorted(raw), ...findBadRows(raw, alive)];
  const placed = placeStamps(raw.stamp, raw.dated, timeframe, calendar, stamp);
  assertPlaced(raw, placed, options);
  findings.push(...findStrays(raw, placed, alive), ...findForming(raw, placed, alive, options));
  const rows = rowsInOrder(placed.openTime, alive);
  const { kept, findings: duplicates } = mergeDuplicates(raw, placed.openTime, rows);
  findings.push(...duplicates);
  assertSpan(raw, placed, kept, options);
  const pick = (column: Float64Array): Float64Array => taken(column, kept);
  const series = makeSeries({
    source: options.source,
    symbol: options.symbol,
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
  });
  const ledger = gapLedger(series);
  findings.push(...findHoles(raw, kept, series, ledger));
  return { series, ledger, findings: inOrder(findings) };
}

function taken(column: Float64Array, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i]!]!;
  return values;
}

/** A few stray stamps are defects of the data; a majority means another calendar, zone, convention or timeframe. */
function assertPlaced(raw: RawCandles, placed: PlacedStamps, options: AssembleOptions): void {
  const counts = [0, 0, 0];
  for (const verdict of placed.verdict) counts[verdict]!++;
  if (raw.stamp.length === 0 || counts[PLACED]! > counts[OFF_GRID]!) return;
  const row = placed.verdict.indexOf(counts[OFF_GRID]! > 0 ? OFF_GRID : OUTSIDE);
  const where = counts[OFF_GRID]! > 0 ? `${counts[OFF_GRID]} of` : "all";
  throw new RhymeError("input", {
    place: `${raw.files[raw.file[row]!]!}:${raw.line[row]!}`,
    expected: `the ${options.stamp} of a ${options.timeframe} bar of ${options.calendar.name} (${options.calendar.zone})`,
    received: `${iso(raw.stamp[row]!)}, and ${where} ${raw.stamp.length} rows fit no bar`,
    remedy: "Check --calendar, --zone, --stamp open|close and --timeframe, or give finer candles",
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

function* findStrays(raw: RawCandles, placed: PlacedStamps, alive: Uint8Array): Generator<Finding> {
  const outside = new RunOfFindings(raw, "outside-session");
  for (let i = 0; i < alive.length; i++) {
    if (placed.verdict[i] === PLACED) continue;
    if (placed.verdict[i] === OUTSIDE) outside.add(i);
    else yield findingAt(raw, i, "off-grid", iso(raw.stamp[i]!), "dropped");
    alive[i] = 0;
  }
  yield* outside.end();
}

function* findForming(
  raw: RawCandles,
  placed: PlacedStamps,
  alive: Uint8Array,
  { lagMs, now }: AssembleOptions,
): Generator<Finding> {
  for (let i = 0; i < alive.length; i++) {
    const known = placed.closeTime[i]! + lagMs;
    if (!alive[i] || (known <= now && !raw.forming?.[i])) continue;
    alive[i] = 0;
    const value =
      known > now ? `known at ${iso(known)}, now is ${iso(now)}` : "the source says it is not complete";
    yield findingAt(raw, i, "forming-bar", value, "dropped");
  }
}

function rowsInOrder(openTime: Float64Array, alive: Uint8Array): Int32Array {
  const rows = new Int32Array(alive.reduce((sum, a) => sum + a, 0));
  let [n, sorted] = [0, true];
  for (let i = 0; i < alive.length; i++) {
    if (!alive[i]) continue;
    if (n > 0 && openTime[i]! < openTime[rows[n - 1]!]!) sorted = false;
    rows[n++] = i;
  }
  return sorted ? rows : rows.sort((a, b) => openTime[a]! - openTime[b]! || a - b);
}

function* findHoles(
  raw: RawCandles,
  kept: Int32Array,
  series: CandleSeries,
  ledger: GapLedger,
): Generator<Finding> {
  let row = 0;
  for (const hole of holesOf(ledger)) {
    while (row + 1 < kept.length && series.openTime[row + 1]! < hole.firstOpen) row++;
    const from = iso(hole.firstOpen);
    const to = iso(ledger.grid.open[hole.to - 1]!);
    const value = hole.bars === 1 ? from : `${from} to ${to}`;
    const before = findingAt(raw, kept[row]!, "missing-bars", value, "kept", hole.bars);
    yield { ...before, time: hole.firstOpen };
  }
}

const RANK = Object.keys(FINDING_KINDS);

/** By kind, then time, file and line. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding): number => RANK.indexOf(finding.kind);
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.time ?? -Infinity) - (b.time ?? -Infinity) ||
      (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)),
  );
}
