import { factsKnownBy, factStore, type CandleFacts } from "../../candles/candle-facts.ts";
import type { CandlesByTimeframe, CandleSeries } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { knownBy } from "../../candles/slice.ts";
import { views } from "../../remember/views.ts";
import type { EpochMs } from "../../time/units.ts";
import { garbageAfter, type GarbageKind } from "./garbage.ts";
import type { History } from "./history.ts";

/** One state of knowledge in both forms that a subject may take. */
export interface World {
  readonly candles: CandlesByTimeframe;
  readonly facts: readonly CandleFacts[];
  readonly store: CandleStore;
}

/** A stretch of time in which nothing came late, with all that was known in it. */
export interface Stretch extends World {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * A history as its functions see it: candles stretch by stretch (a function of candles knows one fact per bar), the
 * store as a whole.
 */
export function stretchesOf(history: History): readonly Stretch[] {
  const store = factStore(history.facts);
  return Array.from(views(store, history.facts[0]!), ({ from, to, series }) => ({
    from,
    to,
    candles: byTimeframe(series, history.timeframes),
    facts: history.facts,
    store,
  }));
}

function worldOf(
  world: World,
  series: (one: CandleSeries) => CandleSeries,
  facts: (one: CandleFacts) => CandleFacts,
): World {
  const changed = world.facts.map(facts);
  const candles = Object.entries(world.candles).map(([name, one]) => [name, series(one)] as const);
  return { candles: Object.fromEntries(candles), facts: changed, store: factStore(changed) };
}

/** All that was known by `t`. */
export function worldKnownBy(world: World, t: EpochMs): World {
  return worldOf(
    world,
    (series) => knownBy(series, t),
    (facts) => factsKnownBy(facts, t),
  );
}

/** The same past with garbage for a future. */
export function worldWithGarbage(world: World, t: EpochMs, kind: GarbageKind, seed: number): World {
  return worldOf(
    world,
    (series) => garbageAfter(series, t, kind, seed),
    (facts) => garbageAfter(facts, t, kind, seed),
  );
}

/** Chance for the garbage behind an instant: the same whenever that instant is looked at again. */
export function garbageSeed({ seed }: Pick<History, "seed">, t: EpochMs): number {
  return (seed ^ Math.floor(t / 1000)) >>> 0;
}
