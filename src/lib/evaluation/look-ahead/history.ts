import type { CandleFacts } from "../../candles/candle-facts.ts";
import { byTimeframe } from "../../candles/resample.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import type { EpochMs } from "../../time/units.ts";

/** A past to try functions on: everything that was ever known, and when. */
export interface History {
  /** Facts per series, all of one base timeframe. Functions of candles are given the first; a store holds all. */
  readonly facts: readonly CandleFacts[];
  /** Fine to coarse; the first is that of the facts. */
  readonly timeframes: readonly Timeframe[];
  /** For whatever else a subject draws, such as the weights of an encoder. */
  readonly seed: number;
  /** What is special about it, in words. */
  readonly about: string;
}

/** Instants that a history is cut at, at least; fewer only where fewer things became known. */
export const FEWEST_INSTANTS = 8;
/** A history in which things became known at so few instants is cut at each: one candle at a time. */
export const EVERY_INSTANT = 24;

/** Of the instants at which something became known, so many are asked just before it did too. */
export const JUST_BEFORE = 3;

/**
 * Where a history is cut, ascending: when a bar of a higher timeframe became known, when a late fact did, and others
 * evenly spread until there are FEWEST_INSTANTS; all of them where they are few. And the millisecond before some of
 * them: a bar may have closed by then, but its source has not told.
 * @param most keep about so many, evenly spread; default all
 */
export function instantsOf({ facts, timeframes }: History, most: number = Infinity): Float64Array {
  const [own] = facts;
  const chosen = new Set<EpochMs>();
  const higher = byTimeframe(own!, timeframes);
  for (const timeframe of timeframes.slice(1)) for (const t of higher[timeframe]!.knownAt) chosen.add(t);
  for (const { late, knownAt } of facts) late.forEach((flag, row) => flag && chosen.add(knownAt[row]!));
  const all = [...new Set(own!.knownAt)].sort((a, b) => a - b);
  const rest = all.filter((t) => !chosen.has(t));
  const wanted = all.length <= EVERY_INSTANT ? EVERY_INSTANT : FEWEST_INSTANTS;
  for (const t of spread(rest, wanted - chosen.size)) chosen.add(t);
  for (const t of spread(all, JUST_BEFORE)) chosen.add(t - 1);
  const ascending = [...chosen].sort((a, b) => a - b);
  return Float64Array.from(ascending.length > most ? spread(ascending, most) : ascending);
}

/** About `count` of them, evenly spread, the last among them. */
function spread(values: readonly number[], count: number): readonly number[] {
  if (count <= 0) return [];
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => values[Math.ceil(((i + 1) * values.length) / count) - 1]!);
}
