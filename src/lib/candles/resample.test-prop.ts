import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../math/rng.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { bitEqual } from "../testing/matchers.ts";
import { tokyoCalendar } from "../testing/tokyo-calendar.ts";
import { calendarByName, CALENDAR_NAMES } from "../time/calendars.ts";
import { barGrid } from "../time/grid.ts";
import { barAt } from "../testing/bar-at.ts";
import { nests } from "../time/timeframe.ts";
import { DAY, MINUTE } from "../time/units.ts";
import type { CandleSeries } from "./candle-series.ts";
import { byTimeframe, resample } from "./resample.ts";
import { knownBy } from "./slice.ts";

const TIMEFRAMES = ["5m", "30m", "1h", "4h", "8h", "1d", "1w", "1mo"];
const CALENDARS = [
  ...[...CALENDAR_NAMES, "fx@UTC", "us-equities@UTC", "24x7@Europe/Athens"].map(calendarByName),
  tokyoCalendar,
];

const COLUMNS = [
  "openTime",
  "closeTime",
  "knownAt",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "partial",
] as const satisfies readonly (keyof CandleSeries)[];

function sameSeries(a: CandleSeries, b: CandleSeries): void {
  for (const column of COLUMNS) expect(bitEqual(a[column], b[column]), column).toBe(true);
}

/** A history with holes around a change of clocks, an early close or Christmas, and a coarser timeframe. */
const history = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    rows: fc.integer({ min: 1, max: 400 }),
    calendar: fc.constantFrom(...CALENDARS),
    pair: fc.constantFrom(...TIMEFRAMES.flatMap((a) => TIMEFRAMES.map((b) => [a, b] as const))),
    start: fc.constantFrom(
      Date.UTC(2021, 2, 10), // New York's clock springs forward on the 14th
      Date.UTC(2021, 9, 29, 5), // Athens falls back on the 31st, New York on 7 November
      Date.UTC(2021, 10, 3),
      Date.UTC(2021, 10, 22), // early close on the 26th
      Date.UTC(2020, 11, 22),
      Date.UTC(2020, 11, 29),
    ),
    gapShare: fc.constantFrom(0, 0.02, 0.3),
    lagMs: fc.constantFrom(0, 3 * MINUTE, 700 * MINUTE),
  })
  .filter(({ pair: [fine, coarse] }) => fine !== coarse && nests(fine, coarse))
  .map(({ pair: [timeframe, coarse], ...rest }) => ({
    base: syntheticCandles({ timeframe, ...rest }),
    coarse,
  }));

const RUNS = { seed: 1, numRuns: 250 };

