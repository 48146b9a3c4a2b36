import type { CandleSeries } from "../candles/candle-series.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { EpochMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";

const FIT_SHARE = 0.4;

export interface EncoderWanted {
  readonly timeframes: readonly Timeframe[];
  readonly featureSetHash: string;
}

export type EncoderChoice =
  | { readonly kind: "use"; readonly encoder: Encoder; readonly why: string }
  | { readonly kind: "fit"; readonly until: EpochMs; readonly why: string };

/** Whether an encoder reads exactly these timeframes and features. */
export function matches(encoder: Encoder, wanted: EncoderWanted): boolean {
  return (
    encoder.featureSetHash === wanted.featureSetHash &&
    encoder.design.timeframes.join() === wanted.timeframes.join()
  );
}

/**
 * Which encoder a series is remembered with: the one asked for, else the one that this memory holds for these
 * timeframes and features, else the shipped one where it matches and was already known at 40 % of the history,
 * else a new one fitted on that 40 % (or up to `fitUntil`). A memory's own encoder is never refitted unasked.
 */
export function chooseEncoder(
  candles: CandleSeries,
  wanted: EncoderWanted,
  from: {
    readonly asked: Encoder | null;
    readonly held: readonly Encoder[];
    readonly shipped: readonly Encoder[];
    readonly fitUntil: EpochMs | null;
  },
): EncoderChoice {
  if (from.asked) return { kind: "use", encoder: from.asked, why: "named by --encoder" };
  const held = from.held.find((encoder) => matches(encoder, wanted));
  if (held) return { kind: "use", encoder: held, why: "already held by this memory" };
  const rows = candles.knownAt.length;
  const until = from.fitUntil ?? candles.knownAt[Math.max(0, Math.ceil(rows * FIT_SHARE) - 1)]!;
  const shipped = from.shipped.find((encoder) => matches(encoder, wanted) && encoder.knownAt <= until);
  if (shipped && from.fitUntil === null) return { kind: "use", encoder: shipped, why: "shipped with Rhyme" };
  const share = from.fitUntil === null ? "the first 40 % of the history" : "--fit-until";
  return { kind: "fit", until, why: `fitted on ${share}` };
}
