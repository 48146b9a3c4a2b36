import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gapLedger } from "../../candles/gap-ledger.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { overviewFigure } from "./overview-figure.ts";
import { thinCandles } from "./thin-candles.ts";

const anyCandles = fc
  .record({
    seed: fc.nat(1000),
    rows: fc.integer({ min: 1, max: 400 }),
    columns: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ seed, rows, columns }) => {
    const series = syntheticCandles({ seed, rows, gapShare: 0.2 });
    return { series, columns, thin: thinCandles(series, gapLedger(series), columns) };
  });

describe("candles thinned to columns", () => {
  it("lose no low and no high, and hold each candle once", () => {
    fc.assert(
      fc.property(anyCandles, ({ series, columns, thin }) => {
        expect(thin.length).toBeLessThanOrEqual(columns + 1);
        for (let i = 0; i < series.openTime.length; i++) {
          const t = series.openTime[i]!;
          const own = thin.filter(({ from, to }) => from <= t && t < to);
          expect(own).toHaveLength(1);
          expect(own[0]!.low).toBeLessThanOrEqual(series.low[i]!);
          expect(own[0]!.high).toBeGreaterThanOrEqual(series.high[i]!);
        }
        for (const { low, high } of thin) {
          expect(series.low).toContain(low);
          expect(series.high).toContain(high);
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("say where a line would run through missing bars", () => {
    const series = syntheticCandles({ seed: 3, rows: 40, gapShare: 0.3 });
    const ledger = gapLedger(series);
    const thin = thinCandles(series, ledger, 100_000);
    expect(thin).toHaveLength(40);
    thin.forEach(({ apart }, i) => {
      const hole = i > 0 && ledger.slot[i]! > ledger.slot[i - 1]! + 1;
      if (hole) expect(apart).toBe(true);
    });
    expect(thin.filter(({ apart }) => apart).length).toBeGreaterThan(3);
  });
});

describe("overview of a check", () => {
  const column = (from: number, low: number, high: number) => ({
    from,
    to: from + 1,
    low,
    high,
    close: high,
    apart: false,
  });

  it("leaves a single price that is far off outside the picture, not the rest a flat line", () => {
    const columns = Array.from({ length: 300 }, (_, i) => column(i, 100, 110));
    const { layout } = overviewFigure({
      columns: [...columns, column(300, 0.06, 110)],
      holes: [],
      lanes: [],
    });
    const { range } = layout["yaxis"] as { range: [number, number] };
    expect(range[0]).toBeGreaterThan(40);
    expect(range[1]).toBeLessThan(120);
  });

  it("uses a logarithmic scale with round prices where they grow manifold", () => {
    const columns = Array.from({ length: 100 }, (_, i) => column(i, 10 * 1.05 ** i, 11 * 1.05 ** i));
    const { layout } = overviewFigure({ columns, holes: [], lanes: [] });
    expect(layout["yaxis"]).toMatchObject({ type: "log", tickvals: [10, 20, 50, 100, 200, 500, 1000] });
  });

  it("shades holes by how much of them is missing, and widens them only while they are few", () => {
    const hole = (from: number, share: number) => ({ from, to: from + 1, share, says: "" });
    const columns = [column(0, 1, 2), column(10_000, 1, 2)];
    const bars = (count: number) =>
      overviewFigure({
        columns,
        holes: Array.from({ length: count }, (_, i) => hole(i * 100, i === 0 ? 1 : 0.5)),
        lanes: [],
      }).data[0] as unknown as { width: number[]; marker: { opacity: number[] } };
    expect(bars(2).marker.opacity[1]).toBeCloseTo(bars(2).marker.opacity[0]! / 2);
    expect(bars(2).width[0]).toBeGreaterThan(10);
    expect(bars(100).width[0]).toBe(1);
  });

  it("escapes what it says of a finding", () => {
    const lanes = [{ name: "<b>", error: true, marks: [{ time: 1, says: "<img src=x>" }] }];
    expect(JSON.stringify(overviewFigure({ columns: [column(0, 1, 2)], holes: [], lanes }))).not.toContain(
      "<img",
    );
  });
});
