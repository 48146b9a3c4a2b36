import { describe, expect, it } from "vitest";
import { parseNumber, readStamps } from "./stamps.ts";

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
    const read = readStamps(numbers(value, 0, NaN), "UTC");
    expect([...read.stamp]).toEqual([T, NaN, NaN]);
    expect(read.assumptions).toEqual([`numeric timestamps are epoch ${unit}`]);
    expect([...readStamps(text(String(value), ""), "UTC").stamp]).toEqual([T, NaN]);
  });

  it("written as YYYYMMDD are dates", () => {
    const read = readStamps(text("20240229", "20240230", "20240301"), "UTC");
    expect([...read.stamp]).toEqual([Date.UTC(2024, 1, 29), NaN, Date.UTC(2024, 2, 1)]);
    expect([...read.dated]).toEqual([1, 1, 1]);
  });

  it("of another unit than the rest are not read", () => {
    expect(readStamps(numbers(T, T + 1, (T + 2) * 1e6), "UTC").stamp[2]).toBeNaN();
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
  ])("%s is an instant", (value) => {
    const read = readStamps(text(value), "America/New_York");
    expect([read.stamp[0], read.dated[0], read.assumptions]).toEqual([T, 0, []]);
  });

  it("without a zone are read on the given clock, and say so", () => {
    const read = readStamps(text("2024-02-29 05:05", "2024.07.01 05:05:00"), "America/New_York");
    expect([...read.stamp]).toEqual([T, Date.parse("2024-07-01T09:05:00Z")]);
    expect(read.assumptions).toEqual(["times without a zone are read as America/New_York"]);
  });

  it("without a time are bare dates", () => {
    const read = readStamps(text("2024-02-29", "2024/03/01"), "America/New_York");
    expect([...read.stamp]).toEqual([Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1)]);
    expect([...read.dated]).toEqual([1, 1]);
  });

  it.each([
    "",
    "yesterday",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "29.02.2024",
    "02/29/2024",
    "2024-02-29T25:00Z",
    "2024-02-29T10:60Z",
    "2024-02/29",
    "1024-02-29",
  ])("%j is not read", (value) => {
    expect(readStamps(text("2024-02-28", value), "UTC").stamp[1]).toBeNaN();
  });
});

describe("typed columns", () => {
  it("are instants, dates, or wall clocks of the given zone", () => {
    const values = Float64Array.of(T);
    expect(readStamps({ kind: "instants", values }, "America/New_York").stamp[0]).toBe(T);
    expect(readStamps({ kind: "wall", values }, "America/New_York").stamp[0]).toBe(T + 5 * 3_600_000);
    expect(readStamps({ kind: "dates", values: Float64Array.of(0) }, "UTC").dated[0]).toBe(1);
  });
});

describe("parseNumber", () => {
  it("reads plain decimals and nothing else", () => {
    expect([" 1.5 ", "-2", "+.5", "3.", "1e-5"].map(parseNumber)).toEqual([1.5, -2, 0.5, 3, 1e-5]);
    for (const bad of ["", "1,5", "0x10", "1_000", "abc", "1.2.3", "Infinity", "$5"])
      expect(parseNumber(bad)).toBeNaN();
  });
});
