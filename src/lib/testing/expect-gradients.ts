import { expect } from "vitest";
import type { Tf } from "../encoder/family.ts";
import type { ObjectiveOptions } from "../encoder/objective-options.ts";
import { initialLayers } from "../encoder/gnn/gnn-model.ts";
import type { Parameters } from "../encoder/gnn/training/adam.ts";
import { lossAndGradients, lossOf, trainedShapes } from "../encoder/gnn/training/loss-gradients.ts";
import { objectiveOf } from "../encoder/gnn/training/objective.ts";
import { runOf } from "../encoder/gnn/training/run.ts";
import { createRng } from "../math/rng.ts";
import type { TrainingGround } from "./training-ground.ts";

/**
 * The largest gradient of every weight, and the slope along the whole gradient, against central differences of the loss;
 * float32 losses leave an error of about 2e-7 / step.
 */
export function expectGradients(tf: Tf, on: TrainingGround, options: ObjectiveOptions): void {
  const objective = objectiveOf(options, on);
  const { shape } = on.model;
  const shapes = trainedShapes(shape, objective);
  const rng = createRng(7);
  const parameters: Parameters = { ...initialLayers(shape, rng), ...objective.initial(rng) };
  for (const values of Object.values(parameters))
    for (let i = 0; i < values.length; i++) values[i]! += 0.1 * rng.normal();
  const pieces = Array.from({ length: objective.pieces }, (_, i) => ({
    ...{ series: i % 2, from: 20 * i, to: 20 * i + 240, trains: true },
  }));
  const chunk = objective.draw(runOf(on.series, pieces, on.trainee), rng)!;
  const before = tf.memory().numTensors;
  const { gradients, loss } = lossAndGradients(tf, shapes, parameters, chunk);
  expect(lossOf(tf, shapes, parameters, chunk)).toBeCloseTo(loss, 5);
  expect(tf.memory().numTensors).toBe(before);
  for (const [name, gradient] of Object.entries(gradients)) {
    const largest = gradient.reduce(
      (best, g, at) => (Math.abs(g) > Math.abs(gradient[best]!) ? at : best),
      0,
    );
    const one = new Float32Array(gradient.length);
    one[largest] = 1;
    const length = Math.hypot(...gradient);
    for (const direction of [one, gradient.map((g) => g / length)]) {
      const step = 1e-3; // larger ones cross more kinks of relu: the difference then creeps away from the slope
      const moved = (by: number): number => {
        const values = parameters[name]!.map((w, j) => w + by * direction[j]!);
        return lossOf(tf, shapes, { ...parameters, [name]: values }, chunk);
      };
      const expected = (moved(step) - moved(-step)) / (2 * step);
      const along = gradient.reduce((sum, g, j) => sum + g * direction[j]!, 0);
      expect(Math.abs(along - expected), `${name}: ${along} against ${expected}`).toBeLessThan(
        0.03 * Math.abs(expected) + 4e-4,
      );
    }
  }
}
