import { RhymeError } from "../../../errors.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { TargetColumns } from "../../objective-options.ts";
import { CLIP } from "../../scaler.ts";
import type { TrainingSeries } from "./run.ts";

/** Targets of all series, each column with mean 0 and deviation 1 over the rows that are trained on. K columns. */
export interface StandardTargets {
  readonly width: number; // K
  /** Whether a row of a series has its values, and they were known in time. */
  readonly has: (series: number, row: number, trains: boolean) => boolean;
  /** Writes the K values of a row. */
  readonly write: (series: number, row: number, out: Float32Array, at: number) => void;
  /** When the values of a row were known. */
  readonly knownAt: (series: number, row: number) => EpochMs;
}

/**
 * What of targets was known by the end of the fold; the rest becomes NaN, so that nothing can use it.
 * @param rows of the base table of each series, by the end of the fold
 * @throws RhymeError "mismatch" for targets of another number of series or fewer rows
 */
export function cutTargets(
  targets: readonly TargetColumns[],
  rows: readonly number[],
  fitUntil: EpochMs,
): readonly TargetColumns[] {
  if (targets.length !== rows.length)
    throw mismatch(`targets of ${rows.length} series`, String(targets.length));
  return targets.map(({ names, values, knownAt }, s) => {
    const count = rows[s]!;
    if (knownAt.length < count) throw mismatch(`targets of ${count} rows`, String(knownAt.length));
    const K = names.length;
    const known = (row: number): boolean => knownAt[row]! <= fitUntil;
    return {
      names,
      values: values.slice(0, count * K).map((x, i) => (known(Math.floor(i / K)) ? x : NaN)),
      knownAt: knownAt.slice(0, count).map((at) => (at <= fitUntil ? at : NaN)),
    };
  });
}

/** The newest instant at which a target that is used was known; −Infinity where there is none. */
export function newestTarget(targets: readonly TargetColumns[]): EpochMs {
  let newest = -Infinity;
  for (const { knownAt } of targets) for (const at of knownAt) if (at > newest) newest = at;
  return newest;
}

/** Standardises by the rows that are trained on; NaN anywhere in a row leaves it out. */
export function standardTargets(
  series: readonly TrainingSeries[],
  targets: readonly TargetColumns[],
): StandardTargets {
  const width = targets[0]!.names.length;
  const isDefined = ({ values }: TargetColumns, row: number): boolean => {
    for (let k = 0; k < width; k++) if (!Number.isFinite(values[row * width + k]!)) return false;
    return true;
  };
  const has = (s: number, row: number, trains: boolean): boolean => {
    const { knownAt } = targets[s]!;
    if (row >= knownAt.length || !isDefined(targets[s]!, row)) return false;
    return trains ? knownAt[row]! <= series[s]!.boundary : !Number.isNaN(knownAt[row]!);
  };
  const { mean, sd } = moments(series, targets, has);
  return {
    width,
    has,
    knownAt: (s, row) => targets[s]!.knownAt[row]!,
    write: (s, row, out, at) => {
      for (let k = 0; k < width; k++) {
        const z = (targets[s]!.values[row * width + k]! - mean[k]!) / sd[k]!;
        out[at + k] = Math.max(-CLIP, Math.min(CLIP, z));
      }
    },
  };
}

function moments(
  series: readonly TrainingSeries[],
  targets: readonly TargetColumns[],
  has: StandardTargets["has"],
): { readonly mean: Float64Array; readonly sd: Float64Array } {
  const K = targets[0]!.names.length;
  const mean = new Float64Array(K);
  const sd = new Float64Array(K);
  let count = 0;
  const each = (visit: (values: Float64Array, at: number) => void): void =>
    series.forEach(({ nodes, validationFrom }, s) => {
      for (let row = 0; row < nodes.rows[0]! && nodes.nodeOf[0]![row]! < validationFrom; row++)
        if (has(s, row, true)) visit(targets[s]!.values, row * K);
    });
  each((values, at) => {
    count++;
    for (let k = 0; k < K; k++) mean[k]! += values[at + k]!;
  });
  if (count < 2)
    throw new RhymeError("input", {
      place: `targets to train on (${targets[0]!.names.join(", ")})`,
      expected: "rows whose outcome was known before the validation part",
      received: String(count),
      remedy: "Give more history, a later fit-until, or a shorter horizon.",
    });
  for (let k = 0; k < K; k++) mean[k]! /= count;
  each((values, at) => {
    for (let k = 0; k < K; k++) sd[k]! += (values[at + k]! - mean[k]!) ** 2;
  });
  return { mean, sd: sd.map((squares) => Math.sqrt(squares / count) || 1) };
}

function mismatch(expected: string, received: string): RhymeError {
  return new RhymeError("mismatch", {
    place: "targets of an objective",
    expected,
    received,
    remedy: "Make the targets from the candles that the features were made from.",
  });
}
