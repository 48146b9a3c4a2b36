import type { Look } from "../lib/adapters/html/trust-page-input.ts";
import type { CandleStore } from "../lib/candles/candle-store.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import type { TrustReport } from "../lib/evaluation/trust/trust-report.ts";
import { seriesName } from "../lib/memory/names.ts";
import { pathAround } from "../lib/recall/paths.ts";
import { viewAt, type View } from "../lib/remember/views.ts";
import { horizonBars } from "../lib/time/horizon.ts";

const FEWEST_BEFORE = 20;

/** The prices around the best and worst answers: up to the anchor as they were known then, after it as they are now. */
export function trustLooks(store: CandleStore, { best, worst, horizon }: TrustReport): Look[] {
  const newest = new Map<string, View>();
  return [...best, ...worst].flatMap((example): Look[] => {
    const key: SeriesKey = example;
    const name = seriesName(key);
    const now = newest.get(name) ?? viewAt(store, key, Infinity);
    newest.set(name, now);
    const anchor = Date.parse(example.anchor);
    const then = anchor >= now.from ? now : viewAt(store, key, anchor);
    const bars = horizonBars(horizon, key.timeframe, now.series.calendar);
    const before = pathAround(then.series, anchor, { before: Math.max(FEWEST_BEFORE, bars), after: 0 });
    const after = pathAround(now.series, anchor, { before: 0, after: bars });
    if (!before || !after) return [];
    return [{ example, before: before.logReturn, after: after.logReturn.slice(1) }];
  });
}
