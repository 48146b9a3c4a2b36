import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openTensorFlow } from "../src/lib/adapters/tfjs/open-tensorflow.ts";
import { byTimeframe } from "../src/lib/candles/resample.ts";
import type { GnnEncoder } from "../src/lib/encoder/gnn/gnn-encoder.ts";
import { sageFamily } from "../src/lib/encoder/gnn/gnn-family.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../src/lib/features/feature-sets.ts";
import { featureTables } from "../src/lib/features/feature-table.ts";
import { defaultDesign } from "../src/lib/graph/design.ts";
import { syntheticCandles } from "../src/lib/testing/candles.ts";
import { encodeWindowByWindow } from "./core/window-by-window.ts";
import { GROUPS } from "./groups.ts";
import { median, quantileOf, timed } from "./row.ts";

const MAIN = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN];
const bench = (...args: string[]): { status: number | null; stderr: string } =>
  spawnSync(process.execPath, [...FLAGS, "bench", ...args], { encoding: "utf8" });

describe("benchmarks", () => {
  it("race against a peer that says the same: window by window equals the whole history", async () => {
    const featureSet = featureSetByName(DEFAULT_FEATURES);
    const timeframes = ["5m", "30m", "1h", "4h"];
    const candles = byTimeframe(syntheticCandles({ seed: 2, rows: 6_000 }), timeframes);
    const tables = featureTables(featureSet, candles);
    const options = { design: defaultDesign(timeframes), featureSet };
    const encoder = sageFamily.untrained([tables], options) as GnnEncoder;
    const whole = encoder.encodeHistory(tables);
    const chosen = [whole.rows.length - 200, whole.rows.length - 7, whole.rows.length - 1];
    const rows = chosen.map((a) => whole.rows[a]!);
    const tf = await openTensorFlow("wasm");
    const { vectors } = encodeWindowByWindow(tf, encoder.model, tables, rows, 2);
    const D = encoder.dim;
    let difference = 0;
    chosen.forEach((a, i) => {
      for (let d = 0; d < D; d++)
        difference = Math.max(difference, Math.abs(vectors[i * D + d]! - whole.vectors[a * D + d]!));
    });
    expect(difference).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(0);
  });

  it("count no warm-up, and sort their times", async () => {
    const rounds: number[] = [];
    const times = await timed(3, (round) => rounds.push(round), 2);
    expect(rounds).toEqual([-2, -1, 0, 1, 2]);
    expect(times).toHaveLength(3);
    expect([quantileOf([1, 2, 3, 4], 0.99), median([1, 2, 3])]).toEqual([4, 2]);
  });

  it("have names of their own in every group", async () => {
    for (const works of Object.values(GROUPS)) {
      const names = (await works()).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("refuse a group and a work that are not there, and say which are", () => {
    const group = bench("nothing");
    expect([group.status, group.stderr]).toEqual([2, expect.stringMatching(/core/)]);
    const work = bench("--work", "nothing");
    expect([work.status, work.stderr]).toEqual([2, expect.stringMatching(/exact-search/)]);
  });
});
