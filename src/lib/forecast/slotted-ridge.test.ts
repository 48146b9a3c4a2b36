import { describe, expect, it } from "vitest";
import { SlottedRidge } from "./slotted-ridge.ts";

describe("a fit of the slotted ridge", () => {
  const line = (model: SlottedRidge, rows: number): void => {
    for (let i = 0; i < rows; i++) model.add(Float64Array.of(1, i), 0, 0, 2 + 3 * i);
  };

  it("says that it failed where the equations cannot be solved, and leaves nothing behind", () => {
    const model = new SlottedRidge(2, 0);
    expect(model.fit()).toBe(false); // no row at all
    expect([...model.beta]).toEqual([0, 0]);
    line(model, 50);
    expect(model.fit()).toBe(true);
    expect(model.predict(Float64Array.of(1, 10), 0, 0)).toBeCloseTo(32, 3);
  });

  it("keeps the fit before it when it fails", () => {
    const model = new SlottedRidge(2, 0);
    line(model, 50);
    model.fit();
    const before = [...model.beta];
    model.add(Float64Array.of(1, NaN), 0, 0, 1);
    expect(model.fit()).toBe(false);
    expect([...model.beta]).toEqual(before);
  });
});