describe("byTimeframe", () => {
  it("gives each timeframe as resample gives it by itself, bit for bit", () => {
    fc.assert(
      fc.property(history, ({ base }) => {
        const nested = TIMEFRAMES.filter((t) => t !== base.timeframe && nests(base.timeframe, t));
        const all = byTimeframe(base, [base.timeframe, ...nested]);
        for (const timeframe of nested) sameSeries(all[timeframe]!, resample(base, timeframe));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe("resample", () => {
  it("of what was known by t equals what was known by t of resample, bit for bit", () => {
    fc.assert(
      fc.property(
        history,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: -1, max: 1 }),
        (h, share, off) => {
          const { base, coarse } = h;
          const t = base.knownAt[Math.floor(share * (base.knownAt.length - 1))]! + off;
          sameSeries(resample(knownBy(base, t), coarse), knownBy(resample(base, coarse), t));
        },
      ),
      RUNS,
    );
  });

  it("does not change when all that is known later is replaced by garbage", () => {
    fc.assert(
      fc.property(history, fc.double({ min: 0, max: 1, noNaN: true }), ({ base, coarse }, share) => {
        const t = base.knownAt[Math.floor(share * (base.knownAt.length - 1))]!;
        const rng = createRng(7);
        const garbage = (column: Float64Array): Float64Array =>
          column.map((x, i) => (base.knownAt[i]! <= t ? x : 1e6 * rng.next()));
        const { open, high, low, close, volume } = base;
        const spoilt = {
          ...base,
          open: garbage(open),
          high: garbage(high),
          low: garbage(low),
          close: garbage(close),
          volume: garbage(volume),
        };
        sameSeries(knownBy(resample(spoilt, coarse), t), knownBy(resample(base, coarse), t));
      }),
      RUNS,
    );
  });

  it("equals grouping row by row, and keeps volume, high and low exactly", () => {
    fc.assert(
      fc.property(history, ({ base, coarse }) => {
        const bars = resample(base, coarse);
        const groups = new Map<number, number[]>();
        for (let i = 0; i < base.openTime.length; i++) {
          const { open } = barAt(base.calendar, coarse, base.closeTime[i]! - 1)!;
          groups.set(open, [...(groups.get(open) ?? []), i]);
        }
        const newest = base.closeTime.at(-1)!;
        const closed = [...groups].filter(([open]) => barAt(base.calendar, coarse, open)!.close <= newest);
        expect([...bars.openTime]).toEqual(closed.map(([open]) => open));
        closed.forEach(([open, rows], m) => {
          const of = (column: Float64Array): number[] => rows.map((i) => column[i]!);
          const close = barAt(base.calendar, coarse, open)!.close;
          expect(bars.closeTime[m]).toBe(close);
          expect(bars.open[m]).toBe(base.open[rows[0]!]);
          expect(bars.close[m]).toBe(base.close[rows.at(-1)!]);
          expect(bars.high[m]).toBe(Math.max(...of(base.high)));
          expect(bars.low[m]).toBe(Math.min(...of(base.low)));
          expect(bars.volume[m]).toBe(of(base.volume).reduce((sum, v) => sum + v, 0));
          const proof = base.closeTime.findIndex((t) => t >= close);
          expect(bars.knownAt[m]).toBe(base.knownAt[proof]);
        });
        // Whole volumes add up without rounding, so the total of all closed bars is exact.
        const rows = closed.flatMap(([, group]) => group);
        const total = rows.reduce((sum, i) => sum + base.volume[i]!, 0);
        expect(bars.volume.reduce((sum, v) => sum + v, 0)).toBe(total);
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  it("keeps the volume, the extremes, the first open and the last close of the whole", () => {
    fc.assert(
      fc.property(history, ({ base, coarse }) => {
        const bars = resample(base, coarse);
        const M = bars.openTime.length;
        fc.pre(M > 0);
        // All rows but those of the bar that is still forming.
        const rows = base.closeTime.filter((t) => t <= bars.closeTime[M - 1]!).length;
        const sum = (column: Float64Array): number => column.reduce((total, v) => total + v, 0);
        expect(sum(bars.volume)).toBe(sum(base.volume.subarray(0, rows)));
        expect(Math.max(...bars.high)).toBe(Math.max(...base.high.subarray(0, rows)));
        expect(Math.min(...bars.low)).toBe(Math.min(...base.low.subarray(0, rows)));
        expect(bars.open[0]).toBe(base.open[0]);
        expect(bars.close[M - 1]).toBe(base.close[rows - 1]);
      }),
      RUNS,
    );
  });

  it("of whole bars equals resampling in two steps", () => {
    fc.assert(
      fc.property(history, fc.constantFrom(...TIMEFRAMES), ({ base, coarse }, middle) => {
        fc.pre(nests(base.timeframe, middle) && nests(middle, coarse) && coarse !== "1mo");
        const stepped = resample(resample(base, middle), coarse);
        const once = knownBy(resample(base, coarse), base.knownAt.at(-1)!);
        const from = once.openTime.indexOf(stepped.openTime[0] ?? NaN);
        fc.pre(from >= 0);
        // A step makes a bar known later where its own last part is missing, so the newest may still be forming.
        const M = stepped.openTime.length;
        for (const column of [
          "openTime",
          "closeTime",
          "open",
          "high",
          "low",
          "close",
          "volume",
          "partial",
        ] as const) {
          expect([...stepped[column]], column).toEqual([...once[column].slice(from, from + M)]);
        }
      }),
      RUNS,
    );
  });

  it("marks exactly the bars in which an expected one is missing", () => {
    fc.assert(
      fc.property(history, ({ base, coarse }) => {
        const bars = resample(base, coarse);
        const has = new Set(base.openTime);
        bars.openTime.forEach((open, m) => {
          // From an hour of 09:00 that trades from 09:30 on: it opens before the day that it belongs to.
          const { open: opens, close } = barGrid(
            base.calendar,
            base.timeframe,
            open - DAY,
            bars.closeTime[m]!,
          );
          expect(bars.partial[m] === 1).toBe(opens.some((t, i) => close[i]! > open && !has.has(t)));
        });
      }),
      { seed: 1, numRuns: 80 },
    );
  });
});
