// How often the detector alarms on a memory's series, by year or month, beside what was asked for; docs/anomalies.md:
// node --conditions=lab-source scripts/anomaly-rates.ts MEMORY SYMBOL HORIZON EVERY year|month
import { openMemoryFolder } from "../src/lib/adapters/sqlite/open-memory.ts";
import { resolveHolding } from "../src/lib/memory/resolve.ts";
import { detectorFor } from "../src/lib/remember/live.ts";
import { heldEncoder } from "../src/lib/adapters/folder/held-encoders.ts";

const [path, symbol, horizon, every, by] = process.argv.slice(2) as [string, string, string, string, string];
const LEVELS = [0.01, 0.05];
const folder = openMemoryFolder(path, { mode: "read" });
const held = resolveHolding(folder.holdings("default"), { symbol });
const series = { source: held.source, symbol: held.symbol, timeframe: held.timeframe };
const encoder = heldEncoder(folder, held.encoder);
const memory = folder.memory("default", encoder);
const detector = detectorFor(folder.candles, memory, encoder, { series, horizon });

/** Alarms of distance, residual and both at each level, and how many moments. */
interface Tally {
  moments: number;
  readonly alarms: number[];
}
const tallies = new Map<string, Tally>();
const anchors = (await memory.anchors(series)).filter((t) => t >= encoder.knownAt);
for (let i = 0; i < anchors.length; i += Number(every)) {
  const { distance, residual, pValue } = await detector.judge(anchors[i]!);
  if (distance.pValue === null || residual.pValue === null) continue;
  const period = new Date(anchors[i]!).toISOString().slice(0, by === "year" ? 4 : 7);
  for (const name of [period, "all"]) {
    const tally = tallies.get(name) ?? { moments: 0, alarms: Array<number>(6).fill(0) };
    tallies.set(name, tally);
    tally.moments++;
    [distance.pValue, residual.pValue, pValue!].forEach((p, kind) =>
      LEVELS.forEach((level, l) => (tally.alarms[2 * kind + l]! += Number(p <= level))),
    );
  }
}
folder.close();
const rows = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1));
console.log(`| ${by} | moments | distance 1 % | 5 % | residual 1 % | 5 % | both 1 % | 5 % |`);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [name, { moments, alarms }] of rows) {
  const shares = alarms.map((count) => ((100 * count) / moments).toFixed(1));
  console.log(`| ${[name, moments, ...shares].join(" | ")} |`);
}
