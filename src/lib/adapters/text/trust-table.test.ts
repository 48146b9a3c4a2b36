import { describe, expect, it } from "vitest";
import { trustFixture } from "../../testing/trust-fixture.ts";
import { trustText } from "./trust-table.ts";
import { pText, scoreText } from "./trust-words.ts";

const report = trustFixture();

describe("trust report as text", () => {
  const text = trustText(report);

  it("fits 100 columns, also with long names", () => {
    const long = trustFixture({ symbols: ["A".repeat(80), "B".repeat(80)] });
    const folds = long.folds.map((fold) => ({
      ...fold,
      encoder: { ...fold.encoder, version: "v".repeat(64) },
    }));
    for (const page of [text, trustText({ ...long, folds })])
      for (const line of page.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it("says the verdict of the report, word for word but for line ends", () => {
    expect(text.replaceAll("\n", " ")).toContain(report.sentence);
    expect(text).toContain("It is not investment advice.");
  });

  it("puts every baseline beside the answer and marks the best of them", () => {
    const lines = text.split("\n");
    const own = lines.findIndex((line) => /^ {2}the answer +0\.4357/.test(line));
    expect(lines.slice(own + 1, own + 6).map((line) => line.slice(0, 28).trim())).toEqual([
      "* the answer without recall",
      "HAR + hour of week",
      "HAR",
      "persistence",
      "climatology",
    ]);
    expect(lines[own + 1]).toMatch(/0\.4370 .* 0\.9970 +0\.21$/);
  });

  it("drops what could steer a terminal", () => {
    const evil = trustFixture({ symbols: ["\u001b[31mEVIL", "B\u202e"] });
    expect(trustText({ ...evil, sentence: "\u001b[2Jgone" })).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  });

  it("writes scores with four digits that count, and a dash for none", () => {
    expect(scoreText("return", 0.0043712)).toBe("0.4371");
    expect(scoreText("return", 0.0000123456)).toBe("0.00123");
    expect(scoreText("logAtrRatio", 1.23456)).toBe("1.235");
    expect(scoreText("logAtrRatio", NaN)).toBe("–");
    expect(pText(null)).toBe("–");
    expect(pText(0.0001)).toBe("< 0.001");
  });
});
