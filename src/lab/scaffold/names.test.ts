import { describe, expect, it } from "vitest";
import { checkedName } from "./names.ts";

describe("a name of something new", () => {
  it.each([
    "while",
    "null",
    "await",
    "true",
    "enum",
    "this",
    "yield",
    "static",
    "eval",
    "arguments",
    "class",
  ])("is none that TypeScript keeps for itself: %s", (word) => {
    expect(() => checkedName("feature", word)).toThrow(`For example ${word}-feature.`);
    expect(checkedName("feature", `${word}-up`)).toBe(`${word}-up`);
  });

  it("may be a word that only looks like one", () => {
    expect(["type", "nan", "async", "whiles"].map((word) => checkedName("design", word))).toHaveLength(4);
  });
});
