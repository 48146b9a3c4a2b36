import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { iso } from "../../lib/time/units.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN];
const ROWS = 4_000;
const FALL = 3_500;
const at = temporaryFolder();
const memory = path.join(at.path, "memory");

function rhyme(...args: string[]): { code: number; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, ...args], {
    encoding: "utf8",
    env,
  });
  return { code: status ?? -1, stdout, stderr };
}

/** Calm candles, and one bar in which the price falls by a tenth and comes back. */
beforeAll(() => {
  const candles = syntheticCandles({ seed: 3, rows: ROWS, start: Date.UTC(2023, 6, 3), symbol: "S" });
  const { openTime, open, high, low, close, volume } = candles;
  const lows = low.map((value, row) => (row === FALL ? 0.9 * value : value));
  const rows = Array.from(openTime, (t, i) => [t, open[i], high[i], lows[i], close[i], volume[i]].join());
  const file = path.join(at.path, "S-5m.csv");
  writeFileSync(file, ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"));
  const series = ["--symbol", "S", "--timeframes", "5m,30m,1h,4h", "--horizons", "1h"];
  rhyme("remember", file, ...series, "--memory", memory, "--quiet");
});
afterAll(() => at.remove());

it("finds the moment whose bar is unlike all before it, and says what it was compared with", () => {
  const fallen = iso(Date.UTC(2023, 6, 3) + (FALL + 1) * 300_000);
  const ran = rhyme("anomalies", "--memory", memory, "--at", fallen, "--json");
  expect(ran.stderr).toBe("");
  const { anomalies, ...rest } = JSON.parse(ran.stdout) as { anomalies: readonly object[] };
  expect(rest).toMatchObject({
    schema: "rhyme.anomalies/1",
    alarms: 1,
    judged: 1,
    horizon: "1h",
    alpha: 0.01,
    expectedByChance: 0.01,
  });
  expect(anomalies).toMatchObject([{ at: fallen, anomalous: true, kind: "residual", nearestNormal: {} }]);
  const table = rhyme("anomalies", "--memory", memory, "--at", fallen);
  expect(table.stdout).toMatch(/most surprising[\s\S]*lowerWick[\s\S]*S 5m: unlike its past \(p ≤ 0\.01\)/);
});

it("judges every moment of a span, counts them beside alpha, and shows the anomalous ones", () => {
  const ran = rhyme("anomalies", "--memory", memory, "--from", "2023-07-15", "--to", "2023-07-15", "--quiet");
  expect(ran.stdout).toMatch(
    /S 5m: \d+ of 288 moments \(\d+\.\d\d %\) are unlike their past at p ≤ 0\.01; by chance about 2\.9 \(1 %\)/,
  );
});

it("refuses two kinds of question at once, horizons that are not remembered and shares that are none", () => {
  const said = (...args: string[]): string => rhyme("anomalies", "--memory", memory, ...args).stderr;
  expect(said("--at", "2023-07-15", "--from", "2023-07-01")).toContain("one moment, or a span");
  expect(said("--horizon", "9d")).toContain("one that is remembered: 1h");
  for (const alpha of ["x", "0", "1", ""])
    expect(said("--alpha", alpha)).toMatch(/--alpha[\s\S]*a share between 0 and 1/);
});
