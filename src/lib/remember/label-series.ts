import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { labelHorizon } from "../context/label.ts";
import type { Memory } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import { addAnchors, fillContexts, type Anchors, type Labelled } from "./fill-contexts.ts";
import type { RememberOptions } from "./remember.ts";
import { views } from "./views.ts";
import type { EpochMs } from "../time/units.ts";
import { MATURE, PENDING } from "../context/context.ts";

/** Outcomes that were stored for one horizon. */
export interface LabelledSeries {
  readonly labelled: number;
  /** What corrections changed. */
  readonly revised: number;
}

export interface LabelSeriesOptions extends Omit<RememberOptions, "horizons"> {
  /** When the newest stored outcome was known: of a series without corrections none before it is looked at again. */
  readonly after?: EpochMs;
  /** As of when: no fact that was known later counts. */
  readonly until?: EpochMs;
}

/**
 * Fills every context of stored moments that has matured over one horizon, as `remember` does once it has put the
 * moments, and keeps what corrections made of contexts. What is stored already stays, so it may be stopped and run
 * again at any time.
 */
export async function labelSeries(
  store: CandleStore,
  memory: Memory,
  key: SeriesKey,
  horizon: Horizon,
  { after = -Infinity, until = Infinity, ...options }: LabelSeriesOptions = {},
): Promise<LabelledSeries> {
  const known = until === Infinity ? store : storeUntil(store, until);
  const anchors: Anchors = new Map();
  let before: Labelled | null = null;
  let [labelled, revised] = [0, 0];
  for (const view of views(known, key)) {
    addAnchors(anchors, view);
    const now: Labelled = { facts: view.facts, columns: labelHorizon(view.facts, horizon) };
    if (after > -Infinity && view.from === -Infinity && view.to === Infinity)
      before = knownBefore(now, after);
    const counts = await fillContexts(memory, key, now, before, anchors, { ...options, horizons: [horizon] });
    labelled += counts.written;
    revised += counts.revised;
    before = now;
  }
  return { labelled, revised };
}

/**
 * What had been said before an instant. Without corrections outcomes become known in the order of their moments, and are
 * stored in it: so all of these are.
 */
function knownBefore({ facts, columns }: Labelled, after: EpochMs): Labelled {
  const state = columns.state.map((is, row) =>
    is === MATURE && columns.matureAt[row]! < after ? MATURE : PENDING,
  );
  return { facts, columns: { ...columns, state } };
}

/** A store of candles in which nothing became known after an instant. */
function storeUntil(store: CandleStore, until: EpochMs): Pick<CandleStore, "corrections" | "readFacts"> {
  return {
    corrections: (key) => store.corrections(key).filter((t) => t <= until),
    readFacts: (key, range) => store.readFacts(key, { ...range, asOf: Math.min(range.asOf, until) }),
  };
}
