import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { labelHorizon } from "../context/label.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { Memory } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import { fillContexts } from "./fill-contexts.ts";
import { momentsOf, type Moments } from "./moments.ts";
import { putMoments } from "./put-moments.ts";
import { views } from "./views.ts";

export interface RememberOptions {
  readonly horizons: readonly Horizon[];
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may let other work run; total is 0 where it is not known. */
  readonly onProgress?: (stage: string, done: number, total: number) => void | Promise<void>;
}

export interface RememberReport {
  readonly anchors: number;
  readonly written: number;
  readonly labelled: Readonly<Record<Horizon, number>>;
}

/**
 * Puts every anchor of a stored series into memory and fills every context that has matured. What is there
 * already is left alone, so it may be stopped and run again at any time.
 */
export async function remember(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  options: RememberOptions,
): Promise<RememberReport> {
  const { horizons, signal, onProgress } = options;
  const filled = new Map(horizons.map((horizon) => [horizon, new Set<number>()]));
  const labelled: Record<Horizon, number> = Object.fromEntries(horizons.map((horizon) => [horizon, 0]));
  let written = 0;
  for (const view of views(store, key)) {
    let moments: Moments | null = null;
    if (view.isAnchor.includes(1)) {
      moments = await momentsOf(view.series, encoder, {
        horizons,
        ...(signal ? { signal } : {}),
        onStage: (stage) => onProgress?.(stage, 0, 0),
      });
      written += await putMoments(memory, encoder, key, view, moments, options);
    }
    // A view without anchors of its own may still complete what followed earlier ones: a late bar fills a hole.
    for (const horizon of horizons) {
      const made = view.facts === view.series ? moments?.contexts[horizon] : undefined;
      const columns = made ?? labelHorizon(view.facts, horizon);
      labelled[horizon]! += await fillContexts(memory, key, view, columns, filled.get(horizon)!, options);
    }
  }
  return { anchors: (await memory.anchors(key)).length, written, labelled };
}
