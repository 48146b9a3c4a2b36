import { expect, it } from "vitest";
import { countUpTo, countWhile } from "./count-up-to.ts";

it("counts what is at most t: equal values all or none, nothing in an empty column", () => {
  const column = Float64Array.of(1, 3, 3, 3, 8);
  expect([0, 1, 2, 3, 7.5, 8, Infinity].map((t) => countUpTo(column, t))).toEqual([0, 1, 1, 4, 4, 5, 5]);
  expect(countUpTo(column, -Infinity)).toBe(0);
  expect(countUpTo([], 5)).toBe(0);
});

it("finds every boundary in columns of every small length", () => {
  for (let length = 0; length <= 17; length++)
    for (let boundary = 0; boundary <= length; boundary++)
      expect(countWhile(length, (i) => i < boundary)).toBe(boundary);
});
