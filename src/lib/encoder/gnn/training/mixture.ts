import { RhymeError } from "../../../errors.ts";
import type { ChunkLoss, Objective } from "./objective.ts";

export interface MixturePart {
  readonly weight: number;
  readonly objective: Objective;
}

/** The weighted sum of several objectives over the same run; each draws its own masks, windows and views. */
export function mixture(parts: readonly MixturePart[]): Objective {
  const names = parts.map(({ objective }) => objective.name);
  if (parts.length === 0 || new Set(names).size < names.length)
    throw new RhymeError("usage", {
      place: "objective mixture",
      expected: "one or more objectives, each of another kind",
      received: names.join(", ") || "none",
      remedy: "Name each kind once; its weight says how much it counts.",
    });
  return {
    name: parts.map(({ weight, objective }) => `${weight} ${objective.name}`).join(" + "),
    pieces: Math.max(...parts.map(({ objective }) => objective.pieces)),
    shapes: Object.assign({}, ...parts.map(({ objective }) => objective.shapes)) as Objective["shapes"],
    initial: (rng) => Object.assign({}, ...parts.map(({ objective }) => objective.initial(rng))) as ReturnType<Objective["initial"]>, // prettier-ignore
    draw: (run, rng) => {
      const drawn = parts.map(({ weight, objective }) => ({ weight, chunk: objective.draw(run, rng) }));
      const found = drawn.flatMap(({ weight, chunk }) => (chunk ? [{ weight, chunk }] : []));
      return found.length === parts.length ? summed(found) : null;
    },
  };
}

function summed(parts: readonly { readonly weight: number; readonly chunk: ChunkLoss }[]): ChunkLoss {
  return {
    windows: Math.max(...parts.map(({ chunk }) => chunk.windows)),
    baseline: parts.reduce((sum, { weight, chunk }) => sum + weight * chunk.baseline, 0),
    loss: (tf, weights) =>
      parts
        .map(({ weight, chunk }) => tf.mul(chunk.loss(tf, weights), weight))
        .reduce((sum, loss) => tf.add(sum, loss)) as ReturnType<ChunkLoss["loss"]>,
  };
}
