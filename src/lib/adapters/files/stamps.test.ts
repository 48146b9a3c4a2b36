import { describe, expect, it } from "vitest";
import { parseNumber } from "./decimal.ts";
import { readStamps } from "./stamps.ts";

const text = (...values: string[]): { kind: "text"; values: string[] } => ({ kind: "text", values });
const numbers = (...values: number[]): { kind: "numbers"; values: Float64Array } => ({
  kind: "numbers",
  values: Float64Array.from(values),
});
const T = Date.parse("2024-02-29T10:05:00Z");

describe("numeric timestamps", () => {
  it.each([
    ["seconds", T / 1e3],
    ["milliseconds", T],
    ["microseconds", T * 1e3],
    ["nanoseconds", T * 1e6],
  ])("in %s are told by their size", (unit, value) => {
    const read = readStamps(numbers(value, 0, NaN, value / 1e13), { zone: "UTC" });
    expect([...read.stamp]).toEqual([T, NaN, NaN, NaN]);
    expect(read.assumptions).toEqual([`numeric timestamps are epoch ${unit}`]);
    expect([...readStamps(text(String(value), ""), { zone: "UTC" }).stamp]).toEqual([T, NaN]);
  });

  it("written as YYYYMMDD are dates", () => {
    const read = readStamps(text("20240229", "20240230", "20240301"), { zone: "UTC" });
    expect([...read.stamp]).toEqual([Date.UTC(2024, 1, 29), NaN, Date.UTC(2024, 2, 1)]);
    expect([...read.dated]).toEqual([1, 1, 1]);
  });

  it("of another unit than the rest are not read", () => {
    expect(readStamps(numbers(T, T + 1, (T + 2) * 1e6), { zone: "UTC" }).stamp[2]).toBeNaN();
  });
});

describe("text timestamps", () => {
  it.each([
    "2024-02-29T10:05:00Z",
    "2024-02-29 10:05:00+00:00",
    "2024-02-29T10:05Z",
    "2024-02-29T10:05:00.000000+0000",
    "2024-02-29 10:05:00 UTC",
    "2024-02-29T05:05:00-05:00",
    "2024-02-29T15:35:00+05:30",
    "2024/02/29 10:05Z",
    " 2024-02-29T11:05:00+01 ",
    "2024-02-29T10:05:00.000000000Z",
  ])("%s is an instant", (value) => {
    const read = readStamps(text(value), { zone: "America/New_York" });
    expect([read.stamp[0], read.dated[0], read.assumptions]).toEqual([T, 0, []]);
  });

  it("without a zone are read on the given clock, and say so", () => {
    const read = readStamps(text("2024-02-29 05:05", "2024.07.01 05:05:00"), { zone: "America/New_York" });
    expect([...read.stamp]).toEqual([T, Date.parse("2024-07-01T09:05:00Z")]);
    expect(read.assumptions).toEqual(["times without a zone are read as America/New_York"]);
  });

  it("without a time are bare dates", () => {
    const read = readStamps(text("2024-02-29", "2024/03/01"), { zone: "America/New_York" });
    expect([...read.stamp]).toEqual([Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1)]);
    expect([...read.dated]).toEqual([1, 1]);
  });

  it.each([
    "",
    "yesterday",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-02-29T25:00Z",
    "2024-02-29T10:60Z",
    "2024-02/29",
    "1024-02-29",
  ])("%j is not read", (value) => {
    expect(readStamps(text("2024-02-28", value), { zone: "UTC" }).stamp[1]).toBeNaN();
  });
});

