import { expect, it } from "vitest";
import { rawOf } from "../testing/raw-rows.ts";
import { mergeDuplicates } from "./merge-duplicates.ts";

it("of two values of one bar the one that was known first stays: nothing had contradicted it then", () => {
  for (const prices of [
    [100.25, 101.25],
    [101.25, 100.25],
  ]) {
    const rows = rawOf(prices.map((close) => [0, close, close, close, close, 1] as const));
    const raw = { ...rows, knownAt: Float64Array.of(300_000, 3_600_000) };
    const { kept, findings } = mergeDuplicates(raw, rows.stamp, Int32Array.of(0, 1), new Uint8Array(2));
    expect([...kept]).toEqual([0]);
    expect(findings).toMatchObject([{ kind: "duplicate-conflicting", done: "dropped", line: 3 }]);
  }
});
