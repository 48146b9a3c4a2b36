import { IANAZone } from "luxon";
import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { DAY, HOUR, MINUTE } from "./units.ts";
import { dayOfWeek, hourOfWeek, instantOf, offsetAt } from "./zone.ts";

const NEW_YORK = "America/New_York";

describe("zone", () => {
  it("changes its offset to the millisecond when clocks change", () => {
    const spring = Date.parse("2021-03-14T07:00:00Z");
    const autumn = Date.parse("2021-11-07T06:00:00Z");
    expect([offsetAt(NEW_YORK, spring - 1), offsetAt(NEW_YORK, spring)]).toEqual([-5 * HOUR, -4 * HOUR]);
    expect([offsetAt(NEW_YORK, autumn - 1), offsetAt(NEW_YORK, autumn)]).toEqual([-4 * HOUR, -5 * HOUR]);
  });

  it("knows half hours, the southern hemisphere and fixed offsets", () => {
    expect(offsetAt("Asia/Kolkata", 0)).toBe(5.5 * HOUR);
    expect(offsetAt("Australia/Sydney", Date.UTC(2021, 0, 1))).toBe(11 * HOUR);
    expect(offsetAt("UTC+2", 0)).toBe(2 * HOUR);
  });

  it("counts hours and days of the week from Monday on its own clock", () => {
    const monday = Date.parse("2021-06-07T04:00:00Z"); // 00:00 in New York
    expect([hourOfWeek(NEW_YORK, monday), dayOfWeek(NEW_YORK, monday)]).toEqual([0, 0]);
    expect([hourOfWeek(NEW_YORK, monday - 1), dayOfWeek(NEW_YORK, monday - 1)]).toEqual([167, 6]);
    expect(hourOfWeek("UTC", Date.UTC(1960, 0, 4))).toBe(0);
  });

  it("finds the instant of a wall clock, through skipped and repeated hours", () => {
    const wall = (text: string): string =>
      new Date(instantOf(NEW_YORK, Date.parse(`${text}Z`))).toISOString();
    expect(wall("2021-03-14T01:59:00")).toBe("2021-03-14T06:59:00.000Z");
    expect(wall("2021-03-14T02:30:00")).toBe("2021-03-14T07:30:00.000Z"); // skipped
    expect(wall("2021-03-14T03:00:00")).toBe("2021-03-14T07:00:00.000Z");
    expect(wall("2021-11-07T01:30:00")).toBe("2021-11-07T05:30:00.000Z"); // the first of two
    expect(wall("2021-11-07T02:00:00")).toBe("2021-11-07T07:00:00.000Z");
  });

  it("runs an offset ahead of a zone all year, through its changes of clocks", () => {
    const broker = "America/New_York+07:00"; // midnight is 17:00 in New York
    for (const t of [Date.UTC(2021, 0, 4, 22), Date.UTC(2021, 2, 14, 21), Date.UTC(2021, 10, 7, 22)]) {
      expect((t + offsetAt(broker, t)) % DAY).toBe(0);
      expect(instantOf(broker, t + offsetAt(broker, t))).toBe(t);
    }
    expect(hourOfWeek(broker, Date.UTC(2021, 2, 14, 21))).toBe(0);
    const spring = Date.parse("2021-03-14T07:00:00Z");
    expect([offsetAt(broker, spring - 1), offsetAt(broker, spring)]).toEqual([2 * HOUR, 3 * HOUR]);
    expect(offsetAt("America/New_York-00:30", 0)).toBe(-5.5 * HOUR);
    expect(offsetAt("America/Argentina/Buenos_Aires+01:00", 0)).toBe(-2 * HOUR);
  });

  it("refuses a zone that does not exist, and an offset that is no time of day", () => {
    for (const name of [
      "Mars/Olympus", "", "local", "system", "Mars/Olympus+07:00", "America/New_York+7", "America/New_York+24:00",
      "America/New_York+07:60", "America/New_York +07:00", "America/New_York+07:00+01:00",
    ]) {
      expect(() => offsetAt(name, 0), name).toThrow(RhymeError);
    }
    expect(() => offsetAt("America/New_York+7", 0)).toThrow(/America\/New_York\+07:00, got "America\/New_York\+7"/);
  }); // prettier-ignore

  it("agrees with the library at 4,000 instants of a century", () => {
    for (const name of [NEW_YORK, "Europe/London", "Africa/Casablanca", "Australia/Lord_Howe"]) {
      const zone = IANAZone.create(name);
      for (let i = 0; i < 1000; i++) {
        const t = Date.UTC(1950, 0, 1) + i * 3_156_234_567;
        expect(offsetAt(name, t)).toBe(Math.round(zone.offset(t) * MINUTE));
      }
    }
  });
});
