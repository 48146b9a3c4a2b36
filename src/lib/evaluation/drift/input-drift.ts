import type { FeatureTable } from "../../features/feature.ts";
import { quantileSorted } from "../../math/quantiles.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import { populationStability } from "./population-stability.ts";

/**
 * From here on a shift is called major (Siddiqi 2006; a convention, for independent rows). Rows of a market are not
 * independent: quiet and wild weeks shift everything, so a shift must also be larger than what is usual.
 */
export const MAJOR_SHIFT = 0.25;

/** Rows of the newest span; and least rows of the reference. */
const SPAN_ROWS = 500;
/** Earlier spans from which the usual shift is taken; with fewer there is none to compare with. */
const FEWEST_SPANS = 10;
const USUAL = 0.95; // quantile of the shifts of earlier spans

export interface DriftSpan {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
}

/** How one feature of the newest span lies beside the reference. */
export interface FeatureDrift {
  readonly name: string;
  readonly psi: number;
  /** 95 % of earlier spans of as many rows shifted by no more; null where there are too few of them. */
  readonly usual: number | null;
  /** Beyond both. */
  readonly drifted: boolean;
}

export interface InputDrift {
  readonly timeframe: string;
  readonly reference: DriftSpan;
  readonly newest: DriftSpan;
  readonly earlierSpans: number;
  readonly features: readonly FeatureDrift[];
}

export interface DriftSpans {
  /** The reference ends here: what an encoder was fitted on. */
  readonly referenceUntil: EpochMs;
  /** Nothing that became known later is looked at. */
  readonly asOf: EpochMs;
  readonly rows?: number; // 500
}

/**
 * How the inputs of an encoder have shifted since it was fitted: per feature the newest rows known by `asOf` against
 * those known by `referenceUntil`, beside what was usual between the two. Null where either has too few rows.
 */
export function inputDrift(table: FeatureTable, spans: DriftSpans): InputDrift | null {
  const { referenceUntil, asOf, rows: span = SPAN_ROWS } = spans;
  const [reference, end] = [rowsBy(table, referenceUntil), rowsBy(table, asOf)];
  if (reference < span || end - span < reference) return null;
  const begins: number[] = []; // of earlier spans, counted back from the newest
  for (let from = end - 2 * span; from >= reference; from -= span) begins.push(from);
  const features = table.names.map((name, f): FeatureDrift => {
    const base = column(table, f, 0, reference);
    const psiOf = (from: number): number => populationStability(base, column(table, f, from, from + span));
    const psi = psiOf(end - span);
    const earlier = Float64Array.from(begins, psiOf).sort();
    const usual = begins.length < FEWEST_SPANS ? null : quantileSorted(earlier, USUAL);
    return { name, psi, usual, drifted: psi > Math.max(MAJOR_SHIFT, usual ?? 0) };
  });
  return {
    timeframe: table.timeframe,
    reference: spanOf(table, 0, reference),
    newest: spanOf(table, end - span, end),
    earlierSpans: begins.length,
    features,
  };
}

/** How many rows were known by then; `knownAt` ascends. */
function rowsBy({ knownAt }: FeatureTable, at: EpochMs): number {
  let rows = knownAt.length;
  while (rows > 0 && knownAt[rows - 1]! > at) rows--;
  return rows;
}

function column({ values, names }: FeatureTable, f: number, from: number, to: number): Float64Array {
  return Float64Array.from({ length: to - from }, (_, i) => values[(from + i) * names.length + f]!);
}

function spanOf({ knownAt }: FeatureTable, from: number, to: number): DriftSpan {
  return { from: iso(knownAt[from]!), to: iso(knownAt[to - 1]!), rows: to - from };
}
