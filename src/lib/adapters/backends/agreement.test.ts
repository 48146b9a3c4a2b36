import { afterAll, describe, expect, it } from "vitest";
import { encodeNatively, type Multiplier } from "../../encoder/gnn/native/encode-native.ts";
import { LAYER_KINDS } from "../../encoder/gnn/gnn-model.ts";
import { tablesOf } from "../../encoder/gnn/gnn-nodes.ts";
import { packGnn } from "../../encoder/gnn/packed-gnn.ts";
import { nestedTables } from "../../testing/nested-tables.ts";
import { randomGnn } from "../../testing/random-gnn.ts";
import { openOnnx } from "../onnx/open-onnx.ts";
import { EncodeThreads } from "../threads/encode-threads.ts";
import { openTensorFlow } from "../tfjs/open-tensorflow.ts";
import { tensorFlowEngine } from "../tfjs/tensorflow-engine.ts";
import { findBackend, NATIVE_PACKAGES, type NativeBackend } from "./native-backend.ts";

const TOLERANCE = 1e-5;

const MULTIPLIERS: Readonly<Record<string, () => Promise<Multiplier>>> = {
  simd: () => Promise.resolve("simd"),
  wasm: async () => tensorFlowEngine(await openTensorFlow("wasm"), "wasm"),
  tensorflow: async () => tensorFlowEngine(await openTensorFlow("tensorflow"), "tensorflow"),
  "tensorflow-gpu": async () => tensorFlowEngine(await openTensorFlow("tensorflow-gpu"), "tensorflow-gpu"),
  onnx: async () => (await openOnnx()).engine,
  webgpu: async () => tensorFlowEngine(await openTensorFlow("webgpu"), "webgpu"),
};

/** Null, or why this backend cannot be asked here. */
function absence(name: string): string | null {
  if (name === "simd" || name === "wasm") return null;
  if (name === "tensorflow-gpu" && findBackend("tensorflow")) return "tensorflow is asked in its place";
  const native = name as NativeBackend;
  return findBackend(native) ? null : `not installed: ${NATIVE_PACKAGES[native].install}`;
}

const timeframes = ["5m", "15m", "1h"];
const tables = nestedTables({ seed: 7, bars: 900, timeframes, gapShare: 0.1, maxLag: 0 });
const columns = (names: readonly string[]): ReturnType<typeof tablesOf> =>
  tablesOf(tables, timeframes, names);

for (const name of Object.keys(MULTIPLIERS)) {
  const why = absence(name);
  describe.skipIf(why !== null)(`${name}${why === null ? "" : ` (${why})`}`, () => {
    it.each(LAYER_KINDS)(
      "embeds a history as typed arrays do, to 1e-5, with layers of kind %s",
      async (layer) => {
        const multiplier = await MULTIPLIERS[name]!();
        for (const readout of [["last"], ["mean", "attention"]] as const) {
          const encoder = randomGnn({ seed: 3, timeframes, layer, layers: 2, readout });
          const expected = encoder.encodeHistory(tables);
          const made = await encodeNatively(
            packGnn(encoder.model),
            columns(encoder.origin.featureNames),
            multiplier,
            { stretch: 300, chunk: 64 },
          );
          expect([...made.rows]).toEqual([...expected.rows]);
          expect(largestDifference(made.vectors, expected.vectors)).toBeLessThan(TOLERANCE);
        }
      },
    );
  });
}

describe("threads", () => {
  const encoder = randomGnn({ seed: 3, timeframes, layer: "sage", layers: 2, readout: ["last"] });
  const threads = new EncodeThreads(encoder, { threads: 2 });
  afterAll(() => threads.close());

  it("give the bits of one thread, whole and in part", async () => {
    for (const range of [{}, { from: 200, to: 500 }]) {
      const made = await threads.encodeHistory(tables, range);
      const expected = encoder.encodeHistory(tables, range);
      expect([...made.rows]).toEqual([...expected.rows]);
      expect(Buffer.from(made.vectors.buffer).equals(Buffer.from(expected.vectors.buffer))).toBe(true);
      expect([...made.anchors]).toEqual([...expected.anchors]);
    }
  });

  it("say why where one of them fails, and stop at an abort", async () => {
    const other = new EncodeThreads(encoder, { threads: 2 });
    await expect(
      other.encodeHistory(tables, { signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
    await other.close();
  });
});

describe("memory that runs short", () => {
  it("makes stretches smaller, says so once, and changes nothing", async () => {
    const encoder = randomGnn({ seed: 3, timeframes, layer: "sage", layers: 2, readout: ["last"] });
    const packed = packGnn(encoder.model);
    const names = encoder.origin.featureNames;
    const big = nestedTables({ seed: 7, bars: 9_000, timeframes, gapShare: 0, maxLag: 0 });
    const rows = tablesOf(big, timeframes, names);
    const whole = await encodeNatively(packed, rows, "simd");
    const told: number[] = [];
    let refused = 0;
    const engine: Multiplier = {
      name: "short of memory",
      prepare: (weights, K, J, activation) => ({
        run: (x, n) => {
          if (refused < 2) {
            refused++;
            return Promise.reject(new Error("RESOURCE_EXHAUSTED: OOM when allocating tensor"));
          }
          const y = new Float32Array(n * J);
          for (let r = 0; r < n; r++)
            for (let j = 0; j < J; j++) {
              let sum = 0;
              for (let k = 0; k < K; k++) sum += x[r * K + k]! * weights[k * J + j]!;
              y[r * J + j] = activation === "relu" ? Math.max(0, sum) : sum;
            }
          return Promise.resolve(y);
        },
        dispose: () => undefined,
      }),
    };
    const made = await encodeNatively(packed, rows, engine, { onSmaller: (size) => told.push(size) });
    expect(told).toHaveLength(1);
    expect(largestDifference(made.vectors, whole.vectors)).toBeLessThan(TOLERANCE);
  });
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
