import { expect, test } from "vitest";
import {
  counted,
  decimal,
  finePercent,
  horizonWords,
  moment,
  percent,
  signedPercent,
  spanWords,
  thoseWords,
  widthWords,
  zoneWords,
} from "./words.ts";

test("signs are real minus signs, and nothing is neither plus nor minus", () => {
  expect([0.0234, -0.0004, 0.00001, -0.5].map((x) => signedPercent(x))).toEqual([
    "+2.3%",
    "±0.0%",
    "±0.0%",
    "−50.0%",
  ]);
  expect([percent(-0.256), decimal(-1.5, 2)]).toEqual(["−26%", "−1.50"]);
});

test("a moment is named in the market's own zone", () => {
  const close = "2018-02-05T21:00:00Z";
  expect(moment(close, "America/New_York", false)).toBe("5 February 2018");
  expect(moment(close, "America/New_York", true, true)).toBe("5 Feb 2018, 16:00");
  expect(moment(close, "Asia/Tokyo", false)).toBe("6 February 2018");
  expect(moment("2009-09-09T00:00:00Z", "UTC", true, true)).toBe("9 Sep 2009, 00:00");
  expect(zoneWords("America/New_York")).toBe("New York");
});

test("horizons count trading days where a market closes", () => {
  expect(horizonWords("21d", true)).toBe("21 trading days");
  expect(horizonWords("1d", false)).toBe("1 day");
  expect(horizonWords("4h", true)).toBe("4 hours");
});

test("one of a thing is said without its number where an article stands", () => {
  expect([spanWords("1h", true), spanWords("1d", false), spanWords("21d", true)]).toEqual([
    "hour",
    "day",
    "21 trading days",
  ]);
  expect([thoseWords("1d", true), thoseWords("4h", false)]).toEqual(["that trading day", "those 4 hours"]);
  expect([counted(1, "episode"), counted(2014, "episode")]).toEqual(["1 episode", "2,014 episodes"]);
});

test("small differences keep the digits that tell them from nothing", () => {
  expect([0, 0.021, -0.0002, 0.00001, -1e-7].map((x) => finePercent(x))).toEqual([
    "±0.0%",
    "+2.1%",
    "−0.02%",
    "+0.001%",
    "−<0.001%",
  ]);
});

test("a log ratio becomes wider or narrower", () => {
  expect(widthWords(Math.log(1.25))).toBe("25% wider than");
  expect(widthWords(Math.log(0.5))).toBe("50% narrower than");
  expect(widthWords(0.001)).toBe("as wide as");
});
