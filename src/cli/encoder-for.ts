import { setImmediate as nextTurn } from "node:timers/promises";
import { readEncoderFolder } from "../lib/adapters/artefacts/encoder-folder.ts";
import { shippedEncoders } from "../lib/adapters/artefacts/shipped.ts";
import { openTensorFlow } from "../lib/adapters/tfjs/open-tensorflow.ts";
import type { CandleSeries } from "../lib/candles/candle-series.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import { featureSetByName, featureSetHash } from "../lib/features/feature-sets.ts";
import { chooseEncoder } from "../lib/remember/choose-encoder.ts";
import { fitEncoder } from "../lib/remember/fit-encoder.ts";
import { fixedWidth } from "../lib/time/timeframe.ts";
import type { EpochMs } from "../lib/time/units.ts";
import { parseInstant } from "./instant.ts";
import type { Progress, Ui } from "./ui.ts";

const SEED = 1;

export interface EncoderWish {
  readonly timeframes: readonly string[];
  /** A version that the memory holds, or the folder of an artefact. */
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** The encoder for these series: chosen, or fitted now on what was `knownThen`. Writes nothing. */
export async function encoderFor(
  candles: readonly CandleSeries[],
  knownThen: (until: EpochMs) => readonly CandleSeries[],
  held: readonly Encoder[],
  wish: EncoderWish,
): Promise<{ readonly encoder: Encoder; readonly why: string }> {
  const { timeframes, ui, signal } = wish;
  const { timeframe, calendar } = candles[0]!;
  const features = wish.features ?? defaultFeatures(timeframe);
  const fitUntil = wish.fitUntil === undefined ? null : parseInstant(wish.fitUntil, calendar, "--fit-until");
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
  return { encoder: await fitted(knownThen(until), timeframes, features, until, ui, signal), why };
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
  ui: Ui,
  signal: AbortSignal,
): Promise<Encoder> {
  const tf = await openTensorFlow();
  let progress: Progress | null = null;
  const encoder = await fitEncoder(candles, {
    tf,
    timeframes,
    featureSet,
    until,
    seed: SEED,
    signal,
    onProgress: async ({ step, steps, validationLoss }) => {
      progress ??= ui.progress("fitting an encoder", steps);
      progress.update(
        step,
        Number.isNaN(validationLoss) ? "" : `validation loss ${validationLoss.toFixed(4)}`,
      );
      await nextTurn();
    },
  });
  (progress as Progress | null)?.done();
  return encoder;
}
