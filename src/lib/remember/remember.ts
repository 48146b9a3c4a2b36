import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { labelHorizon } from "../context/label.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { Memory } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import { addAnchors, fillContexts, type Anchors, type Labelled } from "./fill-contexts.ts";
import { momentsOf, type Moments, type MomentsOptions } from "./moments.ts";
import { holdsMoments, putMoments } from "./put-moments.ts";
import { views, type View } from "./views.ts";

export interface RememberOptions {
  readonly horizons: readonly Horizon[];
  /** Embeds in place of the encoder itself. */
  readonly embed?: MomentsOptions["embed"];
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may let other work run; total is 0 where it is not known. */
  readonly onProgress?: (stage: string, done: number, total: number) => void | Promise<void>;
}

export interface RememberReport {
  readonly anchors: number;
  readonly written: number;
  /** First outcomes stored, by horizon. */
  readonly labelled: Readonly<Record<Horizon, number>>;
  /** Outcomes that a correction changed: further label facts stored, by horizon. */
  readonly revised: Readonly<Record<Horizon, number>>;
}

/** What was remembered, and how the series stands now: for whoever follows it from there. */
export interface Remembered {
  readonly report: RememberReport;
  /** The newest of its views. */
  readonly view: View;
  /** Which bar each anchor was. */
  readonly anchors: Anchors;
}

/**
 * Puts every anchor of a stored series into memory, fills every context that has matured, and keeps what corrections
 * made of contexts as label facts of their own, known when the correction arrived. Patterns stay what was known at
 * their anchor. What is there already is left alone, so it may be stopped and run again at any time.
 */
export async function remember(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  options: RememberOptions,
): Promise<RememberReport> {
  return (await rememberViews(store, memory, encoder, key, options)).report;
}

/** The same; says too how the series stands now. */
export async function rememberViews(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  options: RememberOptions,
): Promise<Remembered> {
  const { horizons, signal, embed, onProgress } = options;
  const none = (): Record<Horizon, number> => Object.fromEntries(horizons.map((horizon) => [horizon, 0]));
  const [labelled, revised] = [none(), none()];
  const before = new Map<Horizon, Labelled>();
  const anchors: Anchors = new Map();
  let written = 0;
  let newest: View | null = null;
  for (const view of views(store, key)) {
    newest = view;
    addAnchors(anchors, view);
    let moments: Moments | null = null;
    if (view.isAnchor.includes(1) && !(await holdsMoments(memory, key, view, horizons))) {
      moments = await momentsOf(view.series, encoder, {
        horizons,
        ...(signal ? { signal } : {}),
        ...(embed ? { embed } : {}),
        onStage: (stage) => onProgress?.(stage, 0, 0),
      });
      written += await putMoments(memory, encoder, key, view, moments, options);
    }
    // A view without anchors of its own may still complete what followed earlier ones: a late bar fills a hole.
    for (const horizon of horizons) {
      const made = view.facts.late.includes(1) ? undefined : moments?.contexts[horizon];
      const now = { facts: view.facts, columns: made ?? labelHorizon(view.facts, horizon) };
      const last = before.get(horizon) ?? null;
      const counts = await fillContexts(memory, key, now, last, anchors, options);
      labelled[horizon]! += counts.written;
      revised[horizon]! += counts.revised;
      before.set(horizon, now);
    }
  }
  const report = { anchors: (await memory.anchors(key)).length, written, labelled, revised };
  return { report, view: newest!, anchors };
}
