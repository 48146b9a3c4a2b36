import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { sageFamily } from "../../encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { defaultDesign } from "../../graph/design.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { readEncoderFolder, writeEncoderFolder } from "./encoder-folder.ts";

const home = mkdtempSync(path.join(tmpdir(), "rhyme-artefact-"));
afterAll(() => rmSync(home, { recursive: true }));
const featureSet = featureSetByName("candle16");
const tables = featureTables(featureSet, byTimeframe(syntheticCandles({ seed: 1, rows: 600 }), ["5m"]));
const encoder = (seed: number) =>
  sageFamily.untrained([tables], { design: defaultDesign(["5m"]), featureSet, hidden: 8, dim: 8, seed });

describe("an encoder's folder", () => {
  it("holds the encoder, replaces an older one, and leaves nothing else behind", async () => {
    const folder = path.join(home, "deep", "encoder");
    for (const seed of [1, 2]) {
      await writeEncoderFolder(folder, encoder(seed));
      expect((await readEncoderFolder(folder)).version).toBe(encoder(seed).version);
    }
    expect(readdirSync(path.join(home, "deep"))).toEqual(["encoder"]);
    expect(readdirSync(folder).sort()).toEqual(["encoder.json", "weights.safetensors"]);
  });

  it("does not replace what is not an encoder", async () => {
    const folder = path.join(home, "precious");
    mkdirSync(folder);
    writeFileSync(path.join(folder, "letters.txt"), "dear");
    await expect(writeEncoderFolder(folder, encoder(1))).rejects.toThrow(/Choose another path/);
    expect(readFileSync(path.join(folder, "letters.txt"), "utf8")).toBe("dear");
    expect(readdirSync(home).filter((name) => name.startsWith("precious"))).toEqual(["precious"]);
  });

  it("names the file that is not there or not readable", async () => {
    await expect(readEncoderFolder(path.join(home, "nowhere"))).rejects.toThrow(/nowhere.encoder\.json.*no such file/);
    const folder = path.join(home, "odd");
    mkdirSync(path.join(folder, "encoder.json"), { recursive: true });
    await expect(readEncoderFolder(folder)).rejects.toThrow(/odd.encoder\.json.*EISDIR/);
    expect(existsSync(folder)).toBe(true);
  });
});
