import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN];
const at = temporaryFolder();
const inside = (name: string): string => path.join(at.path, name);
const OPTIONS = {
  ...{
    timeframes: ["1h", "4h"],
    layer: "gin",
    hidden: 8,
    dim: 8,
    steps: 4,
    evaluateEvery: 2,
    until: "2023-02-01",
  },
  objective: { kind: "contrast", horizons: ["4h"] },
};

function rhyme(...args: string[]): {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
} {
  const env = { ...process.env, NO_COLOR: "1" };
  const ran = spawnSync(process.execPath, [...FLAGS, "encoder", "fit", ...args], { encoding: "utf8", env });
  return { code: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr };
}

beforeAll(() => {
  mkdirSync(inside("candles"));
  for (const symbol of ["A", "B"]) {
    const seed = symbol.charCodeAt(0);
    const series = syntheticCandles({
      seed,
      rows: 1200,
      timeframe: "1h",
      start: Date.UTC(2023, 0, 2),
      symbol,
    });
    const { openTime, open, high, low, close, volume } = series;
    const rows = Array.from(openTime, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join());
    writeFileSync(
      inside(`candles/${symbol}-1h.csv`),
      ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"),
    );
  }
  writeFileSync(inside("o.json"), JSON.stringify(OPTIONS));
});
afterAll(() => at.remove());

describe("encoder fit", () => {
  it("fits on a folder of files as its options say, and keeps options, data and loss curve beside the artefact", () => {
    const args = ["--options", inside("o.json"), "--from", inside("candles"), "--json"];
    const [first, second] = ["a", "b"].map((out) => rhyme(...args, "--out", inside(out))) as [
      ReturnType<typeof rhyme>,
      ReturnType<typeof rhyme>,
    ];
    expect(first.code, first.stderr).toBe(0);
    const said = JSON.parse(first.stdout) as object;
    expect(said).toMatchObject({
      ...{ schema: "rhyme.fit/1", encoder: expect.stringMatching(/^gin2_8_/), out: inside("a") },
      ...{ options: { ...OPTIONS, objective: { temperature: 0.1 } }, until: "2023-02-02T00:00:00Z" },
      ...{ data: [{ symbol: "A" }, { symbol: "B" }], curve: [{ step: 2 }, { step: 4 }] },
    });
    expect((said as { knownAt: string }).knownAt <= "2023-02-02T00:00:00Z").toBe(true);
    expect(second.code).toBe(0);
    for (const file of ["encoder.json", "weights.safetensors", "fit.json"])
      expect(readFileSync(inside(`b/${file}`)).equals(readFileSync(inside(`a/${file}`))), file).toBe(true);
    expect(existsSync(inside("a.fitting/step-4.ckpt"))).toBe(false);
  });

  it("names the field of the options that is wrong, and a source that is missing or twofold", () => {
    writeFileSync(inside("wrong.json"), JSON.stringify({ ...OPTIONS, layer: "gcn" }));
    const wrong = rhyme("--options", inside("wrong.json"), "--from", inside("candles"), "--out", inside("c"));
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/wrong\.json, layer/)]);
    const neither = rhyme("--options", inside("o.json"), "--out", inside("c"));
    expect([neither.code, neither.stderr]).toEqual([2, expect.stringMatching(/one of the two/)]);
    expect(existsSync(inside("c"))).toBe(false);
  });
});
