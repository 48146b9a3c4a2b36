import { expect, it } from "vitest";
import { syntheticCandles } from "../testing/candles.ts";
import { factsOfSeries, factStore } from "./candle-facts.ts";
import { knownBefore } from "./known-before.ts";

const candles = syntheticCandles({ seed: 2, rows: 40 });
const end = candles.knownAt[10]!;
const store = factStore([factsOfSeries(candles)]);

it("knows nothing of what became known at its end or later, whatever it is asked", () => {
  const then = knownBefore(store, end);
  expect(then.read(candles, { asOf: Infinity }).openTime).toEqual(candles.openTime.slice(0, 10));
  expect(then.read(candles, { asOf: candles.knownAt[4]! }).openTime).toHaveLength(5);
  expect(then.list()).toMatchObject([{ rows: 10, last: candles.openTime[9] }]);
  expect(knownBefore(store, candles.knownAt[0]!).list()).toEqual([]);
  expect(() => then.write(candles, 0)).toThrow(/only read/);
});

it("is the whole store where there is no end", () => {
  const whole = knownBefore(store, Infinity);
  expect(whole.list()).toEqual(store.list());
  expect(whole.read(candles, { asOf: Infinity })).toEqual(candles);
});
