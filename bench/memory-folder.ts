// Writing and opening a memory folder: 300,000 candles, 100,000 patterns × 64 with three horizons.
// node bench/memory-folder.ts [folder]
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMemoryFolder } from "../src/lib/adapters/sqlite/open-memory.ts";
import { LABELS } from "../src/lib/context/context.ts";
import { createRng } from "../src/lib/math/rng.ts";
import { calendar24x7 } from "../src/lib/time/calendar-24x7.ts";

const P = 100_000;
const C = 300_000;
const D = 64;
const BAR = 300_000;
const CHUNK = 5_000; // as `remember` writes
const T0 = 1.5e12;
const HORIZONS = ["1h", "4h", "1d"];
const path = mkdtempSync(join(process.argv[2] ?? tmpdir(), "rhyme-bench-"));
const rng = createRng(1);
const noise = (n: number): Float64Array => Float64Array.from({ length: n }, () => rng.normal());

async function measure(name: string, count: number, work: () => unknown): Promise<void> {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuStart); // of all threads: what is left of noise on a busy machine
  const rate = count > 0 ? `${Math.round((count / ms) * 1000).toLocaleString("en")} a second` : "";
  const cpu = `${((user + system) / 1000).toFixed(0)} ms of CPU`;
  console.log(`${name.padEnd(42)} ${ms.toFixed(0).padStart(6)} ms ${cpu.padStart(16)}   ${rate}`);
}

const series = { source: "bench", symbol: "X", timeframe: "5m" };
const openTime = Float64Array.from({ length: C }, (_, i) => T0 + i * BAR);
const closeTime = openTime.map((t) => t + BAR);
const price = noise(C).map((x) => 100 * Math.exp(0.001 * x));
const prices = { open: price, high: price, low: price, close: price, volume: price };
const partial = new Uint8Array(C);
const candles = {
  ...series,
  calendar: calendar24x7,
  openTime,
  closeTime,
  knownAt: closeTime,
  ...prices,
  partial,
};
const anchors = closeTime.slice(0, P);
const vectors = Float32Array.from({ length: P * D }, () => rng.normal());
const column = noise(P);
const values = Object.fromEntries(LABELS.map((label) => [label, column])) as Record<
  (typeof LABELS)[number],
  Float64Array
>;

const writer = openMemoryFolder(path, { mode: "write" });
const encoder = { version: "v1", dim: D };
const memory = writer.memory("default", encoder);
await measure("candles written", C, () => writer.candles.write(candles, 2e12));
await measure("the same candles again", C, () => writer.candles.write(candles, 2e12));
await measure("candles read", C, () => writer.candles.read(series));
const lineage = { dataHash: "d", designHash: "g", encoderVersion: "v1" };
const puts = async (): Promise<void> => {
  for (let i = 0; i < P; i += CHUNK) {
    const cut = (xs: Float64Array): Float64Array => xs.subarray(i, i + CHUNK);
    await memory.put({
      ...{ series, lineage, revision: 0, anchors: cut(anchors), atrNow: cut(column) },
      vectors: vectors.subarray(i * D, (i + CHUNK) * D),
      base: Object.fromEntries(HORIZONS.map((horizon) => [horizon, cut(column)])),
    });
  }
};
await measure("patterns written, 3 base forecasts each", P, puts);
await measure("the same patterns again", P, puts);
for (const horizon of HORIZONS)
  await measure(`contexts written, ${horizon}`, P, async () => {
    for (let i = 0; i < P; i += CHUNK) {
      const cut = (xs: Float64Array): Float64Array => xs.subarray(i, i + CHUNK);
      await memory.label({
        series,
        anchors: cut(anchors),
        columns: {
          ...{ horizon, state: new Uint8Array(CHUNK).fill(1), crossesClose: new Uint8Array(CHUNK) },
          matureAt: cut(anchors).map((t) => t + BAR * 48),
          values: Object.fromEntries(LABELS.map((label) => [label, cut(values[label])])) as typeof values,
          atrNow: cut(column),
        },
      });
    }
  });
await measure("everything verified", P, () => writer.verify());
writer.close();
console.log(`size on disk ${(statSync(join(path, "rhyme.sqlite")).size / 1e6).toFixed(0)} MB`);

const question = {
  asOf: 1e13,
  horizon: "4h",
  among: "all",
  timeframe: "5m",
  vector: vectors.slice(0, D),
} as const;
const before = process.memoryUsage().rss;
const reader = openMemoryFolder(path, { mode: "read" });
const opened = reader.memory("default", encoder);
await measure("opened, first answer of the first horizon", 0, () =>
  opened.queryColumns({ ...question, k: 400 }),
);
await measure("first answer of a second horizon", 0, () =>
  opened.queryColumns({ ...question, horizon: "1d", k: 400 }),
);
await measure("warm answer: top 400", 0, () => opened.queryColumns({ ...question, k: 400 }));
await measure("warm answer: 10 episodes", 0, () =>
  opened.query({ ...question, k: 10, distinctEpisodes: true }),
);
await measure("warm: 20,000 of its matured past", 0, () =>
  opened.matured({ series, horizon: "4h", asOf: 1e13, limit: 20_000 }),
);
const id = (await opened.query({ ...question, k: 1, distinctEpisodes: false }))[0]!.id;
await measure("warm: one pattern by id", 0, () => opened.get(id));
console.log(`RAM of the opened memory ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB`);
const cold = openMemoryFolder(path, { mode: "read" });
await measure("cold: one pattern by id", 0, () => cold.memory("default", encoder).get(id));
await measure("cold: what it holds", 0, () => cold.summary());
cold.close();
reader.close();
rmSync(path, { recursive: true });
