import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeEncoderFolder } from "../../lib/adapters/artefacts/encoder-folder.ts";
import { byTimeframe } from "../../lib/candles/resample.ts";
import { gnnFamily } from "../../lib/encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../lib/features/feature-sets.ts";
import { featureTables } from "../../lib/features/feature-table.ts";
import { defaultDesign } from "../../lib/graph/design.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { runRhyme } from "../../lib/testing/run-rhyme.ts";

const home = mkdtempSync(join(tmpdir(), "rhyme-encoder-"));
afterAll(() => rmSync(home, { recursive: true }));
const rhyme = (...args: string[]): ReturnType<typeof runRhyme> => runRhyme(home, "encoder", ...args);
const json = (...args: string[]): Record<string, unknown> =>
  JSON.parse(rhyme(...args, "--json").stdout) as Record<string, unknown>;
const KNOWN = "2030-01-01T00:00Z";

beforeAll(async () => {
  const candles = syntheticCandles({ seed: 1, rows: 900 });
  const featureSet = featureSetByName("candle16");
  const tables = featureTables(featureSet, byTimeframe(candles, ["5m"]));
  for (const [name, kind] of [
    ["a", "gatv2"],
    ["b", "sage"],
  ] as const) {
    const options = { design: defaultDesign(["5m"]), featureSet, hidden: 8, dim: 8, layers: 1 };
    await writeEncoderFolder(join(home, name), gnnFamily(kind).untrained([tables], options));
  }
  const { openTime, open, high, low, close, volume } = candles;
  const lines = Array.from(openTime, (time, i) =>
    [time, open[i], high[i], low[i], close[i], volume[i]].join(),
  );
  writeFileSync(join(home, "TEST-5m.csv"), ["timestamp,open,high,low,close,volume", ...lines, ""].join("\n"));
});

describe("./rhyme encoder", () => {
  it("lists artefacts, and names one that is damaged", () => {
    cpSync(join(home, "a"), join(home, "all", "one"), { recursive: true });
    cpSync(join(home, "b"), join(home, "all", "two"), { recursive: true });
    expect(rhyme("list", "all").stdout).toMatch(/gatv21_8_\w+ +1 gatv2[^]*sage1_8_\w+ +1 sage/);
    writeFileSync(join(home, "all", "two", "weights.safetensors"), "damaged");
    const { code, stdout } = rhyme("list", "all", "--json");
    expect(code).toBe(1);
    const { encoders, refused } = JSON.parse(stdout) as { encoders: object[]; refused: object[] };
    expect(encoders).toMatchObject([{ folder: "all/one", kind: "gatv2", hidden: 8 }]);
    expect(refused).toEqual([{ folder: "all/two", reason: expect.stringMatching(/weights\.safetensors/) }]);
  });

  it("shows one", () => {
    expect(rhyme("show", "a").stdout).toMatch(/1 of gatv2, hidden 8, 4 heads[^]*layer0\.attend/);
    expect(json("show", "a")).toMatchObject({ schema: "rhyme.encoder-summary/1", kind: "gatv2", dim: 8 });
  });

  it("exports weights and their map, and imports them as the same encoder", () => {
    expect(rhyme("export", "a", "--to", "safetensors", "--out", "a.safetensors").code).toBe(0);
    const own = ["--from", "a.safetensors", "--map", "a.map.json", "--known-at", KNOWN];
    const back = json("import", ...own, "--like", "b", "--out", "back");
    expect(back).toMatchObject({ schema: "rhyme.encoder-import/1", kind: "gatv2" });
    const weights = (folder: string): Buffer => readFileSync(join(home, folder, "weights.safetensors"));
    const tensors = (folder: string): Buffer => weights(folder).subarray(-500);
    expect(tensors("back")).toEqual(tensors("a"));
    const same = json("compare", "a", "back", "--data", "TEST-5m.csv", "--questions", "20");
    expect(same).toMatchObject({ overlap: 1, k: 10 });
    expect(same["distanceCorrelation"]).toBeCloseTo(1, 12);
  });

  it("compares two that differ: fewer neighbours than all, more than chance", () => {
    const { overlap, overlapByChance } = json("compare", "a", "b", "--data", "TEST-5m.csv");
    expect(overlap).toBeLessThan(1);
    expect(overlap).toBeGreaterThan(overlapByChance as number);
  });

  it("exports ONNX, and says what an older operator set lacks", () => {
    expect(json("export", "a", "--to", "onnx", "--out", "a.onnx")).toMatchObject({ to: "onnx" });
    const again = rhyme("export", "a", "--to", "onnx", "--out", "a.onnx");
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/--force/)]);
    const old = rhyme("export", "a", "--to", "onnx", "--out", "b.onnx", "--opset", "11");
    expect([old.code, old.stderr]).toEqual([2, expect.stringMatching(/18 to 21/)]);
  });

  it("names what is missing in a state dict", () => {
    expect(rhyme("export", "b", "--to", "safetensors", "--out", "b.safetensors").code).toBe(0);
    const wrong = ["--from", "b.safetensors", "--like", "a", "--known-at", KNOWN, "--out", "never"];
    const { code, stderr } = rhyme("import", ...wrong);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/layers\.0\.conv\.res\.weight/)]);
    const none = rhyme("import", "--from", "no.safetensors", ...wrong.slice(2));
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/nothing there/)]);
  });
});
