import type * as TfCore from "@tensorflow/tfjs-core";
import type { Rng } from "../../../math/rng.ts";
import type { ObjectiveOptions } from "../../objective-options.ts";
import type { WeightShapes } from "../gnn-model.ts";
import type { Parameters } from "./adam.ts";
import { contrast } from "./contrast.ts";
import type { Tensors } from "./layers.ts";
import { mixture } from "./mixture.ts";
import { reconstruction } from "./reconstruction.ts";
import { residualRegression } from "./residual-regression.ts";
import type { Run, Trainee, TrainingSeries } from "./run.ts";
import { vicreg } from "./vicreg.ts";

/** What layers are trained for. All of one kind of thing, so that one loop trains any of them. */
export interface Objective {
  readonly name: string;
  /** What is trained beside layers and readouts, and thrown away afterwards. */
  readonly shapes: WeightShapes;
  initial(rng: Rng): Parameters;
  /** Stretches of history that one step looks at; windows far apart tell more than neighbours. */
  readonly pieces: number;
  /** Everything that chance decides about one run; null where there is nothing in it to learn from. */
  draw(run: Run, rng: Rng): ChunkLoss | null;
}

/** The loss over one run, ready to be computed for any weights. */
export interface ChunkLoss {
  /** Windows that it is about: base rows for what has no anchors. */
  readonly windows: number;
  /** Loss of what has learnt nothing; each objective says what that is. */
  readonly baseline: number;
  /** The caller owns the result and tidies up. */
  loss(tf: typeof TfCore, weights: Tensors): TfCore.Scalar;
}

/** What objectives are made from. */
export interface ObjectiveGround {
  readonly trainee: Trainee;
  readonly series: readonly TrainingSeries[];
}

/** @throws RhymeError for targets that are of other series, or a mixture that holds one kind twice */
export function objectiveOf(options: ObjectiveOptions, ground: ObjectiveGround): Objective {
  switch (options.kind) {
    case "reconstruction":
      return reconstruction(ground, options);
    case "contrast":
      return contrast(ground, options);
    case "vicreg":
      return vicreg(ground, options);
    case "residual":
      return residualRegression(ground, options);
    case "mixture":
      return mixture(
        options.parts.map(({ weight, objective }) => ({ weight, objective: objectiveOf(objective, ground) })),
      );
  }
}
