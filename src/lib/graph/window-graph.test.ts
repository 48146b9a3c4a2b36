import { describe, expect, it } from "vitest";
import { byTimeframe } from "../candles/resample.ts";
import { knownBy } from "../candles/slice.ts";
import type { Feature } from "../features/feature.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { defaultDesign } from "./design.ts";
import { EDGE_KINDS, type Graph } from "./graph.ts";
import { buildGraphFromOhlcv, WINDOW_FEATURES } from "./window-graph.ts";

const candles = byTimeframe(syntheticCandles({ seed: 4, rows: 400, gapShare: 0.05 }), ["5m", "30m", "1h"]);
const base = candles["5m"]!;
const asOf = base.knownAt[300]!;

/** The close itself, so that a test can tell which candle a value came from. */
const closeItself: Feature = {
  id: "close-itself",
  version: 1,
  params: {},
  inputs: [{ symbol: "self", timeframe: "own", column: "close" }],
  outputs: ["closeItself"],
  warmUp: { first: 0, settled: 0 },
  start: () => ({ step: (inputs, out, at) => void (out[at] = inputs[0]!) }),
};

function feature(graph: Graph, node: number, name: string): number {
  return graph.nodes[node * graph.featureNames.length + graph.featureNames.indexOf(name)]!;
}

describe("window graph", () => {
  it("shows the last candles of each timeframe that were known", () => {
    const graph = buildGraphFromOhlcv(candles, { asOf });
    for (const [index, timeframe] of graph.timeframes.entries()) {
      const rows = Array.from(graph.nodeRow).filter((_, n) => graph.nodeTimeframe[n] === index);
      const known = Array.from(candles[timeframe]!.knownAt.keys()).filter(
        (r) => candles[timeframe]!.knownAt[r]! <= asOf,
      );
      expect(rows).toEqual(known.slice(-48));
    }
    expect(graph.knownAt.at(-1)).toBeLessThanOrEqual(asOf);
  });

  it("measures prices from the newest base close, volume from the window's mean, age in rows", () => {
    const graph = buildGraphFromOhlcv(candles, { asOf, halfLife: 10 });
    const newest = graph.nodeRow.lastIndexOf(300);
    expect(graph.nodeTimeframe[newest]).toBe(0);
    expect(feature(graph, newest, "close")).toBe(0);
    expect(feature(graph, newest, "high")).toBeCloseTo(Math.log(base.high[300]! / base.close[300]!), 12);
    expect(feature(graph, newest, "decay")).toBe(1);
    const tenBack = graph.nodeRow.findIndex((row, n) => row === 290 && graph.nodeTimeframe[n] === 0);
    expect(feature(graph, tenBack, "decay")).toBeCloseTo(0.5, 12);
    for (const index of graph.timeframes.keys()) {
      const nodes = [...graph.nodeTimeframe.keys()].filter((n) => graph.nodeTimeframe[n] === index);
      const sum = nodes.reduce((total, n) => total + feature(graph, n, "volume"), 0);
      expect(sum / nodes.length).toBeCloseTo(0, 10);
      expect(new Set(nodes.map((n) => feature(graph, n, "timeframe")))).toEqual(new Set([index]));
    }
  });

  it("is the same, bit for bit, when nothing after the anchor exists", () => {
    const past = Object.fromEntries(
      Object.entries(candles).map(([tf, series]) => [tf, knownBy(series, asOf)]),
    );
    for (const weights of ["none", "volume", "timeDistance"] as const) {
      const design = defaultDesign(["5m", "30m", "1h"], { weights, crossPairs: "all" });
      const indicators = { name: "one", features: [closeItself] };
      expect(buildGraphFromOhlcv(past, { design, indicators })).toEqual(
        buildGraphFromOhlcv(candles, { design, asOf, indicators }),
      );
    }
  });

  it("carries indicators beside the candle they belong to", () => {
    const graph = buildGraphFromOhlcv(candles, {
      asOf,
      indicators: { name: "one", features: [closeItself] },
    });
    expect(graph.featureNames).toEqual([...WINDOW_FEATURES, "closeItself"]);
    for (const n of graph.nodeRow.keys()) {
      const series = candles[graph.timeframes[graph.nodeTimeframe[n]!]!]!;
      expect(feature(graph, n, "closeItself")).toBe(series.close[graph.nodeRow[n]!]);
    }
  });

  it("joins only candles that it shows, each edge forward in time", () => {
    const graph = buildGraphFromOhlcv(candles, {
      design: defaultDesign(["5m", "30m", "1h"], { windows: { "5m": 8 } }),
      asOf,
    });
    expect(new Set(Array.from(graph.edgeType, (kind) => EDGE_KINDS[kind]))).toEqual(new Set(EDGE_KINDS));
    for (const e of graph.senders.keys()) expect(graph.senders[e]!).toBeLessThan(graph.receivers[e]!);
    expect(Math.max(...graph.receivers)).toBeLessThan(graph.knownAt.length);
  });

  it("refuses an instant before the first candle, and a timeframe without candles", () => {
    expect(() => buildGraphFromOhlcv(candles, { asOf: base.openTime[0]! })).toThrow(
      /a 5m candle known by 2021/,
    );
    expect(() => buildGraphFromOhlcv(candles, { design: defaultDesign(["5m", "4h"]) })).toThrow(/got 4h/);
    expect(() => buildGraphFromOhlcv({})).toThrow(/at least one timeframe/);
  });

  it("shows what there is while a coarser timeframe has not closed yet", () => {
    const graph = buildGraphFromOhlcv(candles, {
      asOf: base.knownAt[1]!,
      indicators: { name: "one", features: [closeItself] },
    });
    expect(Array.from(graph.nodeTimeframe)).toEqual([0, 0]);
    expect(graph.nodes.every(Number.isFinite)).toBe(true);
  });
});

it("a row that became known after the next one hides that one too until it is known, and refuses no question", () => {
  const knownAt = base.knownAt.slice();
  knownAt[310] = base.knownAt[315]!; // rows 311 … 314 were there before it
  const late = { "5m": { ...base, knownAt } };
  const before = buildGraphFromOhlcv(late, { asOf });
  expect(before).toEqual(buildGraphFromOhlcv({ "5m": base }, { asOf }));
  const newestOf = (t: number): number => buildGraphFromOhlcv(late, { asOf: t }).nodeRow.at(-1)!;
  expect(newestOf(base.knownAt[314]!)).toBe(309);
  expect(newestOf(base.knownAt[315]!)).toBe(315);
});
