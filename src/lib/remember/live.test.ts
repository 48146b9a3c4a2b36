import { beforeAll, expect, it } from "vitest";
import { factsOfSeries, factStore } from "../candles/candle-facts.ts";
import type { CandleSeries } from "../candles/candle-series.ts";
import { knownBy, sliceRows } from "../candles/slice.ts";
import type { Memory } from "../memory/memory.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { randomEncoder, rememberedIn } from "../testing/replay-world.ts";
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

async function world(series: CandleSeries): Promise<{ memory: Memory; store: ReturnType<typeof factStore> }> {
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

it("refuses candles that have not been remembered", async () => {
  const newer = factStore([factsOfSeries(candles)]);
  const shorter = sliceRows(candles, 0, ROWS - 1);
  const memory = await rememberedIn(factStore([factsOfSeries(shorter)]), encoder, [key], HORIZON);
  const asked = live(newer, memory, encoder, { series: key, horizon: HORIZON, now: NOW }, stores());
  await expect(asked).rejects.toThrow("to be remembered");
});
