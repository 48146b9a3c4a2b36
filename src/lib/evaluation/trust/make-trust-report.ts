import { RhymeError } from "../../errors.ts";
import { clockOf } from "../../forecast/har-design.ts";
import { createRng } from "../../math/rng.ts";
import { fromNames } from "../../recall/ledger.ts";
import { effectiveCount } from "../../recall/overlap.ts";
import type { Horizon } from "../../time/horizon.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import { stepsOf } from "./by-instant.ts";
import { examplesOf } from "./examples.ts";
import { labelScores } from "./label-scores.ts";
import { isWhole, lossesOf, type Losses } from "./losses.ts";
import { meanCrps, periodsOf } from "./periods.ts";
import { INTERVAL, resampledLosses } from "./resampled.ts";
import { TRUST_LABELS, type TrustMethod, type TrustReport } from "./trust-report.ts";
import type { TrustRows } from "./trust-rows.ts";
import { verdictOf } from "./verdict.ts";

const FEWEST_ABSTAINED = 20;

/** One stretch of the replay, and the encoder that was asked in it. */
export interface TrustFold {
  readonly from: EpochMs;
  /** Not included; Infinity for the last. */
  readonly to: EpochMs;
  readonly encoder: { readonly version: string; readonly knownAt: EpochMs };
}

export interface TrustReportOptions {
  readonly tenant: string;
  readonly horizon: Horizon;
  readonly refit: TrustReport["refit"];
  readonly folds: readonly TrustFold[];
  /** Names of the series' calendars, in the order of the rows' series. */
  readonly calendars: readonly string[];
  readonly seed?: number; // 1
  readonly resamples?: number; // 1,000
}

/**
 * Scores replayed anchors. All methods are scored on the same rows: answered by recall, matured, and stated by every
 * method. Same rows, seed and resamples: same report.
 * @throws RhymeError "input" where there is nothing to score
 */
export function makeTrustReport(rows: TrustRows, options: TrustReportOptions): TrustReport {
  const { tenant, horizon, refit, seed = 1, resamples = 1000 } = options;
  const groups = groupsOf(rows);
  const { asked, scored, abstained } = groups;
  assertSomeScored(groups, horizon);
  const losses = lossesOf(rows, scored);
  const [anchor, matureAt] = [rows.anchor, rows.matureAt].map((column) => at(column, scored)) as [
    Float64Array,
    Float64Array,
  ];
  const steps = stepsOf(anchor, matureAt);
  const drawn = resampledLosses(losses, steps, { resamples, rng: createRng(seed) });
  const names = methodNames(rows.series[0]!.timeframe);
  const told = {
    answered: scored.length,
    effective: effectiveCount(anchor, matureAt),
    labels: fromNames(TRUST_LABELS, (label) => labelScores(label, losses, steps, drawn, names)),
  };
  return {
    schema: "rhyme.trust/1",
    tenant,
    horizon,
    refit,
    seed,
    from: iso(rows.anchor[0]!),
    to: iso(rows.anchor.at(-1)!),
    series: seriesOf(rows, groups, losses, options.calendars),
    folds: foldsOf(rows, groups, options.folds),
    asked: asked.length,
    abstentions: abstained.length / asked.length,
    unscored: asked.length - abstained.length - scored.length,
    pending: groups.pending,
    missing: groups.missing,
    whenAbstained: whenAbstained(rows, abstained),
    bootstrap: { resamples, blocks: drawn.blocks, coverage: INTERVAL },
    periods: periodsOf(rows, asked, scored, losses),
    ...examplesOf(rows, scored, losses),
    ...told,
    sentence: verdictOf(told),
  };
}

/** Rows by what became of them. */
interface Groups {
  readonly asked: Int32Array; // outcome known
  readonly scored: Int32Array; // of them answered, and stated by every method
  readonly abstained: Int32Array; // of them not answered
  readonly pending: number;
  readonly missing: number;
}

function groupsOf(rows: TrustRows): Groups {
  const all = Int32Array.from(rows.anchor, (_, row) => row);
  const asked = all.filter((row) => !Number.isNaN(rows.matureAt[row]!));
  const missing = rows.missing.reduce((sum, flag) => sum + flag, 0);
  return {
    asked,
    scored: asked.filter((row) => rows.abstained[row] === 0 && isWhole(rows, row)),
    abstained: asked.filter((row) => rows.abstained[row] === 1),
    pending: all.length - asked.length - missing,
    missing,
  };
}

function assertSomeScored({ asked, scored, abstained, pending, missing }: Groups, horizon: string): void {
  if (scored.length > 0) return;
  throw new RhymeError("input", {
    place: `the past answers for ${horizon}`,
    expected: "at least one answer whose outcome is known",
    received:
      `${asked.length} questions with an outcome, ${abstained.length} of them abstained; ` +
      `${pending} still pending, ${missing} with a bar missing in their horizon`,
    remedy: "Choose a longer span, or remember more history: the first years of an encoder only teach it.",
  });
}

function seriesOf(
  rows: TrustRows,
  { asked, scored }: Groups,
  losses: Losses,
  calendars: readonly string[],
): TrustReport["series"] {
  return rows.series.map(({ source, symbol, timeframe }, s) => {
    const own = Array.from(scored.keys()).filter((i) => rows.seriesOf[scored[i]!] === s);
    return {
      source,
      symbol,
      timeframe,
      calendar: calendars[s]!,
      asked: asked.filter((row) => rows.seriesOf[row] === s).length,
      answered: own.length,
      crps: meanCrps(losses, own),
    };
  });
}

function foldsOf(
  rows: TrustRows,
  { asked, scored }: Groups,
  folds: readonly TrustFold[],
): TrustReport["folds"] {
  return folds.flatMap(({ from, to, encoder }) => {
    const inside = (row: number): boolean => rows.anchor[row]! >= from && rows.anchor[row]! < to;
    const anchors = rows.anchor.filter((t) => t >= from && t < to);
    if (anchors.length === 0) return [];
    const { version, knownAt } = encoder;
    return {
      from: iso(anchors[0]!),
      to: iso(anchors.at(-1)!),
      encoder: { version, knownAt: iso(knownAt) },
      asked: asked.filter(inside).length,
      answered: scored.filter(inside).length,
    };
  });
}

/** Was abstaining right? What would have been scored there, of rows where every method had its numbers. */
function whenAbstained(rows: TrustRows, abstained: Int32Array): TrustReport["whenAbstained"] {
  const whole = abstained.filter((row) => isWhole(rows, row));
  if (whole.length < FEWEST_ABSTAINED) return null;
  const crps = meanCrps(lossesOf(rows, whole), Array.from(whole.keys()))!;
  return { rows: whole.length, crps };
}

function methodNames(timeframe: string): Readonly<Record<TrustMethod, string>> {
  const clock = clockOf(timeframe);
  return {
    recall: "the answer",
    withoutRecall: "the answer without recall",
    harClock: clock ? `HAR + ${clock}` : `HAR (${timeframe} bars have no clock)`,
    har: "HAR",
    persistence: "persistence",
    climatology: "climatology",
  };
}

function at(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}
