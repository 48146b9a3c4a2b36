import { beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import type { BenchRow } from "../row.ts";

const pyg = needs("pyg");
const LONG = 240_000; // PyTorch alone needs ten seconds to load on a busy machine

/** Rows whose figures say nothing: the short form. What peers say is held to what we say by `ok` of the full one. */
describe.skipIf(pyg.skip)("the benchmark of encoders, in short", () => {
  beforeAll(() => {
    vi.stubEnv("RHYME_BENCH_CANDLES", "2500");
    vi.stubEnv("RHYME_BENCH_PATTERNS", "4000");
  });
  const differences = (rows: readonly BenchRow[]): readonly number[] =>
    rows.flatMap(({ notes }) =>
      [...notes.matchAll(/to (?:PyG|typed arrays|a distance)? ?(\d\S*e[+-]\d+)/g)].map((found) =>
        Number(found[1]),
      ),
    );

  it.each(["sage", "attention"] as const)(
    "agrees with PyTorch Geometric and among backends: %s",
    async (name) => {
      const rows = await (await import("./every-anchor.ts"))[name].run();
      const found = differences(rows);
      expect(found.length).toBeGreaterThan(2);
      for (const difference of found) expect(difference).toBeLessThan(1e-5);
      for (const { ours, theirs } of rows) expect(Math.min(ours, theirs!)).toBeGreaterThan(0);
    },
    LONG,
  );

  it("finds what faiss-cpu finds", async () => {
    const { search } = await import("./search.ts");
    const rows = await search.run();
    expect(rows).toHaveLength(2);
    for (const { notes } of rows) expect(Number(/of a distance (\S+)$/.exec(notes)?.[1])).toBeLessThan(1e-5);
  });
});
