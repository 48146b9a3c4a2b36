import { rowsOf, type CandleSeries, type CandlesByTimeframe } from "../candles/candle-series.ts";
import { firmKnownAt } from "../candles/firm-known-at.ts";
import { sliceRows } from "../candles/slice.ts";
import { RhymeError } from "../errors.ts";
import type { FeatureSet } from "../features/feature.ts";
import { outputNames } from "../features/feature-sets.ts";
import { featureTable } from "../features/feature-table.ts";
import { iso, type EpochMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { assertDesign, defaultDesign } from "./design.ts";
import { edgeWeights } from "./edge-weights.ts";
import { buildEdges } from "./edges.ts";
import type { Graph } from "./graph.ts";
import type { GraphDesign } from "./graph-design.ts";
import { nodeOrder } from "./node-order.ts";

/** First node features, in this order; indicators follow. */
export const WINDOW_FEATURES = ["open", "high", "low", "close", "volume", "timeframe", "decay"] as const;

export interface WindowGraphOptions {
  /** Default: defaultDesign of the timeframes given. Its `windows` say how many candles each timeframe shows. */
  readonly design?: GraphDesign;
  /** Only candles with knownAt ≤ asOf are seen. Default: when the newest base candle was known. */
  readonly asOf?: EpochMs;
  /** Rows after which the decay factor has halved. */
  readonly halfLife?: number;
  /** Further node features, computed over the whole history up to asOf. */
  readonly indicators?: FeatureSet;
}

/** The rows of one timeframe that the window shows. */
interface Shown {
  readonly timeframe: Timeframe;
  readonly firstRow: number;
  readonly candles: CandleSeries;
  readonly indicators: Float64Array; // [rows, I]
}

/**
 * A self-contained graph of the last candles per timeframe as of one instant, for looking and experimenting.
 * Node features [N, 7 + I]: open, high, low, close as ln(price / close of the newest base candle); volume as
 * ln(1 + volume) minus its mean over the window; timeframe as index, fine to coarse; decay = 2^(−age / halfLife)
 * with age in rows behind the newest of the same timeframe; then the indicators. Edges and weights as in the
 * history graph, among the nodes shown. `nodeRow` counts in the series given. A row counts as known when it and all
 * rows before it were, as in feature tables.
 *
 * @throws RhymeError "usage" for a design that does not fit, "time" where no base candle is known by asOf.
 * @example buildGraphFromOhlcv(byTimeframe(candles, ["5m", "1h"]), { asOf: Date.UTC(2024, 0, 2) })
 */
export function buildGraphFromOhlcv(candles: CandlesByTimeframe, options: WindowGraphOptions = {}): Graph {
  const design = options.design ?? defaultDesign(Object.keys(candles));
  assertDesign(design);
  const base = seriesOf(candles, design.timeframes[0]!);
  const asOf = options.asOf ?? base.knownAt[rowsOf(base) - 1] ?? -Infinity;
  const { indicators } = options;
  const shown = design.timeframes.map((timeframe) =>
    shownOf(candles, timeframe, asOf, design.windows[timeframe]!, indicators),
  );
  const order = nodeOrder(shown.map((s) => s.candles));
  const edges = buildEdges(
    shown.map((s) => s.candles),
    order,
    design,
  );
  const volumes = Object.fromEntries(shown.map((s) => [s.timeframe, s.candles.volume]));
  const extra = indicators ? outputNames(indicators) : [];
  return {
    timeframes: design.timeframes,
    featureNames: [...WINDOW_FEATURES, ...extra],
    nodes: nodeFeatures(shown, order, anchorClose(shown[0]!, asOf), options.halfLife ?? 12),
    nodeTimeframe: order.nodeTimeframe,
    nodeRow: order.nodeRow.map((row, n) => row + shown[order.nodeTimeframe[n]!]!.firstRow),
    nodeOpenTime: Float64Array.from(
      order.nodeRow,
      (row, n) => shown[order.nodeTimeframe[n]!]!.candles.openTime[row]!,
    ),
    knownAt: order.knownAt,
    ...edges,
    edgeWeight: edgeWeights(edges, order, design, volumes),
  };
}

/** A series whose knownAt never falls. */
function seriesOf(candles: CandlesByTimeframe, timeframe: Timeframe): CandleSeries {
  const series = candles[timeframe];
  if (series) return { ...series, knownAt: firmKnownAt(series) };
  throw new RhymeError("usage", {
    place: "graph design, timeframes",
    expected: `timeframes that have candles (${Object.keys(candles).join(", ")})`,
    received: timeframe,
    remedy: "Resample the candles to that timeframe, or leave it out of the design.",
  });
}

function shownOf(
  candles: CandlesByTimeframe,
  timeframe: Timeframe,
  asOf: EpochMs,
  window: number,
  indicators: FeatureSet | undefined,
): Shown {
  const series = seriesOf(candles, timeframe);
  let end = rowsOf(series);
  while (end > 0 && series.knownAt[end - 1]! > asOf) end--;
  const firstRow = Math.max(0, end - window);
  if (!indicators)
    return { timeframe, firstRow, candles: sliceRows(series, firstRow, end), indicators: new Float64Array() };
  const table = featureTable(indicators, candles, timeframe);
  const values = table.values.subarray(firstRow * table.names.length, end * table.names.length);
  return { timeframe, firstRow, candles: sliceRows(series, firstRow, end), indicators: values };
}

function anchorClose(base: Shown, asOf: EpochMs): number {
  const close = base.candles.close[rowsOf(base.candles) - 1];
  if (close !== undefined) return close;
  throw new RhymeError("time", {
    place: "window graph",
    expected: `a ${base.timeframe} candle known by ${Number.isFinite(asOf) ? iso(asOf) : "some instant"}`,
    received: "none",
    remedy: "Ask for a later instant, or hand in earlier candles.",
  });
}

function nodeFeatures(
  shown: readonly Shown[],
  order: { readonly nodeTimeframe: Uint8Array; readonly nodeRow: Int32Array },
  anchor: number,
  halfLife: number,
): Float64Array {
  const meanVolume = shown.map(({ candles }) => mean(candles.volume.map(Math.log1p)));
  const extra = Math.max(
    ...shown.map((s) => (rowsOf(s.candles) === 0 ? 0 : s.indicators.length / rowsOf(s.candles))),
  );
  const F = WINDOW_FEATURES.length + extra;
  const nodes = new Float64Array(order.nodeRow.length * F); // [N, F]
  for (let n = 0; n < order.nodeRow.length; n++) {
    const timeframe = order.nodeTimeframe[n]!;
    const { candles, indicators } = shown[timeframe]!;
    const row = order.nodeRow[n]!;
    const { open, high, low, close } = candles;
    const prices = [open, high, low, close].map((column) => Math.log(column[row]! / anchor));
    const age = rowsOf(candles) - 1 - row;
    const volume = Math.log1p(candles.volume[row]!) - meanVolume[timeframe]!;
    nodes.set([...prices, volume, timeframe, 2 ** (-age / halfLife)], n * F);
    nodes.set(indicators.subarray(row * extra, (row + 1) * extra), n * F + WINDOW_FEATURES.length);
  }
  return nodes;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
