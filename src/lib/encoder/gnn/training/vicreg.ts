import type * as TfCore from "@tensorflow/tfjs-core";
import type { Rng } from "../../../math/rng.ts";
import type { VicregOptions } from "../../objective-options.ts";
import { augmented } from "./augment.ts";
import type { ChunkLoss, Objective, ObjectiveGround } from "./objective.ts";
import { drawAnchors, type Run } from "./run.ts";
import { head, headShapes, initialHead, windowsOf } from "./window-head.ts";

type Tf = typeof TfCore;
type Tensor2D = TfCore.Tensor2D;

const PIECES = 4;
const EPSILON = 1e-4;

/**
 * Variance-invariance-covariance regularisation (Bardes, Ponce & LeCun 2022, equations 1 to 6; its weights 25, 25, 1
 * divided by 25): two views of a window are to be alike, every number is to vary over windows, no two alike. Learnt
 * nothing: all windows alike.
 */
export function vicreg({ trainee, series }: ObjectiveGround, options: VicregOptions): Objective {
  const { anchors: most = 256, invariance = 1, variance = 1, covariance = 0.04 } = options;
  const { timeframes } = trainee.shape;
  return {
    name: "vicreg",
    pieces: PIECES,
    shapes: headShapes("vicreg", trainee.shape),
    initial: (rng) => initialHead("vicreg", trainee.shape, rng),
    draw: (run: Run, rng: Rng): ChunkLoss | null => {
      const anchors = drawAnchors(series, run, trainee, most, rng);
      if (anchors.count < 2) return null;
      const views = [0, 1].map(() => augmented(run, anchors, timeframes, options, rng));
      return {
        windows: anchors.count,
        baseline: 2 * variance * (1 - Math.sqrt(EPSILON)),
        loss: (tf, weights) => {
          const [a, b] = views.map((view) =>
            head(tf, "vicreg", weights, windowsOf(tf, trainee, weights, view.run, view.anchors)),
          ) as [Tensor2D, Tensor2D];
          const alike = tf.div(tf.sum(tf.square(tf.sub(a, b))), a.size);
          const spread = [a, b].map((z) => spreadLoss(tf, z, variance, covariance));
          return tf.add(tf.mul(alike, invariance), tf.add(spread[0]!, spread[1]!));
        },
      };
    },
  };
}

/** variance · mean_d max(0, 1 − sd_d) + covariance · Σ_{d≠e} cov_de² / D of [A, D]. */
function spreadLoss(tf: Tf, z: Tensor2D, variance: number, covariance: number): TfCore.Tensor {
  const [A, D] = z.shape;
  const centred = tf.sub<Tensor2D>(z, tf.div(tf.sum(z, 0, true), A));
  const variances = tf.div(tf.sum(tf.square(centred), 0, true), A - 1);
  const lacking = tf.relu(tf.sub(1, tf.sqrt(tf.add(variances, EPSILON))));
  const covariances = tf.div(tf.matMul(centred, centred, true, false), A - 1);
  // What is on the diagonal are the variances: their squares are taken off again.
  const apart = tf.sub(tf.sum(tf.square(covariances)), tf.sum(tf.square(variances)));
  return tf.add(tf.mul(tf.sum(lacking), variance / D), tf.mul(apart, covariance / D));
}
