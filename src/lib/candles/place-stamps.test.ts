import { describe, expect, it } from "vitest";
import { tokyoCalendar } from "../testing/tokyo-calendar.ts";
import { calendarFx as fx } from "../time/calendar-fx.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities as us } from "../time/calendar-us-equities.ts";
import type { Calendar } from "../time/calendar.ts";
import { calendarByName } from "../time/calendars.ts";
import { iso } from "../time/units.ts";
import { inferTimeframe } from "./infer-timeframe.ts";
import { placeStamps, type StampConvention } from "./place-stamps.ts";

/** Where each stamp is placed; a text of ten characters is a bare date. */
function place(
  stamps: string[],
  timeframe: string,
  calendar: Calendar,
  convention: StampConvention = "open",
): string[] {
  const stamp = Float64Array.from(stamps, (text) => Date.parse(text));
  const dated = Uint8Array.from(stamps, (text) => (text.length === 10 ? 1 : 0));
  const placed = placeStamps(stamp, dated, timeframe, calendar, convention);
  const words = ["", "outside", "off-grid"];
  return stamps.map((_, i) => words[placed.verdict[i]!] || iso(placed.openTime[i]!).slice(0, 16));
}

describe("intraday stamps", () => {
  it("name the open or the close of a bar", () => {
    const stamps = ["2021-11-26T15:00Z", "2021-11-26T17:00Z", "2021-11-26T18:00Z"];
    expect(place(stamps, "1h", us)).toEqual(["2021-11-26T15:00", "2021-11-26T17:00", "outside"]);
    expect(place(stamps, "1h", us, "close")).toEqual([
      "2021-11-26T14:00",
      "2021-11-26T16:00",
      "2021-11-26T17:00",
    ]);
  });

  it("may name the first bar by the open of the session", () => {
    expect(place(["2021-11-26T14:00Z", "2021-11-26T14:30Z"], "1h", us)).toEqual([
      "2021-11-26T14:00",
      "2021-11-26T14:00",
    ]);
    expect(place(["2021-11-26T14:30Z"], "4h", us)).toEqual(["2021-11-26T13:00"]);
  });

  it("are off the grid inside a session and outside elsewhere", () => {
    const stamps = ["2021-11-26T15:30Z", "2021-11-26T13:30Z", "2021-11-25T15:00Z", "2021-11-27T15:00Z"];
    expect(place(stamps, "1h", us)).toEqual(["off-grid", "outside", "outside", "outside"]);
    expect(place(["2021-11-25T00:03Z", "2021-11-25T00:05Z"], "5m", calendar24x7)).toEqual([
      "off-grid",
      "2021-11-25T00:05",
    ]);
  });

  it("are placed in any order and far apart", () => {
    const stamps = ["2021-01-01T00:05Z", "1960-01-01T00:05Z", "2021-01-01T00:00Z"];
    expect(place(stamps, "5m", calendar24x7)).toEqual(stamps.map((text) => text.slice(0, 16)));
  });
});

describe("daily stamps", () => {
  it("may be a bare date, midnight in UTC, midnight of the market, or its open", () => {
    const stamps = [
      "2021-11-26",
      "2021-11-26T00:00Z",
      "2021-11-26T05:00Z",
      "2021-11-26T14:30Z",
      "2021-07-06T04:00Z",
    ];
    const friday = "2021-11-26T14:30";
    expect(place(stamps, "1d", us)).toEqual([friday, friday, friday, friday, "2021-07-06T13:30"]);
  });

  it("on a closed day are outside, at another time off the grid", () => {
    expect(place(["2021-11-25", "2021-11-27", "2021-11-26T16:00Z"], "1d", us)).toEqual([
      "outside",
      "outside",
      "off-grid",
    ]);
    expect(place(["2021-11-26T20:00Z"], "1d", calendar24x7)).toEqual(["off-grid"]);
  });

  it("that name the close are the session that closes then", () => {
    expect(place(["2021-11-26T18:00Z", "2021-11-24"], "1d", us, "close")).toEqual([
      "2021-11-26T14:30",
      "2021-11-24T14:30",
    ]);
    expect(place(["2021-11-26T00:00Z"], "1d", calendar24x7, "close")).toEqual(["2021-11-25T00:00"]);
  });

  it("of weeks and months name their first date or session", () => {
    const week = "2022-01-18T14:30"; // Monday is Martin Luther King Day
    expect(place(["2022-01-17", "2022-01-18", "2022-01-19"], "1w", us)).toEqual([week, week, "off-grid"]);
    expect(place(["2022-01-23", "2022-01-21", "2022-01-20"], "1w", us, "close")).toEqual([
      week,
      week,
      "off-grid",
    ]);
    const month = "2022-01-03T14:30";
    expect(place(["2022-01-01", "2022-01-03", "2022-01-31"], "1mo", us)).toEqual([month, month, "off-grid"]);
    expect(place(["2022-01-31", "2022-01-15"], "1mo", us, "close")).toEqual([month, "off-grid"]);
  });
});

