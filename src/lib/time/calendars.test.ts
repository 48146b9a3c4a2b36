import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { tokyoCalendar } from "../testing/tokyo-calendar.ts";
import { calendarUsEquities as us } from "./calendar-us-equities.ts";
import { calendar24x7 } from "./calendar-24x7.ts";
import {
  calendarByName,
  CALENDAR_NAMES,
  describeCalendars,
  isCalendarName,
  registerCalendar,
} from "./calendars.ts";
import { DAY, HOUR, iso } from "./units.ts";
import { offsetAt } from "./zone.ts";

const dates = (from: string, to: string): string[] =>
  us.sessions(Date.parse(from), Date.parse(to) + DAY).map((s) => s.date);

const rowsOf = (file: string): string[][] =>
  gunzipSync(readFileSync(`${process.env["RHYME_DATA"]}/${file}`))
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

describe("us-equities", () => {
  it("has exactly the sessions of the S&P 500 from 2000 to 2020", () => {
    const file = readFileSync("node_modules/vega-datasets/data/sp500-2000.csv", "utf8")
      .trim()
      .split("\n")
      .slice(1);
    expect(file).toHaveLength(5105);
    expect(dates("2000-01-03", "2020-04-17")).toEqual(file.map((line) => line.slice(0, 10)));
  });

  it.skipIf(!process.env["RHYME_DATA"])("has exactly the sessions of SPY from 1998 to 2021", () => {
    const file = rowsOf("equities/SPY-1d.csv.gz").map(([t]) =>
      new Date(Number(t)).toISOString().slice(0, 10),
    );
    expect(dates(file[0]!, file.at(-1)!)).toEqual(file);
  });

  it.skipIf(!process.env["RHYME_DATA"])(
    "closes early on exactly the days on which hourly trading ends early",
    () => {
      const share = new Map<string, { total: number; lastHour: number }>();
      for (const [t, , , , , v] of rowsOf("equities/SPY-1h.csv.gz")) {
        const local = new Date(Number(t) + offsetAt(us.zone, Number(t))).toISOString();
        const day = share.get(local.slice(0, 10)) ?? { total: 0, lastHour: 0 };
        day.total += Number(v);
        if (local.slice(11, 13) === "15") day.lastHour += Number(v);
        share.set(local.slice(0, 10), day);
      }
      // Until 2008 the file holds a few late prints after the bell of a short day, so volume decides.
      const ended = [...share]
        .filter(([, { total, lastHour }]) => lastHour < 0.01 * total)
        .map(([date]) => date);
      const sessions = us.sessions(Date.UTC(1998, 0, 2), Date.UTC(2021, 2, 31));
      const early = sessions.filter((s) => s.close - s.open < 4 * HOUR).map((s) => s.date);
      expect(early).toEqual(ended);
      expect(early.length).toBeGreaterThan(45);
    },
  );

  it("opens at 09:30 and closes at 16:00 in New York, in summer and winter", () => {
    const [winter] = us.sessions(Date.UTC(2021, 0, 5), Date.UTC(2021, 0, 6));
    const [summer] = us.sessions(Date.UTC(2021, 6, 6), Date.UTC(2021, 6, 7));
    expect([iso(winter!.open), iso(winter!.close)]).toEqual(["2021-01-05T14:30:00Z", "2021-01-05T21:00:00Z"]);
    expect([iso(summer!.open), iso(summer!.close)]).toEqual(["2021-07-06T13:30:00Z", "2021-07-06T20:00:00Z"]);
    expect(iso(us.cutFrom(summer!))).toBe("2021-07-06T04:00:00Z");
  });

  it.each([
    ["2001-09-10", ["2001-09-10", "2001-09-17"], "after the attacks"],
    ["2004-06-10", ["2004-06-10", "2004-06-14"], "Reagan"],
    ["2006-12-29", ["2006-12-29", "2007-01-03"], "Ford"],
    ["2010-12-31", ["2010-12-31", "2011-01-03"], "a New Year's Day on a Saturday is not kept"],
    ["2021-12-31", ["2021-12-31", "2022-01-03"], "a New Year's Day on a Saturday is not kept"],
    ["2012-10-26", ["2012-10-26", "2012-10-31"], "Sandy"],
    ["2018-12-04", ["2018-12-04", "2018-12-06"], "Bush"],
    ["2021-06-18", ["2021-06-18", "2021-06-21"], "no Juneteenth before 2022"],
    ["2022-06-17", ["2022-06-17", "2022-06-21"], "Juneteenth"],
    ["2025-01-08", ["2025-01-08", "2025-01-10"], "Carter"],
    ["1997-01-17", ["1997-01-17", "1997-01-20"], "no Martin Luther King Day before 1998"],
    ["1998-01-16", ["1998-01-16", "1998-01-20"], "Martin Luther King Day"],
    ["2026-04-02", ["2026-04-02", "2026-04-06"], "Good Friday"],
  ])("after %s comes %j: %s", (from, expected) => {
    expect(dates(from, "2030-01-01").slice(0, 2)).toEqual(expected);
  });

  it.each(["1999-12-31", "2003-12-26", "2013-07-03", "2020-11-27", "2024-12-24", "2025-07-03"])(
    "closes at 13:00 on %s",
    (date) => {
      const [session] = us.sessions(Date.parse(date), Date.parse(date) + DAY);
      expect(session!.close - session!.open).toBe(3.5 * HOUR);
    },
  );

  it.each(["2002-07-03", "2010-12-31", "2021-12-23", "2022-07-01", "2026-07-02"])(
    "closes at 16:00 on %s",
    (date) => {
      const [session] = us.sessions(Date.parse(date), Date.parse(date) + DAY);
      expect(session!.close - session!.open).toBe(6.5 * HOUR);
    },
  );

  it("returns the sessions that touch a range, also inside one", () => {
    const [session] = us.sessions(Date.UTC(2021, 0, 5), Date.UTC(2021, 0, 6));
    expect(us.sessions(session!.open, session!.open + 1)).toEqual([session]);
    expect(us.sessions(session!.close, session!.close + 1)).toEqual([]);
    expect(us.sessions(session!.open - 1, session!.open)).toEqual([]);
    expect(us.sessions(5, 5)).toEqual([]);
  });
});

