import type { CandleSeries } from "../../candles/candle-series.ts";
import type { StatedColumn } from "./stated.ts";

/** One value per candle, about that candle and known with it: the usual shape of a feature. */
export function statedOfRows(
  name: string,
  { openTime, knownAt }: Pick<CandleSeries, "openTime" | "knownAt">,
  values: StatedColumn["values"],
): StatedColumn {
  return { name, key: openTime, knownAt, values };
}
