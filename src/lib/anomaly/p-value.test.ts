import { expect, it } from "vitest";
import { combinedP, conformalP, conformalPOfOwn } from "./p-value.ts";

it("counts the score itself and every past score at least as large, equal ones among them", () => {
  const past = Float64Array.of(1, 2, 2, 3);
  expect([0, 1, 2, 2.5, 3, 4].map((score) => conformalP(past, score))).toEqual([1, 1, 0.8, 0.4, 0.4, 0.2]);
  expect(conformalP(new Float64Array(), 7)).toBe(1);
});

it("holds one of the past scores against the others, as if it were the newest", () => {
  const past = Float64Array.of(1, 2, 2, 3);
  for (const [i, score] of past.entries()) {
    const others = past.filter((_, j) => j !== i);
    expect(conformalPOfOwn(past, score)).toBe(conformalP(others, score));
  }
});

it("takes the smallest times their number, at most 1, and counts only what was said", () => {
  expect(combinedP([0.01, 0.3])).toBe(0.02);
  expect(combinedP([0.9, 0.8])).toBe(1);
  expect(combinedP([null, 0.3])).toBe(0.3);
  expect(combinedP([null, null])).toBeNull();
});
