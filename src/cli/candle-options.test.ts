import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addCandleOptions, readingOptions, type CandleOptions } from "./candle-options.ts";

/** What a command line says about reading files. */
function readingOf(...words: string[]): object {
  const command = addCandleOptions(new Command().argument("<file...>"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(["bid.csv", ...words], { from: "user" });
  const { now, signal, calendar, ...rest } = readingOptions(command.opts<CandleOptions>());
  expect([typeof now, signal instanceof AbortSignal]).toEqual(["number", true]);
  return { ...rest, ...(calendar ? { calendar: calendar.name } : {}) };
}

describe("how files are to be read", () => {
  it("is left to the files where nothing is said", () => {
    expect(readingOf()).toEqual({ source: "file" });
  });

  it("takes every option as it is typed", () => {
    expect(
      readingOf(
        ...[
          "--calendar",
          "fx@UTC",
          "--zone",
          "America/New_York+07:00",
          "--wall",
          "--stamp",
          "close",
          "--scale",
          "1000",
        ],
        ...["--ask", "a.csv", "--ask", "b.csv", "--dates", "dmy", "--decimal", "comma", "--source", "broker"],
        ...["--columns", "-,time,open,high,low,close,-"],
      ),
    ).toEqual({
      calendar: "fx@UTC",
      zone: "America/New_York+07:00",
      wall: true,
      stamp: "close",
      scale: 1000,
      ask: ["a.csv", "b.csv"],
      dates: "dmy",
      decimal: "comma",
      source: "broker",
      columns: ["-", "time", "open", "high", "low", "close", "-"],
    });
  });

  it.each([
    [["--calendar", "mars"], /one of 24x7, /],
    [["--scale", "many"], /--scale: expected a number/],
    [["--dates", "ymd"], /Allowed choices are dmy, mdy/],
    [["--decimal", "dot"], /Allowed choices are point, comma/],
  ])("refuses %j", (words, message) => {
    expect(() => readingOf(...words)).toThrow(message);
  });
});
