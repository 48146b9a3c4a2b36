import { describe, expect, it } from "vitest";
import { calendarByName } from "../../time/calendars.ts";
import { iso, MINUTE } from "../../time/units.ts";
import { csvTable } from "./csv-table.ts";
import { candlesFromTables, type ReadCandles, type ReadCandlesOptions } from "./read-candles.ts";

type Options = Partial<Omit<ReadCandlesOptions, "calendar">> & { readonly calendar: string };

function read(times: readonly string[], { calendar, ...options }: Options, more = ""): ReadCandles {
  const header = `time,open,high,low,close,volume${more === "" ? "" : `,${more.split("=")[0]}`}`;
  const lines = times.map((time) => `${time},2,3,1,2,5${more === "" ? "" : `,${more.split("=")[1]}`}`);
  const table = csvTable("x.csv", Buffer.from([header, ...lines].join("\n")));
  const usual = { now: Date.UTC(2026, 0, 1), calendar: calendarByName(calendar) };
  return candlesFromTables([table], { ...usual, ...options });
}

const known = ({ series }: ReadCandles): string[] => Array.from(series.knownAt, (t) => iso(t).slice(0, 16));

describe("a candle is known when its bar is over by the calendar", () => {
  it.each<[string, readonly string[], Options, readonly string[]]>([
    [
      "days of shares, the half day after Thanksgiving among them",
      ["2021-11-24", "2021-11-26", "2021-11-29"],
      { calendar: "us-equities", timeframe: "1d" },
      ["2021-11-24T21:00", "2021-11-26T18:00", "2021-11-29T21:00"],
    ],
    [
      "hours of shares, the last one of the half day among them",
      ["2021-11-26T17:00Z", "2021-11-29T14:30Z", "2021-11-29T15:00Z", "2021-11-29T20:00Z"],
      { calendar: "us-equities", timeframe: "1h" },
      ["2021-11-26T18:00", "2021-11-29T15:00", "2021-11-29T16:00", "2021-11-29T21:00"],
    ],
    [
      "weeks of shares that end early or on a Thursday",
      ["2021-11-22", "2021-11-29", "2024-03-25"],
      { calendar: "us-equities", timeframe: "1w" },
      ["2021-11-26T18:00", "2021-12-03T21:00", "2024-03-28T20:00"],
    ],
    [
      "months of shares, by their last session",
      ["2024-02-01", "2024-03-01"],
      { calendar: "us-equities", timeframe: "1mo" },
      ["2024-02-29T21:00", "2024-03-28T20:00"],
    ],
    [
      "days of currencies over both changes of the clock in New York",
      ["2024-03-08", "2024-03-11", "2024-11-01", "2024-11-04"],
      { calendar: "fx", timeframe: "1d" },
      ["2024-03-08T22:00", "2024-03-11T21:00", "2024-11-01T21:00", "2024-11-04T22:00"],
    ],
    [
      "bars stamped at their close, with the delay of the source",
      ["2024-01-02T00:05Z", "2024-01-02T00:10Z"],
      { calendar: "24x7", stamp: "close", lagMs: 2 * MINUTE },
      ["2024-01-02T00:07", "2024-01-02T00:12"],
    ],
    [
      "hours of a broker's clock on the day when it goes back",
      ["2024-10-27 02:00", "2024-10-27 03:00", "2024-10-27 03:00", "2024-10-27 04:00"],
      { calendar: "24x7", zone: "Europe/Athens" },
      ["2024-10-27T00:00", "2024-10-27T01:00", "2024-10-27T02:00", "2024-10-27T03:00"],
    ],
  ])("%s", (_, times, options, expected) => {
    expect(known(read(times, options))).toEqual(expected);
  });

  it("and a bar that is not over by now is none, whatever is said about its lag", () => {
    const times = ["2024-01-02T00:00Z", "2024-01-02T01:00Z"];
    const now = Date.parse("2024-01-02T02:00Z");
    expect(read(times, { calendar: "24x7", now }).series.openTime).toHaveLength(2);
    expect(read(times, { calendar: "24x7", now, lagMs: 1 }).series.openTime).toHaveLength(1);
    expect(read(times, { calendar: "24x7", now: now - 1 }).findings.map(({ kind }) => kind)).toEqual([
      "forming-bar",
    ]);
  });

  it("and never earlier because the file says so", () => {
    const times = ["2024-01-02T00:00Z", "2024-01-02T01:00Z"];
    const early = read(times, { calendar: "24x7" }, `known_at=${Date.parse("2024-01-02T01:30Z")}`);
    expect(known(early)).toEqual(["2024-01-02T01:30"]);
    expect(early.findings.map(({ kind, line }) => [kind, line])).toEqual([["known-before-stamp", 3]]);
  });
});
