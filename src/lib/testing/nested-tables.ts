import type { FeatureTable, FeatureTables } from "../features/feature.ts";
import { createRng, type Rng } from "../math/rng.ts";
import { fixedWidth, type Timeframe } from "../time/timeframe.ts";

export interface NestedTables {
  readonly seed: number;
  /** Bars of the finest timeframe, before some are dropped. */
  readonly bars: number;
  /** Minutes and hours, fine to coarse. */
  readonly timeframes: readonly Timeframe[];
  /** Share of rows missing, in every timeframe by itself. */
  readonly gapShare?: number;
  /** Largest lag in ms added to a row's close; knownAt still ascends. */
  readonly maxLag?: number;
  readonly features?: number;
}

/** Feature tables with random values on aligned round-the-clock bars, with gaps and lags. */
export function nestedTables(options: NestedTables): FeatureTables {
  const rng = createRng(options.seed);
  const end = options.bars * fixedWidth(options.timeframes[0]!)!;
  return Object.fromEntries(
    options.timeframes.map((timeframe) => [timeframe, table(rng, timeframe, end, options)]),
  );
}

function table(rng: Rng, timeframe: Timeframe, end: number, options: NestedTables): FeatureTable {
  const { gapShare = 0, maxLag = 0, features = 3 } = options;
  const width = fixedWidth(timeframe)!;
  const openTime: number[] = [];
  const knownAt: number[] = [];
  for (let open = 0; open + width <= end; open += width) {
    const lag = Math.floor(rng.next() * maxLag);
    if (rng.next() < gapShare) continue;
    openTime.push(open);
    knownAt.push(Math.max(open + width + lag, knownAt.at(-1) ?? 0));
  }
  return {
    timeframe,
    names: Array.from({ length: features }, (_, f) => `x${f}`),
    values: Float64Array.from({ length: openTime.length * features }, () => rng.normal()),
    openTime: Float64Array.from(openTime),
    knownAt: Float64Array.from(knownAt),
  };
}

/** What was known by t: the rows with knownAt ≤ t. */
export function tablesKnownBy(tables: FeatureTables, t: number): FeatureTables {
  return Object.fromEntries(
    Object.entries(tables).map(([timeframe, table]) => {
      const rows = table.knownAt.filter((known) => known <= t).length;
      const cut = {
        values: table.values.slice(0, rows * table.names.length),
        openTime: table.openTime.slice(0, rows),
        knownAt: table.knownAt.slice(0, rows),
      };
      return [timeframe, { ...table, ...cut }];
    }),
  );
}
