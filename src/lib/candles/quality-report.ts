import { countWhile } from "../math/count-up-to.ts";
import { civilDate, weekdayOf } from "../time/civil.ts";
import type { BarGrid } from "../time/grid.ts";
import { tradingDays, type TradingDay } from "../time/trading-days.ts";
import { HOUR, iso } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";
import {
  FINDING_KIND_NAMES,
  FINDING_KINDS,
  isStandingError,
  type Finding,
  type FindingAction,
  type FindingKind,
  type Severity,
} from "./finding.ts";
import { holesOf, type GapLedger } from "./gap-ledger.ts";

/** One year of trading dates. */
export interface YearOfCandles {
  readonly year: number;
  readonly expected: number;
  readonly known: number;
  readonly missing: number;
  /** Share of bars whose open equals the close before it, to the last digit; null where there is no such pair. */
  readonly openEqualsPreviousClose: number | null;
  readonly zeroVolume: number | null;
}

export interface GapSummary {
  readonly expected: number;
  readonly known: number;
  readonly missing: number;
  /** How many of the missing bars belong to a trading date on a weekend: a sign of a wrong calendar. */
  readonly missingOnWeekends: number;
  /** Times between two sessions, in the span from the first to the last bar. */
  readonly closures: number;
  readonly closedHours: number;
  readonly holes: number;
  readonly longestHoles: readonly { readonly from: string; readonly to: string; readonly bars: number }[];
}

/** All findings of one kind. */
export interface KindSummary {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** What the kind means, in words. */
  readonly says: string;
  readonly findings: number;
  /** Rows or bars concerned, together and by what was done with them. */
  readonly concerned: number;
  readonly done: Readonly<Partial<Record<FindingAction, number>>>;
}

export interface QualityReport {
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
  /** Findings that say that data contradicts itself, but for those whose rows were repaired. */
  readonly errors: number;
  readonly warnings: number;
  /** Findings whose rows were repaired by a rule that was asked for. */
  readonly repaired: number;
  /** Kinds that occur, errors first. */
  readonly kinds: readonly KindSummary[];
  /** Rows or bars concerned, by kind; only kinds that occur. */
  readonly counts: Readonly<Partial<Record<FindingKind, number>>>;
  readonly gaps: GapSummary;
  readonly years: readonly YearOfCandles[];
}

const LONGEST = 5;
const SATURDAY = 5;

/** What a person wants to know about a series before trusting it. */
export function qualityReport(
  series: CandleSeries,
  ledger: GapLedger,
  findings: readonly Finding[],
): QualityReport {
  const N = series.openTime.length;
  const kinds = kindsOf(findings);
  const errors = findings.reduce((sum, finding) => sum + (isStandingError(finding) ? 1 : 0), 0);
  const repaired = findings.reduce((sum, { done }) => sum + (done === "repaired" ? 1 : 0), 0);
  const days = N > 0 ? tradingDays(series.calendar, series.openTime[0]!, series.closeTime[N - 1]!) : [];
  return {
    rows: N,
    first: N > 0 ? iso(series.openTime[0]!) : null,
    last: N > 0 ? iso(series.openTime[N - 1]!) : null,
    errors,
    warnings: findings.length - errors - repaired,
    repaired,
    kinds,
    counts: Object.fromEntries(kinds.map(({ kind, concerned }) => [kind, concerned])),
    gaps: gapSummary(ledger, days),
    years: yearsOf(series, ledger, days),
  };
}

function kindsOf(findings: readonly Finding[]): KindSummary[] {
  const byKind = new Map<FindingKind, { findings: number; done: Partial<Record<FindingAction, number>> }>();
  for (const { kind, done, count } of findings) {
    let entry = byKind.get(kind);
    if (!entry) byKind.set(kind, (entry = { findings: 0, done: {} }));
    entry.findings++;
    entry.done[done] = (entry.done[done] ?? 0) + count;
  }
  return FINDING_KIND_NAMES.filter((kind) => byKind.has(kind)).map((kind) => {
    const entry = byKind.get(kind)!;
    const concerned = Object.values(entry.done).reduce((sum, count) => sum + count, 0);
    return { kind, ...FINDING_KINDS[kind], ...entry, concerned };
  });
}

