import type { SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { UNDEFINED } from "../../context/context.ts";
import { horizonSpans } from "../../context/horizon-span.ts";
import { countUpTo } from "../../math/count-up-to.ts";
import { LEVELS } from "../../recall/answer.ts";
import { fromNames } from "../../recall/ledger.ts";
import { viewAt, views, type View } from "../../remember/views.ts";
import type { Horizon } from "../../time/horizon.ts";
import { PLAIN_METHODS, plainQuantiles, type PlainQuantiles } from "./plain-baselines.ts";
import { TRUST_LABELS } from "./trust-report.ts";

const Q = LEVELS.length;

/**
 * What the plain baselines would have said at anchors of a stored series, each from the candles as they were known
 * then: a correction reaches only later anchors.
 * @param anchors ascending
 */
export function seriesBaselines(
  store: CandleStore,
  key: SeriesKey,
  horizon: Horizon,
  anchors: Float64Array,
): PlainQuantiles {
  const out = fromNames(PLAIN_METHODS, () =>
    fromNames(TRUST_LABELS, () => new Float64Array(anchors.length * Q).fill(NaN)),
  );
  for (const view of views(store, key)) {
    const first = anchors.findIndex((t) => t >= view.from);
    const inside = anchors.filter((t) => t >= view.from && t < view.to);
    if (inside.length === 0) continue;
    const said = plainQuantiles(view.series, horizon, rowsAt(view, inside));
    for (const method of PLAIN_METHODS)
      for (const label of TRUST_LABELS) out[method][label].set(said[method][label], first * Q);
  }
  return out;
}

/** 1 where a bar of the horizon is missing in all that is stored: as far as that tells, what followed will never be known. [A] */
export function missingOutcomes(
  store: CandleStore,
  key: SeriesKey,
  horizon: Horizon,
  anchors: Float64Array,
): Uint8Array {
  const view = viewAt(store, key, Infinity);
  const { state } = horizonSpans(view.facts, horizon);
  return Uint8Array.from(rowsAt(view, anchors), (row) => (state[row] === UNDEFINED ? 1 : 0));
}

/** Row of the newest candle known at each instant. */
function rowsAt({ series }: View, instants: Float64Array): Int32Array {
  return Int32Array.from(instants, (t) => countUpTo(series.knownAt, t) - 1);
}