describe("24x7", () => {
  it("has every UTC day", () => {
    const days = calendar24x7.sessions(Date.UTC(2021, 0, 1) + 1, Date.UTC(2021, 0, 3) + 1);
    expect(days.map((s) => s.date)).toEqual(["2021-01-01", "2021-01-02", "2021-01-03"]);
    expect(days.every((s, i) => i === 0 || s.open === days[i - 1]!.close)).toBe(true);
  });
});

describe("calendars by name", () => {
  it("are found, and an unknown name is refused with the list", () => {
    expect(CALENDAR_NAMES.map((name) => calendarByName(name).name)).toEqual(CALENDAR_NAMES);
    expect(() => calendarByName("forex")).toThrow(/24x7, us-equities, fx, us-futures.* got "forex"/);
    for (const name of ["fx@", "fx@Mars/Olympus", "@UTC", "forex@UTC", "fx@UTC@UTC", "fx@local", ""]) {
      expect(() => calendarByName(name), name).toThrow(RhymeError);
      expect(isCalendarName(name), name).toBe(false);
    }
    expect(["fx", "fx@UTC", "24x7@Europe/Athens"].map(isCalendarName)).toEqual([true, true, true]);
  });

  it("are one object per name, also derived ones", () => {
    expect(calendarByName("fx@UTC")).toBe(calendarByName("fx@UTC"));
    expect(calendarByName("fx@UTC")).not.toBe(calendarByName("fx"));
    expect(CALENDAR_NAMES).toEqual(["24x7", "us-equities", "fx", "us-futures"]);
  });

  it("are described in a line each", () => {
    const lines = describeCalendars().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual([...CALENDAR_NAMES, "NAME@ZONE"]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it("may be registered by a user, once per name", () => {
    registerCalendar(tokyoCalendar);
    registerCalendar(tokyoCalendar);
    expect(calendarByName("tokyo")).toBe(tokyoCalendar);
    expect(calendarByName("tokyo@UTC").zone).toBe("Asia/Tokyo");
    expect(describeCalendars()).toContain("tokyo");
    expect(CALENDAR_NAMES).not.toContain("tokyo");
    expect(() => registerCalendar({ ...tokyoCalendar })).toThrow(/a name other than .*tokyo, got "tokyo"/);
    expect(() => registerCalendar({ ...tokyoCalendar, name: "fx" })).toThrow(RhymeError);
  });
});
