// Exact search over 100,000 × 64: the many (top 400), the few (10 distinct episodes), and a plain sort beside them.
// node bench/exact-search.ts [patterns]
import { createRng } from "../src/lib/math/rng.ts";
import { LABELS } from "../src/lib/context/context.ts";
import { ramMemory } from "../src/lib/memory/ram-memory.ts";

const P = Number(process.argv[2] ?? 100_000);
const D = 64;
const SERIES = 4;
const BAR = 300_000;
const HORIZON_BARS = 48;
const rng = createRng(1);

const memory = ramMemory({ tenant: "bench", encoderVersion: "v1", dim: D });
const all: Float32Array[] = [];
for (let s = 0; s < SERIES; s++) {
  const n = P / SERIES;
  const series = { source: "bench", symbol: `S${s}`, timeframe: "5m" };
  const anchors = Float64Array.from({ length: n }, (_, i) => 1.6e12 + i * BAR);
  const vectors = Float32Array.from({ length: n * D }, () => rng.normal());
  const column = Float64Array.from({ length: n }, () => rng.normal());
  const lineage = { dataHash: "d", designHash: "g", encoderVersion: "v1" };
  await memory.put({
    series,
    anchors,
    vectors,
    atrNow: column,
    base: { "4h": column },
    revision: 0,
    lineage,
  });
  await memory.label({
    series,
    anchors,
    columns: {
      horizon: "4h",
      state: new Uint8Array(n).fill(1),
      matureAt: anchors.map((t) => t + HORIZON_BARS * BAR),
      crossesClose: new Uint8Array(n),
      values: Object.fromEntries(LABELS.map((l) => [l, column])) as Record<
        (typeof LABELS)[number],
        Float64Array
      >,
      atrNow: column,
    },
  });
  all.push(vectors);
}
const question = { asOf: 1e13, horizon: "4h", among: "all", timeframe: "5m" } as const;
const vector = (): Float32Array => Float32Array.from({ length: D }, () => rng.normal());

/** Every distance in an array, sorted: what anybody would write first. */
function plainSort(query: Float32Array, k: number): number[] {
  const scored: { distance: number; at: number }[] = [];
  for (const vectors of all)
    for (let at = 0; at < vectors.length; at += D) {
      let [product, squares] = [0, 0];
      for (let d = 0; d < D; d++) {
        product += vectors[at + d]! * query[d]!;
        squares += vectors[at + d]! ** 2;
      }
      scored.push({ distance: 1 - product / Math.sqrt(squares), at });
    }
  return scored
    .sort((a, b) => a.distance - b.distance)
    .slice(0, k)
    .map((hit) => hit.at);
}

async function measure(name: string, rounds: number, work: (v: Float32Array) => unknown): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < rounds + 3; i++) {
    const query = vector();
    const start = performance.now();
    await work(query);
    if (i >= 3) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => times[Math.floor(share * (times.length - 1))]!.toFixed(1);
  console.log(`${name.padEnd(34)} median ${at(0.5)} ms   p99 ${at(0.99)} ms`);
}

console.log(`${P.toLocaleString("en")} patterns × ${D}, ${SERIES} symbols`);
await measure("top 400, columns", 60, (v) => memory.queryColumns({ ...question, vector: v, k: 400 }));
await measure("10 distinct episodes", 60, (v) =>
  memory.query({ ...question, vector: v, k: 10, distinctEpisodes: true }),
);
await measure("50 distinct episodes", 20, (v) =>
  memory.query({ ...question, vector: v, k: 50, distinctEpisodes: true }),
);
await measure("top 400 by plain sort", 5, (v) => plainSort(v, 400));
