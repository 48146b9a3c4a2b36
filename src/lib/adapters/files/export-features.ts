import type { SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { knownBy } from "../../candles/slice.ts";
import type { FeatureSet, FeatureTable } from "../../features/feature.ts";
import { outputNames } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { views } from "../../remember/views.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import type { EpochMs } from "../../time/units.ts";
import type { ExportCell, ExportKind, ExportTable } from "./export-columns.ts";

export interface FeatureExport {
  readonly series: readonly SeriesKey[];
  readonly set: FeatureSet;
  readonly timeframes: readonly Timeframe[];
  /** Rows with open time in [from, to) that were known by `asOf`. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly asOf: EpochMs;
}

/**
 * Features as an encoder sees them: one row per closed bar of every timeframe, each computed from what was known at
 * its `known_at`. A bar that came late has no row of its own; the rows after its arrival were computed with it.
 */
export function featureTableOf(store: CandleStore, wanted: FeatureExport): ExportTable {
  const kinds: [string, ExportKind][] = outputNames(wanted.set).map((name) => [name, "real"]);
  return {
    shape: {
      ...{ symbol: "text", source: "text", base_timeframe: "text", timeframe: "text" },
      ...{ timestamp: "instant", known_at: "instant" },
      ...Object.fromEntries(kinds),
    },
    rows: featureRows(store, wanted),
  };
}

function* featureRows(
  store: CandleStore,
  { series, set, timeframes, from, to, asOf }: FeatureExport,
): Generator<ExportCell[]> {
  for (const key of series)
    for (const view of views(store, key)) {
      if (view.from > asOf) break;
      const until = Math.min(asOf, view.to - 1);
      const candles = until === Infinity ? view.series : knownBy(view.series, until);
      for (const table of Object.values(featureTables(set, byTimeframe(candles, timeframes))))
        for (let i = 0; i < table.openTime.length; i++) {
          const [open, known] = [table.openTime[i]!, table.knownAt[i]!];
          if (open >= from && open < to && known >= view.from && known <= until) yield cellsOf(key, table, i);
        }
    }
}

function cellsOf({ symbol, source, timeframe }: SeriesKey, table: FeatureTable, row: number): ExportCell[] {
  const width = table.names.length;
  const cells: ExportCell[] = [
    symbol,
    source,
    timeframe,
    table.timeframe,
    table.openTime[row]!,
    table.knownAt[row]!,
  ];
  for (let f = 0; f < width; f++) {
    const value = table.values[row * width + f]!;
    cells.push(Number.isNaN(value) ? null : value);
  }
  return cells;
}
