import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { goldenModel, goldenTables } from "../../testing/golden-history.ts";
import { readSafetensors, type Tensor } from "../safetensors.ts";
import { findAnchors } from "./anchors.ts";
import { readHistory } from "./encode-history.ts";
import { exportStateDict } from "./exchange/export-state-dict.ts";
import { historyTensors } from "./exchange/history-tensors.ts";
import { importStateDict } from "./exchange/import-state-dict.ts";
import { pygMap } from "./exchange/state-dict-map.ts";
import { GnnEncoder } from "./gnn-encoder.ts";
import { LAYER_KINDS, type GnnModel, type LayerKind } from "./gnn-model.ts";
import { gnnNodes } from "./gnn-nodes.ts";
import { packGnn } from "./packed-gnn.ts";
import { propagate } from "./propagate.ts";

// Golden values of scripts/pyg/golden.ts: PyTorch Geometric's layers in float32, whose own distance to float64 is below
// 2e-7 (golden/golden.json). The tolerance is what the project states: 1e-5, of numbers that are about 1.
const TOLERANCE = 1e-5;

const read = (name: string): Readonly<Record<string, Tensor>> => {
  const url = new URL(`./golden/${name}.safetensors`, import.meta.url);
  return readSafetensors(readFileSync(url), name).tensors;
};

interface Golden {
  readonly state: Readonly<Record<string, Tensor>>;
  readonly layers: readonly Tensor[];
  readonly readouts: Tensor;
  readonly embeddings: Tensor;
}

function golden(kind: LayerKind): Golden {
  const all = read(kind);
  const named = (start: string): [string, Tensor][] =>
    Object.entries(all)
      .filter(([name]) => name.startsWith(start))
      .map(([name, tensor]) => [name.slice(start.length), tensor]);
  return {
    state: Object.fromEntries(named("state.")),
    layers: named("layer").map(([, tensor]) => tensor),
    readouts: all["readouts"]!,
    embeddings: all["embeddings"]!,
  };
}

function modelOf(kind: LayerKind): GnnModel {
  const model = goldenModel(kind);
  const weights = importStateDict(golden(kind).state, pygMap(model.shape), model.shape, kind);
  return { ...model, weights };
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
  const model = modelOf(kind);
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

  it("gives the state dict back as it was", () => {
    expect(exportStateDict(model)).toEqual(expected.state);
  });
});
