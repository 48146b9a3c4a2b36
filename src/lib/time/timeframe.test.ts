import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import {
  assertNested,
  compareTimeframes,
  fixedWidth,
  nests,
  parseTimeframe,
  sortTimeframes,
} from "./timeframe.ts";

describe("timeframes", () => {
  it("have one spelling", () => {
    expect(parseTimeframe("60m")).toEqual({ name: "1h", count: 1, unit: "h" });
    expect(parseTimeframe("240m").name).toBe("4h");
    expect(parseTimeframe("90m").name).toBe("90m");
    expect(parseTimeframe("1mo")).toEqual({ name: "1mo", count: 1, unit: "mo" });
  });

  it.each(["", "5", "m", "5 m", "5M", "1M", "0m", "7m", "24h", "5h", "2d", "05m", "1.5h", "-5m", "99999m"])(
    "refuse %j, naming what is expected",
    (text) => {
      expect(() => parseTimeframe(text)).toThrow(RhymeError);
      expect(() => parseTimeframe(text)).toThrow(/timeframe: expected minutes or hours/);
    },
  );

  it("know their width where it is fixed", () => {
    expect(fixedWidth("5m")).toBe(300_000);
    expect(fixedWidth("4h")).toBe(14_400_000);
    expect([fixedWidth("1d"), fixedWidth("1w"), fixedWidth("1mo")]).toEqual([null, null, null]);
  });

  it("sort from fine to coarse without repeats", () => {
    expect(sortTimeframes(["1mo", "1d", "60m", "1h", "5m", "1w"])).toEqual(["5m", "1h", "1d", "1w", "1mo"]);
    expect(compareTimeframes("30m", "1h")).toBeLessThan(0);
  });

  it("nest when the finest divides all", () => {
    expect(() => assertNested(["5m", "30m", "1h", "4h", "1d", "1w", "1mo"])).not.toThrow();
    expect(() => assertNested(["1d", "1w", "1mo"])).not.toThrow();
    expect(() => assertNested(["20m", "30m"])).toThrow(/20m, got 30m/);
    expect(() => assertNested(["1w", "1mo"])).toThrow(RhymeError);
    expect(nests("1d", "4h")).toBe(false);
    expect(nests("1w", "1d")).toBe(false);
  });
});
