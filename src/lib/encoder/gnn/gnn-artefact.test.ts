import { describe, expect, it } from "vitest";
import { defaultDesign } from "../../graph/design.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { canonicalJson, sha256Hex } from "../../math/hash.ts";
import { ENCODER_FAMILIES, encodeArtefact, loadEncoder } from "../load-encoder.ts";
import { gnnFamily } from "./gnn-family.ts";
import { LAYER_KINDS, type LayerKind } from "./gnn-model.ts";
import { READOUT_KINDS } from "./readout.ts";

const timeframes = ["5m", "30m"];
const featureSet = featureSetByName("candle16");
const tables = featureTables(featureSet, byTimeframe(syntheticCandles({ seed: 1, rows: 1200 }), timeframes));
const untrained = (layer: LayerKind, options: object = {}) =>
  gnnFamily(layer).untrained([tables], {
    ...{ design: defaultDesign(timeframes), featureSet, hidden: 8, dim: 8, readout: READOUT_KINDS },
    ...options,
  });

describe("the artefact of a layer kind", () => {
  it("is one of each kind there is", () => {
    expect(ENCODER_FAMILIES.map(({ kind }) => kind)).toEqual([...LAYER_KINDS]);
  });

  it.each(LAYER_KINDS)("comes back as the same encoder: %s", (layer) => {
    const encoder = untrained(layer);
    expect(encoder.kind).toBe(layer);
    expect(encoder.version).toMatch(new RegExp(`^${layer.replace("-", "")}2_8_[0-9a-f]{16}$`));
    const files = encodeArtefact(encoder);
    const back = loadEncoder(new Map(files.map(({ name, bytes }) => [name, bytes])));
    expect([back.kind, back.version]).toEqual([layer, encoder.version]);
    expect(encodeArtefact(back)).toEqual(files);
    expect(bitEqual(back.encodeHistory(tables).vectors, encoder.encodeHistory(tables).vectors)).toBe(true);
  });

  it("has another version with other heads, and refuses heads that the hidden units cannot be shared among", () => {
    expect(untrained("gat", { heads: 2 }).version).not.toBe(untrained("gat").version);
    expect(untrained("gin", { heads: 2 }).version).toBe(untrained("gin").version);
    expect(() => untrained("gat", { heads: 3 })).toThrow(/heads: expected a divisor of hidden \(8\), got 3/);
    const files = new Map(encodeArtefact(untrained("gatv2")).map(({ name, bytes }) => [name, bytes]));
    const { sha256, ...manifest } = JSON.parse(new TextDecoder().decode(files.get("encoder.json")));
    manifest.options.heads = 3;
    sha256["encoder.json"] = sha256Hex(new TextEncoder().encode(canonicalJson(manifest)));
    files.set("encoder.json", new TextEncoder().encode(JSON.stringify({ ...manifest, sha256 })));
    expect(() => loadEncoder(files)).toThrow(/options.heads.*a divisor of 8.*got 3/);
  });
});
