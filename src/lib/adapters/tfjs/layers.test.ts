import { beforeAll, describe, expect, it } from "vitest";
import type { Tf } from "../../encoder/family.ts";
import { LAYER_KINDS, type LayerKind } from "../../encoder/gnn/gnn-model.ts";
import { packGnn } from "../../encoder/gnn/packed-gnn.ts";
import { propagate } from "../../encoder/gnn/propagate.ts";
import { READOUT_KINDS } from "../../encoder/gnn/readout.ts";
import { readoutFor } from "../../encoder/gnn/readout-for.ts";
import { drawAnchors, runOf, type TrainingSeries } from "../../encoder/gnn/training/run.ts";
import { readoutWidth, readWindows } from "../../encoder/gnn/training/read-windows.ts";
import { gnnLayers, oneHotRows } from "../../encoder/gnn/training/layers.ts";
import { layerShapes, readoutShapes } from "../../encoder/gnn/gnn-model.ts";
import { createRng } from "../../math/rng.ts";
import { expectAllClose } from "../../testing/matchers.ts";
import { randomTargets, trainingGround, type TrainingGround } from "../../testing/training-ground.ts";
import { expectGradients } from "../../testing/expect-gradients.ts";
import { openTensorFlow } from "./open-tensorflow.ts";

const timeframes = ["5m", "15m", "1h"];

let tf: Tf;
beforeAll(async () => {
  tf = await openTensorFlow("wasm");
});

const ground = (layer: LayerKind, more: object = {}): TrainingGround =>
  trainingGround({ seed: 3, layer, timeframes, layers: 2, design: { weights: "timeDistance" }, ...more });

/** Weights of a model as tensors; within a tidy. */
function tensorsOf({ model }: TrainingGround): Record<string, ReturnType<Tf["tensor2d"]>> {
  return Object.fromEntries(
    Object.entries({ ...layerShapes(model.shape), ...readoutShapes(model.shape) }).map(([name, shape]) => [
      name,
      tf.tensor2d(model.weights[name]!, [...shape]),
    ]),
  );
}

/** States of the whole first history, and of its windows, as training computes them. */
function trained(on: TrainingGround, anchors: ReturnType<typeof drawAnchors>) {
  const { trainee, series, model } = on;
  const run = runOf(series, [{ series: 0, from: 0, to: series[0]!.nodes.count, trains: true }], trainee);
  return tf.tidy(() => {
    const weights = tensorsOf(on);
    const { features, timeframes: T } = model.shape;
    const inputs = tf.tensor2d(run.inputs, [run.nodes, features]);
    const oneHot = tf.tensor2d(oneHotRows(run.timeframe, T), [run.nodes, T]);
    const top = gnnLayers(tf, model.shape, weights, inputs, oneHot, run.edges);
    return { top: top.dataSync(), read: readWindows(tf, trainee, weights, top, anchors).dataSync() };
  });
}

function anchorsOf({ series, trainee }: TrainingGround): ReturnType<typeof drawAnchors> {
  const run = runOf(series, [{ series: 0, from: 0, to: series[0]!.nodes.count, trains: true }], trainee);
  return drawAnchors(series, run, trainee, 1000, createRng(1));
}

describe("the layers that are trained", () => {
  it.each(LAYER_KINDS)("are those of inference to 1e-5: %s", (layer) => {
    for (const weights of ["timeDistance", "none"]) {
      const on = ground(layer, { layers: 3, hidden: 16, design: { weights } });
      const { nodes } = on.series[0]!;
      propagate(packGnn(on.model), nodes, 0, nodes.count);
      expectAllClose(trained(on, anchorsOf(on)).top, nodes.hidden[2]!, { rtol: 1e-5, atol: 1e-5 });
    }
  });

  it("are read out as in inference to 1e-5, by every kind of readout", () => {
    const on = ground("sage", { readout: READOUT_KINDS });
    const { model, series } = on;
    const [{ nodes }] = series as [TrainingSeries];
    propagate(packGnn(model), nodes, 0, nodes.count);
    const anchors = anchorsOf(on);
    expect(anchors.count).toBeGreaterThan(200);
    const expected = new Float64Array(anchors.count * readoutWidth(model.shape));
    for (const { timeframe, nodes: own, counts } of anchors.strands) {
      const readout = readoutFor(model, timeframe, own.length);
      for (const node of own) readout.append(nodes.hidden[model.shape.layers - 1]!, node);
      counts.forEach((count, a) => readout.write(count, expected, a * timeframes.length * readout.width + timeframe * readout.width)); // prettier-ignore
    }
    expectAllClose(trained(on, anchors).read, expected, { rtol: 1e-5, atol: 1e-5 });
  });

  it("have windows only where inference has anchors, of all that was known by then", () => {
    const on = ground("sage", { first: 5 });
    const { nodes } = on.series[0]!;
    const { row, strands } = anchorsOf(on);
    const known = (t: number, at: number): number =>
      nodes.nodeOf[t]!.subarray(0, nodes.rows[t]).filter((node) => nodes.knownAt[node]! <= at).length;
    for (const { timeframe, counts } of strands)
      row.forEach((r, a) => {
        const count = known(timeframe, nodes.knownAt[nodes.nodeOf[0]![r]!]!);
        expect(counts[a]).toBe(count);
        expect(count).toBeGreaterThan(5);
      });
  });
});

describe("gradients", () => {
  it.each(LAYER_KINDS)("are those of finite differences, for every weight: %s", (layer) => {
    const on = ground(layer, { readout: READOUT_KINDS });
    expectGradients(tf, on, { kind: "residual", residuals: randomTargets(on.series) });
  });
});
