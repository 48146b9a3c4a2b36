import { describe, expect, it } from "vitest";
import { syntheticCandles } from "../testing/candles.ts";
import { pathAround } from "./paths.ts";

const candles = syntheticCandles({ seed: 4, rows: 100 });

describe("the path around an anchor", () => {
  it("is zero at the anchor and keeps both ends, whatever the stride", () => {
    const path = pathAround(candles, candles.knownAt[50]!, { before: 7, after: 10, stride: 3 })!;
    expect(path.offsetBars).toEqual([-6, -3, 0, 3, 6, 9, 10]);
    expect(path.logReturn[2]).toBe(0);
    expect(path.logReturn.at(-1)).toBe(Math.log(candles.close[60]! / candles.close[50]!));
  });
  it("leaves out what was known only after the time given", () => {
    const until = candles.knownAt[53]!;
    const path = pathAround(candles, candles.knownAt[50]!, { before: 0, after: 10, until })!;
    expect(path.offsetBars).toEqual([0, 1, 2, 3]);
  });
  it("is null where no bar was known at just that instant", () => {
    expect(pathAround(candles, candles.knownAt[50]! + 1, { before: 1, after: 1 })).toBeNull();
    expect(pathAround(candles, candles.openTime[0]!, { before: 1, after: 1 })).toBeNull();
  });
});
