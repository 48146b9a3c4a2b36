import { describe, expect, it } from "vitest";
import { createRng } from "../../../math/rng.ts";
import { nestedTables } from "../../../testing/nested-tables.ts";
import { randomGnn } from "../../../testing/random-gnn.ts";
import { gnnNodes, tablesOf } from "../gnn-nodes.ts";
import { drawMask } from "./mask.ts";
import { runOf, type Run } from "./run.ts";
import type { GnnNodes } from "../gnn-nodes.ts";

const timeframes = ["5m", "15m", "1h"];
const { model } = randomGnn({ seed: 1, timeframes });
const tables = nestedTables({ seed: 1, bars: 240, timeframes, features: 3 });
const nodes = gnnNodes(tablesOf(tables, timeframes, ["x0", "x1", "x2"]), model);
const maskedRun = (of: GnnNodes): Run & ReturnType<typeof drawMask> => {
  const series = [{ nodes: of, validationFrom: of.count, boundary: Infinity }];
  const run = runOf(series, [{ series: 0, from: 30, to: 300, trains: true }], model);
  return { ...run, ...drawMask(run, timeframes.length, 0.4, createRng(3)) };
};
const chunk = maskedRun(nodes);

describe("a masked run", () => {
  it("hides with a candle every finer one inside it, so that nothing tells what it looked like", () => {
    const { edges, masked, timeframe } = chunk;
    let told = 0;
    for (let node = 0; node < chunk.nodes; node++)
      for (let e = edges.offsets[node]!; e < edges.offsets[node + 1]!; e++) {
        const inside = timeframe[edges.senders[e]!]! < timeframe[node]!;
        if (inside && masked[node] === 1) expect(masked[edges.senders[e]!]).toBe(1);
        if (inside && masked[node] === 1) told++;
      }
    expect(told).toBeGreaterThan(20);
  });

  it("hides the share asked for, or at most one whole coarse candle more, of every timeframe", () => {
    const share = chunk.masked.reduce((a, b) => a + b, 0) / chunk.nodes;
    expect(share).toBeGreaterThanOrEqual(0.4 - 1 / chunk.nodes);
    expect(share).toBeLessThan(0.4 + 17 / chunk.nodes); // 1 of 1h, 4 of 15m, 12 of 5m
    for (const t of timeframes.keys())
      expect(
        chunk.masked.filter((hidden, node) => hidden === 1 && chunk.timeframe[node] === t).length,
      ).toBeGreaterThan(0);
  });

  it("has edges among its own nodes only, forward, with shares that sum to 1", () => {
    const { offsets, senders, shares } = chunk.edges;
    for (let node = 0; node < chunk.nodes; node++) {
      let total = 0;
      for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
        expect(senders[e]! >= 0 && senders[e]! < node).toBe(true);
        total += shares[e]!;
      }
      if (offsets[node] !== offsets[node + 1]) expect(total).toBeCloseTo(1, 5);
    }
  });

  it("counts in the loss what is hidden and defined, and nothing else", () => {
    const table = tables["5m"]!;
    const values = table.values.map((x, i) => (i % 3 === 1 ? NaN : x));
    const holes = gnnNodes(
      tablesOf({ ...tables, "5m": { ...table, values } }, timeframes, table.names),
      model,
    );
    const { counted, masked, timeframe } = maskedRun(holes);
    counted.forEach((counts, i) => {
      const node = Math.floor(i / 3);
      const defined = !(timeframe[node] === 0 && i % 3 === 1);
      expect(counts).toBe(masked[node] === 1 && defined ? 1 : 0);
    });
  });
});
