import { byTimeframe } from "../../../candles/resample.ts";
import { RhymeError } from "../../../errors.ts";
import { inputDrift, type InputDrift } from "../../../evaluation/drift/input-drift.ts";
import { trustDrift, type TrustDrift } from "../../../evaluation/drift/trust-drift.ts";
import { trustRows } from "../../../evaluation/trust/trust-rows.ts";
import { featureSetByName } from "../../../features/feature-sets.ts";
import { featureTables } from "../../../features/feature-table.ts";
import { keyOf, type SeriesKey } from "../../../candles/candle-series.ts";
import { readRecord } from "../../../recall/read-record.ts";
import { seriesAsOf } from "../../../remember/views.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import type { SeriesHolding } from "../../sqlite/summary.ts";
import { heldEncoder } from "../held-encoders.ts";
import type { Work } from "../work.ts";

/** Inputs of one series, of the base timeframe; null where there are too few rows on either side. */
export interface SeriesDrift extends SeriesKey {
  readonly encoder: string;
  readonly drift: InputDrift | null;
}

/** Answers of all series of one encoder and base timeframe for one horizon. */
export interface AnswerDrift {
  readonly encoder: string;
  readonly timeframe: string;
  readonly horizon: string;
  readonly drift: TrustDrift | null;
}

/** The features of every series as its encoder sees them, the newest rows against those that it was fitted on. */
export async function inputDrifts(
  folder: MemoryFolder,
  held: readonly SeriesHolding[],
  asOf: EpochMs,
  { signal, onProgress }: Work,
): Promise<readonly SeriesDrift[]> {
  const drifts: SeriesDrift[] = [];
  for (const [done, one] of held.entries()) {
    signal.throwIfAborted();
    await onProgress?.({ what: "looking at inputs", done, total: held.length, note: one.symbol });
    const encoder = heldEncoder(folder, one.encoder);
    const candles = seriesAsOf(folder.candles, keyOf(one), asOf);
    const tables = featureTables(
      featureSetByName(encoder.featureSet),
      byTimeframe(candles, encoder.design.timeframes),
    );
    const drift = inputDrift(tables[one.timeframe]!, { referenceUntil: encoder.knownAt, asOf });
    drifts.push({ ...keyOf(one), encoder: one.encoder, drift });
  }
  return drifts;
}

/** Past answers of the stored records, the newest span against the one before; nothing is asked anew. */
export async function answerDrifts(
  folder: MemoryFolder,
  tenant: string,
  held: readonly SeriesHolding[],
  asOf: EpochMs,
  { signal, onProgress }: Work,
): Promise<readonly AnswerDrift[]> {
  const groups = new Map<string, SeriesHolding[]>();
  for (const one of held)
    for (const horizon of Object.keys(one.contexts)) {
      const name = JSON.stringify([one.encoder, one.timeframe, horizon]);
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
  const drifts: AnswerDrift[] = [];
  for (const [name, members] of groups) {
    signal.throwIfAborted();
    const [encoder, timeframe, horizon] = JSON.parse(name) as [string, string, string];
    await onProgress?.({
      what: "looking at answers",
      done: drifts.length,
      total: groups.size,
      note: horizon,
    });
    const drift = await driftOf(folder, tenant, members, horizon, asOf);
    drifts.push({ encoder, timeframe, horizon, drift });
  }
  return drifts;
}

async function driftOf(
  folder: MemoryFolder,
  tenant: string,
  members: readonly SeriesHolding[],
  horizon: string,
  asOf: EpochMs,
): Promise<TrustDrift | null> {
  const records = members.flatMap((one) => {
    const text = folder.records.get({ tenant, series: keyOf(one), encoderVersion: one.encoder, horizon });
    const record = text === null ? null : readRecord(text);
    return record && record.matureAt.length > 0 ? [record] : [];
  });
  if (records.length === 0) return null;
  try {
    return trustDrift(
      await trustRows(folder.candles, records, { from: -Infinity, to: Infinity, asOf }),
      horizon,
    );
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return null; // nothing that could be scored
    throw error;
  }
}
