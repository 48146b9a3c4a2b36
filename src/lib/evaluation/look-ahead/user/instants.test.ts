import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../../candles/resample.ts";
import { syntheticCandles } from "../../../testing/candles.ts";
import { cutsOf } from "./instants.ts";

const candles = byTimeframe(syntheticCandles({ seed: 2, rows: 5000 }), ["5m", "1h", "4h"]);
const { knownAt } = candles["5m"]!;

describe("where candles are cut", () => {
  const { instants, drawn } = cutsOf(candles, 100, 1);

  it("is as many instants as asked for, ascending, each the close of a bar with something behind it", () => {
    expect(instants.length).toBeGreaterThanOrEqual(95);
    expect(instants.length).toBeLessThanOrEqual(101);
    expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b));
    expect(instants.every((t) => knownAt.includes(t) && t < knownAt.at(-1)!)).toBe(true);
  });

  it("covers short histories, closes of every higher bar, bars between them and the last but one", () => {
    expect(instants.slice(0, 4)).toEqual([knownAt[0], knownAt[1], knownAt[3], knownAt[7]]);
    expect(instants.at(-1)).toBe(knownAt.at(-2));
    for (const name of ["1h", "4h"])
      expect(instants.filter((t) => candles[name]!.knownAt.includes(t)).length).toBeGreaterThan(8);
    expect(drawn).toBeGreaterThan(50);
    expect(instants.filter((t) => t % 3_600_000 !== 0).length).toBeGreaterThan(40);
  });

  it("hangs on the seed alone, and is every bar where there are few", () => {
    expect(cutsOf(candles, 100, 1).instants).toEqual(instants);
    expect(cutsOf(candles, 100, 2).instants).not.toEqual(instants);
    const few = byTimeframe(syntheticCandles({ seed: 2, rows: 20 }), ["5m", "1h"]);
    expect(cutsOf(few, 100, 1)).toEqual({ instants: [...few["5m"]!.knownAt.slice(0, -1)], drawn: null });
  });
});
