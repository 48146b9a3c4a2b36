import { describe, expect, it } from "vitest";
import { sessionCalendar } from "./session-calendar.ts";
import { DAY, HOUR, iso } from "./units.ts";

describe("sessionCalendar", () => {
  const auckland = sessionCalendar({
    name: "auckland",
    zone: "Pacific/Auckland",
    hoursOn: () => [[-2 * HOUR, 20 * HOUR]],
    cutAt: -2 * HOUR,
  });

  it("finds the first session of a year where it opens in the old one", () => {
    const night = Date.parse("2020-12-31T09:30Z"); // 22:30 in Auckland
    expect(auckland.sessions(night, night + 1).map((s) => `${s.date} ${iso(s.open)}`)).toEqual([
      "2021-01-01 2020-12-31T09:00:00Z",
    ]);
  });

  it("keeps its hours on the local clock, so that a day of changing clocks is shorter or longer", () => {
    const hours = (date: string): number => {
      const [session] = auckland.sessions(Date.parse(date), Date.parse(date) + 1); // noon or so in Auckland
      expect(session!.date).toBe(date);
      expect(auckland.cutFrom(session!)).toBe(session!.open);
      return (session!.close - session!.open) / HOUR;
    };
    expect(["2021-04-03", "2021-04-04", "2021-09-26"].map(hours)).toEqual([22, 23, 21]);
  });

  it("has no sessions in an empty range, and none where no hours are", () => {
    const noon = Date.UTC(2021, 0, 1, 12);
    expect(auckland.sessions(noon, noon)).toEqual([]);
    const never = sessionCalendar({ name: "never", zone: "UTC", hoursOn: () => [] });
    expect(never.sessions(noon, noon + 400 * DAY)).toEqual([]);
  });
});
