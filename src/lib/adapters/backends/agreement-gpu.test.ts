import { describe, expect, it } from "vitest";
import { tablesOf } from "../../encoder/gnn/gnn-nodes.ts";
import { encodeNatively } from "../../encoder/gnn/native/encode-native.ts";
import { packGnn } from "../../encoder/gnn/packed-gnn.ts";
import { nestedTables } from "../../testing/nested-tables.ts";
import { randomGnn } from "../../testing/random-gnn.ts";
import { describeDevice } from "../tfjs/describe-device.ts";
import { openTensorFlow } from "../tfjs/open-tensorflow.ts";
import { tensorFlowEngine } from "../tfjs/tensorflow-engine.ts";
import { findBackend, NATIVE_PACKAGES } from "./native-backend.ts";

// Apart from agreement.test.ts: one process holds one of TensorFlow's two builds.

const isHere = findBackend("tensorflow-gpu") !== null;
const why = isHere ? "" : ` (not installed: ${NATIVE_PACKAGES["tensorflow-gpu"].install})`;
const timeframes = ["5m", "15m"];

describe.skipIf(!isHere)(`tensorflow-gpu${why}`, () => {
  it("embeds as typed arrays do, to 1e-5 on a CPU and 1e-2 on a card, which it names", async () => {
    const tf = await openTensorFlow("tensorflow-gpu");
    const { isGpu, device } = await describeDevice(tf, "tensorflow-gpu");
    expect(device).toMatch(isGpu ? /[A-Z]/ : /^CPU \(it is built for GPUs and sees none\)$/);
    const tables = nestedTables({ seed: 7, bars: 900, timeframes, gapShare: 0.1, maxLag: 0 });
    const encoder = randomGnn({ seed: 3, timeframes, layer: "sage", layers: 2, readout: ["last"] });
    const expected = encoder.encodeHistory(tables);
    const columns = tablesOf(tables, timeframes, encoder.origin.featureNames);
    const engine = tensorFlowEngine(tf, "tensorflow-gpu");
    const { vectors } = await encodeNatively(packGnn(encoder.model), columns, engine, { chunk: 64 });
    const difference = vectors.reduce((most, v, i) => Math.max(most, Math.abs(v - expected.vectors[i]!)), 0);
    expect(difference).toBeLessThan(isGpu ? 1e-2 : 1e-5); // cards multiply in TF32 unless told otherwise
  });

  it("trains: the gradient of a product is the transposed product", async () => {
    const tf = await openTensorFlow("tensorflow-gpu");
    const gradient = tf.tidy(() => {
      const w = tf.tensor2d([3, 4], [2, 1]);
      return [
        ...tf
          .grad((x) => tf.sum(tf.matMul(x as never, w)))(tf.tensor2d([1, 2, 5, 6], [2, 2]))
          .dataSync(),
      ];
    });
    expect(gradient).toEqual([3, 4, 3, 4]);
  });

  it("refuses its other build in the same process", async () => {
    await openTensorFlow("tensorflow-gpu");
    await expect(openTensorFlow("tensorflow")).rejects.toThrow("one of tensorflow and tensorflow-gpu");
  });
});
