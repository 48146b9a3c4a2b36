import { describe, expect, it } from "vitest";
import { byTimeframe } from "../candles/resample.ts";
import { RhymeError } from "../errors.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { canonicalJson, sha256Hex } from "../math/hash.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { bitEqual } from "../testing/matchers.ts";
import { sageFamily } from "./gnn/gnn-family.ts";
import { encodeArtefact, loadEncoder } from "./load-encoder.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const timeframes = ["5m", "30m"];
const featureSet = featureSetByName("candle16");
const tables = featureTables(featureSet, byTimeframe(syntheticCandles({ seed: 1, rows: 1200 }), timeframes));
const encoder = sageFamily.untrained([tables], {
  design: defaultDesign(timeframes),
  featureSet,
  hidden: 8,
  dim: 8,
});
const WEIGHTS = "weights.safetensors";

const filesOf = (): Map<string, Uint8Array> =>
  new Map(encodeArtefact(encoder).map(({ name, bytes }) => [name, bytes]));

/** What may not be an encoder any more has no type. */
type Loose = ReturnType<typeof JSON.parse>;

/** The artefact with its manifest changed and sealed again, as an attacker or another version would. */
function resealed(change: (manifest: Loose) => void, weights?: Uint8Array): Map<string, Uint8Array> {
  const files = filesOf();
  if (weights) files.set(WEIGHTS, weights);
  const { sha256: _, ...manifest } = JSON.parse(new TextDecoder().decode(files.get("encoder.json")));
  change(manifest);
  const own = sha256Hex(new TextEncoder().encode(canonicalJson(manifest)));
  const sha256 = { "encoder.json": own, [WEIGHTS]: sha256Hex(files.get(WEIGHTS)!) };
  return files.set("encoder.json", new TextEncoder().encode(JSON.stringify({ ...manifest, sha256 })));
}

function changedWeights(
  change: (tensors: Record<string, { shape: readonly number[]; data: Loose }>) => void,
): Uint8Array {
  const { tensors, metadata } = readSafetensors(filesOf().get(WEIGHTS)!, "w");
  const copy = { ...tensors };
  change(copy);
  return writeSafetensors({ tensors: copy, metadata });
}

describe("an encoder's artefact", () => {
  it("comes back as the same encoder, with everything that says where it came from", () => {
    const back = loadEncoder(filesOf());
    expect(back.version).toBe(encoder.version);
    expect(back).toMatchObject({ kind: "sage", dim: 8, featureSet: "candle16", knownAt: encoder.knownAt });
    expect(back.design).toEqual(encoder.design);
    expect(back.receptiveField).toEqual(encoder.receptiveField);
    expect(bitEqual(back.encodeHistory(tables).vectors, encoder.encodeHistory(tables).vectors)).toBe(true);
    expect(encodeArtefact(back)).toEqual(encodeArtefact(encoder));
  });

  it("is refused when a byte of any file is changed or missing, and the file is named", () => {
    for (const name of ["encoder.json", WEIGHTS]) {
      const whole = filesOf().get(name)!;
      for (let k = 0; k < 60; k++) {
        const bytes = whole.slice();
        const at = Math.floor((k / 60) * bytes.length);
        bytes[at]! ^= 1;
        // White space in JSON is nobody's meaning; everything else is.
        const load = () => loadEncoder(filesOf().set(name, bytes), "there");
        if (name === WEIGHTS || sameJson(whole, bytes) === false)
          expect(load, `${name} ${at}`).toThrow(RhymeError);
      }
      expect(() => loadEncoder(filesOf().set(name, whole.subarray(0, whole.length >> 1)), "there")).toThrow(
        `there/${name}`,
      );
      const files = filesOf();
      files.delete(name);
      expect(() => loadEncoder(files, "there")).toThrow(`there/${name}`);
    }
  });

  it("is refused in another format, of another kind, or with a field too many", () => {
    expect(() => loadEncoder(resealed((m) => (m.format = "rhyme.encoder/2")))).toThrow(
      /rhyme.encoder\/1.*rhyme.encoder\/2/,
    );
    expect(() => loadEncoder(resealed((m) => (m.kind = "tcn")))).toThrow(/a kind of sage, .*gatv2, got tcn/);
    expect(() => loadEncoder(resealed((m) => (m.extra = 1)))).toThrow(RhymeError);
    expect(() => loadEncoder(resealed((m) => (m.dim = 16)))).toThrow(RhymeError);
    expect(() => loadEncoder(resealed((m) => (m.options.hidden = 1e9)))).toThrow(/options.hidden/);
  });

  it("is refused when the features of this code are others", () => {
    expect(() => loadEncoder(resealed((m) => (m.features.hash = "0".repeat(64))))).toThrow(
      /fit the encoder anew/,
    );
    expect(() => loadEncoder(resealed((m) => m.features.names.pop()))).toThrow(RhymeError);
  });

  it("is refused when sealed again with other scaling or weights under the old version", () => {
    expect(() => loadEncoder(resealed((m) => (m.scaler["5m"].mean[0] += 1)))).toThrow(/version/);
    const other = changedWeights(
      (t) =>
        (t["layer0.self"] = { ...t["layer0.self"]!, data: t["layer0.self"]!.data.map((x: number) => -x) }),
    );
    expect(() => loadEncoder(resealed(() => {}, other))).toThrow(/version/);
  });

  it("is refused with weights that are not finite, missing, too many or of another shape", () => {
    const nan = changedWeights((t) => t["layer1.bias"]!.data.fill(NaN));
    expect(() => loadEncoder(resealed(() => {}, nan))).toThrow(/finite numbers in layer1.bias/);
    const missing = changedWeights((t) => delete t["projection.bias"]);
    expect(() => loadEncoder(resealed(() => {}, missing))).toThrow(/projection.bias/);
    const extra = changedWeights((t) => (t.extra = { shape: [1], data: new Float32Array(1) }));
    expect(() => loadEncoder(resealed(() => {}, extra))).toThrow(/also extra/);
    const turned = changedWeights((t) => (t["layer0.self"] = { ...t["layer0.self"]!, shape: [8, 16] }));
    expect(() => loadEncoder(resealed(() => {}, turned))).toThrow(/\[16, 8\].*\[8, 16\]/);
  });
});

function sameJson(a: Uint8Array, b: Uint8Array): boolean {
  const text = (bytes: Uint8Array): string => {
    try {
      return canonicalJson(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return "no JSON";
    }
  };
  return text(a) === text(b);
}
