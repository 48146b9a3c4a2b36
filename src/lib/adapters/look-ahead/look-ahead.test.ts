import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import type { CandlesByTimeframe, CandleSeries } from "../../candles/candle-series.ts";
import type { ColumnReport } from "../../evaluation/look-ahead/user/report.ts";
import { computeFeature } from "../../features/compute-feature.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { calendarByName } from "../../time/calendars.ts";
import { lookAhead } from "./look-ahead.ts";
import { lookAheadText } from "./look-ahead-text.ts";
import type { CandlesFunction, Columns } from "./user-function.ts";

const base = syntheticCandles({ seed: 3, rows: 400, gapShare: 0.01 });
const candles = byTimeframe(base, ["5m", "30m", "4h"]);
const N = base.openTime.length;

type Column = Columns[string];

/** What is found out about one column over the close of each bar. */
async function judged(
  column: (close: Float64Array, c: CandlesByTimeframe) => Column,
  options: { readonly tolerance?: number } = {},
): Promise<ColumnReport> {
  const fn: CandlesFunction = (c) => ({ column: column(c["5m"]!.close, c) });
  const report = await lookAhead(fn, candles, { instants: 40, starts: 2, ...options });
  return report.functions[0]!.columns[0]!;
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
const less = (values: Float64Array, by: number): Float64Array => values.map((v) => v - by);
const sma = (close: Float64Array): Float64Array =>
  close.map((_, i) => (i < 19 ? NaN : mean(close.slice(i - 19, i + 1))));

/** Of each base bar, the close of the last higher bar for which `is` holds. */
function asof(
  { "5m": b, "4h": h }: CandlesByTimeframe,
  is: (h: CandleSeries, j: number, i: number) => boolean,
): Column {
  return Array.from(
    b!.knownAt,
    (_, i) => h!.close[h!.openTime.findLastIndex((_open, j) => is(h!, j, i))] ?? null,
  );
}

describe("a leak is found, and the bar it comes from is named:", () => {
  type Leaky = [string, (close: Float64Array, c: CandlesByTimeframe) => Column, "5m" | "4h"];
  it.each<Leaky>([
    [
      "a merge_asof of an open bar",
      (_, c) => asof(c, (h, j, i) => h.openTime[j]! <= base.openTime[i]!),
      "4h",
    ],
    ["a bar used at its open", (_, c) => asof(c, (h, j, i) => h.openTime[j]! <= base.knownAt[i]!), "4h"],
    ["a z-score over all bars", (x) => less(x, mean(x)), "5m"],
    ["a scale from the extremes of all bars", (x) => less(x, Math.max(...x)), "5m"],
    ["centred smoothing", (x) => x.map((_, i) => mean(x.slice(Math.max(0, i - 2), i + 3))), "5m"],
    ["backward fill", (x) => sma(x).map((v, i, all) => (i < 19 ? all[19]! : v)), "5m"],
    ["shift(-1)", (x) => x.map((_, i) => x[i + 1] ?? NaN), "5m"],
    ["quantile edges of all bars", (x) => less(x, x.toSorted()[x.length >> 1]!).map(Math.sign), "5m"],
    ["a result that hangs on the length", (x) => x.map((v) => v * x.length), "5m"],
    ["the time of the last row", (_, c) => c["5m"]!.openTime.map((t) => c["5m"]!.openTime.at(-1)! - t), "5m"],
  ])("%s", async (_name, column, timeframe) => {
    const { verdict, leak, reason } = await judged(column);
    expect(verdict).toBe("leak");
    expect(leak).not.toBeNull();
    const { offender, anchor, aheadMs, aheadBars, asKnown, withMore } = leak!;
    expect(offender).toMatchObject({ timeframe, symbol: "TEST" });
    const early = Date.parse(offender!.knownAt) - Date.parse(anchor);
    expect(early).toBeGreaterThan(0);
    expect(aheadMs).toBeGreaterThanOrEqual(early);
    expect(aheadBars).toBeGreaterThanOrEqual(1);
    expect(asKnown).not.toEqual(withMore);
    expect(reason).toMatch(new RegExp(`^column uses the ${timeframe} bar of .*, which is known at .*, at `));
  });

  it("and the row of an open bar is told from its prices", async () => {
    const row = (c: CandlesByTimeframe, back: number): Column =>
      Array.from(c["5m"]!.openTime, (t) => {
        const { openTime, close } = c["4h"]!;
        return close[openTime.findLastIndex((open) => open <= t) - back] ?? null;
      });
    const { verdict, leak, reason } = await judged((_, c) => row(c, 1));
    expect([verdict, leak?.rowAlone]).toEqual(["row of an open bar", true]);
    expect(reason).toMatch(
      /hangs on there being a 4h bar of .*, not on its prices; live it is not there before/,
    );
    expect(await judged((_, c) => row(c, 0))).toMatchObject({ verdict: "leak", leak: { rowAlone: false } });
  });

  it("and how far it looks: two bars of centred smoothing over five", async () => {
    const { leak } = await judged((x) => x.map((_, i) => mean(x.slice(Math.max(0, i - 2), i + 3))));
    expect(leak).toMatchObject({ aheadBars: 2, check: "prefix" });
  });

  it("also where only garbage shows it", async () => {
    // The highest of all closes, clipped below every real one: real futures never change it.
    const { verdict, leak } = await judged((x) => less(x, Math.max(5000, ...x)));
    expect([verdict, leak?.check]).toEqual(["leak", "garbage"]);
  });

  it("and rounding that hangs on the length is called so, and let pass with a tolerance", async () => {
    const rounding = (x: Float64Array): Float64Array => x.map((v) => v * (1 + x.length * 1e-15));
    const { verdict, reason } = await judged(rounding);
    expect([verdict, reason]).toEqual([
      "leak",
      expect.stringMatching(/rounding that depends on what came later/),
    ]);
    expect((await judged(rounding, { tolerance: 1e-9 })).verdict).toBe("clean");
  });
});

describe("what is clean is called clean:", () => {
  it.each<[string, (close: Float64Array, c: CandlesByTimeframe) => Column]>([
    ["a rolling mean", sma],
    ["an EMA", (x) => { let e = x[0]!; return x.map((v) => (e += (v - e) / 10)); }], // prettier-ignore
    ["a join on when a bar is known", (_, c) => asof(c, (h, j, i) => h.knownAt[j]! <= base.knownAt[i]!)],
    ["an expanding mean", (x) => { let sum = 0; return x.map((v, i) => (sum += v) / (i + 1)); }], // prettier-ignore
    ["forward fill", (x) => { let last = NaN; return x.map((v, i) => (last = i % 7 === 6 ? v : last)); }], // prettier-ignore
    ["a flag", (x) => Array.from(x, (v, i) => i > 0 && v > x[i - 1]!)],
    ["the hour", (_, c) => Array.from(c["5m"]!.knownAt, (t) => Math.floor(t / 3_600_000) % 24)],
  ])("%s", async (_name, column) => {
    expect(await judged(column)).toMatchObject({ verdict: "clean", reason: null, leak: null });
  });

  it("every feature of a standard set, on a market with weekends and DST", async () => {
    const fx = syntheticCandles({
      seed: 4,
      rows: 700,
      timeframe: "30m",
      calendar: calendarByName("fx"),
      start: Date.UTC(2024, 2, 4),
    });
    const report = await lookAhead(
      (c) =>
        Object.assign(
          {},
          ...featureSetByName("candle16").features.map((f) => computeFeature(f, c, "30m")),
        ) as Columns,
      fx,
      { timeframes: ["30m", "4h", "1d"], instants: 20, starts: 2 },
    );
    expect(report.functions[0]!.columns.length).toBeGreaterThan(5);
    expect(report.functions[0]!.columns.filter(({ verdict }) => verdict !== "clean")).toEqual([]);
    expect(report.clean).toBe(true);
  });
});

describe("in a notebook", () => {
  it("candles are one series with timeframes, or all of them", async () => {
    const fn: CandlesFunction = (c) => ({ rows: c["4h"]!.close.length ? c["5m"]!.close : c["5m"]!.open });
    const [a, b] = [
      await lookAhead(fn, candles),
      await lookAhead(fn, base, { timeframes: ["5m", "30m", "4h"] }),
    ];
    expect(a).toEqual(b);
    expect(a.candles).toMatchObject({ symbol: "TEST", bars: N, timeframes: ["5m", "30m", "4h"] });
    expect(a.functions[0]!.columns[0]!.verdict).toBe("row of an open bar");
  });

  it("the same call gives the same report, and a text of at most 100 columns", async () => {
    const fn: CandlesFunction = (c) => ({ z: less(c["5m"]!.close, mean(c["5m"]!.close)) });
    const report = await lookAhead(fn, candles, { instants: 20 });
    expect(await lookAhead(fn, candles, { instants: 20 })).toEqual(report);
    const text = lookAheadText(report);
    expect(text).toMatch(/LEAK {2}z uses the 5m bar of/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each<[string, CandlesFunction, string]>([
    ["that throws", () => { throw new Error("no luck"); }, "throws"], // prettier-ignore
    ["that never ends", () => { for (;;); }, "never ends"], // prettier-ignore
    ["whose promise never settles", () => new Promise(() => {}), "never ends"],
    ["that returns nothing", () => ({}), "no columns"],
  ])("a function %s has a verdict of its own", async (_name, fn, verdict) => {
    const { clean, functions } = await lookAhead(fn, candles, { timeoutMs: 300 });
    expect([clean, functions[0]!.verdict, functions[0]!.columns]).toEqual([false, verdict, []]);
  });

  it("clock, chance and files are as they were afterwards", async () => {
    const before = [Date, Date.now, Math.random, globalThis.fetch, process.hrtime];
    await lookAhead((c) => ({ a: c["5m"]!.close.map((v) => v + Date.now()) }), candles, { instants: 8 });
    expect([Date, Date.now, Math.random, globalThis.fetch, process.hrtime]).toEqual(before);
    expect(Object.hasOwn(performance, "now")).toBe(false);
    expect(Math.abs(Date.now() - new Date().getTime())).toBeLessThan(60_000);
  });

  it("what is remembered from earlier calls is never called clean where it says the same of everything", async () => {
    let kept: number[] | null = null;
    const fn: CandlesFunction = (c) => {
      kept ??= Array.from({ length: 10_000 }, (_, i) => c["5m"]!.close[i] ?? 0);
      return { kept: kept.slice(0, c["5m"]!.close.length) };
    };
    expect((await lookAhead(fn, candles)).functions[0]!.columns[0]!.verdict).toBe("not checkable");
  });

  it("candles that hold nothing are refused", async () => {
    await expect(lookAhead(() => ({}), {})).rejects.toThrow(/at least two bars, got no timeframe/);
  });
});
