import type { Encoder } from "../encoder/encoder.ts";
import { RhymeError } from "../errors.ts";
import { iso, type EpochMs } from "../time/units.ts";
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

function assertMatches(encoder: Encoder, wanted: EncoderWanted): void {
  if (matches(encoder, wanted)) return;
  const hash = (full: string): string => `features ${full.slice(0, 12)}`;
  throw new RhymeError("mismatch", {
    place: `--encoder ${encoder.version}`,
    expected: `one that reads ${wanted.timeframes.join()} with ${hash(wanted.featureSetHash)}`,
    received: `${encoder.design.timeframes.join()} with ${encoder.featureSet}, ${hash(encoder.featureSetHash)}`,
    remedy: "Give the timeframes and --features of the encoder, or leave --encoder out.",
  });
}

/**
 * Which encoder candles are remembered with (`knownAt`: of all their rows, ascending): the one asked for, else the one that this memory holds for these
 * timeframes and features, else the shipped one where it matches and was already known at 40 % of the history,
 * else a new one fitted on that 40 %. `fitUntil` asks for one fitted up to then: of those held only one that was known
 * right then will do. A memory's own encoder is never refitted unasked.
 */
export function chooseEncoder(
  knownAt: Float64Array,
  wanted: EncoderWanted,
  from: {
    readonly asked: Encoder | null;
    readonly held: readonly Encoder[];
    readonly shipped: readonly Encoder[];
    readonly fitUntil: EpochMs | null;
  },
): EncoderChoice {
  if (from.asked) {
    assertMatches(from.asked, wanted);
    return { kind: "use", encoder: from.asked, why: "named by --encoder" };
  }
  const fitUntil = from.fitUntil;
  // Fitting again on the same span gives the same encoder, so one that was known right then is it.
  const last = fitUntil === null ? null : knownAt.findLast((t) => t <= fitUntil);
  const held = from.held.find(
    (encoder) => matches(encoder, wanted) && (last === null || encoder.knownAt === last),
  );
  if (held) return { kind: "use", encoder: held, why: "already held by this memory" };
  const until = fitUntil ?? knownAt[Math.max(0, Math.ceil(knownAt.length * FIT_SHARE) - 1)]!;
  const shipped = from.shipped.find((encoder) => matches(encoder, wanted) && encoder.knownAt <= until);
  if (shipped && fitUntil === null) return { kind: "use", encoder: shipped, why: "shipped with Rhyme" };
  const share = fitUntil === null ? "the first 40 % of the history" : "what was known by --fit-until";
  const later = from.shipped.find((encoder) => matches(encoder, wanted));
  const not =
    later && fitUntil === null
      ? `; the shipped one was known at ${iso(later.knownAt)}, too late for that`
      : "";
  return { kind: "fit", until, why: `fitted on ${share}${not}` };
}
