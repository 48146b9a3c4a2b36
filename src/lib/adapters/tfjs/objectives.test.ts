import { beforeAll, describe, expect, it } from "vitest";
import type { Tf } from "../../encoder/family.ts";
import type { ObjectiveOptions, SingleObjectiveOptions } from "../../encoder/objective-options.ts";
import { augmented } from "../../encoder/gnn/training/augment.ts";
import { lossOf, trainedShapes } from "../../encoder/gnn/training/loss-gradients.ts";
import { objectiveOf } from "../../encoder/gnn/training/objective.ts";
import { drawAnchors, runOf, type Piece } from "../../encoder/gnn/training/run.ts";
import { softmaxDivergence, softmaxOfNegative } from "../../encoder/gnn/training/soft-targets.ts";
import { trainLayers, type TrainOptions } from "../../encoder/gnn/training/train-layers.ts";
import { initialLayers } from "../../encoder/gnn/gnn-model.ts";
import { createRng } from "../../math/rng.ts";
import { expectGradients } from "../../testing/expect-gradients.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { randomTargets, trainingGround } from "../../testing/training-ground.ts";
import { openTensorFlow } from "./open-tensorflow.ts";

const timeframes = ["5m", "15m", "1h"];
const ground = trainingGround({ seed: 5, timeframes, readout: ["mean", "last"] }, 700);
const targets = randomTargets(ground.series, 3);
const contrast: SingleObjectiveOptions = { kind: "contrast", future: targets, anchors: 48 };
const residual: SingleObjectiveOptions = { kind: "residual", residuals: targets };
const vicreg: SingleObjectiveOptions = { kind: "vicreg", anchors: 64 };
const EACH: Readonly<Record<string, ObjectiveOptions>> = {
  ...{ reconstruction: { kind: "reconstruction" }, contrast, vicreg, residual },
  mixture: {
    kind: "mixture",
    parts: [
      { weight: 1, objective: { kind: "reconstruction" } },
      { weight: 0.5, objective: contrast },
      { weight: 2, objective: residual },
    ],
  },
};

let tf: Tf;
beforeAll(async () => {
  tf = await openTensorFlow("wasm");
});

const trainOptions = (objective: ObjectiveOptions, more: Partial<TrainOptions> = {}): TrainOptions => ({
  ...{ objective, seed: 1, steps: 6, learningRate: 3e-3, warmUpSteps: 2, clipNorm: 1, chunkNodes: 400 },
  ...{ evaluateEvery: 2, patience: 6, identity: "test" },
  ...more,
});

describe.each(Object.entries(EACH))("the objective %s", (_, objective) => {
  it("has the gradients of finite differences", () => {
    expectGradients(tf, ground, objective);
  });

  it("is learnt: on what was trained on the loss falls", async () => {
    const made = objectiveOf(objective, ground);
    const piece = (from: number): Piece => ({ series: 0, from, to: from + 400, trains: true });
    const chunk = made.draw(runOf(ground.series, [piece(0), piece(350)], ground.trainee), createRng(2))!;
    const rng = createRng(1);
    const start = { ...initialLayers(ground.model.shape, rng), ...made.initial(rng) };
    const shapes = trainedShapes(ground.model.shape, made);
    const before = lossOf(tf, shapes, start, chunk);
    let trained: Uint8Array | undefined;
    await trainLayers(
      tf,
      ground.trainee,
      ground.series,
      trainOptions(objective, {
        ...{ steps: 60, evaluateEvery: 60, learningRate: 1e-2 },
        checkpoint: { every: 60, save: (bytes) => void (trained = bytes) },
      }),
    );
    const { readCheckpoint } = await import("../../encoder/gnn/training/checkpoint.ts");
    const after = lossOf(tf, shapes, readCheckpoint(trained!, "test").parameters, chunk);
    expect(after).toBeLessThan(0.97 * before);
  });

  it("gives the same bytes when it was stopped and resumed, and leaves no tensor behind", async () => {
    const tensors = tf.memory().numTensors;
    const whole = await trainLayers(tf, ground.trainee, ground.series, trainOptions(objective));
    expect(tf.memory().numTensors).toBe(tensors);
    expect(whole.curve.map(({ step }) => step)).toEqual([2, 4, 6]);
    const abort = new AbortController();
    let saved: Uint8Array | undefined;
    const first = trainOptions(objective, {
      signal: abort.signal,
      checkpoint: { every: 100, save: (bytes) => void (saved = bytes) },
      onProgress: ({ step }) => (step === 3 ? abort.abort() : undefined),
    });
    await expect(trainLayers(tf, ground.trainee, ground.series, first)).rejects.toThrow(/abort/i);
    const again = trainOptions(objective, { checkpoint: { every: 100, resume: saved! } });
    const resumed = await trainLayers(tf, ground.trainee, ground.series, again);
    for (const [name, values] of Object.entries(whole.weights))
      expect(bitEqual(resumed.weights[name]!, values), name).toBe(true);
    expect([resumed.curve, resumed.scores]).toEqual([whole.curve, whole.scores]);
  });
});

