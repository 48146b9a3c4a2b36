import type { GnnEncoder } from "../encoder/gnn/gnn-encoder.ts";
import { gnnNodes, tablesOf } from "../encoder/gnn/gnn-nodes.ts";
import type { GnnModel } from "../encoder/gnn/gnn-model.ts";
import type { ObjectiveGround } from "../encoder/gnn/training/objective.ts";
import type { TrainingSeries } from "../encoder/gnn/training/run.ts";
import { createRng } from "../math/rng.ts";
import type { TargetColumns } from "../encoder/objective-options.ts";
import { nestedTables } from "./nested-tables.ts";
import { randomGnn, type RandomGnn } from "./random-gnn.ts";

export interface TrainingGround extends ObjectiveGround {
  readonly encoder: GnnEncoder;
  readonly model: GnnModel;
  readonly series: readonly TrainingSeries[];
}

/** A random encoder and two random histories to train it on; validation begins after four fifths. */
export function trainingGround(options: RandomGnn, bars = 400): TrainingGround {
  const encoder = randomGnn(options);
  const { model } = encoder;
  const { timeframes } = model.design;
  const series = [1, 2].map((seed): TrainingSeries => {
    const tables = nestedTables({ seed, bars, timeframes, features: model.shape.features, gapShare: 0.02 });
    const nodes = gnnNodes(tablesOf(tables, timeframes, encoder.origin.featureNames), model);
    const validationFrom = Math.floor(0.8 * nodes.count);
    return { nodes, validationFrom, boundary: nodes.knownAt[validationFrom - 1]! };
  });
  return { encoder, model, trainee: model, series };
}

/** Targets drawn at random, known some bars after each base row. */
export function randomTargets(series: readonly TrainingSeries[], columns = 2, bars = 5): TargetColumns[] {
  const rng = createRng(11);
  return series.map(({ nodes }) => {
    const rows = nodes.rows[0]!;
    const knownAt = Float64Array.from({ length: rows }, (_, row) =>
      row + bars < rows ? nodes.knownAt[nodes.nodeOf[0]![row + bars]!]! : NaN,
    );
    const values = Float64Array.from({ length: rows * columns }, () => rng.normal());
    return { names: Array.from({ length: columns }, (_, k) => `y${k}`), values, knownAt };
  });
}
