import { describe, expect, it } from "vitest";
import { nestedTables } from "../testing/nested-tables.ts";
import { defaultDesign } from "./design.ts";
import { firstHeard } from "./first-heard.ts";
import { historyGraph } from "./history-graph.ts";
import { hopsTo } from "./hops-to.ts";

const timeframes = ["5m", "30m"];
const whole = nestedTables({ seed: 3, bars: 600, timeframes });

describe("the first rows that can be heard", () => {
  it("lie behind each other by the longest step, and by the bars inside bars", () => {
    const design = defaultDesign(timeframes, { dilations: [1, 4] });
    const times = timeframes.map((timeframe) => whole[timeframe]!);
    // Of 30m row 78, which row 82 hears, speaks 5m row 78 · 6.
    expect([...firstHeard(times, design, Int32Array.of(500, 82), 2)]).toEqual([468, 74]);
    expect([...firstHeard(times, design, Int32Array.of(500, 82), 0)]).toEqual([500, 82]);
    expect([...firstHeard(times, design, Int32Array.of(3, 0), 3)]).toEqual([0, 0]);
  });

  it("come before everything that the graph lets a row hear", () => {
    let [early, all] = [0, 0];
    for (const [seed, gapShare] of [0, 0.3, 0.6].entries()) {
      const tables = nestedTables({ seed, bars: 300, timeframes, gapShare, maxLag: 900_000 });
      const design = defaultDesign(timeframes, { dilations: [1, 3] });
      const graph = historyGraph(tables, design);
      const times = timeframes.map((timeframe) => tables[timeframe]!);
      for (let node = 80; node < graph.knownAt.length; node += 17) {
        const known = [0, 1].map((t) => graph.nodeTimeframe.subarray(0, node + 1).lastIndexOf(t));
        const newest = Int32Array.from(known, (at) => graph.nodeRow[at]!);
        const first = firstHeard(times, design, newest, 2);
        const heard = [...hopsTo(graph, node, 2).entries()].filter(([, hops]) => hops >= 0);
        early += heard.filter(([n]) => graph.nodeRow[n]! < first[graph.nodeTimeframe[n]!]!).length;
        all += heard.length;
      }
    }
    expect(early).toBe(0);
    expect(all).toBeGreaterThan(300);
  });
});