describe("targets", () => {
  it("that were not known by the boundary are no part of training", () => {
    const spoilt = targets.map(({ names, values, knownAt }, s) => ({
      ...{ names, knownAt },
      values: values.map((y, i) =>
        knownAt[Math.floor(i / names.length)]! <= ground.series[s]!.boundary ? y : 1e9 * (i % 7),
      ),
    }));
    const losses = [targets, spoilt].map((future) => {
      const objective = objectiveOf({ kind: "contrast", future }, ground);
      const { validationFrom } = ground.series[0]!;
      const piece: Piece = { series: 0, from: validationFrom - 400, to: validationFrom, trains: true };
      const chunk = objective.draw(runOf(ground.series, [piece], ground.trainee), createRng(3))!;
      const rng = createRng(4);
      const parameters = { ...initialLayers(ground.model.shape, rng), ...objective.initial(rng) };
      return [
        chunk.windows,
        chunk.baseline,
        lossOf(tf, trainedShapes(ground.model.shape, objective), parameters, chunk),
      ];
    });
    expect(losses[1]).toEqual(losses[0]);
  });

  it("of other series or fewer kinds are refused", () => {
    const twice: ObjectiveOptions = {
      kind: "mixture",
      parts: [
        { weight: 1, objective: vicreg },
        { weight: 1, objective: vicreg },
      ],
    };
    expect(() => objectiveOf(twice, ground)).toThrow(/each of another kind/);
  });
});

describe("the divergence of soft targets", () => {
  it("is that of the formula, and 0 for logits that say the same", () => {
    const distances = Float32Array.of(NaN, 0.3, 1, 0.3, NaN, 2, 1, 2, NaN);
    const { shares, ofUniform } = softmaxOfNegative(distances, 3, 0.5)!;
    expect(shares[1]! + shares[2]!).toBeCloseTo(1, 6);
    expect(shares[1]! / shares[2]!).toBeCloseTo(Math.exp(0.7 / 0.5), 4);
    const at = (logits: Float32Array): number =>
      tf.tidy(() => softmaxDivergence(tf, tf.tensor2d(logits, [3, 3]), shares).dataSync()[0]!);
    expect(at(distances.map((d) => (Number.isNaN(d) ? 5 : -d / 0.5)))).toBeCloseTo(0, 6);
    expect(at(new Float32Array(9))).toBeCloseTo(ofUniform, 6);
  });
});

describe("a view of a run", () => {
  const pieces: Piece[] = [0, 300].map((from) => ({ series: 0, from, to: from + 300, trains: true }));
  const run = runOf(ground.series, pieces, ground.trainee);
  const anchors = drawAnchors(ground.series, run, ground.trainee, 40, createRng(1));

  it("takes away and adds nothing: edges are some of the run's, windows the same or shorter", () => {
    const view = augmented(run, anchors, timeframes.length, {}, createRng(2));
    const pairs = (of: typeof run): Set<string> =>
      new Set(
        Array.from({ length: of.nodes }, (_, node) =>
          Array.from(
            of.edges.senders.subarray(of.edges.offsets[node], of.edges.offsets[node + 1]),
            (sender) => `${sender}>${node}`,
          ),
        ).flat(),
      );
    const before = pairs(run);
    const after = pairs(view.run);
    expect([...after].filter((pair) => !before.has(pair))).toEqual([]);
    expect(after.size).toBeLessThan(before.size);
    view.anchors.strands.forEach((strand, i) => {
      const whole = anchors.strands[i]!;
      strand.counts.forEach((count, a) => {
        expect(count).toBeGreaterThan(0);
        expect(strand.nodes[count - 1]).toBe(whole.nodes[whole.counts[a]! - 1]); // the newest stays
      });
    });
  });

  it("is the run itself where nothing is to be done", () => {
    const nothing = { noise: 0, featureDropout: 0, neighbourDropout: 0, prefixCut: false };
    const view = augmented(run, anchors, timeframes.length, nothing, createRng(2));
    expect(view.run.inputs).toEqual(run.inputs);
    expect(view.run.edges).toEqual(run.edges);
    expect(view.anchors).toEqual(anchors);
  });
});
