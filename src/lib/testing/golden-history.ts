import { readFileSync } from "node:fs";
import { importStateDict } from "../encoder/gnn/exchange/import-state-dict.ts";
import { pygMap } from "../encoder/gnn/exchange/state-dict-map.ts";
import type { GnnModel, LayerKind } from "../encoder/gnn/gnn-model.ts";
import type { FeatureTable } from "../features/feature.ts";
import { readSafetensors, type Tensor } from "../encoder/safetensors.ts";
import { defaultDesign } from "../graph/design.ts";
import { createRng } from "../math/rng.ts";

const TIMEFRAMES = ["5m", "15m", "1h"];
const FEATURES = 5;
const START = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;
const ROWS = 96; // of 5m: eight hours
/** Bars of 5m that are missing: two hours without trading among them. */
const MISSING = (bar: number): boolean => bar === 17 || (bar >= 48 && bar < 72);

/** Feature tables of a short history with gaps, fine to coarse, that are scaled already: golden values are made of it. */
export function goldenTables(): FeatureTable[] {
  const rng = createRng(5);
  const names = Array.from({ length: FEATURES }, (_, f) => `x${f}`);
  const bars = Array.from({ length: ROWS }, (_, bar) => bar).filter((bar) => !MISSING(bar));
  return [5, 15, 60].map((minutes, t) => {
    const width = minutes * MINUTE;
    const opens = [...new Set(bars.map((bar) => Math.floor((bar * 5) / minutes)))];
    const openTime = Float64Array.from(opens, (open) => START + open * width);
    return {
      timeframe: TIMEFRAMES[t]!,
      names,
      values: Float64Array.from({ length: opens.length * FEATURES }, () => Math.fround(rng.normal())),
      openTime,
      knownAt: openTime.map((open) => open + width),
    };
  });
}

/** Design and sizes of the golden encoders; weights are in the golden files. */
export function goldenModel(layer: LayerKind): GnnModel {
  const windows = { "5m": 12, "15m": 8, "1h": 4 };
  return {
    shape: {
      layer,
      heads: layer === "gat" || layer === "gatv2" ? 2 : 1,
      features: FEATURES,
      hidden: 8,
      layers: 2,
      dim: 8,
      timeframes: TIMEFRAMES.length,
      readout: ["mean", "last", "decay", "attention"],
    },
    design: { ...defaultDesign(TIMEFRAMES), weights: "none", windows },
    scaler: Object.fromEntries(
      TIMEFRAMES.map((timeframe) => [
        timeframe,
        { mean: new Array<number>(FEATURES).fill(0), sd: new Array<number>(FEATURES).fill(1) },
      ]),
    ),
    warmUp: { first: 2, settled: 2 },
    weights: {},
  };
}

/** Tensors of a golden file. */
export function goldenFile(name: string): Readonly<Record<string, Tensor>> {
  const url = new URL(`../encoder/gnn/golden/${name}.safetensors`, import.meta.url);
  return readSafetensors(readFileSync(url), name).tensors;
}

/** The state dict of PyTorch Geometric's model of a kind. */
export function goldenState(kind: LayerKind): Readonly<Record<string, Tensor>> {
  const own = Object.entries(goldenFile(kind)).filter(([name]) => name.startsWith("state."));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice("state.".length), tensor]));
}

/** The golden model with PyTorch Geometric's weights. */
export function goldenWeights(kind: LayerKind): GnnModel {
  const model = goldenModel(kind);
  return { ...model, weights: importStateDict(goldenState(kind), pygMap(model.shape), model.shape, kind) };
}

/** What PyTorch Geometric says. [A, D] */
export function goldenEmbeddings(kind: LayerKind): ArrayLike<number> {
  return goldenFile(kind)["embeddings"]!.data;
}
