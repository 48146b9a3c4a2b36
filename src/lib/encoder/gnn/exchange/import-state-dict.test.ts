import { describe, expect, it } from "vitest";
import { goldenModel, goldenState } from "../../../testing/golden-history.ts";
import { randomGnn } from "../../../testing/random-gnn.ts";
import type { Tensor } from "../../safetensors.ts";
import { LAYER_KINDS } from "../gnn-model.ts";
import { exportStateDict } from "./export-state-dict.ts";
import { importEncoder } from "./import-encoder.ts";
import { importStateDict } from "./import-state-dict.ts";
import { exportOnnx } from "./onnx/export-onnx.ts";
import { parseStateDictMap, pygMap, type StateDictMap } from "./state-dict-map.ts";

const { shape } = goldenModel("sage");
const map = pygMap(shape);
const state = goldenState("sage");
const take = (tensors: Readonly<Record<string, Tensor>>, by: StateDictMap = map): unknown =>
  importStateDict(tensors, by, shape, "model.safetensors");
const { "layers.0.conv.lin_l.weight": first, ...others } = state;

describe("a state dict", () => {
  it.each(LAYER_KINDS)("comes back as it went out: %s", (layer) => {
    const base = randomGnn({ seed: 3, layer, timeframes: ["5m", "1h"], readout: ["mean", "attention"] });
    const tensors = exportStateDict(base.model);
    const own = { knownAt: base.knownAt, place: "model", mapPlace: "map" };
    const { model } = importEncoder(base, tensors, pygMap(base.model.shape), own);
    expect(model).toEqual(base.model);
  });

  it("without a tensor is refused by its name", () => {
    expect(() => take(others)).toThrow("tensors layers.0.conv.lin_l.weight");
  });

  it("with a tensor that nothing uses is refused by its name, unless the map says to ignore it", () => {
    const more = { ...state, "head.weight": first!, "head.bias": first! };
    expect(() => take(more)).toThrow("also head.weight, head.bias");
    expect(() => take(more, { ...map, ignore: ["head.weight"] })).toThrow("also head.bias");
    expect(take(more, { ...map, ignore: ["head.*"] })).toEqual(take(state));
  });

  it("of another shape is refused with both shapes, a transposed one too", () => {
    const turned = { shape: [...first!.shape].reverse(), data: first!.data };
    expect(() => take({ ...others, "layers.0.conv.lin_l.weight": turned })).toThrow(
      "[8, 5] for layer0.neighbours, got [5, 8]",
    );
  });

  it("with a number that is not finite is refused", () => {
    const data = Float32Array.from(first!.data, (x, i) => (i === 3 ? NaN : x));
    expect(() => take({ ...others, "layers.0.conv.lin_l.weight": { ...first!, data } })).toThrow(
      "layers.0.conv.lin_l.weight: expected finite numbers, got NaN",
    );
  });

  it("may have one bias for all timeframes, and no projection", () => {
    const bias = { shape: [8], data: Float32Array.from({ length: 8 }, (_, i) => i) };
    const weights = {
      ...map.weights,
      "layer0.bias": { from: "convs.0.bias", repeat: true },
      "projection.bias": { fill: "zeros" },
    } as const;
    const { "layers.0.timeframe.weight": _bias, "projection.bias": _projection, ...rest } = state;
    const taken = importStateDict({ ...rest, "convs.0.bias": bias }, { ...map, weights }, shape, "model");
    expect([...taken["layer0.bias"]!]).toEqual([...bias.data, ...bias.data, ...bias.data]);
    expect(new Set(taken["projection.bias"])).toEqual(new Set([0]));
  });
});

describe("a map", () => {
  const text = (of: object): string => JSON.stringify(of);

  it("must give a place to every weight, and to no other", () => {
    const { "layer1.self": self, ...rest } = map.weights;
    const renamed = { ...map, weights: { ...rest, "layer7.self": self! } };
    expect(() => take(state, renamed)).toThrow("without layer1.self, and with layer7.self");
  });

  it("is read as it is written", () => {
    expect(parseStateDictMap(text(map), "map.json")).toEqual(map);
  });

  it("of another kind is refused with the field", () => {
    expect(() => parseStateDictMap("{", "map.json")).toThrow("map.json: expected a JSON document");
    expect(() => parseStateDictMap(text({ ...map, format: "x" }), "map.json")).toThrow("map.json, format");
    const odd = { ...map, weights: { "layer0.self": { from: 3 } } };
    expect(() => parseStateDictMap(text(odd), "map.json")).toThrow("map.json, weights.layer0.self");
  });

  it("may say no sizes that cannot be", () => {
    const base = randomGnn({ seed: 3, layer: "gat", timeframes: ["5m"] });
    const sized = (of: StateDictMap["shape"]) => () =>
      importEncoder(base, {}, { ...map, shape: of }, { knownAt: base.knownAt, place: "", mapPlace: "map" });
    expect(sized({ layer: "gcn" })).toThrow("map, shape.layer: expected one of sage");
    expect(sized({ hidden: 6 })).toThrow("map, shape.hidden: expected a multiple of 4");
    expect(sized({ layer: "gat", heads: 3 })).toThrow("map, shape.heads: expected a divisor of 8");
    expect(sized({ layers: 9 })).toThrow("map, shape.layers: expected 1, 2 or 3");
  });
});

describe("an import", () => {
  it("knows nothing earlier than the scaling it uses", () => {
    const base = randomGnn({ seed: 3, timeframes: ["5m"] });
    const early = { knownAt: base.knownAt - 1, place: "", mapPlace: "map" };
    expect(() => importEncoder(base, {}, map, early)).toThrow("--known-at");
  });
});

describe("an export to ONNX", () => {
  it("refuses an operator set that lacks what is needed", () => {
    const model = randomGnn({ seed: 1, timeframes: ["5m"] }).model;
    expect(() => exportOnnx(model, "v", 13)).toThrow(/--opset: expected 18 to 21.*got 13/);
  });
});
