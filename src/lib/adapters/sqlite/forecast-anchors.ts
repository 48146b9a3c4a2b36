import type { EpochMs } from "../../time/units.ts";
import type { LabelledOf } from "./labelled-until.ts";
import { findSeries } from "./series-table.ts";
import type { Store } from "./store.ts";

/** Anchors of a series that are stored with a base forecast over a horizon. */
export function forecastAnchors(
  store: Store,
  { tenant, encoder, horizon, series }: LabelledOf,
): ReadonlySet<EpochMs> {
  const anchors = new Set<EpochMs>();
  store.scan(
    `SELECT anchor FROM forecasts WHERE memory = (SELECT memory FROM memories WHERE tenant = ? AND encoder = ?)
       AND horizon = ? AND series = ? AND revision = 0`,
    [tenant, encoder, horizon, findSeries(store, series) ?? -1],
    ([anchor]) => void anchors.add(anchor as EpochMs),
  );
  return anchors;
}
