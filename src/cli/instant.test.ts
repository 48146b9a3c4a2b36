import { describe, expect, it } from "vitest";
import { calendarByName } from "../lib/time/calendars.ts";
import { parseAsOf } from "./instant.ts";

const calendar = calendarByName("us-equities");
const saturday = Date.parse("2024-06-29T03:30:00Z"); // still Friday in New York

describe("as of when", () => {
  it.each([
    ["now", "now", "2024-06-29T03:30:00Z"],
    ["today on the market's clock, after its close", "2024-06-28", "2024-06-29T03:30:00Z"],
    ["an earlier date, at its close", "2024-06-27", "2024-06-27T20:00:00Z"],
    ["an instant", "2024-06-28T12:00Z", "2024-06-28T12:00:00Z"],
  ])("is %s", (_how, text, expected) => {
    expect(parseAsOf(text, calendar, "--known-at", saturday)).toBe(Date.parse(expected));
  });

  it("is today on a day without a session, and refuses another such day", () => {
    const sunday = Date.parse("2024-06-30T15:00:00Z");
    expect(parseAsOf("2024-06-30", calendar, "--known-at", sunday)).toBe(sunday);
    expect(() => parseAsOf("2024-06-29", calendar, "--known-at", sunday)).toThrow(/session/);
  });
});
