import { describe, expect, it } from "vitest";
import { byTimeframe } from "../candles/resample.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { featureSetByName } from "./feature-sets.ts";
import { featureStream, liveCandle, type FeatureStream } from "./feature-stream.ts";
import type { FeatureSet } from "./feature.ts";

const base = syntheticCandles({ seed: 1, rows: 60 });
const candles = byTimeframe(base, ["5m", "30m"]);
const at = (row: number, timeframe = "5m"): ReturnType<typeof liveCandle> =>
  liveCandle(candles[timeframe]!, row);
const start = (set: FeatureSet = featureSetByName("candle16")): FeatureStream =>
  featureStream(set, ["30m", "5m"], base.calendar);

/** Reads the close of the 30m bar that is known. */
const higher: FeatureSet = {
  name: "higher",
  features: [
    {
      id: "higher",
      version: 1,
      params: {},
      inputs: [{ symbol: "self", timeframe: "30m", column: "close" }],
      outputs: ["higher"],
      warmUp: { first: 6, settled: 6 },
      start: () => ({ step: (inputs, out, i) => out.set(inputs, i) }),
    },
  ],
};

it("rows come fine to coarse, whatever the order in which an instant is given", () => {
  const stream = start();
  for (let row = 0; row < 5; row++) stream.push([at(row)]);
  expect(stream.push([at(0, "30m"), at(5)]).map((row) => row.timeframe)).toEqual(["5m", "30m"]);
});

it("a coarser bar that closes at the same instant is an input of the finer one", () => {
  const stream = start(higher);
  for (let row = 0; row < 5; row++) expect(stream.push([at(row)])[0]!.values[0]).toBeNaN();
  expect(stream.push([at(5), at(0, "30m")])[0]!.values[0]).toBe(candles["30m"]!.close[0]);
});

describe("a stream refuses", () => {
  it("a candle that is not after the newest of its timeframe", () => {
    const stream = start();
    stream.push([at(3)]);
    expect(() => stream.push([at(3)])).toThrow(/expected a candle after/);
    expect(() => stream.push([at(2)])).toThrow(/expected a candle after/);
  });
  it("candles of two instants in one call", () => {
    expect(() => start().push([at(3), at(4)])).toThrow(/expected candles known at/);
  });
  it("an earlier instant than the newest", () => {
    const stream = start();
    stream.push([at(9)]);
    expect(() => stream.push([at(0, "30m")])).toThrow(/expected an instant after/);
  });
  it("half of an instant where features read other timeframes, and only there", () => {
    const [reading, plain] = [start(higher), start()];
    for (let row = 0; row < 6; row++) [reading, plain].forEach((stream) => stream.push([at(row)]));
    expect(() => reading.push([at(0, "30m")])).toThrow(/expected an instant after/);
    expect(plain.push([at(0, "30m")])).toHaveLength(1);
  });
  it("a timeframe that it was not made for", () => {
    expect(() => start().push([{ ...at(0), timeframe: "1h" }])).toThrow(/1h/);
    expect(() => featureStream(higher, ["5m"], base.calendar)).toThrow(/higher.*30m/);
  });
});
