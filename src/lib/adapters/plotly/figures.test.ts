import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { defaultDesign } from "../../graph/design.ts";
import { buildGraphFromOhlcv } from "../../graph/window-graph.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { fanFigure } from "./fan-figure.ts";
import { graphFigure } from "./graph-figure.ts";
import { pathsFigure, spread } from "./paths-figure.ts";
import { recordFigure } from "./record-figure.ts";

type Trace = { name: string; x: (number | null)[]; y: (number | null)[]; text: string[]; mode: string };

const candles = byTimeframe(syntheticCandles({ seed: 6, rows: 600 }), ["5m", "30m", "1h"]);
const graph = buildGraphFromOhlcv(candles, {
  design: defaultDesign(["5m", "30m", "1h"], { crossPairs: "all" }),
});

describe("graph figure", () => {
  for (const timeAxis of ["age", "time"] as const)
    it(`draws every edge from left to right by ${timeAxis}`, () => {
      const traces = graphFigure(graph, candles, { timeAxis }).data as unknown as Trace[];
      const lines = traces.filter((trace) => trace.mode === "lines");
      expect(lines.map((trace) => trace.name)).toEqual([
        "temporal: earlier to later",
        "down: coarser to finer",
        "up: finer to coarser",
      ]);
      let edges = 0;
      for (const { x } of lines)
        for (let i = 1; i < x.length; i++) {
          if (x[i] === null) edges++;
          else if (x[i - 1] !== null) expect(x[i]!).toBeGreaterThanOrEqual(x[i - 1]!);
        }
      expect(edges).toBe(graph.senders.length);
    });

  it("puts each candle in the row of its timeframe and tells it on hovering", () => {
    const nodes = (graphFigure(graph, candles).data as unknown as Trace[]).at(-1)!;
    expect(nodes.y).toEqual(Array.from(graph.nodeTimeframe));
    const newest = candles["5m"]!;
    const text = nodes.text[graph.nodeRow.lastIndexOf(newest.close.length - 1)]!;
    expect(text).toContain("<b>5m</b> opened 6 Jan 2021, 01:55");
    expect(text).toContain(`close ${newest.close.at(-1)!.toLocaleString("en-GB")}`);
  });

  it("says what hollow and filled candles are, where their prices are at hand", () => {
    const named = (given: typeof candles): string[] =>
      (graphFigure(graph, given).data as unknown as Trace[]).map(({ name }) => name);
    expect(named(candles)).toEqual(expect.arrayContaining(["candle that rose", "candle that fell"]));
    expect(named({}).filter((name) => name.startsWith("candle that"))).toEqual([]);
  });

  it("still names the candle when its series is not at hand", () => {
    const nodes = (graphFigure(graph, {}).data as unknown as Trace[]).at(-1)!;
    expect(nodes.text.every((text) => /^<b>\w+<\/b> opened/.test(text))).toBe(true);
  });
});

const DAYS = { name: "days", perBar: 1 };

describe("fan figure", () => {
  const quantiles = {
    "0.05": -0.1,
    "0.1": -0.07,
    "0.25": -0.03,
    "0.5": 0.01,
    "0.75": 0.05,
    "0.9": 0.08,
    "0.95": 0.11,
  };
  const before = { offsetBars: [-1, 0], logReturn: [0.02, 0] };
  const figure = fanFigure({ quantiles, horizonBars: 16, before, after: null, unit: DAYS });
  const traces = figure.data as unknown as Trace[];

  it("ends at the stated quantiles and starts at nothing", () => {
    const band = traces.find((trace) => trace.name === "80 %")!;
    const at = (x: number): (number | null)[] => band.y.filter((_, i) => band.x[i] === x);
    expect(at(0)).toEqual([0, 0]);
    expect(at(16)).toEqual([-6.76, 8.33]); // 100 · (e^q − 1)
  });

  it("is half as far after a quarter of the horizon", () => {
    const median = traces.find((trace) => trace.name === "median")!;
    expect(median.y[median.x.indexOf(4)]).toBe(0.5);
    expect(median.y.at(-1)).toBe(1.01);
  });

  it("shows what really happened only when it is known", () => {
    const names = (known: boolean): string[] =>
      (
        fanFigure({ quantiles, horizonBars: 16, before, after: known ? before : null, unit: DAYS })
          .data as unknown as Trace[]
      ).map((t) => t.name);
    expect(names(false)).not.toContain("what really happened");
    expect(names(true)).toContain("what really happened");
  });
});

describe("paths figure", () => {
  it("is in simple percent and in the unit of time that it is given", () => {
    const before = { offsetBars: [-12, 0], logReturn: [Math.log(0.5), 0] };
    const unit = { name: "hours", perBar: 1 / 12 };
    const { data } = pathsFigure({ neighbours: [], paths: {}, before, after: null, zone: "UTC", unit });
    expect(data[0]).toMatchObject({ x: [-1, 0], y: [-50, 0] });
  });
});

describe("record figure", () => {
  it("draws the dots of a long record smaller and more transparent", () => {
    const point = { anchor: "2020-01-01T00:00:00Z", low: -1, high: 1, happened: 0 };
    const marker = (count: number): { size: number; opacity?: number } =>
      (
        recordFigure({ points: Array.from({ length: count }, () => point) }).data[2] as {
          marker: { size: number };
        }
      ).marker;
    expect(marker(800)).toMatchObject({ size: 4 });
    expect(marker(801).size).toBeLessThan(3);
    expect(marker(801).opacity).toBeLessThan(0.5);
  });
});

describe("labels that are moved apart", () => {
  it("keep their order and end a gap apart", () => {
    const places = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(places, (from) => {
        const to = spread(from, 1);
        const order = [...from.keys()].sort((a, b) => from[a]! - from[b]!);
        for (let i = 1; i < order.length; i++)
          expect(to[order[i]!]! - to[order[i - 1]!]!).toBeGreaterThan(0.9);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("stay where they are when there is room", () => {
    expect(spread([3, -2, 0.5], 1)).toEqual([3, -2, 0.5]);
  });
});
