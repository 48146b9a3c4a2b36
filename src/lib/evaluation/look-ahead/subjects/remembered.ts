import type { SeriesKey } from "../../../candles/candle-series.ts";
import type { CandleStore } from "../../../candles/candle-store.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import { featureSetByName } from "../../../features/feature-sets.ts";
import type { Memory } from "../../../memory/memory.ts";
import { ramMemory } from "../../../memory/ram-memory.ts";
import { remember } from "../../../remember/remember.ts";
import { views } from "../../../remember/views.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { Setting } from "../subject.ts";
import { drawnEncoder, featuresOf } from "./drawn-encoder.ts";
import { drawnDesign } from "./graph.ts";

export const TENANT = "default";

/** An encoder that has seen no candle, for the two finest timeframes: it speaks from the first higher bar on. */
export function encoderOf(setting: Setting): Encoder {
  const design = drawnDesign({ ...setting, timeframes: setting.timeframes.slice(0, 2) });
  return drawnEncoder({
    seed: setting.seed,
    design,
    features: featuresOf(featureSetByName("close12")),
    layers: 1,
  });
}

/** When bars of a series came on time, ascending, each instant once. */
export function anchorsOf(store: CandleStore, key: SeriesKey): Float64Array {
  const found = new Set<EpochMs>();
  for (const { series, isAnchor } of views(store, key))
    isAnchor.forEach((is, row) => is === 1 && found.add(series.knownAt[row]!));
  return Float64Array.from(found).sort();
}

export function emptyMemory({ version, dim }: Encoder): Memory {
  return ramMemory({ tenant: TENANT, encoderVersion: version, dim });
}

/**
 * Remembers every series of a history.
 * @param into default: a memory of its own
 */
export async function remembered(
  store: CandleStore,
  setting: Setting,
  horizons: readonly Horizon[],
  into?: Memory,
): Promise<{ readonly memory: Memory; readonly encoder: Encoder; readonly own: SeriesKey }> {
  const encoder = encoderOf(setting);
  const memory = into ?? emptyMemory(encoder);
  for (const key of setting.series) await remember(store, memory, encoder, key, { horizons });
  return { memory, encoder, own: setting.series[0]! };
}

/**
 * The same memory with 0 for every base forecast that there is too little history for: what is made from surprises is
 * put to the test by hundreds of rows less.
 */
export function withBase(memory: Memory): Memory {
  return {
    ...memory,
    put: (batch) => {
      const base = Object.entries(batch.base).map(([horizon, values]) => [
        horizon,
        values.map((value) => (Number.isNaN(value) ? 0 : value)),
      ]);
      return memory.put({ ...batch, base: Object.fromEntries(base) as typeof batch.base });
    },
  };
}
