import { readEncoderFolder } from "../artefacts/encoder-folder.ts";
import { shippedEncoders } from "../artefacts/shipped.ts";
import { openTensorFlow } from "../tfjs/open-tensorflow.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import { knownBy } from "../../candles/slice.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { featureSetByName, featureSetHash } from "../../features/feature-sets.ts";
import { chooseEncoder } from "../../remember/choose-encoder.ts";
import { fitEncoder } from "../../remember/fit-encoder.ts";
import { viewAt } from "../../remember/views.ts";
import { fixedWidth } from "../../time/timeframe.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { heldEncoders } from "./held-encoders.ts";
import type { Work } from "./work.ts";

const SEED = 1;

export interface EncoderWish extends Work {
  readonly timeframes: readonly string[];
  /** A version that the memory holds, or the folder of an artefact. */
  readonly encoder?: string;
  /** For one fitted on what was known by then; a calendar tells the end of a day. */
  readonly fitUntil?: (calendar: Calendar) => EpochMs;
  readonly features?: string;
}

export interface ChosenEncoder {
  readonly encoder: Encoder;
  readonly why: string;
}

/** The encoder for these series: chosen, or fitted now on what was `knownThen`. Writes nothing. */
export async function encoderFor(
  candles: readonly CandleSeries[],
  knownThen: (until: EpochMs) => readonly CandleSeries[],
  held: readonly Encoder[],
  wish: EncoderWish,
): Promise<ChosenEncoder> {
  const { timeframes } = wish;
  const { timeframe, calendar } = candles[0]!;
  const features = wish.features ?? defaultFeatures(timeframe);
  const fitUntil = wish.fitUntil?.(calendar) ?? null;
  const wanted = { timeframes, featureSetHash: featureSetHash(featureSetByName(features)) };
  const asked = wish.encoder === undefined ? null : await askedEncoder(wish.encoder, held);
  const choice = chooseEncoder(knownAts(candles), wanted, {
    asked,
    held,
    shipped: await shippedEncoders(),
    fitUntil,
  });
  if (choice.kind === "use") return { encoder: choice.encoder, why: choice.why };
  const { until, why } = choice;
  return { encoder: await fitted(knownThen(until), timeframes, features, until, wish), why };
}

/** For series of a memory: chosen by them as they are known now; a fitting sees them as they were known by its end. */
export async function encoderForHeld(
  folder: MemoryFolder,
  keys: readonly SeriesKey[],
  tenant: string,
  wish: EncoderWish,
): Promise<ChosenEncoder> {
  const knownThen = (until: EpochMs): CandleSeries[] =>
    keys.map((key) => knownBy(viewAt(folder.candles, key, until).series, until));
  const series = keys.map((key) => viewAt(folder.candles, key, Infinity).series);
  return encoderFor(series, knownThen, heldEncoders(folder, tenant), wish);
}

/** When each row of any of the series was known, ascending. */
function knownAts(candles: readonly CandleSeries[]): Float64Array {
  if (candles.length === 1) return candles[0]!.knownAt;
  const all = new Float64Array(candles.reduce((sum, { knownAt }) => sum + knownAt.length, 0));
  let at = 0;
  for (const { knownAt } of candles) {
    all.set(knownAt, at);
    at += knownAt.length;
  }
  return all.sort();
}

/** Daily and longer bars carry no time of day, and their opens are often not real. */
function defaultFeatures(timeframe: string): string {
  return fixedWidth(timeframe) === null ? "close12" : "candle16";
}

async function askedEncoder(name: string, held: readonly Encoder[]): Promise<Encoder> {
  return held.find(({ version }) => version === name) ?? readEncoderFolder(name);
}

async function fitted(
  candles: readonly CandleSeries[],
  timeframes: readonly string[],
  featureSet: string,
  until: EpochMs,
  { signal, onProgress }: Work,
): Promise<Encoder> {
  const tf = await openTensorFlow();
  return fitEncoder(candles, {
    tf,
    timeframes,
    featureSet,
    until,
    seed: SEED,
    signal,
    onProgress: async ({ step, steps, validationLoss }) => {
      const note = Number.isNaN(validationLoss) ? "" : `validation loss ${validationLoss.toFixed(4)}`;
      await onProgress?.({ what: "fitting an encoder", done: step, total: steps, note });
    },
  });
}
