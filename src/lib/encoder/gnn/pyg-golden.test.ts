import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  goldenFile,
  goldenModel,
  goldenState,
  goldenTables,
  goldenWeights,
} from "../../testing/golden-history.ts";
import type { Tensor } from "../safetensors.ts";
import { sha256Hex } from "../../math/hash.ts";
import { findAnchors } from "./anchors.ts";
import { readHistory } from "./encode-history.ts";
import { exportStateDict } from "./exchange/export-state-dict.ts";
import { historyTensors } from "./exchange/history-tensors.ts";
import { exportOnnx, OPSETS } from "./exchange/onnx/export-onnx.ts";
import { GnnEncoder } from "./gnn-encoder.ts";
import { LAYER_KINDS, type LayerKind } from "./gnn-model.ts";
import { gnnNodes } from "./gnn-nodes.ts";
import { packGnn } from "./packed-gnn.ts";
import { propagate } from "./propagate.ts";

// Golden values of scripts/pyg/golden.ts: PyTorch Geometric's layers in float32, whose own distance to float64 is below
// 2e-7 (golden/golden.json). The tolerance is what the project states: 1e-5, of numbers that are about 1.
const TOLERANCE = 1e-5;

const read = goldenFile;
const onnx = JSON.parse(readFileSync(new URL("./golden/onnx.json", import.meta.url), "utf8")) as {
  readonly checked: Readonly<Record<string, { readonly sha256: string; readonly apart: number }>>;
};

interface Golden {
  readonly state: Readonly<Record<string, Tensor>>;
  readonly layers: readonly Tensor[];
  readonly readouts: Tensor;
  readonly embeddings: Tensor;
}

function golden(kind: LayerKind): Golden {
  const all = read(kind);
  const layers = Object.entries(all).filter(([name]) => name.startsWith("layer"));
  return {
    state: goldenState(kind),
    layers: layers.map(([, tensor]) => tensor),
    readouts: all["readouts"]!,
    embeddings: all["embeddings"]!,
  };
}

/** Largest difference of two arrays, relative to numbers above 1. */
function apart(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(ours.length).toBe(theirs.length);
  let most = 0;
  for (let i = 0; i < ours.length; i++)
    most = Math.max(most, Math.abs(ours[i]! - theirs[i]!) / Math.max(1, Math.abs(theirs[i]!)));
  return most;
}

describe("the history of the golden values", () => {
  it("is the one that this code makes", () => {
    const stored = read("history");
    const made = historyTensors(goldenTables(), goldenModel("sage"));
    expect(Object.keys(stored)).toEqual(Object.keys(made).sort());
    for (const [name, tensor] of Object.entries(made)) expect(stored[name], name).toEqual(tensor);
  });

  it("has gaps, all kinds of edges, nodes without any, and windows that are not full yet", () => {
    const { offsets, timeframe, count } = gnnNodes(goldenTables(), goldenModel("sage"));
    const { counts } = read("history");
    expect(offsets[1]).toBe(0);
    expect(new Set(timeframe)).toEqual(new Set([0, 1, 2]));
    expect(new Set(read("history")["edgeType"]!.data)).toEqual(new Set([0, 1, 2]));
    expect(count).toBeGreaterThan(90);
    expect(Math.min(...counts!.data)).toBeLessThan(4);
  });
});

describe.each(LAYER_KINDS)("%s with the weights of PyTorch Geometric", (kind) => {
  const model = goldenWeights(kind);
  const columns = goldenTables();
  const expected = golden(kind);

  it("gives the output of every layer", () => {
    const packed = packGnn(model);
    const nodes = gnnNodes(columns, model);
    propagate(packed, nodes, 0, nodes.count);
    expect(expected.layers).toHaveLength(model.shape.layers);
    expected.layers.forEach(({ data }, layer) =>
      expect(apart(nodes.hidden[layer]!, data)).toBeLessThan(TOLERANCE),
    );
  });

  it("gives the readouts mean, last, decay and attention", () => {
    const { counts, rows } = findAnchors(columns, model.warmUp.first);
    const readouts = readHistory(packGnn(model), columns);
    const { readout, hidden } = model.shape;
    const width = readout.length * hidden;
    const ours = new Float64Array(rows.length * readouts.length * width);
    rows.forEach((_, a) =>
      readouts.forEach((of, t) => of.write(counts[t]![a]!, ours, (a * readouts.length + t) * width)),
    );
    expect(apart(ours, expected.readouts.data)).toBeLessThan(TOLERANCE);
  });

  it("gives the embeddings: projection, LayerNorm and unit length", () => {
    const tables = Object.fromEntries(columns.map((table) => [table.timeframe, table]));
    const origin = { featureSet: "golden", featureSetHash: "", featureNames: columns[0]!.names };
    const made = { knownAt: 0, seed: 0, dataHash: "", options: {}, scores: {} };
    const { vectors, rows } = new GnnEncoder(model, { ...origin, ...made }).encodeHistory(tables);
    expect(expected.embeddings.shape).toEqual([rows.length, model.shape.dim]);
    expect(apart(vectors, expected.embeddings.data)).toBeLessThan(TOLERANCE);
  });

  it("is exported to ONNX as onnxruntime has run it with the same embeddings", () => {
    const { sha256, apart: difference } = onnx.checked[`${kind}, opset ${OPSETS.least}`]!;
    expect(sha256Hex(exportOnnx(model, "golden"))).toBe(sha256);
    expect(difference).toBeLessThan(TOLERANCE);
  });

  it("gives the state dict back as it was", () => {
    expect(exportStateDict(model)).toEqual(expected.state);
  });
});
