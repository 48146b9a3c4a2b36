import { labelHorizon } from "../../src/lib/context/label.ts";
import { extendRecord } from "../../src/lib/evaluation/record.ts";
import { harForecast } from "../../src/lib/forecast/har.ts";
import { ramMemory } from "../../src/lib/memory/ram-memory.ts";
import { recall } from "../../src/lib/recall/recall.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { digits, median, quantileOf, timed, type BenchWork } from "../row.ts";
import { D, driftingVectors, HORIZON } from "./fixtures.ts";

const PATTERNS = 100_000;
const QUESTIONS = 300;

/** One answer with its evidence, number and record, in a warm process. */
export const liveAnswer: BenchWork = {
  name: "live-answer",
  run: async () => {
    const candles = syntheticCandles({ seed: 1, rows: PATTERNS, timeframe: "5m" });
    const contexts = labelHorizon(candles, HORIZON);
    const series = { source: candles.source, symbol: candles.symbol, timeframe: candles.timeframe };
    const encoder = { version: "v1", knownAt: candles.knownAt[40_000]! };
    const memory = ramMemory({ tenant: "default", encoderVersion: "v1", dim: D });
    await memory.put({
      series,
      anchors: candles.knownAt,
      vectors: driftingVectors(PATTERNS, 2),
      atrNow: contexts.atrNow,
      base: { [HORIZON]: harForecast(candles, contexts) },
      revision: 0,
      lineage: { dataHash: "d", designHash: "g", encoderVersion: "v1" },
    });
    await memory.label({ series, anchors: candles.knownAt, columns: contexts });
    const { calendar } = candles;
    const record = await extendRecord(memory, null, { series, calendar, horizon: HORIZON, encoder });
    const times = await timed(
      QUESTIONS,
      (round) => {
        const at = candles.knownAt[PATTERNS - 200 - round * 7]!;
        const question = { tenant: "default", ...series, at, horizon: HORIZON, k: 10, encoder };
        return recall(memory, question, record);
      },
      10,
    );
    const p99 = quantileOf(times, 0.99);
    return [
      {
        work: `one live answer over ${PATTERNS.toLocaleString("en")} patterns, warm`,
        ours: digits(p99),
        theirs: null,
        unit: "ms p99",
        against: null,
        ratio: null,
        target: "p99 ≤ 50 ms",
        ok: p99 <= 50,
        notes: `median ${digits(median(times))} ms over ${QUESTIONS} questions, record of ${record.matureAt.length} rows`,
      },
    ];
  },
};
