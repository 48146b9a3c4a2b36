import { openMemoryFolder, type MemoryFolder } from "../adapters/sqlite/open-memory.ts";
import { type CandleSeries } from "../candles/candle-series.ts";
import { sliceRows } from "../candles/slice.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { iso } from "../time/units.ts";
import { answerFixture } from "./answer-fixture.ts";
import { syntheticCandles } from "./candles.ts";
import { DIM, HOUR, SERIES, someContexts, somePatterns, T0 } from "./some-patterns.ts";

/** When the corrections and the late bars of a furnished memory arrived. */
export const CORRECTED_AT = T0 + 20 * HOUR + 7;
export const LATE_AT = T0 + 15 * HOUR + 11;
/** Long after all of it. */
export const LATER = T0 + 1_000 * HOUR;

/** Five-minute candles of the series of some-patterns.ts, from its first anchor on. */
export const CANDLES: CandleSeries = syntheticCandles({
  ...{ seed: 5, rows: 400, start: T0, gapShare: 0.02, ...SERIES },
});
/** Daily bars of another market and source, with trades and a spread. */
export const DAILY: CandleSeries = withExtras(
  syntheticCandles({
    ...{ seed: 6, rows: 40, timeframe: "1d", calendar: calendarUsEquities, symbol: "SPY", source: "vendor" },
  }),
);

function withExtras(series: CandleSeries): CandleSeries {
  return {
    ...series,
    trades: series.volume.map((v) => Math.floor(v / 3)),
    spread: series.close.map((c, i) => (i % 5 === 0 ? NaN : c / 1e4)),
  };
}

/**
 * A memory with some of everything: two series, of which one has a late bar, a corrected one and one corrected twice; two
 * tenants; contexts that matured, others pending; and an answer with and one without an outcome.
 */
export async function furnishMemory(path: string): Promise<MemoryFolder> {
  const folder = openMemoryFolder(path, { mode: "write" });
  writeCandles(folder);
  folder.encoders.save(
    {
      ...{ version: "v1", kind: "test", dim: DIM, timeframes: ["5m"], featureSet: "close12" },
      ...{ featureSetHash: "h", knownAt: T0 + 10 * HOUR },
    },
    { "encoder.json": Buffer.from("{}") },
  );
  const batch = somePatterns(30);
  batch.base["4h"]![3] = NaN;
  const labels = someContexts(batch);
  labels.columns.values.rvi[5] = NaN;
  labels.columns.values.direction.forEach(
    (value, i) => (labels.columns.values.direction[i] = Math.sign(value)),
  );
  labels.columns.state.fill(0, 26); // pending
  for (const tenant of ["default", "other"]) {
    const memory = folder.memory(tenant, { version: "v1", dim: DIM });
    await memory.put(batch);
    await memory.label(labels);
  }
  logAnswers(folder, batch.anchors);
  return folder;
}

function writeCandles(folder: MemoryFolder): void {
  const rows = CANDLES.openTime.length;
  const all = Array.from({ length: rows }, (_, i) => i);
  const without = (row: number): CandleSeries => {
    const kept = all.filter((i) => i !== row);
    const pick = <A extends Float64Array | Uint8Array>(column: A): A =>
      column.filter((_: number, i: number) => kept.includes(i)) as A;
    const columns = Object.entries(CANDLES).map(([name, value]) => [
      name,
      value instanceof Float64Array || value instanceof Uint8Array ? pick(value) : value,
    ]);
    return Object.fromEntries(columns) as CandleSeries;
  };
  folder.candles.write(sliceRows(without(40), 0, 170), T0);
  folder.candles.write(CANDLES, LATE_AT); // row 40 came late; the rest was known at its close
  const revised = (at: number, factor: number): CandleSeries => {
    const bar = sliceRows(CANDLES, at, at + 1);
    return { ...bar, high: bar.high.map((h) => h * factor) };
  };
  folder.candles.write(revised(100, 1.01), CORRECTED_AT);
  folder.candles.write(revised(120, 1.02), CORRECTED_AT);
  folder.candles.write(revised(120, 1.03), CORRECTED_AT + HOUR);
  folder.candles.write(DAILY, T0);
}

/** One answer about an anchor whose outcome is known, one about a pending one, which abstained. */
function logAnswers(folder: MemoryFolder, anchors: Float64Array): void {
  for (const [i, row] of [10, 28].entries()) {
    const made = answerFixture({ candles: CANDLES, row: 300, ...(i === 1 ? { reason: "too far" } : {}) });
    const [anchor, tenant] = [iso(anchors[row]!), "default"];
    const question = { ...made.question, ...SERIES, tenant, anchor, asOf: anchor, horizon: "4h" };
    const id = made.id.replace(/^5/, `${i}`);
    folder.answers.put(
      { ...made, id, question, encoder: { ...made.encoder, version: "v1", knownAt: iso(T0 + 10 * HOUR) } },
      T0 + 40 * HOUR + i,
    );
  }
}
