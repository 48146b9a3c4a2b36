import type { SeriesKey } from "../candles/candle-series.ts";
import { RhymeError } from "../errors.ts";
import type { Among, Memory, Pattern } from "../memory/memory.ts";
import type { Known, ManyQuestion } from "./many.ts";
import type { Horizon } from "../time/horizon.ts";
import { iso, type EpochMs } from "../time/units.ts";

/** Whose memories are searched: every symbol's, the question's own, or those listed. */
export type AmongNames = "all" | "same" | readonly string[];

/** The moment of an anchor as it was known later; remember/moment-as-of.ts makes it. */
export interface MomentAsOf {
  /** Of revision 0 the stored pattern itself. */
  readonly pattern: Pattern;
  /** When the corrections of its past became known, ascending: as many as `pattern.revision`. */
  readonly corrections: readonly EpochMs[];
  /** When the last bar of the horizon is known, by the calendar. */
  readonly horizonEnd: EpochMs;
}

/**
 * What rhymes with this moment, and what followed? The moment is the newest pattern of the series at or before `at`,
 * its anchor; and unless `asOf` says otherwise, the question is asked as of that anchor.
 */
export interface Question extends SeriesKey {
  readonly tenant: string;
  readonly at: EpochMs;
  readonly horizon: Horizon;
  /** Episodes to show as evidence. */
  readonly k: number;
  readonly among?: AmongNames;
  readonly encoder: { readonly version: string; readonly knownAt: EpochMs };
  /** Allow a moment that the encoder was fitted on; the answer says so. */
  readonly hindsight?: boolean;
  /** Asks with what was known by then: the anchor, or later knowledge of it, which needs `moment`; never less. */
  readonly asOf?: EpochMs;
  /** The moment as it was known by `asOf`. */
  readonly moment?: MomentAsOf;
  /** Only moments whose outcome was first known by then may answer (default: asOf), with what is known of them now. */
  readonly maturedBy?: EpochMs;
}

/** The stored pattern that a question means, with all that is known of it by now. @throws RhymeError naming what is wrong with the question */
export async function patternOf(memory: Memory, question: Question): Promise<Pattern> {
  const { tenant, encoder, k, at } = question;
  same("tenant", memory.tenant, tenant);
  same("encoder", memory.encoderVersion, encoder.version);
  if (!Number.isInteger(k) || k < 1)
    throw usage("k", "a whole number of at least 1", `${k}`, "Ask for at least one neighbour");
  const series = seriesOf(question);
  const pattern = await memory.at(series, at, Infinity);
  if (!pattern) throw await noPattern(memory, series, at);
  if (pattern.anchor < encoder.knownAt && !question.hindsight)
    throw new RhymeError("time", {
      place: "at",
      expected: `a moment from ${iso(encoder.knownAt)} on, when encoder ${encoder.version} was known`,
      received: iso(pattern.anchor),
      remedy: "Ask about a later moment, or ask in hindsight (--hindsight) and the answer will say so",
    });
  return pattern;
}

/** The series a question is about, without the rest. */
export function seriesOf({ source, symbol, timeframe }: SeriesKey): SeriesKey {
  return { source, symbol, timeframe };
}

/** What is searched for a pattern, as of its own anchor unless something else is known. */
export function searchOf(
  pattern: Pattern,
  horizon: Horizon,
  among: AmongNames | undefined,
  known: Known = { asOf: pattern.anchor },
): ManyQuestion {
  const { vector, symbol, timeframe } = pattern;
  return { ...known, vector, horizon, among: amongOf(among, symbol), timeframe };
}

/** The memory's form of `among`; a list is sorted so that its order changes nothing. */
function amongOf(among: AmongNames | undefined, symbol: string): Among {
  if (among === undefined || among === "all") return "all";
  if (among === "same") return { symbols: [symbol] };
  if (among.length === 0)
    throw usage("among", "all, same or a list of symbols", "an empty list", "Name at least one symbol");
  return { symbols: [...new Set(among)].sort() };
}

/** The stated form of `among`: the default filled in, a list sorted. */
export function amongNames(among: AmongNames | undefined): "all" | "same" | string[] {
  if (among === undefined) return "all";
  return typeof among === "string" ? among : [...new Set(among)].sort();
}

/** Throws when fewer than `k` patterns exist at all; fewer that have matured is an answer, not an error. */
export async function assertEnough(memory: Memory, k: number, matured: number): Promise<void> {
  if (k <= matured) return;
  const stored = await memory.count();
  if (k > stored)
    throw usage(
      "k",
      `at most ${stored}, the number of patterns remembered`,
      `${k}`,
      "Ask for fewer neighbours, or remember more candles first",
    );
}

function same(place: string, expected: string, received: string): void {
  if (expected === received) return;
  throw new RhymeError("mismatch", {
    place,
    expected: `${expected}, which this memory belongs to`,
    received,
    remedy: `Open the memory of this ${place}; two never meet in one answer`,
  });
}

function usage(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy });
}

async function noPattern(memory: Memory, series: SeriesKey, at: EpochMs): Promise<RhymeError> {
  const name = `${series.symbol} ${series.timeframe} of ${series.source}`;
  if (!Number.isFinite(at)) return usage("at", "an instant", `${at}`, "Give an ISO 8601 time with its zone");
  const first = (await memory.anchors(series))[0];
  if (first === undefined)
    return usage("series", "one that this memory holds", name, "Remember its candles first");
  return new RhymeError("time", {
    place: "at",
    expected: `a moment from ${iso(first)} on, the first pattern of ${name} after warm-up`,
    received: iso(at),
    remedy: "Ask about a later moment, or remember earlier candles",
  });
}
