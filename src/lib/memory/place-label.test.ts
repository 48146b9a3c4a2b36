import { describe, expect, it } from "vitest";
import { placeLabel } from "./place-label.ts";

const label = (value: number): number[] => [0, ...new Array<number>(10).fill(value)];
const place = (stored: readonly (readonly [number, number])[], matureAt: number, value: number): string =>
  placeLabel(
    "here",
    stored.map(([known]) => known),
    (k) => label(stored[k]![1]),
    matureAt,
    () => label(value),
  );

describe("a label beside those that are stored", () => {
  it("is the first, or says the same, or revises the newest", () => {
    expect(place([], 5, 1)).toBe("written");
    expect(place([[5, 1]], 5, 1)).toBe("unchanged");
    expect(place([[5, 1]], 9, 1)).toBe("unchanged");
    expect(place([[5, 1]], 9, 2)).toBe("revised");
    expect(place([[5, 1], [9, 2]], 12, 1)).toBe("revised"); // prettier-ignore
    expect(place([[5, NaN]], 9, NaN)).toBe("unchanged");
    expect(place([[5, NaN]], 9, 0)).toBe("revised");
  });

  it("is held against what was known at its own instant, not against the newest", () => {
    const stored = [[5, 1], [9, 2]] as const; // prettier-ignore
    expect(place(stored, 7, 1)).toBe("unchanged");
    expect(place(stored, 10, 2)).toBe("unchanged");
    expect(() => place(stored, 7, 2)).toThrow(/another one, known at/);
    expect(() => place(stored, 9, 1)).toThrow(/crossesClose|return/);
    expect(() => place(stored, 4, 1)).toThrow(/known after/);
  });

  it("differs where its last bit does, but not in the sign of zero", () => {
    expect(place([[5, 0.1]], 9, 0.1 + 2 ** -56)).toBe("revised");
    expect(place([[5, 0]], 9, -0)).toBe("unchanged");
  });
});
