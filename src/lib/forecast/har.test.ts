import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../candles/candle-series.ts";
import type { ContextColumns } from "../context/context.ts";
import { LABELS } from "../context/context.ts";
import { createRng } from "../math/rng.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { bitEqual, expectAllClose } from "../testing/matchers.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { HOUR } from "../time/units.ts";
import { clockSlots, harDesign } from "./har-design.ts";
import { clocklessHarForecast, fewestRows, harForecast } from "./har.ts";
import { naiveHarForecast } from "../testing/naive-har.ts";

/** The two labels that a base forecast reads, by their definitions (design section 5). */
function contextsOf(candles: CandleSeries, horizon: string, bars: number): ContextColumns {
  const { high, low, close, knownAt } = candles;
  const n = close.length;
  const range = (i: number): number => Math.max(high[i]!, close[i - 1]!) - Math.min(low[i]!, close[i - 1]!);
  const atr = new Float64Array(n).fill(NaN);
  for (let i = 14; i < n; i++) {
    let mean = 0;
    for (let j = 1; j <= 14; j++) mean += range(j) / 14;
    atr[i] = i === 14 ? mean : (13 * atr[i - 1]! + range(i)) / 14;
  }
  const empty = (): Float64Array => new Float64Array(n).fill(NaN);
  const values = Object.fromEntries(LABELS.map((label) => [label, empty()])) as Record<
    (typeof LABELS)[number],
    Float64Array
  >;
  const [state, matureAt] = [new Uint8Array(n), empty()];
  for (let i = 14; i + bars < n; i++) {
    let [mean, known] = [0, 0];
    for (let j = i + 1; j <= i + bars; j++) {
      mean += range(j) / bars;
      known = Math.max(known, knownAt[j]!);
    }
    if (i % 97 === 0)
      state[i] = 2; // a hole: never defined
    else [state[i], matureAt[i], values.logAtrRatio[i]] = [1, known, Math.log(mean / atr[i]!)];
  }
  return {
    horizon,
    state,
    matureAt,
    crossesClose: new Uint8Array(n),
    values,
    atrNow: atr.map((a, i) => a / close[i]!),
  };
}

/** The first rows of a series, its candles after `keep` replaced by nonsense or removed. */
function change(candles: CandleSeries, keep: (row: number) => boolean, how: "cut" | "garbage"): CandleSeries {
  const rng = createRng(99);
  const columns = ["openTime", "closeTime", "knownAt", "open", "high", "low", "close", "volume"] as const;
  const changed = Object.fromEntries(
    columns.map((name) => {
      const price = name === "open" || name === "high" || name === "low" || name === "close";
      const values = candles[name].map((v, i) => (price && !keep(i) ? v * (0.5 + rng.next()) : v));
      return [name, how === "cut" ? values.filter((_, i) => keep(i)) : values];
    }),
  );
  return { ...candles, ...changed };
}

const hourly = syntheticCandles({ seed: 4, rows: 3000, timeframe: "1h", gapShare: 0.01 });

