import { describe, expect, it } from "vitest";
import { labelHorizon } from "../context/label.ts";
import { harForecast } from "../forecast/har.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { futureTargets, residualTargets } from "./fit-targets.ts";

const candles = syntheticCandles({ seed: 4, rows: 900, timeframe: "1h", gapShare: 0.01 });

describe("targets of a fitting", () => {
  it("are what followed, in units of the range that was known, from when every horizon had matured", () => {
    const { names, values, knownAt } = futureTargets(candles, ["4h", "1d"]);
    const [four, day] = ["4h", "1d"].map((horizon) => labelHorizon(candles, horizon)) as [
      ReturnType<typeof labelHorizon>,
      ReturnType<typeof labelHorizon>,
    ];
    expect(names).toEqual(
      ["4h", "1d"].flatMap((h) => ["return", "maxGain", "maxLoss", "logAtrRatio"].map((l) => `${l} ${h}`)),
    );
    let told = 0;
    candles.openTime.forEach((_, t) => {
      const whole = four.state[t] === 1 && day.state[t] === 1;
      expect(Number.isNaN(knownAt[t]!)).toBe(!whole);
      if (!whole) return;
      told++;
      expect(knownAt[t]).toBe(Math.max(four.matureAt[t]!, day.matureAt[t]!));
      expect(values[t * 8]).toBe(four.values.return[t]! / (four.atrNow[t]! * 2));
      expect(values[t * 8 + 7]).toBe(day.values.logAtrRatio[t]);
    });
    expect(told).toBeGreaterThan(500);
  });

  it("are what HAR got wrong, where it had said something", () => {
    const contexts = labelHorizon(candles, "4h");
    const { names, values, knownAt } = residualTargets(candles, ["4h"]);
    const forecast = harForecast(candles, contexts);
    expect(names).toEqual(["residual 4h"]);
    const told = [...values.keys()].filter((t) => Number.isFinite(values[t]!));
    expect(told.length).toBeGreaterThan(300);
    for (const t of told) {
      expect(values[t]).toBe(contexts.values.logAtrRatio[t]! - forecast[t]!);
      expect(knownAt[t]).toBe(contexts.matureAt[t]);
    }
  });
});
