import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import { factsOfSeries, factStore } from "../candles/candle-facts.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { makeSeries } from "../candles/make-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { sageFamily } from "../encoder/gnn/gnn-family.ts";
import { extendRecord } from "../evaluation/record.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { createRng } from "../math/rng.ts";
import type { Memory } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import type { RecallRecord } from "../recall/record-type.ts";
import { remember } from "../remember/remember.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { HOUR } from "../time/units.ts";

/** Candles that never changed, as a store. */
export function candlesInRam(series: readonly CandleSeries[]): CandleStore {
  return factStore(series.map(factsOfSeries));
}

/** A random walk whose volatility never changes: nobody can know more about it than climatology does. */
export function randomWalk(options: { seed: number; rows: number; symbol?: string }): CandleSeries {
  const { seed, rows, symbol = "WALK" } = options;
  const rng = createRng(seed);
  const columns = Array.from({ length: 5 }, () => new Float64Array(rows));
  const [openTime, open, high, low, close] = columns as [Float64Array, ...Float64Array[]];
  let price = 100;
  for (let i = 0; i < rows; i++) {
    const path = Array.from({ length: 8 }, () => (price *= Math.exp(0.001 * rng.normal())));
    openTime[i] = Date.UTC(2021, 0, 4) + i * HOUR;
    open![i] = path[0]!;
    high![i] = Math.max(...path);
    low![i] = Math.min(...path);
    close![i] = path.at(-1)!;
  }
  const prices = { openTime, open: open!, high: high!, low: low!, close: close! };
  return makeSeries({ source: "test", symbol, timeframe: "1h", calendar: calendar24x7, ...prices });
}

/** A small encoder with random layers, its scaling fitted on what was known by `until`. */
export function randomEncoder(known: readonly CandleSeries[], until: number): Encoder {
  const { timeframe } = known[0]!;
  const featureSet = featureSetByName("candle16");
  const tables = known.map((one) => featureTables(featureSet, byTimeframe(one, [timeframe])));
  const design = defaultDesign([timeframe]);
  return sageFamily.untrained(tables, { design, featureSet, hidden: 8, dim: 8, fitUntil: until });
}

/** All series of a store through one encoder. */
export async function rememberedIn(
  store: CandleStore,
  encoder: Encoder,
  keys: readonly SeriesKey[],
  horizon: string,
): Promise<Memory> {
  const memory = ramMemory({ tenant: "default", encoderVersion: encoder.version, dim: encoder.dim });
  for (const key of keys) await remember(store, memory, encoder, key, { horizons: [horizon] });
  return memory;
}

/** The records of all series of a memory. */
export async function recordsOf(
  memory: Memory,
  encoder: Encoder,
  series: readonly CandleSeries[],
  horizon: string,
): Promise<RecallRecord[]> {
  const records: RecallRecord[] = [];
  for (const { source, symbol, timeframe, calendar } of series) {
    const key = { source, symbol, timeframe };
    records.push(await extendRecord(memory, null, { series: key, calendar, horizon, encoder }));
  }
  return records;
}
