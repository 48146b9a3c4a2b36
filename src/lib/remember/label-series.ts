import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { labelHorizon } from "../context/label.ts";
import type { Memory } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import { addAnchors, fillContexts, type Anchors, type Labelled } from "./fill-contexts.ts";
import type { RememberOptions } from "./remember.ts";
import { views } from "./views.ts";

/** Outcomes that were stored for one horizon. */
export interface LabelledSeries {
  readonly labelled: number;
  /** What corrections changed. */
  readonly revised: number;
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
  options: Omit<RememberOptions, "horizons"> = {},
): Promise<LabelledSeries> {
  const anchors: Anchors = new Map();
  let before: Labelled | null = null;
  let [labelled, revised] = [0, 0];
  for (const view of views(store, key)) {
    addAnchors(anchors, view);
    const now: Labelled = { facts: view.facts, columns: labelHorizon(view.facts, horizon) };
    const counts = await fillContexts(memory, key, now, before, anchors, { ...options, horizons: [horizon] });
    labelled += counts.written;
    revised += counts.revised;
    before = now;
  }
  return { labelled, revised };
}