describe("dates whose year stands last", () => {
  const first = (...values: string[]): string | undefined => {
    const { stamp } = readStamps(text(...values), { zone: "UTC", place: "x.csv" });
    return Number.isNaN(stamp[0]!) ? undefined : new Date(stamp[0]!).toISOString().slice(0, 16);
  };

  it.each([
    [["14.11.2024", "15.11.2024"], "2024-11-14T00:00"],
    [["01/02/2024 09:30", "13/02/2024 09:30"], "2024-02-01T09:30"],
    [["01/02/2024 09:30", "02/13/2024 09:30"], "2024-01-02T09:30"],
    [["1/2/2024 9:30 PM", "1/13/2024 9:30 AM"], "2024-01-02T21:30"],
    [["1/2/2024 12:05 AM", "1/13/2024"], "2024-01-02T00:05"],
    [["14.11.2024 00:00:00.000 GMT+0100", "15.11.2024 00:00:00.000 GMT+0100"], "2024-11-13T23:00"],
    [["14.11.2024 00:00:00.000 UTC", ""], "2024-11-14T00:00"],
  ])("%j: the whole column tells the day from the month", (values, expected) => {
    expect(first(...values)).toBe(expected);
  });

  it("are refused where no date tells, and read where somebody says", () => {
    const values = text("01/02/2024", "02/02/2024");
    expect(() => readStamps(values, { zone: "UTC", place: "x.csv" })).toThrow(
      /x\.csv: .*"01\/02\/2024", which could be either. Give --dates dmy or --dates mdy/,
    );
    const read = (dates: "dmy" | "mdy") => readStamps(values, { zone: "UTC", dates });
    expect(read("dmy").stamp[0]).toBe(Date.UTC(2024, 1, 1));
    expect(read("mdy").stamp[0]).toBe(Date.UTC(2024, 0, 2));
    expect(read("mdy").assumptions).toContain("dates are month/day/year");
  });

  it("say the order by their majority: one damaged date does not turn the rest", () => {
    const values = text("14.11.2024", "15.11.2024", "11.16.2024", "17.11.2024");
    const { stamp, assumptions } = readStamps(values, { zone: "UTC" });
    expect([...stamp].map((t) => new Date(t).getUTCDate())).toEqual([14, 15, NaN, 17]);
    expect(assumptions[0]).toBe("dates are day/month/year");
  });
});

describe("a time of day in a column of its own", () => {
  it.each([
    ["2024.11.14", "14:01"],
    ["20241114", "140100"],
    ["20241114", "1401"],
    ["14.11.2024", "14:01:00"],
    ["2024-11-14", "2:01:00 PM"],
  ])("%s %s", (date, clock) => {
    const { stamp, dated } = readStamps(text(date, date), { zone: "UTC" }, text(clock, "25:00"));
    expect([...stamp]).toEqual([Date.UTC(2024, 10, 14, 14, 1), NaN]);
    expect([...dated]).toEqual([0, 0]);
  });

  it("stands behind a blank in one column too", () => {
    const { stamp } = readStamps(text("20120201 000100", "20120201  00:02:00"), { zone: "UTC" });
    expect([...stamp]).toEqual([Date.UTC(2012, 1, 1, 0, 1), Date.UTC(2012, 1, 1, 0, 2)]);
  });
});

describe("typed columns", () => {
  it("are instants, dates, or wall clocks of the given zone", () => {
    const values = Float64Array.of(T);
    expect(readStamps({ kind: "instants", values }, { zone: "America/New_York" }).stamp[0]).toBe(T);
    expect(readStamps({ kind: "wall", values }, { zone: "America/New_York" }).stamp[0]).toBe(
      T + 5 * 3_600_000,
    );
    expect(readStamps({ kind: "dates", values: Float64Array.of(0) }, { zone: "UTC" }).dated[0]).toBe(1);
  });
});

describe("parseNumber", () => {
  it("reads plain decimals and nothing else", () => {
    expect([" 1.5 ", "-2", "+.5", "3.", "1e-5"].map((text) => parseNumber(text))).toEqual([
      1.5, -2, 0.5, 3, 1e-5,
    ]);
    for (const bad of ["", "1,5", "0x10", "1_000", "abc", "1.2.3", "Infinity", "$5"])
      expect(parseNumber(bad)).toBeNaN();
  });
});
