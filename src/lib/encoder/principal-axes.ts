import { runSteps, type Steps } from "../math/steps.ts";
import { symmetricEigenSteps } from "../math/symmetric-eigen.ts";

/** Share of the mean kept variance that is added before whitening, so that the faintest axes are not noise blown up. */
const RIDGE = 0.1;

export interface Projection {
  readonly weight: Float32Array; // [C, D]
  readonly bias: Float32Array; // [D]
}

/**
 * The `dim` principal axes of M rows of C readouts, centred and whitened (softly: variance / (variance + ridge)), as a
 * linear map. Nearest neighbours by cosine need it: readouts of relu units share one large positive mean, which alone
 * would make every pair of moments look alike. Axes beyond C are filled with zeros.
 */
export function principalAxes(rows: Float64Array, columns: number, dim: number): Projection {
  return runSteps(principalAxesSteps(rows, columns, dim));
}

/** The same in steps. */
export function* principalAxesSteps(rows: Float64Array, columns: number, dim: number): Steps<Projection> {
  const M = rows.length / columns;
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows.length; i++) mean[i % columns]! += rows[i]! / M;
  const { values, vectors } = yield* symmetricEigenSteps(yield* covariance(rows, mean), columns);
  const kept = Math.min(dim, columns);
  let ridge = 0;
  for (let d = 0; d < kept; d++) ridge += (RIDGE * Math.max(0, values[d]!)) / kept;
  const weight = new Float32Array(columns * dim);
  const bias = new Float32Array(dim);
  for (let d = 0; d < kept; d++) {
    const scale = 1 / Math.sqrt(Math.max(0, values[d]!) + ridge + 1e-12);
    let shift = 0;
    for (let c = 0; c < columns; c++) {
      const w = Math.fround(vectors[d * columns + c]! * scale);
      weight[c * dim + d] = w;
      shift += w * mean[c]!;
    }
    bias[d] = -shift;
  }
  return { weight, bias };
}

const ROWS_A_STEP = 64;

function* covariance(rows: Float64Array, mean: Float64Array): Steps<Float64Array> {
  const C = mean.length;
  const M = rows.length / C;
  const sums = new Float64Array(C * C);
  const centred = new Float64Array(C);
  for (let m = 0; m < M; m++) {
    if (m % ROWS_A_STEP === 0) yield;
    for (let c = 0; c < C; c++) centred[c] = rows[m * C + c]! - mean[c]!;
    for (let i = 0; i < C; i++) {
      const x = centred[i]!;
      for (let j = i, at = i * C + i; j < C; j++, at++) sums[at]! += x * centred[j]!;
    }
  }
  for (let i = 0; i < C; i++)
    for (let j = i; j < C; j++) {
      sums[i * C + j]! /= Math.max(1, M - 1);
      sums[j * C + i] = sums[i * C + j]!;
    }
  return sums;
}
