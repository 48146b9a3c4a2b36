import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { sliceRows } from "../../candles/slice.ts";
import { RhymeError } from "../../errors.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { defaultDesign } from "../../graph/design.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { bitEqual, expectAllClose } from "../../testing/matchers.ts";
import { nestedTables } from "../../testing/nested-tables.ts";
import { randomGnn } from "../../testing/random-gnn.ts";
import { gnnFamily } from "./gnn-family.ts";
import { LAYER_KINDS } from "./gnn-model.ts";

const timeframes = ["5m", "30m", "1h"];
const featureSet = featureSetByName("candle16");
const design = defaultDesign(timeframes);

describe("an encoder of a graph network", () => {
  it("needs no more than its receptive field for the newest embedding, whatever the readout", () => {
    const candles = byTimeframe(syntheticCandles({ seed: 3, rows: 16_000 }), timeframes);
    const tables = featureTables(featureSet, candles);
    for (const [layer, readout] of [
      ["sage", "mean"],
      ["gatv2", "last"],
      ["relational", "decay"],
      ["gat", "attention"],
    ] as const) {
      const options = { design, featureSet, readout: [readout], hidden: 16 };
      const encoder = gnnFamily(layer).untrained([tables], options);
      const window = Object.fromEntries(
        timeframes.map((timeframe) => {
          const rows = tables[timeframe]!.knownAt.length;
          expect(rows).toBeGreaterThan(encoder.receptiveField[timeframe]! + 100);
          return [timeframe, sliceRows(candles[timeframe]!, rows - encoder.receptiveField[timeframe]!, rows)];
        }),
      );
      const { vectors, dim } = encoder.encodeHistory(tables);
      const newest = encoder.encodeWindow(featureTables(featureSet, window));
      expectAllClose(newest, vectors.subarray(vectors.length - dim), { rtol: 0, atol: 1e-5 });
    }
  });

  it("has a receptive field that is enough, and with one timeframe no row too large", () => {
    const design = { dilations: [1, 3], windows: { "5m": 7 } };
    const tables = nestedTables({ seed: 2, bars: 1500, timeframes: ["5m", "15m", "1h"], features: 3 });
    const newest = (rows: Record<string, number>) =>
      Object.fromEntries(
        Object.entries(rows).map(([timeframe, n]) => {
          const { names, values, openTime, knownAt } = tables[timeframe]!;
          const from = knownAt.length - n;
          const cut = { openTime: openTime.slice(from), knownAt: knownAt.slice(from) };
          return [timeframe, { timeframe, names, values: values.slice(from * names.length), ...cut }];
        }),
      );
    for (const readout of ["mean", "attention"] as const)
      for (const layer of LAYER_KINDS) {
        const one = randomGnn({ seed: 4, timeframes: ["5m"], layer, readout: [readout], design });
        expect(one.receptiveField).toEqual({ "5m": 7 + 2 * 3 });
        const whole = one.encodeWindow(tables);
        expectAllClose(one.encodeWindow(newest({ "5m": 13 })), whole, { rtol: 0, atol: 1e-7 });
        expect(() =>
          expectAllClose(one.encodeWindow(newest({ "5m": 12 })), whole, { rtol: 0, atol: 1e-6 }),
        ).toThrow(/rtol/);
      }
    for (const crossPairs of ["adjacent", "all"] as const)
      for (const windows of [
        { "5m": 7, "15m": 5, "1h": 3 },
        { "5m": 100, "15m": 1, "1h": 1 }, // the finest reaches furthest back, and hears old coarser candles
      ]) {
        const options = { ...design, dilations: [1], crossPairs, windows };
        const three = randomGnn({ seed: 4, timeframes: ["5m", "15m", "1h"], design: options });
        const vector = three.encodeWindow(newest(three.receptiveField));
        expectAllClose(vector, three.encodeWindow(tables), { rtol: 0, atol: 1e-7 });
      }
  });

  it("says of a window the bits that it says of the whole history, where both are the same", () => {
    const tables = nestedTables({ seed: 1, bars: 300, timeframes, features: 3 });
    const encoder = randomGnn({ seed: 1, timeframes });
    const { vectors, dim } = encoder.encodeHistory(tables);
    expect(bitEqual(encoder.encodeWindow(tables), vectors.slice(vectors.length - dim))).toBe(true);
  });

  it("has its first anchor when every timeframe has a row past warm-up", () => {
    const tables = nestedTables({ seed: 1, bars: 100, timeframes, features: 3 });
    // Row 2 of 1h closes with row 35 of 5m.
    expect(randomGnn({ seed: 1, timeframes, first: 2 }).encodeHistory(tables).rows[0]).toBe(35);
    expect(randomGnn({ seed: 1, timeframes, first: 0 }).encodeHistory(tables).rows[0]).toBe(11);
  });

  it("has one anchor where several base rows became known at one instant", () => {
    const tables = nestedTables({ seed: 1, bars: 40, timeframes: ["5m"], features: 3 });
    tables["5m"]!.knownAt.fill(tables["5m"]!.knownAt[22]!, 20, 23);
    const { rows } = randomGnn({ seed: 1, timeframes: ["5m"] }).encodeHistory(tables);
    expect([...rows].filter((row) => row >= 19 && row <= 23)).toEqual([19, 22, 23]);
  });

  it("treats a value that is not known as the mean, and clips a wild one", () => {
    const tables = nestedTables({ seed: 1, bars: 60, timeframes: ["5m"], features: 3 });
    const encoder = randomGnn({ seed: 1, timeframes: ["5m"] });
    const withValue = (value: number): Float32Array => {
      const table = tables["5m"]!;
      const values = table.values.slice();
      values[values.length - 1] = value;
      return encoder.encodeWindow({ "5m": { ...table, values } });
    };
    expect(bitEqual(withValue(NaN), withValue(encoder.model.scaler["5m"]!.mean[2]!))).toBe(true);
    expect(bitEqual(withValue(1e6), withValue(1e9))).toBe(true);
    expect(bitEqual(withValue(1e6), withValue(0))).toBe(false);
  });

  it("refuses tables of other features or without a timeframe, naming them", () => {
    const encoder = randomGnn({ seed: 1, timeframes });
    const tables = nestedTables({ seed: 1, bars: 100, timeframes, features: 4 });
    expect(() => encoder.encodeHistory(tables)).toThrow(
      /features of 5m: expected x0, x1, x2, got x0, x1, x2, x3/,
    );
    const { "1h": _, ...two } = nestedTables({ seed: 1, bars: 100, timeframes, features: 3 });
    expect(() => encoder.encodeHistory(two)).toThrow(/features of 1h.*no such table/);
  });

  it("gives no embedding of a window within warm-up, and says how much history it needs", () => {
    const tables = nestedTables({ seed: 1, bars: 20, timeframes, features: 3 });
    const encoder = randomGnn({ seed: 1, timeframes, first: 2 });
    expect(encoder.encodeHistory(tables).rows.length).toBe(0);
    expect(() => encoder.encodeWindow(tables)).toThrow(RhymeError);
    expect(encoder.stream().embed()).toBeNull();
  });

  it("refuses live rows out of order, and rows of another width", () => {
    const stream = randomGnn({ seed: 1, timeframes }).stream();
    const row = { openTime: 0, values: new Float64Array(3) };
    stream.push({ ...row, timeframe: "1h", knownAt: 10 });
    expect(() => stream.push({ ...row, timeframe: "5m", knownAt: 10 })).toThrow(/fine to coarse/);
    expect(() => stream.push({ ...row, timeframe: "1h", knownAt: 9 })).toThrow(/knownAt after 10/);
    expect(() => stream.push({ ...row, timeframe: "5m", knownAt: 11, values: new Float64Array(2) })).toThrow(
      /3 features/,
    );
    expect(() => stream.push({ ...row, timeframe: "2h", knownAt: 11 })).toThrow(/2h/);
  });

  it("stops when it is told to", () => {
    const tables = nestedTables({ seed: 1, bars: 100, timeframes, features: 3 });
    const encoder = randomGnn({ seed: 1, timeframes });
    expect(() => encoder.encodeHistory(tables, { signal: AbortSignal.abort() })).toThrow(/abort/i);
  });

  it("changes its version with weights, scaling, design and features, and with nothing else", () => {
    const version = (options: Partial<Parameters<typeof randomGnn>[0]>): string =>
      randomGnn({ seed: 1, timeframes, ...options }).version;
    expect(version({})).toMatch(/^sage2_8_[0-9a-f]{16}$/);
    expect(version({})).toBe(version({}));
    const others = [
      { seed: 2 },
      { design: { dilations: [1] } },
      { readout: ["last"] as const },
      { timeframes: ["5m"] },
    ];
    expect(new Set([{}, ...others].map(version)).size).toBe(others.length + 1);
  });
});
