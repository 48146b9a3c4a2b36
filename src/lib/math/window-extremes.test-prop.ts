import fc from "fast-check";
import { expect, it } from "vitest";
import { windowExtremes } from "./window-extremes.ts";

it("the extreme of every window equals that of looking at all its values, holes between windows included", () => {
  const value = fc.record({ value: fc.integer({ min: -5, max: 5 }), step: fc.nat(3), skip: fc.boolean() });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), (items) => {
      const values = Float64Array.from(items, (item) => item.value);
      let end = 0;
      const ends = Int32Array.from(items, (item, t) => {
        end = Math.min(items.length - 1, Math.max(end + item.step, t));
        return item.skip ? -1 : end;
      });
      const [max, min] = [windowExtremes(values, ends, "max"), windowExtremes(values, ends, "min")];
      ends.forEach((to, t) => {
        const window = values.slice(t + 1, Math.max(to, t) + 1);
        expect(max[t]).toBe(window.length ? Math.max(...window) : NaN);
        expect(min[t]).toBe(window.length ? Math.min(...window) : NaN);
      });
    }),
    { seed: 1, numRuns: 500 },
  );
});
