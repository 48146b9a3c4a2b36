import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder, type MemoryFolder } from "../../adapters/sqlite/open-memory.ts";
import { sliceRows, takeRows } from "../../candles/slice.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { HOUR } from "../../time/units.ts";
import { PLAIN_METHODS } from "./plain-baselines.ts";
import { missingOutcomes, seriesBaselines } from "./series-baselines.ts";

const candles = syntheticCandles({ seed: 12, rows: 600, timeframe: "1h", symbol: "S", source: "test" });
const KEY = { source: "test", symbol: "S", timeframe: "1h" };
const anchors = candles.knownAt.filter((_, i) => i >= 400 && i % 10 === 0);
const corrected = candles.knownAt[500]! + HOUR / 2; // when the correction arrived

describe("the baselines of a stored series", () => {
  const at = temporaryFolder();
  let folder: MemoryFolder;
  let before: ReturnType<typeof seriesBaselines>;
  beforeAll(() => {
    folder = openMemoryFolder(at.path, { mode: "write" });
    folder.candles.write(candles, candles.knownAt.at(-1)!);
    before = seriesBaselines(folder.candles, KEY, "4h", anchors);
  });
  afterAll(() => {
    folder.close();
    at.remove();
  });

  it("are changed by a correction from its arrival on, and not before", () => {
    const wild = { ...candles, high: candles.high.map((price) => price * 1.5) };
    folder.candles.write(sliceRows(wild, 480, 481), corrected);
    const after = seriesBaselines(folder.candles, KEY, "4h", anchors);
    const rows = anchors.filter((t) => t < corrected).length;
    for (const method of PLAIN_METHODS) {
      const [was, is] = [before[method].return, after[method].return];
      expect(was.some(Number.isFinite)).toBe(true);
      expect(bitEqual(is.subarray(0, rows * 7), was.subarray(0, rows * 7))).toBe(true);
      expect(bitEqual(is.subarray(rows * 7), was.subarray(rows * 7))).toBe(false);
    }
  });

  it("know outcomes that will never be known from those that are still to come", () => {
    const holed = { ...KEY, symbol: "HOLE" };
    const kept = Int32Array.from({ length: 599 }, (_, i) => (i < 450 ? i : i + 1));
    folder.candles.write({ ...takeRows(candles, kept), symbol: "HOLE" }, candles.knownAt.at(-1)!);
    const asked = candles.knownAt.filter(
      (_, i) => i === 444 || i === 447 || i === 449 || i === 451 || i === 598,
    );
    expect([...missingOutcomes(folder.candles, holed, "4h", asked)]).toEqual([0, 1, 1, 0, 0]);
  });
});
