import type { GnnNodes } from "../gnn-nodes.ts";
import type { EdgeSets } from "./edge-sets.ts";
import type { LayerPlan } from "./layer-plan.ts";
import { attendAll, gatherWithEdges } from "./native-attention.ts";
import { padded, type EdgesAt, type MessageMemory } from "./message-passing.ts";
import type { RunProducts, WriteInputs } from "./run-products.ts";

/** Rows that the kernels may write beyond the last one. */
const EXCESS = 3;

/**
 * All layers over all nodes, one layer after the other. Returns where the states of the top layer lie, [N, J] in single
 * precision; two states are held at a time.
 */
export async function nativeLayers(
  memory: MessageMemory,
  nodes: GnnNodes,
  features: number,
  plans: readonly LayerPlan[],
  edges: EdgeSets,
  own: EdgesAt,
  run: RunProducts,
  signal?: AbortSignal,
): Promise<number> {
  const { count, timeframe } = nodes;
  const widest = Math.max(...plans.map(({ width, outputs }) => Math.max(width, outputs)));
  const places = [
    memory.room((count + EXCESS) * widest),
    memory.room((count + EXCESS) * widest),
    plans.some(({ second, attention }) => second !== null || attention !== null)
      ? memory.room((count + EXCESS) * widest)
      : 0,
  ] as const;
  writeInputStates(memory, nodes, features, places[0]);
  let [source, target]: [number, number] = [places[0], places[1]];
  for (const plan of plans) {
    const { inputs, outputs, width, weights, bias, gathers, second, attention } = plan;
    const write: WriteInputs = (start, rows, x, stride) => {
      memory.gather(false, source, width, own, start, rows, x, stride);
      gathers.forEach((part, p) => {
        const at = x + (p + 1) * width * 4;
        if (part.how === "edges") {
          const states = memory.floats(source, count * width);
          const out = memory.floats(at, rows * stride - (p + 1) * width);
          return gatherWithEdges(nodes, states, width, part.attributes!, start, rows, out, stride);
        }
        memory.gather(part.how === "max", source, width, edges.of(part), start, rows, at, stride);
      });
    };
    const first = second === null && attention === null ? target : places[2];
    const relu = attention === null;
    await run({ inputs, outputs, weights, bias, biasOf: timeframe, relu }, count, write, first, signal);
    if (attention !== null) {
      const states = memory.floats(target, count * attention.states);
      attendAll(attention, nodes, memory.floats(first, count * outputs), outputs, states, attention.states);
    }
    if (second !== null) {
      const again: WriteInputs = (start, rows, x, stride) =>
        memory.gather(false, first, outputs, own, start, rows, x, stride);
      const { weights: w, bias: b } = second;
      const product = { inputs: outputs, outputs, weights: w, bias: b, biasOf: null, relu: true };
      await run(product, count, again, target, signal);
    }
    [source, target] = [target, source];
  }
  return source;
}

function writeInputStates(memory: MessageMemory, nodes: GnnNodes, features: number, at: number): void {
  const { count, inputs } = nodes;
  const width = padded(features);
  const states = memory.floats(at, count * width);
  if (width === features) states.set(inputs.subarray(0, count * features));
  else {
    states.fill(0);
    for (let n = 0; n < count; n++)
      for (let f = 0; f < features; f++) states[n * width + f] = inputs[n * features + f]!;
  }
}