describe("stamps of FX", () => {
  it("of days may be the trading date, its midnight in UTC or New York, or 17:00 the evening before", () => {
    const monday = "2021-03-14T21:00"; // Monday 15 March opens on Sunday, in summer time
    const stamps = ["2021-03-15", "2021-03-15T00:00Z", "2021-03-15T04:00Z", "2021-03-14T21:00Z"];
    expect(place(stamps, "1d", fx)).toEqual([monday, monday, monday, monday]);
    expect(place(["2021-03-14", "2021-03-14T22:00Z", "2021-03-12T22:00Z"], "1d", fx)).toEqual([
      "outside",
      "off-grid",
      "off-grid",
    ]);
    expect(place(["2021-03-15", "2021-03-15T21:00Z"], "1d", fx, "close")).toEqual([monday, monday]);
  });

  it("of weeks and months go by trading dates", () => {
    const week = "2021-10-31T21:00"; // Monday 1 November
    expect(place(["2021-11-01", "2021-10-31T21:00Z", "2021-10-31"], "1w", fx)).toEqual([
      week,
      week,
      "off-grid",
    ]);
    expect(place(["2021-11-05", "2021-11-07", "2021-11-05T21:00Z"], "1w", fx, "close")).toEqual([
      week,
      week,
      week,
    ]);
    expect(place(["2021-11-01", "2021-10-31T21:00Z"], "1mo", fx)).toEqual([week, week]);
  });

  it("of hours around the weekend name the first bar of Sunday and the last of Friday", () => {
    expect(
      place(["2021-03-12T21:00Z", "2021-03-12T22:00Z", "2021-03-14T20:00Z", "2021-03-14T21:00Z"], "1h", fx),
    ).toEqual(["2021-03-12T21:00", "outside", "outside", "2021-03-14T21:00"]);
    expect(place(["2021-03-12T22:00Z", "2021-03-14T21:00Z"], "1h", fx, "close")).toEqual([
      "2021-03-12T21:00",
      "outside",
    ]);
    expect(place(["2021-03-15T00:00Z"], "4h", fx)).toEqual(["off-grid"]);
  });

  it("in UTC days have a Sunday and a Friday of their own, named by midnight and by the day's end", () => {
    const utc = calendarByName("fx@UTC");
    const days = ["2021-03-14", "2021-03-14T00:00Z", "2021-03-14T21:00Z", "2021-03-19T00:00Z"];
    expect(place(days, "1d", utc)).toEqual([
      "2021-03-14T21:00",
      "2021-03-14T21:00",
      "2021-03-14T21:00",
      "2021-03-19T00:00",
    ]);
    expect(place(["2021-03-15T00:00Z", "2021-03-20T00:00Z"], "1d", utc, "close")).toEqual([
      "2021-03-14T21:00",
      "2021-03-19T00:00",
    ]);
    // The week that Sunday evening begins is named by Monday or by that Sunday.
    expect(place(["2021-03-14", "2021-03-15"], "1w", utc)).toEqual(["2021-03-14T21:00", "2021-03-14T21:00"]);
    expect(place(["2021-03-14T20:00Z", "2021-03-15T00:00Z"], "4h", utc)).toEqual([
      "2021-03-14T20:00",
      "2021-03-15T00:00",
    ]);
  });

  it("of a day in a server's zone are named by its midnight, also where the market opens later", () => {
    const athens = calendarByName("fx@Europe/Athens");
    // From 14 to 28 March 2021 New York is six hours behind: the market opens on Sunday at 23:00 in Athens.
    expect(place(["2021-03-13T22:00Z", "2021-03-14T22:00Z"], "1d", athens)).toEqual([
      "2021-03-14T21:00",
      "2021-03-14T22:00",
    ]);
  });

  it("of a market with a break name the day once, and no bar within the break", () => {
    expect(place(["2021-06-07", "2021-06-06T15:00Z", "2021-06-07T00:00Z"], "1d", tokyoCalendar)).toEqual(
      Array(3).fill("2021-06-07T00:00"),
    );
    expect(
      place(["2021-06-07T03:30Z", "2021-06-07T03:00Z", "2021-06-07T02:30Z"], "30m", tokyoCalendar),
    ).toEqual(["2021-06-07T03:30", "outside", "outside"]);
    expect(place(["2021-06-07T03:00Z", "2021-06-07T03:30Z"], "1h", tokyoCalendar)).toEqual([
      "2021-06-07T03:00",
      "2021-06-07T03:00",
    ]);
  });
});

describe("inferTimeframe", () => {
  const of = (...stamps: string[]): string | null =>
    inferTimeframe(Float64Array.from(stamps, (t) => Date.parse(t)));

  it("is the commonest step, whatever the order and the holes", () => {
    expect(of("2021-01-01T01:00Z", "2021-01-01T00:00Z", "2021-01-01T00:30Z", "2021-01-02T00:30Z")).toBe(
      "30m",
    );
    expect(of("2021-01-01T00:00Z", "2021-01-01T00:00Z", "2021-01-01T04:00Z")).toBe("4h");
  });

  it("allows days of 23 and 25 hours, weeks and months", () => {
    expect(of("2021-03-13T05:00Z", "2021-03-14T05:00Z", "2021-03-15T04:00Z")).toBe("1d");
    expect(of("2021-03-01", "2021-03-08")).toBe("1w");
    expect(of("2021-01-31", "2021-02-28", "2021-03-31", "2021-04-30")).toBe("1mo");
  });

  it("is null where nothing repeats or no timeframe fits", () => {
    expect(of("2021-01-01")).toBeNull();
    expect(of("2021-01-01T00:00:00Z", "2021-01-01T00:00:07Z")).toBeNull();
  });
});
