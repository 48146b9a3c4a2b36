import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { openTensorFlow } from "../../lib/adapters/tfjs/open-tensorflow.ts";
import { closeTensorScopes } from "./tensor-scopes.ts";

interface Inner {
  startScope(): void;
  startTape(): void;
  readonly state: { kernelDepth: number };
}

describe("TensorFlow.js after its caller was cut off", () => {
  beforeAll(async () => void (await openTensorFlow()));

  const slope = (): number =>
    tf.tidy(
      () =>
        tf
          .grad((x: tf.Tensor) => tf.sum(tf.mul(x, x)))(tf.tensor1d([3]))
          .dataSync()[0]!,
    );

  it("is as it was: no tensor of an open scope stays, kept ones do, and gradients are those of before", () => {
    expect(slope()).toBe(6);
    const kept = tf.keep(tf.tensor1d([1]));
    const held = tf.memory().numTensors;
    const engine = tf.engine() as unknown as Inner;
    for (let depth = 0; depth < 2; depth++) {
      engine.startScope();
      engine.startTape();
      tf.exp(tf.sin(tf.mul(tf.tensor1d([1, 2]), 2)));
    }
    engine.state.kernelDepth++;
    expect(tf.memory().numTensors).toBeGreaterThan(held + 6);
    closeTensorScopes();
    expect(tf.memory().numTensors).toBe(held);
    expect(kept.dataSync()[0]).toBe(1);
    expect(slope()).toBe(6);
    kept.dispose();
    closeTensorScopes();
    expect(tf.memory().numTensors).toBe(held - 1);
  });
});
