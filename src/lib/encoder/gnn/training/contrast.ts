import type * as TfCore from "@tensorflow/tfjs-core";
import type { Rng } from "../../../math/rng.ts";
import type { ContrastOptions } from "../../objective-options.ts";
import type { ChunkLoss, Objective, ObjectiveGround } from "./objective.ts";
import { drawAnchors, type Run, type RunAnchors } from "./run.ts";
import { softmaxDivergence, softmaxOfNegative } from "./soft-targets.ts";
import { standardTargets, type StandardTargets } from "./targets.ts";
import { head, headShapes, initialHead, windowsOf } from "./window-head.ts";

/** Stretches of history in one step: windows of one stretch had much the same weather. */
const PIECES = 4;

/**
 * Windows shall be as near to each other as what followed them: for each anchor the softmax over all others of their
 * cosines / temperature is drawn to the softmax of −distance of their futures / futureTemperature, by Kullback-Leibler
 * divergence. Pairs whose futures overlap in time are left out, since they share what followed. Learnt nothing:
 * all others equally near.
 */
export function contrast(ground: ObjectiveGround, options: ContrastOptions): Objective {
  const { trainee, series } = ground;
  const { future, anchors: most = 256, temperature = 0.1, futureTemperature = 0.5 } = options;
  const targets = standardTargets(series, future);
  return {
    name: "contrast",
    pieces: PIECES,
    shapes: headShapes("contrast", trainee.shape),
    initial: (rng) => initialHead("contrast", trainee.shape, rng),
    draw: (run: Run, rng: Rng): ChunkLoss | null => {
      const anchors = drawAnchors(series, run, trainee, most, rng, targets.has);
      const wanted = wantedShares(ground, anchors, targets, futureTemperature);
      if (wanted === null) return null;
      return {
        windows: anchors.count,
        baseline: wanted.ofUniform,
        loss: (tf, weights) => {
          const windows = windowsOf(tf, trainee, weights, run, anchors);
          const z = unit(tf, head(tf, "contrast", weights, windows));
          const cosines = tf.matMul(z, z, false, true);
          return softmaxDivergence(tf, tf.div<TfCore.Tensor2D>(cosines, temperature), wanted.shares);
        },
      };
    },
  };
}

/** Rows of length 1. */
function unit(tf: typeof TfCore, x: TfCore.Tensor2D): TfCore.Tensor2D {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 1, true), 1e-8)));
}

interface WantedShares {
  /** [A, A] each row summing to 1; NaN where a pair does not count. */
  readonly shares: Float32Array;
  /** Divergence of equal shares from these. */
  readonly ofUniform: number;
}

/** null where no anchor has two others to be told apart. */
function wantedShares(
  { series }: ObjectiveGround,
  anchors: RunAnchors,
  targets: StandardTargets,
  temperature: number,
): WantedShares | null {
  const { count: A } = anchors;
  const K = targets.width;
  const futures = new Float32Array(A * K);
  const begin = new Float64Array(A);
  const end = new Float64Array(A);
  for (let a = 0; a < A; a++) {
    const [s, row] = [anchors.series[a]!, anchors.row[a]!];
    const { nodes } = series[s]!;
    targets.write(s, row, futures, a * K);
    begin[a] = nodes.knownAt[nodes.nodeOf[0]![row]!]!;
    end[a] = targets.knownAt(s, row);
  }
  const distances = new Float32Array(A * A).fill(NaN);
  for (let i = 0; i < A; i++)
    for (let j = 0; j < A; j++) {
      if (begin[i]! < end[j]! && begin[j]! < end[i]!) continue; // i itself among them
      let squares = 0;
      for (let k = 0; k < K; k++) squares += (futures[i * K + k]! - futures[j * K + k]!) ** 2;
      distances[i * A + j] = Math.sqrt(squares / K);
    }
  return softmaxOfNegative(distances, A, temperature);
}
