import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { qualityReport } from "../../candles/quality-report.ts";
import { resample } from "../../candles/resample.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { needs } from "../../testing/require.ts";
import { calendarUsEquities } from "../../time/calendar-us-equities.ts";
import { iso } from "../../time/units.ts";
import { readCandles, type ReadCandlesOptions } from "./read-candles.ts";

const NOW = Date.UTC(2026, 0, 1);

describe("real candles", () => {
  it("of the S&P 500 are whole, and opens equal the previous close until 2005", async () => {
    const path = "node_modules/vega-datasets/data/sp500-2000.csv";
    const { series, ledger, findings } = await readCandles([path], {
      now: NOW,
      calendar: calendarUsEquities,
    });
    const { years } = qualityReport(series, ledger, findings);
    expect([series.timeframe, series.openTime.length, findings]).toEqual(["1d", 5105, []]);
    expect(years.filter((y) => y.year <= 2005).every((y) => y.openEqualsPreviousClose! > 0.94)).toBe(true);
    expect(years.filter((y) => y.year >= 2016).every((y) => y.openEqualsPreviousClose === 0)).toBe(true);
    expect(iso(series.closeTime[5104]!)).toBe("2020-04-17T20:00:00Z");
  });

  const data = needs("data");
  const real = async (name: string, options: Partial<ReadCandlesOptions> = {}) =>
    readCandles([join(process.env["RHYME_DATA"]!, name)], { now: NOW, ...options });

  it.skipIf(data.skip)("with known defects are found to have exactly those", async () => {
    const count = async (name: string, kind: string): Promise<number> =>
      (await real(name)).findings.filter((f) => f.kind === kind).length;
    expect(await count("defects/BTCUSD-bitfinex-1m-gaps-unsorted.csv.gz", "unsorted")).toBe(69);
    expect(await count("defects/BTCUSD-bitstamp-5m-unsorted.csv.gz", "unsorted")).toBe(43);
    expect(await count("defects/EURUSD-mt5-1m-lost-decimal-point.csv.gz", "lost-decimal-point")).toBe(326);
    const { findings } = await real("crypto/BTCUSDT-5m.csv.gz");
    const missing = findings.filter((f) => f.kind === "missing-bars");
    expect(missing.map((f) => [iso(f.time!), f.count])).toEqual([["2023-03-24T12:40:00Z", 16]]);
  });

  it.skipIf(data.skip)("resample exactly to the coarser file", async () => {
    const fine = (await real("crypto/SOLUSDT-5m.csv.gz")).series;
    for (const timeframe of ["15m", "1h", "4h", "1d"]) {
      const coarse = (await real(`crypto/SOLUSDT-${timeframe}.csv.gz`)).series;
      const made = resample(fine, timeframe);
      const from = made.openTime.indexOf(coarse.openTime[0]!);
      const rows = Math.min(coarse.openTime.length, made.openTime.length - from);
      expect(rows).toBeGreaterThan(200);
      for (const column of ["openTime", "open", "high", "low", "close"] as const) {
        expect(bitEqual(made[column].slice(from, from + rows), coarse[column].slice(0, rows)), column).toBe(
          true,
        );
      }
    }
  });

  it.skipIf(data.skip)("of hours of Apple are its days, by session", async () => {
    const options = { calendar: calendarUsEquities };
    const days = resample((await real("equities/AAPL-1h.csv.gz", options)).series, "1d");
    const daily = (await real("equities/AAPL-1d.csv.gz", options)).series;
    expect(bitEqual(days.openTime, daily.openTime)).toBe(true);
    const same = daily.open.filter((open, i) => days.open[i] === open && days.high[i] === daily.high[i]);
    expect(same.length / daily.open.length).toBeGreaterThan(0.99);
  });
});
