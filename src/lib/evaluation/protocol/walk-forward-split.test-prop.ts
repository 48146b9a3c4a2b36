import fc from "fast-check";
import { expect, it } from "vitest";
import { DAY, HOUR } from "../../time/units.ts";
import { calendarYears, walkForwardSplit, type Samples, type TestBlock } from "./walk-forward-split.ts";

/**
 * Every pair of samples by the definition: sample i may train a fold when it lies before the fold, no span
 * (start, end] of a test sample meets its own, what it teaches is known when the fold begins, and it was not decided
 * within the embargo after an earlier block.
 */
function naiveSplit({ start, end }: Samples, blocks: readonly TestBlock[], embargoMs: number) {
  const numbers = [...start.keys()].filter((i) => Number.isFinite(end[i]!));
  return blocks.map((block, b) => {
    const test = numbers.filter((i) => start[i]! >= block.from && start[i]! < block.to);
    const train = numbers.filter((i) => {
      if (start[i]! >= block.from || end[i]! > block.from) return false;
      for (const j of test) if (start[i]! < end[j]! && start[j]! < end[i]!) return false;
      for (const earlier of blocks.slice(0, b))
        if (start[i]! >= earlier.to && start[i]! - earlier.to < embargoMs) return false;
      return true;
    });
    return { train, test };
  });
}

const samples = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 400 }),
      length: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(NaN)),
    }),
    { maxLength: 60 },
  )
  .map((rows) => ({
    start: Float64Array.from(rows, (r) => r.at * HOUR),
    end: Float64Array.from(rows, (r) => (r.at + r.length) * HOUR),
  }));
const blocks = fc
  .uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 8 })
  .map((cuts) => cuts.sort((a, b) => a - b))
  .map((cuts) =>
    cuts.slice(1).flatMap((to, i): TestBlock[] =>
      // every third stretch belongs to no block: history between tests
      i % 3 === 2 ? [] : [{ name: String(i), from: cuts[i]! * HOUR, to: to * HOUR }],
    ),
  );
const embargo = fc.integer({ min: 0, max: 60 }).map((hours) => hours * HOUR);

it("a walk-forward split holds exactly the samples that the definition allows, pair by pair", () => {
  let [purged, embargoed] = [0, 0];
  fc.assert(
    fc.property(samples, blocks, embargo, (all, tests, embargoMs) => {
      const folds = walkForwardSplit(all, tests, { embargoMs });
      const naive = naiveSplit(all, tests, embargoMs);
      expect(folds.map(({ train, test }) => ({ train: [...train], test: [...test] }))).toEqual(naive);
      for (const [f, { from }] of folds.entries()) {
        const free = walkForwardSplit(all, tests)[f]!.train.length;
        const before = all.start.filter((t, i) => t < from && Number.isFinite(all.end[i]!)).length;
        purged += before - free;
        embargoed += free - folds[f]!.train.length;
      }
    }),
    { seed: 1, numRuns: 400 },
  );
  expect(Math.min(purged, embargoed)).toBeGreaterThan(100); // both rules were put to the test
});

it("a fold does not change when what follows it is cut off or moved", () => {
  fc.assert(
    fc.property(samples, blocks, embargo, (all, tests, embargoMs) => {
      const folds = walkForwardSplit(all, tests, { embargoMs });
      for (const [f, fold] of folds.entries()) {
        const later = (t: number): boolean => t >= fold.to;
        const start = all.start.map((t) => (later(t) ? t + DAY : t));
        const end = all.end.map((t, i) => (later(all.start[i]!) ? NaN : t));
        expect(walkForwardSplit({ start, end }, tests.slice(0, f + 1), { embargoMs })[f]).toEqual(fold);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

it("an outcome known at the very begin of a block trains it, one known a millisecond later does not", () => {
  const [year] = calendarYears(2020, 2020);
  const start = Float64Array.of(year!.from - HOUR, year!.from - HOUR, year!.from, year!.to - 1, year!.to);
  const end = Float64Array.of(
    year!.from,
    year!.from + 1,
    year!.from + HOUR,
    year!.to + HOUR,
    year!.to + HOUR,
  );
  const [fold] = walkForwardSplit({ start, end }, [year!]);
  expect(fold).toMatchObject({ name: "2020", train: Int32Array.of(0), test: Int32Array.of(2, 3) });
});
