import type { Rng } from "../../../math/rng.ts";
import type { ResidualOptions } from "../../objective-options.ts";
import { gaussian } from "../gnn-model.ts";
import type { ChunkLoss, Objective, ObjectiveGround } from "./objective.ts";
import { readoutWidth } from "./read-windows.ts";
import { drawAnchors, type Run } from "./run.ts";
import { standardTargets } from "./targets.ts";
import { windowsOf } from "./window-head.ts";

/**
 * What a baseline got wrong, told linearly from the readouts, as mean squared error in standard deviations. Learnt nothing:
 * saying that the baseline is right on the whole.
 */
export function residualRegression(ground: ObjectiveGround, options: ResidualOptions): Objective {
  const { trainee, series } = ground;
  const { residuals, anchors: most = 1024 } = options;
  const targets = standardTargets(series, residuals);
  const K = targets.width;
  const width = readoutWidth(trainee.shape);
  return {
    name: "residual",
    pieces: 1,
    shapes: { "residual.output": [width, K], "residual.bias": [1, K] },
    initial: (rng) => ({
      "residual.output": gaussian(width, K, Math.sqrt(0.1 / width), rng),
      "residual.bias": new Float32Array(K),
    }),
    draw: (run: Run, rng: Rng): ChunkLoss | null => {
      const anchors = drawAnchors(series, run, trainee, most, rng, targets.has);
      if (anchors.count === 0) return null;
      const wanted = new Float32Array(anchors.count * K);
      for (let a = 0; a < anchors.count; a++)
        targets.write(anchors.series[a]!, anchors.row[a]!, wanted, a * K);
      return {
        windows: anchors.count,
        baseline: wanted.reduce((sum, z) => sum + z * z, 0) / wanted.length,
        loss: (tf, weights) => {
          const windows = windowsOf(tf, trainee, weights, run, anchors);
          const said = tf.add(tf.matMul(windows, weights["residual.output"]!), weights["residual.bias"]!);
          const error = tf.square(tf.sub(said, tf.tensor2d(wanted, [anchors.count, K])));
          return tf.div(tf.sum(error), wanted.length);
        },
      };
    },
  };
}
