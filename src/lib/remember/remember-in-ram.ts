import { factsOfSeries, factStore } from "../candles/candle-facts.ts";
import { keyOf, type CandleSeries } from "../candles/candle-series.ts";
import { firmKnownAt } from "../candles/firm-known-at.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { Memory } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { remember, type RememberOptions } from "./remember.ts";

/**
 * Every moment of some series through one encoder, with what followed, in a memory that is gone with the process: for
 * notebooks, which compare many encoders. Nothing counts as a correction: a bar that came late holds up those behind it,
 * as in feature tables.
 * @example const memory = await rememberInRam([series], encoder, { horizons: ["4h"], signal: interruptSignal() });
 */
export async function rememberInRam(
  series: readonly CandleSeries[],
  encoder: Encoder,
  { tenant = "default", ...options }: RememberOptions & { readonly tenant?: string },
): Promise<Memory> {
  const memory = ramMemory({ tenant, encoderVersion: encoder.version, dim: encoder.dim });
  const store = factStore(series.map((one) => factsOfSeries({ ...one, knownAt: firmKnownAt(one) })));
  for (const key of series) await remember(store, memory, encoder, keyOf(key), options);
  return memory;
}
