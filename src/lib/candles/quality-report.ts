import type { Session } from "../time/calendar.ts";
import { civilDate, dayOfInstant } from "../time/civil.ts";
import { iso, type EpochMs } from "../time/units.ts";
import type { BarGrid } from "../time/grid.ts";
import { dayOfWeek, offsetAt } from "../time/zone.ts";
import type { CandleSeries } from "./candle-series.ts";
import { FINDING_KINDS, severityOf, type Finding, type FindingKind } from "./finding.ts";
import { holesOf, type GapLedger } from "./gap-ledger.ts";

/** One year on the market's clock. */
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
  /** How many of the missing bars lie on a Saturday or Sunday of the market's clock: a sign of a wrong calendar. */
  readonly missingOnWeekends: number;
  /** Times between two sessions, in the span from the first to the last bar. */
  readonly closures: number;
  readonly closedHours: number;
  readonly holes: number;
  readonly longestHoles: readonly { readonly from: string; readonly to: string; readonly bars: number }[];
}

export interface QualityReport {
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly errors: number;
  readonly warnings: number;
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
  const counts: Partial<Record<FindingKind, number>> = {};
  let errors = 0;
  for (const kind of Object.keys(FINDING_KINDS) as FindingKind[]) {
    const count = findings.reduce((sum, f) => sum + (f.kind === kind ? f.count : 0), 0);
    if (count > 0) counts[kind] = count;
  }
  for (const finding of findings) if (severityOf(finding) === "error") errors++;
  return {
    rows: N,
    first: N > 0 ? iso(series.openTime[0]!) : null,
    last: N > 0 ? iso(series.openTime[N - 1]!) : null,
    errors,
    warnings: findings.length - errors,
    counts,
    gaps: gapSummary(series, ledger),
    years: yearsOf(series, ledger),
  };
}

function gapSummary(series: CandleSeries, { grid, known, slot }: GapLedger): GapSummary {
  const holes = [...holesOf({ grid, known, slot })];
  const longest = [...holes].sort((a, b) => b.bars - a.bars || a.from - b.from).slice(0, LONGEST);
  const closures = closuresOf(series);
  return {
    expected: known.length,
    known: slot.length,
    missing: known.length - slot.length,
    missingOnWeekends: weekendHoles(series, grid, known),
    closures: closures.count,
    closedHours: Math.round(closures.ms / 3_600_000),
    holes: holes.length,
    longestHoles: longest.map((h) => ({ from: iso(h.firstOpen), to: iso(h.lastClose), bars: h.bars })),
  };
}

function weekendHoles(series: CandleSeries, grid: BarGrid, known: Uint8Array): number {
  let count = 0;
  for (let g = 0; g < known.length; g++) {
    if (known[g] === 0 && dayOfWeek(series.calendar.zone, grid.open[g]!) >= SATURDAY) count++;
  }
  return count;
}

function closuresOf(series: CandleSeries): { count: number; ms: number } {
  const N = series.openTime.length;
  if (N === 0) return { count: 0, ms: 0 };
  let before: Session | null = null;
  let [count, ms] = [0, 0];
  for (const session of series.calendar.sessions(series.openTime[0]!, series.closeTime[N - 1]!)) {
    if (before && session.open > before.close) {
      count++;
      ms += session.open - before.close;
    }
    before = session;
  }
  return { count, ms };
}

function yearsOf(series: CandleSeries, { grid, slot }: GapLedger): YearOfCandles[] {
  const yearAt = (t: EpochMs): number => civilDate(dayOfInstant(t, offsetAt(series.calendar.zone, t))).year;
  const tally = new Map<
    number,
    { expected: number; known: number; pairs: number; equal: number; zero: number }
  >();
  const of = (t: EpochMs) => {
    const year = yearAt(t);
    let entry = tally.get(year);
    if (!entry) tally.set(year, (entry = { expected: 0, known: 0, pairs: 0, equal: 0, zero: 0 }));
    return entry;
  };
  for (const t of grid.open) of(t).expected++;
  for (let i = 0; i < slot.length; i++) {
    const entry = of(series.openTime[i]!);
    entry.known++;
    if (series.volume[i] === 0) entry.zero++;
    if (i === 0 || slot[i] !== slot[i - 1]! + 1) continue;
    entry.pairs++;
    if (series.open[i] === series.close[i - 1]) entry.equal++;
  }
  return [...tally].map(([year, { expected, known, pairs, equal, zero }]) => ({
    year,
    expected,
    known,
    missing: expected - known,
    openEqualsPreviousClose: pairs > 0 ? equal / pairs : null,
    zeroVolume: known > 0 ? zero / known : null,
  }));
}
