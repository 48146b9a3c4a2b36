import type { FeatureTable, FeatureTables } from "../features/feature.ts";
import type { Timeframe } from "../time/timeframe.ts";

/** Scaled values beyond this many standard deviations are clipped: one wild bar must not own an embedding. */
export const CLIP = 5;

/** Mean and standard deviation per timeframe and feature, from training rows alone. */
export type Scaler = Readonly<
  Record<Timeframe, { readonly mean: readonly number[]; readonly sd: readonly number[] }>
>;

/** Fits over the rows of all series together; NaN is left out. A constant feature gets sd 1 and so becomes 0. */
export function fitScaler(series: readonly FeatureTables[], timeframes: readonly Timeframe[]): Scaler {
  return Object.fromEntries(
    timeframes.map((timeframe) => [timeframe, columnMoments(series.map((tables) => tables[timeframe]!))]),
  );
}

function columnMoments(tables: readonly FeatureTable[]): { mean: number[]; sd: number[] } {
  const features = tables[0]!.names.length;
  const mean: number[] = [];
  const sd: number[] = [];
  for (let f = 0; f < features; f++) {
    let count = 0;
    let sum = 0;
    eachValue(tables, f, features, (x) => {
      count++;
      sum += x;
    });
    const centre = count ? sum / count : 0;
    let squares = 0;
    eachValue(tables, f, features, (x) => (squares += (x - centre) * (x - centre)));
    const spread = count ? Math.sqrt(squares / count) : 0;
    mean.push(centre);
    sd.push(spread > 1e-12 * Math.abs(centre) && spread > 0 ? spread : 1);
  }
  return { mean, sd };
}

function eachValue(
  tables: readonly FeatureTable[],
  f: number,
  features: number,
  visit: (x: number) => void,
): void {
  for (const { values } of tables)
    for (let at = f; at < values.length; at += features) if (!Number.isNaN(values[at]!)) visit(values[at]!);
}

/** Rows [from, to) of `values` [N, F], scaled, clipped to ±CLIP, NaN as 0 (the mean), into `out` at `outAt`. */
export function scaleRows(
  values: Float64Array,
  scaling: Scaler[string],
  from: number,
  to: number,
  out: Float32Array,
  outAt: number,
): void {
  const { mean, sd } = scaling;
  const features = mean.length;
  for (let row = from, o = outAt; row < to; row++)
    for (let f = 0; f < features; f++, o++) {
      const z = (values[row * features + f]! - mean[f]!) / sd[f]!;
      out[o] = z > CLIP ? CLIP : z < -CLIP ? -CLIP : z === z ? z : 0;
    }
}
