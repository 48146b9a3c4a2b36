import { describe, expect, it } from "vitest";
import { factStore } from "../candles/candle-facts.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { correctedFacts, type TestCorrection } from "../testing/corrected-world.ts";
import { HOUR } from "../time/units.ts";
import { correctionsOf } from "./corrections-of.ts";

const series = syntheticCandles({ seed: 7, rows: 40, timeframe: "1h", symbol: "A" });
const { source, symbol, timeframe, openTime, close, knownAt } = series;
const end = knownAt[39]!;
const at = (row: number, hours: number, scale: number, late = false): TestCorrection => ({
  ...{ row, knownAt: end + hours * HOUR, scale, late },
});
const found = (
  list: readonly TestCorrection[],
  span: { after?: number; until?: number; lastOpen?: number } = {},
) =>
  correctionsOf(
    factStore([correctedFacts(series, list)]),
    { source, symbol, timeframe },
    {
      ...{ after: end, until: Infinity, lastOpen: openTime[39]!, ...span },
    },
  );

describe("corrections of a series", () => {
  it("come in the order in which they became known, each against what was known right before it", () => {
    const [first, second, ...more] = found([at(10, 5, 1.1), at(10, 2, 0.9), at(12, 2, 2)]);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      knownAt: end + 2 * HOUR,
      bars: [{ openTime: openTime[10] }, { openTime: openTime[12] }],
    });
    expect(first!.bars[0]!.before!.close).toBe(close[10]);
    expect(first!.bars[0]!.after.close).toBe(close[10]! * 0.9);
    expect(second!.bars).toHaveLength(1);
    expect(second!.bars[0]!.before!.close).toBe(close[10]! * 0.9);
    expect(second!.bars[0]!.after.close).toBe(close[10]! * 1.1);
  });

  it("name a bar that had been missing, and no value that a source does not have", () => {
    const [late] = found([at(20, 1, 1, true)]);
    expect(late!.bars[0]!.before).toBeNull();
    expect(Object.keys(late!.bars[0]!.after)).toEqual(["open", "high", "low", "close", "volume"]);
  });

  it("are told apart by when they were known and which bars they concern", () => {
    const list = [at(10, 2, 0.9), at(30, 3, 0.8), at(12, 4, 0.7)];
    expect(found(list, { after: end + 2 * HOUR }).map((one) => one.knownAt)).toEqual([
      end + 3 * HOUR,
      end + 4 * HOUR,
    ]);
    expect(found(list, { until: end + 3 * HOUR }).map((one) => one.knownAt)).toEqual([
      end + 2 * HOUR,
      end + 3 * HOUR,
    ]);
    expect(found(list, { lastOpen: openTime[12]! }).map((one) => one.knownAt)).toEqual([
      end + 2 * HOUR,
      end + 4 * HOUR,
    ]);
    expect(found([])).toEqual([]);
  });

  it("are none where a bar came on time or a fact says what was known", () => {
    expect(found([at(10, 2, 1)])).toEqual([]);
    expect(found([at(10, 2, 1.5)], { after: knownAt[20]! })).toHaveLength(1);
  });
});
