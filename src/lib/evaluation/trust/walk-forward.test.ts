import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { knownBy, sliceRows } from "../../candles/slice.ts";
import { RhymeError } from "../../errors.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { candlesInRam, randomEncoder } from "../../testing/replay-world.ts";
import { yearlyFolds } from "./folds.ts";
import { knownBefore } from "../../candles/known-before.ts";
import { walkForward, type WalkForwardOptions, type WalkedForward } from "./walk-forward.ts";

const HORIZON = "8d";
const start = Date.UTC(2019, 5, 1);
const four = (seed: number, symbol: string): CandleSeries =>
  syntheticCandles({ seed, rows: 3_900, symbol, timeframe: "4h", start });
const series = [four(1, "A"), four(2, "B")];
const keys = series.map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe }));

function walk(
  candles: readonly CandleSeries[],
  more: Partial<WalkForwardOptions> = {},
): Promise<WalkedForward> {
  const last = candles[0]!.knownAt.at(-1)!;
  return walkForward(candlesInRam(candles), {
    ...{ tenant: "default", horizon: HORIZON, members: keys, asked: [keys[0]!] },
    folds: yearlyFolds(candles[0]!.knownAt[0]!, last),
    fit: async (known, until) => randomEncoder(known, until),
    ...more,
  });
}

const rowsUntil = ({ moments, raw, calibrated }: RecallRecord, t: number): unknown[] =>
  moments.anchor.flatMap((anchor, row) =>
    anchor! > t
      ? []
      : [
          Object.values(moments).map((column) => column[row]),
          [...Object.values(raw), ...Object.values(calibrated)].map((column) =>
            column.slice(row * 7, row * 7 + 7),
          ),
        ],
  );

describe("yearly folds", () => {
  it("begin each 1 January after 90 days of history; the last goes on", () => {
    const day = (text: string): number => Date.parse(`${text}T00:00Z`);
    expect(yearlyFolds(day("2018-11-01"), day("2021-03-01"))).toEqual([
      { from: day("2020-01-01"), to: day("2021-01-01") },
      { from: day("2021-01-01"), to: Infinity },
    ]);
    expect(yearlyFolds(day("2018-02-01"), day("2018-12-31"))).toEqual([]);
  });
});

describe("a store as it was before an instant", () => {
  it("knows nothing from then on, whatever is asked for", () => {
    const end = series[0]!.knownAt[1_000]!;
    const store = knownBefore(candlesInRam(series), end);
    expect(store.read(keys[0]!, { asOf: Infinity }).knownAt.at(-1)).toBe(series[0]!.knownAt[999]);
    expect(store.read(keys[0]!, { asOf: end + 1e9 }).openTime).toHaveLength(1_000);
    expect(() => store.write(series[0]!, 0)).toThrow(/only read/);
  });
});

describe("walking forward", () => {
  it("asks each year through an encoder that was known before it, and says the same whatever came later", async () => {
    const fitted: number[] = [];
    const whole = await walk(series, {
      fit: async (known, until) => {
        fitted.push(Math.max(...known.map(({ knownAt }) => knownAt.at(-1)!)));
        expect(known.every(({ knownAt }) => knownAt.at(-1)! <= until)).toBe(true);
        return randomEncoder(known, until);
      },
    });
    expect(whole.folds.map(({ from }) => new Date(from).getUTCFullYear())).toEqual([2020, 2021]);
    for (const [i, { from, encoder }] of whole.folds.entries()) {
      expect(encoder.knownAt).toBe(fitted[i]);
      expect(encoder.knownAt).toBeLessThan(from);
    }
    const [record] = whole.records;
    const anchors = record!.moments.anchor as readonly number[];
    expect(anchors.every((t) => t >= whole.folds[0]!.encoder.knownAt)).toBe(true);
    expect(anchors.length).toBeGreaterThan(200);
    expect(record!.matureAt.filter((t) => t === null).length).toBeLessThan(6); // the last few alone

    const end = Date.UTC(2021, 1, 10);
    const cut = await walk(series.map((one) => knownBy(one, end)));
    expect(rowsUntil(cut.records[0]!, end)).toEqual(rowsUntil(record!, end));
  });

  it("leaves out years before there was enough to fit on, and refuses where that is all of them", async () => {
    const tooLittle = new RhymeError("input", {
      ...{ place: "candles", expected: "500", received: "3", remedy: "Give more history." },
    });
    const young = sliceRows(series[1]!, 2_000, 3_900); // begins in May 2020
    const late = await walk([series[0]!, young], {
      asked: keys,
      fit: async (known, until) => {
        if (until < Date.UTC(2020, 5, 1)) throw tooLittle;
        return randomEncoder(known, until);
      },
    });
    expect(late.folds).toHaveLength(1);
    expect(late.records.map((record) => record.series.symbol)).toEqual(["A", "B"]);
    await expect(walk(series, { fit: () => Promise.reject(tooLittle) })).rejects.toBe(tooLittle);
    await expect(walk(series, { folds: [] })).rejects.toThrow(/before a 1 January/);
  });

  it("stops cleanly where it is told to", async () => {
    const stop = new AbortController();
    const shares: number[] = [];
    const stopped = walk(series, {
      signal: stop.signal,
      onProgress: (share) => {
        shares.push(share);
        if (share > 0.3) stop.abort(new Error("stopped"));
      },
    });
    await expect(stopped).rejects.toThrow("stopped");
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });
});