describe("the HAR forecast", () => {
  it.each([
    ["hourly bars that never close", hourly, "4h", 4],
    [
      "daily shares",
      syntheticCandles({ seed: 5, rows: 1500, timeframe: "1d", calendar: calendarUsEquities }),
      "5d",
      5,
    ],
    ["weekly bars without a clock", syntheticCandles({ seed: 6, rows: 700, timeframe: "1w" }), "2w", 2],
  ])("equals a plain dense ridge, fitted anew from what had matured: %s", (_, candles, horizon, bars) => {
    const contexts = contextsOf(candles, horizon, bars);
    const fast = harForecast(candles, contexts);
    const rows = [0.25, 0.5, 0.75, 1]
      .map((share) => Math.ceil(share * fast.length) - 1)
      .filter((r) => !Number.isNaN(fast[r]!));
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows)
      expectAllClose([fast[row]!], [naiveHarForecast(candles, contexts, row)], { rtol: 0, atol: 1e-8 });
  });

  it("of a row never changes, bit for bit, when the future is cut off or turned into garbage", () => {
    const whole = harForecast(hourly, contextsOf(hourly, "4h", 4));
    for (const cut of [320, 700, 1501, 2990]) {
      for (const how of ["cut", "garbage"] as const) {
        const other = change(hourly, (i) => i <= cut, how);
        const again = harForecast(other, contextsOf(other, "4h", 4));
        expect(bitEqual(again.slice(0, cut + 1), whole.slice(0, cut + 1))).toBe(true);
      }
    }
    expect(whole.filter(Number.isFinite).length).toBeGreaterThan(2600);
  });

  it("does not see a bar that became known late, nor learn from it before", () => {
    const late = [600, 601, 1200];
    const knownAt = hourly.knownAt.map((t, i) => (late.includes(i) ? t + 400 * HOUR : t));
    const candles = { ...hourly, knownAt };
    const forecast = harForecast(candles, contextsOf(candles, "4h", 4));
    const garbled = change(candles, (i) => !late.includes(i), "garbage");
    const contexts = contextsOf(candles, "4h", 4);
    const other = contextsOf(garbled, "4h", 4);
    // the label of an earlier anchor cannot have known them either
    const again = harForecast(garbled, { ...other, atrNow: contexts.atrNow });
    for (let i = 0; i < 990; i++) if (!late.includes(i)) expect(Object.is(again[i], forecast[i])).toBe(true);
    expect(forecast.slice(602, 1000).every(Number.isNaN)).toBe(true);
    expect(Number.isFinite(forecast[599]!)).toBe(true);
    expect(Number.isFinite(forecast[1100]!)).toBe(true);
  });

  it("does not learn from a late bar's own outcome before the bar itself is known", () => {
    const knownAt = hourly.knownAt.map((t, i) => (i === 1200 ? t + 600 * HOUR : t));
    const candles = { ...hourly, knownAt };
    const contexts = contextsOf(hourly, "4h", 4);
    const logAtrRatio = contexts.values.logAtrRatio.map((y, i) => (i === 1200 ? y + 5 : y));
    const forecast = harForecast(candles, contexts);
    const other = harForecast(candles, { ...contexts, values: { ...contexts.values, logAtrRatio } });
    const known = knownAt.findIndex((t, i) => i > 1200 && t >= knownAt[1200]!);
    expect(bitEqual(other.slice(0, 1200), forecast.slice(0, 1200))).toBe(true);
    expect(bitEqual(other.slice(1201, known), forecast.slice(1201, known))).toBe(true);
    expect(bitEqual(other.slice(known), forecast.slice(known))).toBe(false);
  });

  it("begins once enough has matured", () => {
    const forecast = harForecast(hourly, contextsOf(hourly, "4h", 4));
    const design = harDesign(hourly);
    const first = forecast.findIndex(Number.isFinite);
    expect(fewestRows(design, 4)).toBe(250);
    expect(first).toBe(design.warmUp + 250 + 4 - 1 + Math.floor((design.warmUp + 250) / 97));
  });

  it("finds a volatility that follows the clock of the market", () => {
    const rows = 4000;
    const plain = syntheticCandles({ seed: 7, rows, timeframe: "1h" });
    const close = new Float64Array(rows).fill(100);
    const busy = (i: number): number => (new Date(plain.openTime[i]!).getUTCHours() === 13 ? 3 : 1);
    const rng = createRng(3);
    const high = close.map((c, i) => c * (1 + 0.001 * busy(i) * Math.exp(0.1 * rng.normal())));
    const candles = { ...plain, close, high, low: close, open: close };
    const contexts = contextsOf(candles, "1h", 1);
    const forecast = harForecast(candles, contexts);
    for (let i = rows - 200; i < rows - 1; i++) {
      const level = Math.exp(forecast[i]!) * contexts.atrNow[i]!;
      expect(Math.abs(Math.log(level / (0.001 * busy(i + 1))))).toBeLessThan(0.25);
    }
  });

  it("is defined for constant prices", () => {
    const close = new Float64Array(1000).fill(5);
    const candles = {
      ...hourly,
      ...Object.fromEntries(
        ["openTime", "closeTime", "knownAt"].map((n) => [n, hourly[n as "knownAt"].slice(0, 1000)]),
      ),
      close,
      high: close,
      low: close,
      open: close,
    };
    const forecast = harForecast(candles, contextsOf(candles, "4h", 4));
    expect(forecast.every(Number.isNaN)).toBe(true);
  });
});

describe("the design of HAR", () => {
  it("averages over market time that is longer than a bar", () => {
    expect(harDesign({ timeframe: "5m", calendar: calendar24x7 }).spans).toEqual([
      1, 12, 48, 288, 1440, 5760,
    ]);
    expect(harDesign({ timeframe: "1h", calendar: calendar24x7 }).spans).toEqual([1, 4, 24, 120, 480]);
    expect(harDesign({ timeframe: "1h", calendar: calendarUsEquities }).spans).toEqual([1, 4, 7, 35, 140]);
    expect(harDesign({ timeframe: "45m", calendar: calendar24x7 }).spans).toEqual([1, 32, 160, 640]);
    expect(harDesign({ timeframe: "1d", calendar: calendar24x7 })).toMatchObject({
      spans: [1, 5, 22, 66],
      slots: 7,
    });
    expect(harDesign({ timeframe: "1mo", calendar: calendar24x7 }).slots).toBe(0);
  });

  it("reads the clock where the market is, on both sides of a change of the clock", () => {
    const candles = syntheticCandles({
      seed: 1,
      rows: 30,
      timeframe: "1h",
      calendar: calendarUsEquities,
      start: Date.UTC(2021, 2, 11),
    });
    const slots = clockSlots(candles);
    const first = [...candles.openTime.keys()].filter(
      (i) => i === 0 || slots[i]! < slots[i - 1]! || slots[i]! - slots[i - 1]! > 1,
    );
    expect(first.map((i) => slots[i]! % 24)).toEqual(first.map(() => 10));
  });
});

describe("HAR without a clock", () => {
  it("is blind to the hour: whatever the zone of the market, it says the same", () => {
    const candles = syntheticCandles({ seed: 4, rows: 700, timeframe: "1h" });
    const contexts = contextsOf(candles, "4h", 4);
    const moved = { ...candles, calendar: { ...candles.calendar, zone: "Asia/Kolkata" } };
    expect(bitEqual(clocklessHarForecast(moved, contexts), clocklessHarForecast(candles, contexts))).toBe(
      true,
    );
    expect(bitEqual(harForecast(moved, contexts), harForecast(candles, contexts))).toBe(false);
    expect(clocklessHarForecast(candles, contexts).filter(Number.isFinite).length).toBeGreaterThan(300);
  });

  it("is HAR itself where bars have no clock", () => {
    const candles = syntheticCandles({ seed: 4, rows: 400, timeframe: "1w" });
    const contexts = contextsOf(candles, "4w", 4);
    expect(bitEqual(clocklessHarForecast(candles, contexts), harForecast(candles, contexts))).toBe(true);
  });
});
