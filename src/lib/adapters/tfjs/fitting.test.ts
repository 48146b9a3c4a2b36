import { beforeAll, describe, expect, it } from "vitest";
import type { FitProgress, Tf } from "../../encoder/family.ts";
import { adamInit } from "../../encoder/gnn/training/adam.ts";
import { checkpointStep, readCheckpoint } from "../../encoder/gnn/training/checkpoint.ts";
import { clipGradients, globalNorm } from "../../encoder/gnn/training/clip-gradients.ts";
import { rateAt } from "../../encoder/gnn/training/schedule.ts";
import { trainLayers, type TrainOptions } from "../../encoder/gnn/training/train-layers.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { trainingGround } from "../../testing/training-ground.ts";
import { openTensorFlow } from "./open-tensorflow.ts";

const ground = trainingGround({ seed: 5, layer: "gatv2", timeframes: ["5m", "15m", "1h"] }, 600);

let tf: Tf;
beforeAll(async () => {
  tf = await openTensorFlow("wasm");
});

const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  ...{ objective: { kind: "reconstruction" }, seed: 1, steps: 8, learningRate: 3e-3, warmUpSteps: 2 },
  ...{ clipNorm: 1, chunkNodes: 300, evaluateEvery: 2, patience: 6, identity: "test" },
  ...more,
});
const train = (more: Partial<TrainOptions> = {}): ReturnType<typeof trainLayers> =>
  trainLayers(tf, ground.trainee, ground.series, options(more));

describe("the learning rate", () => {
  it("rises in a straight line, then falls along half a cosine to a tenth", () => {
    const schedule = { learningRate: 0.8, warmUpSteps: 4, steps: 104 };
    expect([0, 1, 2, 3].map((step) => rateAt(step, schedule))).toEqual([0.2, 0.4, 0.6000000000000001, 0.8]);
    expect(rateAt(4, schedule)).toBe(0.8);
    expect(rateAt(54, schedule)).toBeCloseTo(0.8 * 0.55, 12);
    expect(rateAt(104, schedule)).toBeCloseTo(0.08, 12);
    expect(rateAt(0, { ...schedule, warmUpSteps: 0 })).toBe(0.8);
  });
});

describe("gradients", () => {
  it("are scaled together to the norm that is asked for, and left alone below it", () => {
    const gradients = { a: Float32Array.of(3, 0), b: Float32Array.of(-4) };
    expect(globalNorm(gradients)).toBe(5);
    clipGradients(gradients, 5, 10);
    expect(gradients.b[0]).toBe(-4);
    clipGradients(gradients, 5, 1);
    expect(globalNorm(gradients)).toBeCloseTo(1, 6);
    expect(gradients.a[0]! / gradients.b[0]!).toBeCloseTo(-3 / 4, 6);
  });
});

describe("a fitting", () => {
  it("stops where its loss is no number, naming step and rows, and keeps the state before", async () => {
    let saved: Uint8Array | undefined;
    const failing = train({
      ...{ learningRate: 1e30, warmUpSteps: 0, evaluateEvery: 100 },
      checkpoint: { every: 100, save: (bytes) => void (saved = bytes) },
    });
    const message = await failing.then(
      () => "it went through",
      (error: Error) => error.message,
    );
    expect(message).toMatch(/step (\d+), batch of series [12], nodes \d+ to \d+ \(known .*Z to .*Z\)/);
    const step = Number(/fitting, step (\d+)/.exec(message)![1]);
    expect(message).toContain(`the last good checkpoint is of step ${step - 1}`);
    expect(checkpointStep(saved!)).toBe(step - 1);
    for (const values of Object.values(readCheckpoint(saved!, "test").parameters))
      expect(values.every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(0);
  });

  it("hears an abort in the middle of an evaluation, and goes on to the same weights and curve", async () => {
    const whole = await train();
    const { nextFrame } = tf;
    let frames = 0;
    for (const stopAt of [3, 9, 14, 20]) {
      const abort = new AbortController();
      let saved: Uint8Array | undefined;
      frames = 0;
      const counting = new Proxy(tf, {
        get: (of, name: keyof Tf) =>
          name === "nextFrame"
            ? async () => {
                if (++frames === stopAt) abort.abort();
                await nextFrame();
              }
            : of[name],
      });
      const stopped = trainLayers(counting, ground.trainee, ground.series, {
        ...options({ signal: abort.signal }),
        checkpoint: { every: 100, save: (bytes) => void (saved = bytes) },
      });
      await expect(stopped).rejects.toThrow(/abort/i);
      expect(frames).toBe(stopAt); // nothing was computed after it
      const resumed = await train({ checkpoint: { every: 100, ...(saved && { resume: saved }) } });
      expect(resumed.curve).toEqual(whole.curve);
      for (const [name, values] of Object.entries(whole.weights))
        expect(bitEqual(resumed.weights[name]!, values), `${name}, stopped at ${stopAt}`).toBe(true);
    }
  });

  it("ends after evaluations without a gain, with the weights of the best", async () => {
    const { curve, scores } = await train({ steps: 60, learningRate: 0.5, clipNorm: 100, patience: 2 });
    const losses = curve.map(({ validation }) => validation);
    const best = Math.min(scores["validationLossUntrained"]!, ...losses);
    expect(scores["validationLoss"]).toBe(best);
    expect(scores["steps"]).toBeLessThan(60);
    expect(curve.at(-1)!.step - scores["bestStep"]!).toBe(4);
  });

  it("tells how many windows it has trained on", async () => {
    const said: FitProgress[] = [];
    await train({ steps: 3, onProgress: (progress) => void said.push(progress) });
    expect(said.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(said[0]!.windows).toBeGreaterThan(150);
    expect(said[2]!.windows).toBeGreaterThan(2.5 * said[0]!.windows);
  });

  it("starts from moments of zero", () => {
    const state = adamInit({ w: Float32Array.of(1, 2) });
    expect([...state.first["w"]!, ...state.second["w"]!, state.step]).toEqual([0, 0, 0, 0, 0]);
  });
});
