import { describe, expect, it } from "vitest";
import { makeSeries } from "../candles/make-series.ts";
import golden from "../testing/golden/talib.json" with { type: "json" };
import { expectAllClose } from "../testing/matchers.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { DAY } from "../time/units.ts";
import { computeFeature } from "./compute-feature.ts";
import { dorseyRvi } from "./dorsey-rvi.ts";
import { emaDistance } from "./ema-distance.ts";
import type { Feature } from "./feature.ts";
import { Ema } from "./kernels/ema.ts";
import { roc } from "./roc.ts";
import { rsi } from "./rsi.ts";
import { wilderAtr } from "./wilder-atr.ts";

type Golden = (typeof golden.series)["walk"];

function seriesOf({ open, high, low, close }: Golden) {
  return makeSeries({
    timeframe: "1d",
    calendar: calendar24x7,
    openTime: close.map((_, i) => i * DAY),
    open,
    high: high.map((value, i) => Math.max(value, open[i]!, close[i]!)),
    low: low.map((value, i) => Math.min(value, open[i]!, close[i]!)),
    close,
  });
}

const known = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? NaN);

// TA-Lib orders some additions differently; over 600 bars that leaves about 1e-13.
const tolerance = { rtol: 1e-9, atol: 1e-12 };

describe.each(Object.entries(golden.series))("on %s", (_name, series) => {
  const candles = { "1d": seriesOf(series) };
  const run = (feature: Feature): Float64Array => Object.values(computeFeature(feature, candles, "1d"))[0]!;

  it("Wilder ATR equals TA-Lib from its first valid bar", () => {
    expectAllClose(run(wilderAtr()), known(series.atr14), tolerance);
  });
  it("RSI equals TA-Lib from its first valid bar", () => {
    expectAllClose(run(rsi()), known(series.rsi14), tolerance);
  });
  it("ROC equals TA-Lib from its first valid bar", () => {
    expectAllClose(run(roc()), known(series.roc10), tolerance);
  });
  it("EMA equals TA-Lib from its first valid bar", () => {
    const ema = new Ema(20);
    expectAllClose(
      series.close.map((close) => ema.push(close)),
      known(series.ema20),
      tolerance,
    );
  });
  it("EMA distance is close minus TA-Lib's EMA in units of TA-Lib's ATR", () => {
    const expected = series.close.map(
      (close, i) => (close - (series.ema20[i] ?? NaN)) / (series.atr14[i] ?? NaN),
    );
    expectAllClose(run(emaDistance()), expected, { rtol: 1e-9, atol: 1e-9 });
  });
  it("Dorsey RVI equals the naive twin", () => {
    expectAllClose(run(dorseyRvi()), known(series.rvi), tolerance);
  });
});

it("the golden values were made with the versions that the project names", () => {
  expect(golden.made).toMatchObject({ "TA-Lib (PyPI)": "0.8.2", "TA-Lib (C)": "0.8.1" });
});
