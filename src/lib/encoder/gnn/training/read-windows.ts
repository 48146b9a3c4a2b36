import type * as TfCore from "@tensorflow/tfjs-core";
import type { GnnShape } from "../gnn-model.ts";
import type { ReadoutKind } from "../readout.ts";
import { attentionWindow, decayWindow, lastWindow, meanWindow, type WindowOp } from "./window-ops.ts";
import type { Tensors } from "./layers.ts";
import type { RunAnchors, Trainee } from "./run.ts";
import { typedOp } from "./typed-op.ts";

const OPS: Readonly<Record<ReadoutKind, WindowOp>> = {
  mean: meanWindow,
  last: lastWindow,
  decay: decayWindow,
  attention: attentionWindow,
};

/** Numbers that a window is read out as: timeframes fine to coarse, in each the readouts in their order. */
export function readoutWidth({ timeframes, readout, hidden }: GnnShape): number {
  return timeframes * readout.length * hidden;
}

/**
 * Readouts of the windows that end at A anchors, [n, H] → [A, T · R · H], as inference concatenates them; decay begins
 * where a piece does.
 */
export function readWindows(
  tf: typeof TfCore,
  { shape, design }: Trainee,
  weights: Tensors,
  top: TfCore.Tensor2D,
  { count, strands }: RunAnchors,
): TfCore.Tensor2D {
  const { hidden: H, readout, timeframes: T } = shape;
  const width = readoutWidth(shape);
  const learns = readout.includes("attention");
  const learnt = learns ? [weights["readout.attention"]!, weights["readout.attentionBias"]!] : [];
  return typedOp(tf, [top, ...learnt], (h, attention = new Float32Array(), bias = new Float32Array()) => {
    const value = new Float32Array(count * width);
    const steps = strands.flatMap((strand) =>
      readout.map((kind, r) => {
        const { timeframe } = strand;
        const window = {
          ...{ h: h, strand, width, hidden: H, at: (timeframe * readout.length + r) * H },
          rows: design.windows[design.timeframes[timeframe]!]!,
          attention: attention.subarray(timeframe * H, (timeframe + 1) * H),
          bias: bias[timeframe] ?? 0,
        };
        return { timeframe, backward: OPS[kind](window, value) };
      }),
    );
    return {
      value,
      shape: [count, width],
      backward: (dy) => {
        const dh = new Float32Array(h.length);
        const dAttention = new Float32Array(T * H);
        const dBias = new Float32Array(T);
        for (const { timeframe, backward } of steps) {
          const own = dAttention.subarray(timeframe * H, (timeframe + 1) * H);
          dBias[timeframe]! += backward(dy, dh, own);
        }
        return learns ? [dh, dAttention, dBias] : [dh];
      },
    };
  });
}
