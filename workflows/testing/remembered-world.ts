import { join } from "node:path";
import { writeEncoderFolder } from "../../src/lib/adapters/artefacts/encoder-folder.ts";
import { growRecord } from "../../src/lib/adapters/folder/grow-record.ts";
import { keepEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import type { TruthDigest } from "../../src/lib/adapters/sqlite/digest.ts";
import { openMemoryFolder, type MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { CandleSeries, SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import { drawnEncoder, featuresOf } from "../../src/lib/evaluation/look-ahead/subjects/drawn-encoder.ts";
import { featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { remember } from "../../src/lib/remember/remember.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";

export const HORIZON = "4h";
export const NO_ONE: AbortSignal = new AbortController().signal;

/** A memory of two symbols through one random encoder, and another encoder beside it. */
export interface RememberedWorld {
  readonly memory: string;
  readonly candles: readonly CandleSeries[];
  readonly keys: readonly SeriesKey[];
  readonly encoder: Encoder;
  readonly other: Encoder;
  /** The folder of `other`, which the memory does not hold. */
  readonly artefact: string;
}

export interface WorldOptions {
  readonly rows: number;
  readonly symbols?: readonly string[];
}

const encoderOf = (seed: number): Encoder =>
  drawnEncoder({
    ...{ seed, first: 20, design: defaultDesign(["1h"]) },
    features: featuresOf(featureSetByName("close12")),
  });

/** @param path an empty folder */
export async function rememberedWorld(path: string, options: WorldOptions): Promise<RememberedWorld> {
  const { rows, symbols = ["AAA", "BBB"] } = options;
  const candles = symbols.map((symbol, i) =>
    syntheticCandles({ seed: 3 + i, rows, timeframe: "1h", symbol, source: "test" }),
  );
  const keys = candles.map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe }));
  const [encoder, other] = [encoderOf(1), encoderOf(2)];
  const [memory, artefact] = [join(path, "memory"), join(path, "artefact")];
  await writeEncoderFolder(artefact, other);
  const folder = openMemoryFolder(memory, { mode: "write" });
  for (const series of candles) folder.candles.write(series, 0);
  keepEncoder(folder, encoder);
  await rememberAll(folder, keys, encoder);
  folder.close();
  return { memory, candles, keys, encoder, other, artefact };
}

/** Moments and outcomes of every series, then the records of their past answers. */
export async function rememberAll(
  folder: MemoryFolder,
  keys: readonly SeriesKey[],
  encoder: Encoder,
): Promise<void> {
  const memory = folder.memory("default", encoder);
  for (const key of keys)
    await remember(folder.candles, memory, encoder, key, { horizons: [HORIZON], signal: NO_ONE });
  for (const key of keys) {
    const { calendar } = folder.candles.read(key, { asOf: Infinity });
    const of = { memory, encoder, key, calendar, horizon: HORIZON, tenant: "default", signal: NO_ONE };
    await growRecord(folder, of);
  }
}

export function digestOf(memory: string): TruthDigest {
  return inFolder(memory, (folder) => folder.digest());
}

export function inFolder<T>(memory: string, read: (folder: MemoryFolder) => T): T {
  const folder = openMemoryFolder(memory, { mode: "read" });
  try {
    return read(folder);
  } finally {
    folder.close();
  }
}
