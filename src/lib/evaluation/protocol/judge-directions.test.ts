import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { createRng } from "../../math/rng.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { calendarByName } from "../../time/calendars.ts";
import { judgeDirections } from "./judge-directions.ts";
import { harRange, persistence, statedRange } from "./range-models.ts";
import { rangePanel, returnPanel } from "./range-panel.ts";
import { walkForwardSplit, type Fold } from "./walk-forward-split.ts";

const SERIES = [1, 2].map((seed) =>
  syntheticCandles({ seed, rows: 1200, timeframe: "1h", symbol: `S${seed}` }),
);
const panel = returnPanel(SERIES, 4, { lags: [1, 24] });

function foldsOf(rows: readonly number[]): readonly Fold[] {
  const { knownAt } = SERIES[0]!;
  const blocks = rows.slice(1).map((to, b) => ({ name: `${b}`, from: knownAt[rows[b]!]!, to: knownAt[to]! }));
  return walkForwardSplit(panel, blocks);
}
const folds = foldsOf([400, 700, 1000, 1190]);

describe("a return panel", () => {
  it("decides at the rows of the range panel, with returns behind and ahead", () => {
    expect(panel.row).toEqual(rangePanel(SERIES, 4, { lags: [1, 24] }).row);
    panel.row.forEach((t, r) => {
      const { close } = SERIES[panel.of[r]!]!;
      expect(panel.target[r]).toBe(Math.log(close[t + 4]! / close[t]!));
      expect(panel.trailing[2 * r + 1]).toBe(Math.log(close[t]! / close[t - 24]!));
    });
  });
});

describe("daily bars in a panel", () => {
  const calendar = calendarByName("us-equities");
  const whole = syntheticCandles({ seed: 4, rows: 200, timeframe: "1d", calendar });

  it("break at a missing session, not at a weekend", () => {
    const without = (row: number): CandleSeries => {
      const columns = Object.entries(whole).map(([name, column]: [string, unknown]) =>
        column instanceof Float64Array || column instanceof Uint8Array
          ? [name, column.filter((_, i) => i !== row)]
          : [name, column],
      );
      return Object.fromEntries(columns) as CandleSeries;
    };
    const all = rangePanel([whole], 5, { lags: [1, 5] });
    expect([all.dropped, all.row.length]).toEqual([0, 200 - 5 - 5]);
    const holed = rangePanel([without(60)], 5, { lags: [1, 5] });
    // the missing session was the first to the fifth bar ahead of five decisions, and was one itself
    expect([...holed.row]).toEqual(
      Array.from({ length: 189 }, (_, i) => 5 + i).filter((t) => t < 55 || t > 59),
    );
  });
});

describe("the judge of directions", () => {
  it("finds all of a direction that is known, and none in a coin", () => {
    const known = SERIES.map(({ close }) => close.map((c, t) => Math.log((close[t + 4] ?? c) / c)));
    const against = known.map((column) => column.map((y) => -y));
    const models = [known, against].map((columns, m) => statedRange(`${m}`, columns));
    const [all, none] = judgeDirections(panel, folds, models);
    expect([all!.ic.mean, all!.hit.mean]).toEqual([expect.closeTo(1, 12), 1]);
    expect([none!.ic.mean, none!.hit.mean]).toEqual([expect.closeTo(-1, 12), 0]);
    expect(all!.gross.mean).toBeCloseTo(-none!.gross.mean, 15);
    const coins = Array.from({ length: 20 }, (_, seed) => {
      const rng = createRng(100 + seed);
      return statedRange(
        "coin",
        SERIES.map(({ close }) => close.map(() => rng.normal())),
      );
    });
    const scores = judgeDirections(panel, folds, coins);
    const mean = scores.reduce((sum, { ic }) => sum + ic.mean / 20, 0);
    const hits = scores.reduce((sum, { hit }) => sum + hit.mean / 20, 0);
    const few = 1 / Math.sqrt(20 * 2 * 790);
    expect(Math.abs(mean)).toBeLessThan(4 * few);
    expect(Math.abs(hits - 0.5)).toBeLessThan(2 * few);
  });

  it("counts what forecasts earn that are as bold as a tenth of those over the training, series by series", () => {
    // each forecast is the outcome, so the boldest are the largest moves; those of one series are said ten times as large
    const known = SERIES.map(({ close }, s) =>
      close.map((c, t) => (s === 0 ? 1 : 10) * Math.log((close[t + 4] ?? c) / c)),
    );
    const [fold] = folds;
    const { gross, folds: by } = judgeDirections(panel, [fold!], [statedRange("known", known)])[0]!;
    const sizes = (samples: Int32Array, s: number): number[] =>
      Array.from(samples.filter((i) => panel.of[i] === s), (i) => Math.abs(panel.target[i]!)); // prettier-ignore
    const bold = [0, 1].flatMap((s) => {
      const trained = sizes(fold!.train, s).sort((one, other) => other - one);
      const least = trained[Math.ceil(trained.length / 10) - 1]!;
      return sizes(fold!.test, s).filter((size) => size >= least);
    });
    expect(gross.mean).toBeCloseTo(bold.reduce((sum, size) => sum + size, 0) / bold.length, 14);
    expect(by[0]!.bold).toBe(bold.length / fold!.test.length);
  });

  it("chooses each of them without a look at the others of its test", () => {
    const model = statedRange(
      "a coin",
      SERIES.map(({ close }, s) => {
        const rng = createRng(s);
        return close.map(() => rng.normal());
      }),
    );
    const [fold] = folds;
    const whole = judgeDirections(panel, [fold!], [model])[0]!.folds[0]!;
    // earned in all is what is earned in parts, however the test is parted
    const parts = [0, 1, 2].map((part) => ({ ...fold!, test: fold!.test.filter((_, n) => n % 3 === part) }));
    const each = parts.map((part) => {
      const { bold, gross } = judgeDirections(panel, [part], [model])[0]!.folds[0]!;
      return [bold * part.test.length, gross * bold * part.test.length] as const;
    });
    const count = each.reduce((sum, [bold]) => sum + bold, 0);
    expect(whole.bold * fold!.test.length).toBeCloseTo(count, 8);
    expect(whole.gross * count).toBeCloseTo(each.reduce((sum, [, earned]) => sum + earned, 0), 12); // prettier-ignore
  });

  it("earns nothing where nothing is bold, or a series has no training", () => {
    const short = folds.slice(0, 1).map((fold) => ({ ...fold, train: fold.train.filter((i) => panel.of[i] === 0) })); // prettier-ignore
    const loud = statedRange("loud", SERIES.map(({ close }, s) => close.map((_, t) => (s === 0 && t >= 400 ? 0.5 : 1)))); // prettier-ignore
    const { folds: by } = judgeDirections(panel, short, [loud])[0]!;
    expect([by[0]!.gross, by[0]!.bold]).toEqual([0, 0]);
  });

  it("finds no skill of the plain models on random walks, and gives one that does not vary an IC of 0", () => {
    const flat = statedRange("flat", SERIES.map(({ close }) => close.map(() => 0.1))); // prettier-ignore
    const scores = judgeDirections(panel, folds, [flat, persistence(24), harRange({ clock: "UTC" })]);
    expect(scores[0]!.ic.mean).toBe(0);
    // overlapping outcomes: four bars make one that is independent
    for (const { ic } of scores) expect(Math.abs(ic.mean)).toBeLessThan(4 / Math.sqrt((2 * 790) / 4));
  });
});
