// One live answer in a warm process, and one row of a record: 100,000 remembered patterns of 64 dimensions.
// Run: node --conditions=lab-source bench/live-answer.ts
import { extendRecord } from "../src/lib/evaluation/record.ts";
import { LABELS, type ContextColumns } from "../src/lib/context/context.ts";
import { harForecast } from "../src/lib/forecast/har.ts";
import { labelHorizon } from "../src/lib/context/label.ts";
import { createRng } from "../src/lib/math/rng.ts";
import { ramMemory } from "../src/lib/memory/ram-memory.ts";
import { recall } from "../src/lib/recall/recall.ts";
import { syntheticCandles } from "../src/lib/testing/candles.ts";

const [P, D, QUESTIONS] = [100_000, 64, 300];
const horizon = "4h";
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const quantile = (times: readonly number[], p: number): string =>
  `${[...times].sort((a, b) => a - b)[Math.ceil(p * times.length) - 1]!.toFixed(1)} ms`;

const candles = syntheticCandles({ seed: 1, rows: P, timeframe: "5m" });
const contexts: ContextColumns = labelHorizon(candles, horizon);
let started = performance.now();
const base = harForecast(candles, contexts);
say(`HAR forecast of ${P} rows: ${(performance.now() - started).toFixed(0)} ms`);

const rng = createRng(2);
const vectors = new Float32Array(P * D);
for (let i = 0; i < P; i++) {
  let square = 0;
  for (let j = 0; j < D; j++)
    square +=
      (vectors[i * D + j] = (i > 0 ? 0.95 * vectors[(i - 1) * D + j]! : 0) + 0.04 * rng.normal()) ** 2;
  const length = Math.sqrt(square);
  for (let j = 0; j < D; j++) vectors[i * D + j]! /= length;
}
const series = { source: candles.source, symbol: candles.symbol, timeframe: candles.timeframe };
const encoder = { version: "v1", knownAt: candles.knownAt[40_000]! };
const memory = ramMemory({ tenant: "default", encoderVersion: "v1", dim: D });
const lineage = { dataHash: "d", designHash: "g", encoderVersion: "v1" };
await memory.put({
  series,
  anchors: candles.knownAt,
  vectors,
  atrNow: contexts.atrNow,
  base: { [horizon]: base },
  revision: 0,
  lineage,
});
await memory.label({ series, anchors: candles.knownAt, columns: contexts });
say(`labels: ${LABELS.length}, patterns: ${await memory.count()}`);

started = performance.now();
const times: number[] = [];
let last = started;
const onProgress = (): void => {
  times.push(performance.now() - last);
  last = performance.now();
};
const record = await extendRecord(memory, null, {
  series,
  calendar: candles.calendar,
  horizon,
  encoder,
  onProgress,
});
say(`record of ${times.length} rows: ${((performance.now() - started) / 1000).toFixed(1)} s`);
say(
  `  a row: median ${quantile(times, 0.5)}, p99 ${quantile(times, 0.99)}; JSON ${(JSON.stringify(record).length / 1e6).toFixed(1)} MB`,
);

const asked: number[] = [];
for (let q = 0; q < QUESTIONS + 10; q++) {
  const at = candles.knownAt[P - 1 - q * 7]!;
  const begun = performance.now();
  await recall(memory, { tenant: "default", ...series, at, horizon, k: 10, encoder }, record);
  if (q >= 10) asked.push(performance.now() - begun);
}
say(`an answer: median ${quantile(asked, 0.5)}, p99 ${quantile(asked, 0.99)}`);
