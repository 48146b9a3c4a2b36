import { describe, expect, it } from "vitest";
import { createRng } from "../../math/rng.ts";
import { studentT } from "../../math/student-t.ts";
import { beyondWalks } from "./beyond-walks.ts";

describe("a score beside those on walks", () => {
  it("is compared fold by fold, with all guesses counted", () => {
    const { walks, beyond, p } = beyondWalks(
      [0.3, 0.5, 0.4],
      [
        [0, 0.2, 0.1],
        [0.2, 0.2, 0.1],
      ],
      8,
    );
    expect(walks).toBeCloseTo(0.4 / 3, 12);
    // differences 0.2, 0.3, 0.3
    expect(beyond.mean).toBeCloseTo(0.8 / 3, 12);
    expect(beyond.error).toBeCloseTo(Math.sqrt(1 / 150 / 2 / 3), 12);
    expect(p).toBeCloseTo(8 * 2 * (1 - studentT(8, 2)), 10);
  });

  it("says nothing of one fold, and needs walks of the same folds", () => {
    expect(beyondWalks([0.3], [[0.1]], 2).p).toBeNaN();
    expect(() => beyondWalks([0.3, 0.2], [], 1)).toThrow("2 folds need walks of as many, not none");
    expect(() => beyondWalks([0.3, 0.2], [[1]], 1)).toThrow("not 1");
  });

  it("calls chance something as often as it says, also where walks are as few as one and fold means are not 0", () => {
    const rng = createRng(11);
    const folds = [-0.1, 0, 0.2, 0.1, -0.3]; // a guess's score where there is nothing to know
    const drawn = (): number[] => folds.map((mean) => mean + rng.normal());
    for (const W of [1, 2, 10]) {
      const called = Array.from({ length: 2000 }, () => {
        const { p } = beyondWalks(drawn(), Array.from({ length: W }, drawn), 1); // prettier-ignore
        return p < 0.05 ? 1 : 0;
      }).reduce<number>((sum, one) => sum + one, 0);
      expect(Math.abs(called / 2000 - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 2000));
    }
  });
});
