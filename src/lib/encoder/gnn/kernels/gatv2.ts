import { EDGE_KINDS } from "../../../graph/graph.ts";
import type { GnnModel } from "../gnn-model.ts";
import { attentionKernel, EVEN, FOLDED, type Scorer } from "./attention.ts";
import type { LayerKernel } from "./layer-kernel.ts";

/**
 * GATv2: the score of an edge is attend · leakyReLU(h_i · query + v_j + a_j · edge) per head, a_j the attributes of the
 * edge (Brody, Alon & Yahav 2022, equation 7).
 */
export function gatv2Kernel(model: GnnModel, layer: number): LayerKernel {
  return attentionKernel(model, layer, ["query"], gatv2Scorer(model, layer));
}

function gatv2Scorer({ shape, weights }: GnnModel, layer: number): Scorer {
  const { hidden: H, heads } = shape;
  const C = H / heads;
  const edge = Float64Array.from(weights[`layer${layer}.edge`]!); // [A, H]
  const even = Float64Array.from(weights[`layer${layer}.attend`]!, (a) => EVEN * a);
  const folded = Float64Array.from(weights[`layer${layer}.attend`]!, (a) => FOLDED * a);
  const own = new Float64Array(H); // the query and what is the same for all edges of a kind
  const last = EDGE_KINDS.length * H;
  return {
    prepare: () => {},
    score({ senders, edgeKind, edgeTime }, kept, out, r, begin, end, scores) {
      let kind = -1;
      for (let e = begin, s = 0; e < end; e++) {
        if (edgeKind[e] !== kind) {
          kind = edgeKind[e]!;
          for (let j = 0, q = r * 3 * H + 2 * H, k = kind * H; j < H; j++)
            own[j] = out[q + j]! + edge[k + j]!;
        }
        const from = senders[e]! * H;
        const time = edgeTime![e]!;
        for (let head = 0, j = 0; head < heads; head++) {
          let straight = 0;
          let bent = 0;
          for (const stop = j + C; j < stop; j++) {
            const z = own[j]! + kept[from + j]! + time * edge[last + j]!;
            straight += even[j]! * z;
            bent += folded[j]! * Math.abs(z);
          }
          scores[s++] = straight + bent; // attend · leakyReLU
        }
      }
    },
  };
}
