import { describe, expect, it } from "vitest";
import { syntheticCandles } from "../testing/candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import type { Calendar } from "../time/calendar.ts";
import { HOUR } from "../time/units.ts";
import { computeFeature } from "./compute-feature.ts";
import { marketClock } from "./market-clock.ts";

describe("the market clock", () => {
  const clockAt = (calendar: Calendar, t: number): Record<string, number> => {
    const feature = marketClock();
    const out = new Float64Array(feature.outputs.length);
    feature.start({ calendar }).step(Float64Array.of(t), out, 0);
    return Object.fromEntries(feature.outputs.map((name, i) => [name, out[i]!]));
  };

  it("counts the session from its opening in the market's zone, in summer and in winter", () => {
    const noon = { sessionTimeSin: Math.sin((2 * Math.PI * 2.5) / 6.5) };
    expect(clockAt(calendarUsEquities, Date.UTC(2020, 6, 1, 16))["sessionTimeSin"]).toBeCloseTo(
      noon.sessionTimeSin,
    );
    expect(clockAt(calendarUsEquities, Date.UTC(2020, 0, 2, 17))["sessionTimeSin"]).toBeCloseTo(
      noon.sessionTimeSin,
    );
  });

  it("reads the same on a long walk as for each bar by itself", () => {
    const hours = syntheticCandles({ seed: 2, rows: 500, timeframe: "1h", calendar: calendarUsEquities });
    const walked = computeFeature(marketClock(), { "1h": hours }, "1h")["sessionTimeCos"]!;
    const alone = hours.openTime.map((t) => clockAt(calendarUsEquities, t)["sessionTimeCos"]!);
    expect(walked).toEqual(alone);
  });

  it("counts a shorter session by its own length", () => {
    const earlyClose = Date.UTC(2020, 10, 27, 14, 30); // the day after Thanksgiving ends at 13:00
    const half = clockAt(calendarUsEquities, earlyClose + 1.75 * HOUR);
    expect(half["sessionTimeCos"]).toBeCloseTo(-1);
  });

  it("is at phase 0 for a bar that opens before its session", () => {
    expect(clockAt(calendarUsEquities, Date.UTC(2020, 6, 1, 13))).toMatchObject({
      sessionTimeSin: 0,
      sessionTimeCos: 1,
    });
  });

  it("tells the days of the week apart by the sine alone", () => {
    const monday = Date.UTC(2021, 0, 4);
    const sines = [0, 1, 2, 3, 4, 5, 6].map(
      (day) => clockAt(calendar24x7, monday + day * 24 * HOUR)["dayOfWeekSin"]!,
    );
    expect(new Set(sines.map((s) => s.toFixed(6))).size).toBe(7);
    expect(Math.max(sines[5]!, sines[6]!)).toBeLessThan(Math.min(...sines.slice(0, 5)));
  });
});
