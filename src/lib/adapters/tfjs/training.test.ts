import { beforeAll, describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import type { FitOptions, Tf } from "../../encoder/family.ts";
import { sageFamily } from "../../encoder/gnn/gnn-family.ts";
import { GnnEncoder } from "../../encoder/gnn/gnn-encoder.ts";
import { gnnNodes, tablesOf } from "../../encoder/gnn/gnn-nodes.ts";
import { gather, neighbourMean, scatter } from "../../encoder/gnn/training/neighbour-mean.ts";
import { edgesAmong } from "../../encoder/gnn/training/run-edges.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { defaultDesign } from "../../graph/design.ts";
import { createRng } from "../../math/rng.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { expectAllClose } from "../../testing/matchers.ts";
import { openTensorFlow } from "./open-tensorflow.ts";

const timeframes = ["5m", "30m", "1h"];
const featureSet = featureSetByName("candle16");
const design = defaultDesign(timeframes);
const tables = featureTables(featureSet, byTimeframe(syntheticCandles({ seed: 1, rows: 3000 }), timeframes));
const names = tables["5m"]!.names;
const columns = tablesOf(tables, timeframes, names);

let tf: Tf;
beforeAll(async () => {
  tf = await openTensorFlow("wasm");
});

const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  tf,
  design,
  featureSet,
  hidden: 16,
  dim: 16,
  steps: 12,
  chunkNodes: 500,
  evaluateEvery: 4,
  ...more,
});
const bytesOf = (encoder: Awaited<ReturnType<typeof sageFamily.fit>>): string =>
  sageFamily
    .save(encoder)
    .map(({ bytes }) => Buffer.from(bytes).toString("base64"))
    .join();

