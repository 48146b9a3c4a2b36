import { describe, expect, it } from "vitest";
import { calendarUsFutures as futures } from "./calendar-us-futures.ts";
import { barGrid } from "./grid.ts";
import { DAY, HOUR, iso } from "./units.ts";

const on = (date: string): string => {
  const day = Date.parse(date);
  const session = futures.sessions(day - DAY, day + 2 * DAY).find((s) => s.date === date);
  return session ? `${iso(session.open).slice(5, 16)} ${iso(session.close).slice(5, 16)}` : "closed";
};

describe("us-futures", () => {
  it("trades from 18:00 to 17:00 in New York, in summer and winter", () => {
    expect([on("2021-07-07"), on("2021-01-06")]).toEqual([
      "07-06T22:00 07-07T21:00",
      "01-05T23:00 01-06T22:00",
    ]);
    expect(on("2021-06-07")).toBe("06-06T22:00 06-07T21:00"); // opens on Sunday
  });

  it("closed at 17:15 on Mondays to Thursdays until September 2015", () => {
    expect([on("2015-09-22"), on("2015-09-18"), on("2015-09-23")]).toEqual([
      "09-21T22:00 09-22T21:15",
      "09-17T22:00 09-18T21:00",
      "09-22T22:00 09-23T21:00",
    ]);
  });

  it.each([
    ["2018-03-30", "closed"], // Good Friday
    ["2018-12-25", "closed"],
    ["2017-01-02", "closed"], // New Year's Day was a Sunday
    ["2021-12-24", "closed"], // Christmas is a Saturday
    ["2018-12-05", "12-04T23:00 12-05T22:00"], // shares mourned
    ["2018-05-28", "05-27T22:00 05-28T17:00"], // Memorial Day
    ["2018-11-22", "11-21T23:00 11-22T18:00"], // Thanksgiving
    ["2018-11-23", "11-22T23:00 11-23T18:45"],
    ["2018-12-24", "12-23T23:00 12-24T18:45"],
    ["2018-07-03", "07-02T22:00 07-03T21:00"],
    ["2013-02-18", "02-17T23:00 02-18T18:15"],
    ["2011-02-21", "02-20T23:00 02-21T22:15"],
  ])("on %s: %s", (date, expected) => {
    expect(on(date)).toBe(expected);
  });

  it("has 4h bars counted from 17:00 New York, the first an hour shorter", () => {
    const { open, close } = barGrid(futures, "4h", Date.UTC(2021, 6, 6, 21), Date.UTC(2021, 6, 7, 21));
    expect(Array.from(open, (t) => iso(t).slice(11, 16))).toEqual(["21:00", "01:00", "05:00", "09:00", "13:00", "17:00"]);
    expect(close.at(-1)! - open.at(-1)!).toBe(4 * HOUR);
  }); // prettier-ignore
});
