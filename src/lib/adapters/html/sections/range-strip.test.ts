import { expect, test } from "vitest";
import { rangeStrip, ticks } from "./range-strip.ts";

const quantiles = {
  "0.05": -0.09,
  "0.1": -0.07,
  "0.25": -0.02,
  "0.5": 0.01,
  "0.75": 0.04,
  "0.9": 0.08,
  "0.95": 0.1,
};

function lefts(markup: string, name: string): number[] {
  return [...markup.matchAll(new RegExp(`class="${name}"\\s+style="left:\\s*([\\d.]+)%`, "g"))].map((match) =>
    Number(match[1]),
  );
}

test("every mark stands in its order on the scale, inside the page", () => {
  const { markup } = rangeStrip({ quantiles, happened: 0.2, outcomes: [-0.12, 0.03] });
  const marks = ["band b90", "band b80", "band b50", "median", "came"].map((name) => lefts(markup, name)[0]!);
  expect(marks.toSorted((a, b) => a - b)).toEqual(marks);
  expect(marks.at(-1)).toBeLessThan(100);
  expect(markup).toContain("What really happened: +20.0%");
});

test("both ends of a narrow band are said in one label", () => {
  const wide = rangeStrip({ quantiles, happened: null, outcomes: [] }).markup;
  expect(wide).not.toContain("−7.0% to +8.0%</b>");
  expect(wide.match(/<b /g)).toHaveLength(2);
  expect(rangeStrip({ quantiles, happened: null, outcomes: [1.5] }).markup).toContain("−7.0% to +8.0%</b>");
});

test("ticks are round, few and inside", () => {
  expect(ticks(-0.12, 0.12)).toEqual([-0.1, -0.05, 0, 0.05, 0.1]);
  expect(ticks(-0.001, 0.002)).toEqual([0]);
  for (const high of [0.004, 0.03, 0.2, 1.3, 9]) expect(ticks(-high / 2, high).length).toBeLessThanOrEqual(8);
});
