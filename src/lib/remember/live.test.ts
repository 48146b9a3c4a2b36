import { beforeAll, expect, it } from "vitest";
import { factsOfSeries, factStore } from "../candles/candle-facts.ts";
import type { CandleSeries } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { knownBy, sliceRows } from "../candles/slice.ts";
import type { Memory } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { randomEncoder, rememberedIn } from "../testing/replay-world.ts";
import { remember } from "./remember.ts";
import { iso } from "../time/units.ts";
import { detectorFor, live, type AnomalyPattern, type LiveState, type LiveStores } from "./live.ts";

const ROWS = 900;
const HORIZON = "4h";
const NOW = Date.UTC(2026, 0, 1);
const candles = syntheticCandles({ seed: 3, rows: ROWS, timeframe: "1h", symbol: "A" });
const encoder = randomEncoder([knownBy(candles, candles.knownAt[300]!)], candles.knownAt[300]!);
const { source, symbol, timeframe } = candles;
const key = { source, symbol, timeframe };

/** Stores that keep what they are given. */
function stores(): LiveStores & { readonly kept: LiveState[]; readonly found: AnomalyPattern[] } {
  const [kept, found]: [LiveState[], AnomalyPattern[]] = [[], []];
  return {
    ...{ kept, found },
    states: {
      put: async (state) => kept.push(state) > 0,
      get: async () => kept.at(-1) ?? null,
      list: async () => kept,
    },
    anomalies: { put: async (patterns) => void found.push(...patterns), list: async () => found },
  };
}

/** The last bar falls by a third. */
function crashed(series: CandleSeries): CandleSeries {
  const fall = (values: Float64Array): Float64Array =>
    values.map((value, row) => (row === ROWS - 1 ? value * 0.66 : value));
  return { ...series, low: fall(series.low), close: fall(series.close) };
}

async function world(series: CandleSeries): Promise<{ memory: Memory; store: CandleStore }> {
  const store = factStore([factsOfSeries(series)]);
  return { store, memory: await rememberedIn(store, encoder, [key], HORIZON) };
}

let calm: Awaited<ReturnType<typeof world>>;
beforeAll(async () => void (calm = await world(candles)));

it("answers and judges the newest moment and writes it as the live state", async () => {
  const into = stores();
  const said = await live(
    calm.store,
    calm.memory,
    encoder,
    { series: key, horizon: HORIZON, now: NOW },
    into,
  );
  const anchor = candles.knownAt.at(-1)!;
  const pattern = (await calm.memory.at(key, anchor, anchor))!;
  expect(said).toMatchObject({ stored: true, judgement: { anchor, id: pattern.id, kind: "distance" } });
  expect(said.judgement.pValue).toBeGreaterThan(0.01);
  expect(into.kept).toEqual([said.state]);
  expect(said.state).toMatchObject({ ...key, anchor, pattern: pattern.id, encoderVersion: encoder.version });
  expect(said.state.embedding).toEqual(pattern.vector);
  expect(said.state.answer).toMatchObject({ id: said.answer.id, horizon: HORIZON });
  expect(into.found).toEqual([]);
});

it("keeps a moment that is unlike its past as an anomaly, with what it was compared with", async () => {
  const { store, memory } = await world(crashed(candles));
  const into = stores();
  const detector = detectorFor(store, memory, encoder, { series: key, horizon: HORIZON, firstFit: 200 });
  const options = { series: key, horizon: HORIZON, now: NOW, detector };
  const { judgement, state } = await live(store, memory, encoder, options, into);
  expect(judgement).toMatchObject({ anomalous: true, kind: "residual", anchor: candles.knownAt.at(-1) });
  expect(state.anomaly).toEqual({ pValue: judgement.pValue, anomalous: true });
  expect(judgement.nearestNormal).not.toBeNull();
  expect(into.found).toEqual([{ judgement, embedding: state.embedding }]);
});

it("says through a kept detector what a new one says, after the memory has grown", async () => {
  const rows = [ROWS - 200, ROWS - 100, ROWS - 99, ROWS];
  const storeOf = (count: number): CandleStore => factStore([factsOfSeries(sliceRows(candles, 0, count))]);
  const memory = ramMemory({ tenant: "default", encoderVersion: encoder.version, dim: encoder.dim });
  let now = storeOf(rows[0]!);
  const growing: CandleStore = {
    ...now,
    corrections: (of) => now.corrections(of),
    read: (of, range) => now.read(of, range),
    readFacts: (of, range) => now.readFacts(of, range),
  };
  const options = { series: key, horizon: HORIZON, firstFit: 200 };
  const kept = detectorFor(growing, memory, encoder, options);
  for (const count of rows) {
    now = storeOf(count);
    await remember(now, memory, encoder, key, { horizons: [HORIZON] });
    const anchor = candles.knownAt[count - 1]!;
    const fresh = await detectorFor(growing, memory, encoder, options).compare(anchor);
    expect(fresh.residual.pValue).not.toBeNull();
    expect(await kept.compare(anchor)).toEqual(fresh);
  }
});

it("refuses an answer and a detector of another moment, series or encoder, and writes nothing", async () => {
  const into = stores();
  const asked = (options: object): Promise<unknown> =>
    live(calm.store, calm.memory, encoder, { series: key, horizon: HORIZON, now: NOW, ...options }, into);
  const { answer } = await live(
    calm.store,
    calm.memory,
    encoder,
    { series: key, horizon: HORIZON, now: NOW },
    stores(),
  );
  const { question } = answer;
  const earlier = iso(candles.knownAt.at(-2)!);
  const others = [
    { question: { ...question, anchor: earlier, asOf: earlier } },
    { question: { ...question, asOf: iso(candles.knownAt.at(-1)! + 1) } },
    { question: { ...question, symbol: "B" } },
    { question: { ...question, horizon: "8h" } },
    { question: { ...question, tenant: "other" } },
    { encoder: { ...answer.encoder, version: "other" } },
  ];
  for (const other of others)
    await expect(asked({ answer: { ...answer, ...other } })).rejects.toThrow("about the newest moment");
  const longer = detectorFor(calm.store, calm.memory, encoder, { series: key, horizon: "8h", firstFit: 200 });
  await expect(asked({ detector: longer })).rejects.toThrow("about the newest moment");
  expect(into.kept).toEqual([]);
  expect(await asked({ answer })).toMatchObject({ answer, stored: true });
});

it("refuses candles that have not been remembered", async () => {
  const newer = factStore([factsOfSeries(candles)]);
  const shorter = sliceRows(candles, 0, ROWS - 1);
  const memory = await rememberedIn(factStore([factsOfSeries(shorter)]), encoder, [key], HORIZON);
  const asked = live(newer, memory, encoder, { series: key, horizon: HORIZON, now: NOW }, stores());
  await expect(asked).rejects.toThrow("to be remembered");
});