function gapSummary({ grid, known, slot }: GapLedger, days: readonly TradingDay[]): GapSummary {
  const holes = [...holesOf({ grid, known, slot })];
  const longest = [...holes].sort((a, b) => b.bars - a.bars || a.from - b.from).slice(0, LONGEST);
  const closures = closuresOf(days);
  return {
    expected: known.length,
    known: slot.length,
    missing: known.length - slot.length,
    missingOnWeekends: holes.length > 0 ? weekendHoles(known, days, firstBars(grid, days)) : 0,
    closures: closures.count,
    closedHours: Math.round(closures.ms / HOUR),
    holes: holes.length,
    longestHoles: longest.map((h) => ({ from: iso(h.firstOpen), to: iso(h.lastClose), bars: h.bars })),
  };
}

/**
 * The first bar of the grid that opens in each trading day, never told by the local date of its open, and the end of
 * the grid. [D + 1] for D days
 */
function firstBars({ open }: BarGrid, days: readonly TradingDay[]): Int32Array {
  const first = new Int32Array(days.length + 1).fill(open.length);
  first[0] = 0;
  for (let k = 1; k < days.length; k++) {
    const before = days[k - 1]!.close;
    first[k] = countWhile(open.length, (g) => open[g]! < before);
  }
  return first;
}

function weekendHoles(known: Uint8Array, days: readonly TradingDay[], first: Int32Array): number {
  let count = 0;
  for (const [k, { day }] of days.entries()) {
    if (weekdayOf(day) < SATURDAY) continue;
    for (let g = first[k]!; g < first[k + 1]!; g++) if (known[g] === 0) count++;
  }
  return count;
}

function closuresOf(days: readonly TradingDay[]): { count: number; ms: number } {
  const sessions = days.flatMap((day) => day.sessions);
  let [count, ms] = [0, 0];
  for (let k = 1; k < sessions.length; k++) {
    const closed = sessions[k]!.open - sessions[k - 1]!.close;
    if (closed <= 0) continue;
    count++;
    ms += closed;
  }
  return { count, ms };
}

function countRows(tally: Tally, series: CandleSeries, slot: Int32Array, from: number, to: number): void {
  const { open, close, volume } = series;
  let [zero, pairs, equal] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    if (volume[i] === 0) zero++;
    if (i === 0 || slot[i] !== slot[i - 1]! + 1) continue;
    pairs++;
    if (open[i] === close[i - 1]) equal++;
  }
  tally.known += to - from;
  tally.zero += zero;
  tally.pairs += pairs;
  tally.equal += equal;
}

interface Tally {
  expected: number;
  known: number;
  pairs: number;
  equal: number;
  zero: number;
}

function yearsOf(
  series: CandleSeries,
  { grid, slot }: GapLedger,
  days: readonly TradingDay[],
): YearOfCandles[] {
  const tallies = new Map<number, Tally>();
  const ofDay = days.map(({ day }) => {
    const { year } = civilDate(day);
    let tally = tallies.get(year);
    if (!tally) tallies.set(year, (tally = { expected: 0, known: 0, pairs: 0, equal: 0, zero: 0 }));
    return tally;
  });
  const first = firstBars(grid, days);
  for (let k = 0, from = 0; k < days.length; k++) {
    const [begin, end] = [first[k]!, first[k + 1]!];
    const to = countWhile(slot.length, (i) => slot[i]! < end);
    ofDay[k]!.expected += end - begin;
    countRows(ofDay[k]!, series, slot, from, to);
    from = to;
  }
  return [...tallies]
    .filter(([, { expected }]) => expected > 0)
    .map(([year, { expected, known, pairs, equal, zero }]) => ({
      year,
      expected,
      known,
      missing: expected - known,
      openEqualsPreviousClose: pairs > 0 ? equal / pairs : null,
      zeroVolume: known > 0 ? zero / known : null,
    }));
}