describe("the patched backend", () => {
  it("multiplies matrices as plain loops do, transposed or not", () => {
    const rng = createRng(1);
    const [n, k, m] = [5, 7, 3];
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const a = Float32Array.from({ length: n * k }, () => rng.normal());
      const b = Float32Array.from({ length: k * m }, () => rng.normal());
      const expected = new Float32Array(n * m);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++)
          for (let l = 0; l < k; l++)
            expected[i * m + j]! +=
              (ta ? a[l * n + i]! : a[i * k + l]!) * (tb ? b[j * k + l]! : b[l * m + j]!);
      const before = tf.memory().numTensors;
      const product = tf.tidy(() =>
        tf
          .matMul(tf.tensor2d(a, ta ? [k, n] : [n, k]), tf.tensor2d(b, tb ? [m, k] : [k, m]), ta, tb)
          .dataSync(),
      );
      expectAllClose(product, expected, { rtol: 1e-5, atol: 1e-6 });
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it("multiplies batches of matrices, also where one side has a single matrix", () => {
    const rng = createRng(2);
    const random = (length: number): number[] => Array.from({ length }, () => rng.normal());
    tf.tidy(() => {
      const a = tf.tensor3d(random(2 * 3 * 4), [2, 4, 3]);
      const b = tf.tensor3d(random(5 * 4), [1, 5, 4]);
      const batch = tf.matMul(a, b, true, true);
      expect(batch.shape).toEqual([2, 3, 5]);
      for (const i of [0, 1]) {
        const one = tf.matMul(
          tf.squeeze(tf.slice(a, [i, 0, 0], [1, 4, 3]), [0]),
          tf.squeeze(b, [0]),
          true,
          true,
        );
        expectAllClose(tf.slice(batch, [i, 0, 0], [1, 3, 5]).dataSync(), one.dataSync(), {
          rtol: 1e-5,
          atol: 1e-6,
        });
      }
    });
  });
});

describe("the mean over neighbours", () => {
  const nodes = gnnNodes(
    columns,
    modelOf(sageFamily.untrained([tables], { design, featureSet, hidden: 8, dim: 8 })),
  );
  const edges = edgesAmong(nodes, 40, 60, timeframes);

  it("has the transpose of its forward pass as gradient: <gather(x), y> = <x, scatter(y)>", () => {
    const rng = createRng(3);
    const [x, y] = [0, 1].map(() => Float32Array.from({ length: 20 * 4 }, () => rng.normal())) as [
      Float32Array,
      Float32Array,
    ];
    const dot = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    expect(dot(gather(x, edges, 4), y)).toBeCloseTo(dot(x, scatter(y, edges, 4)), 4);
  });

  it("has the gradient that finite differences give", () => {
    const rng = createRng(4);
    const x = Float32Array.from({ length: 20 * 2 }, () => rng.normal());
    const f = (values: Float32Array): number =>
      tf.tidy(() => tf.sum(tf.square(neighbourMean(tf, tf.tensor2d(values, [20, 2]), edges))).dataSync()[0]!);
    const gradient = tf.tidy(() =>
      tf
        .grad((h) => tf.sum(tf.square(neighbourMean(tf, h as never, edges))))(tf.tensor2d(x, [20, 2]))
        .dataSync(),
    );
    for (const i of [0, 7, 20, 39]) {
      const step = 1e-2;
      const moved = (by: number): Float32Array => x.map((value, j) => (i === j ? value + by : value));
      expect(gradient[i]).toBeCloseTo((f(moved(step)) - f(moved(-step))) / (2 * step), 3);
    }
  });
});

describe("training", () => {
  it("leaves no tensor behind, and encoding makes none", async () => {
    const before = tf.memory().numTensors;
    const encoder = await sageFamily.fit([tables], options());
    expect(tf.memory().numTensors).toBe(before);
    encoder.encodeHistory(tables);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const first = bytesOf(await sageFamily.fit([tables], options()));
    expect(bytesOf(await sageFamily.fit([tables], options()))).toBe(first);
    expect(bytesOf(await sageFamily.fit([tables], options({ seed: 2 })))).not.toBe(first);
  });

  it("resumes to the bytes of a run that was never interrupted, wherever it stopped", async () => {
    const whole = bytesOf(await sageFamily.fit([tables], options()));
    for (const stopAt of [1, 4, 7]) {
      const abort = new AbortController();
      let saved: Uint8Array | undefined;
      const interrupted = sageFamily.fit(
        [tables],
        options({
          signal: abort.signal,
          checkpoint: { every: 100, save: (bytes) => void (saved = bytes) },
          onProgress: ({ step }) => (step === stopAt ? abort.abort() : undefined),
        }),
      );
      await expect(interrupted).rejects.toThrow(/abort/i);
      const resumed = await sageFamily.fit([tables], options({ checkpoint: { every: 100, resume: saved! } }));
      expect(bytesOf(resumed)).toBe(whole);
    }
  });

  it("hears an abort after its last step too, and has only the rest to do when it is resumed", async () => {
    const whole = bytesOf(await sageFamily.fit([tables], options()));
    const abort = new AbortController();
    let saved: Uint8Array | undefined;
    const checkpoint = { every: 100, save: (bytes: Uint8Array) => void (saved = bytes) };
    const onTrained = (): void => abort.abort();
    const stopped = sageFamily.fit([tables], options({ signal: abort.signal, checkpoint, onTrained }));
    await expect(stopped).rejects.toThrow(/abort/i);
    const steps: number[] = [];
    const resumed = await sageFamily.fit(
      [tables],
      options({
        checkpoint: { every: 100, resume: saved! },
        onProgress: ({ step }) => void steps.push(step),
      }),
    );
    expect(bytesOf(resumed)).toBe(whole);
    expect(steps).toEqual([]);
  });

  it("refuses a checkpoint of other data or options", async () => {
    let saved: Uint8Array | undefined;
    const checkpoint = { every: 2, save: (bytes: Uint8Array) => void (saved = bytes) };
    await sageFamily.fit([tables], options({ steps: 2, checkpoint }));
    const resume = { every: 2, resume: saved! };
    await expect(sageFamily.fit([tables], options({ steps: 3, checkpoint: resume }))).rejects.toThrow(
      /same data/,
    );
    const damaged = { every: 2, resume: saved!.subarray(0, 100) };
    await expect(sageFamily.fit([tables], options({ steps: 2, checkpoint: damaged }))).rejects.toThrow(
      /checkpoint/,
    );
  });

  it("reconstructs hidden candles of a part it has not seen better than random layers and than the mean", async () => {
    const encoder = await sageFamily.fit(
      [tables],
      options({ hidden: 32, steps: 120, chunkNodes: 800, evaluateEvery: 20 }),
    );
    const { validationLoss, validationLossUntrained, validationLossOfMean } = (encoder as GnnEncoder).origin
      .scores;
    expect(validationLoss).toBeLessThan(0.9 * validationLossUntrained!);
    expect(validationLoss).toBeLessThan(0.95 * validationLossOfMean!);
  });

  it("sees nothing after fitUntil: with garbage there it gives the same bytes", async () => {
    const until = tables["5m"]!.knownAt[2000]!;
    const spoilt = Object.fromEntries(
      Object.entries(tables).map(([timeframe, table]) => {
        const values = table.values.map((x, i) =>
          table.knownAt[Math.floor(i / names.length)]! <= until ? x : 1e6,
        );
        return [timeframe, { ...table, values }];
      }),
    );
    const fitted = await sageFamily.fit([tables], options({ fitUntil: until }));
    expect(bytesOf(await sageFamily.fit([spoilt], options({ fitUntil: until })))).toBe(bytesOf(fitted));
    expect(fitted.knownAt).toBe(until);
  });

  it("refuses too little history, odd sizes and weights by volume, saying what to do", async () => {
    const until = tables["5m"]!.knownAt[100]!;
    await expect(sageFamily.fit([tables], options({ fitUntil: until }))).rejects.toThrow(/Give more history/);
    await expect(sageFamily.fit([tables], options({ dim: 6 }))).rejects.toThrow(
      /dim: expected a multiple of 4/,
    );
    await expect(sageFamily.fit([tables], options({ layers: 9 }))).rejects.toThrow(/layers/);
    const byVolume = defaultDesign(timeframes, { weights: "volume" });
    await expect(sageFamily.fit([tables], options({ design: byVolume }))).rejects.toThrow(/no volume/);
  });

  it("spreads moments out: random pairs lie at right angles on the whole, not in one cone", async () => {
    const encoder = await sageFamily.fit([tables], options());
    const { vectors, dim, rows } = encoder.encodeHistory(tables);
    const rng = createRng(9);
    const cosines = Float64Array.from({ length: 2000 }, () => {
      const [a, b] = [rng.int(rows.length) * dim, rng.int(rows.length) * dim];
      let product = 0;
      for (let d = 0; d < dim; d++) product += vectors[a + d]! * vectors[b + d]!;
      return product;
    }).sort();
    expect(Math.abs(cosines[1000]!)).toBeLessThan(0.15);
    expect(cosines[100]!).toBeLessThan(-0.2);
    expect(cosines[1900]!).toBeGreaterThan(0.2);
  });
});

function modelOf(encoder: ReturnType<typeof sageFamily.untrained>): GnnEncoder["model"] {
  if (encoder instanceof GnnEncoder) return encoder.model;
  throw new TypeError("not GraphSAGE");
}
