import { describe, expect, it } from "vitest";
import { firstDifference, statedAt, type StatedColumn } from "./stated.ts";

const column = (
  rows: readonly (readonly [key: number, knownAt: number, ...values: number[]])[],
): StatedColumn => ({
  name: "x",
  key: Float64Array.from(rows, ([key]) => key),
  knownAt: Float64Array.from(rows, ([, knownAt]) => knownAt),
  values: Float64Array.from(rows.flatMap(([, , ...values]) => values)),
});

describe("the first difference between two runs", () => {
  const all = column([
    [1, 10, 0.5],
    [2, 20, NaN],
    [3, 30, 7],
  ]);

  it("is looked for among what was known by the instant, and counts what it compared", () => {
    const counted: [string, number][] = [];
    const then = column([
      [1, 10, 0.5],
      [2, 20, NaN],
    ]);
    expect(firstDifference([then], [all], 29, null, (...one) => counted.push(one))).toBeNull();
    expect(counted).toEqual([["x", 1]]);
    expect(firstDifference([then], [all], 30, null)).toEqual({
      ...{ column: "x", key: 3, knownAt: 30, expected: null, received: [7] },
    });
  });

  it("is a statement that is missing, moved, of another time or of another value", () => {
    const without = column([
      [1, 10, 0.5],
      [3, 30, 7],
    ]);
    expect(firstDifference([all], [without], 99, null)).toMatchObject({
      key: 2,
      expected: [NaN],
      received: null,
    });
    const later = column([
      [1, 11, 0.5],
      [2, 20, NaN],
      [3, 30, 7],
    ]);
    expect(firstDifference([all], [later], 99, null)).toMatchObject({ key: 1, received: null });
    const other = column([
      [1, 10, 0.5],
      [2, 20, 1],
      [3, 30, 7],
    ]);
    expect(firstDifference([all], [other], 99, null)).toMatchObject({
      key: 2,
      expected: [NaN],
      received: [1],
    });
    expect(firstDifference([all], [], 99, null)).toMatchObject({ column: "x", received: null });
  });

  it("finds a column that only the other run has, once anything in it was known", () => {
    const more = { ...all, name: "y" };
    expect(firstDifference([all], [all, more], 99, null)).toMatchObject({
      ...{ column: "y", key: 1, expected: null, received: [0.5] },
    });
    expect(firstDifference([], [more], 99, null)).toMatchObject({ column: "y" });
    expect(firstDifference([], [more], 9, null)).toBeNull();
  });

  it("forgives no more than the tolerance, and nothing without one", () => {
    const near = column([
      [1, 10, 0.5 + 1e-9],
      [2, 20, NaN],
      [3, 30, 7],
    ]);
    const why = "additions in another order";
    expect(firstDifference([all], [near], 99, null)).toMatchObject({ key: 1 });
    expect(firstDifference([all], [near], 99, { rtol: 1e-8, atol: 0, why })).toBeNull();
    expect(firstDifference([all], [near], 99, { rtol: 1e-10, atol: 0, why })).toMatchObject({ key: 1 });
  });

  it("refuses columns whose parts do not belong together", () => {
    const broken = { ...all, values: new Float64Array(4) };
    expect(() => firstDifference([broken], [all], 99, null)).toThrow("do not belong together");
    expect(() => firstDifference([{ ...all, knownAt: new Float64Array(2) }], [all], 99, null)).toThrow(
      TypeError,
    );
  });

  it("tells what is said about a key by an instant: the newest", () => {
    const twice = column([
      [1, 10, 0.5],
      [1, 20, 0.6],
    ]);
    expect(statedAt([twice], "x", 1, 15)).toEqual([0.5]);
    expect(statedAt([twice], "x", 1, 20)).toEqual([0.6]);
    expect(statedAt([twice], "x", 1, 9)).toBeNull();
    expect(statedAt([twice], "y", 1, 20)).toBeNull();
  });
});
