import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { bitEqual } from "../testing/matchers.ts";
import { rawOf, type RawRow as Row } from "../testing/raw-rows.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { assembleCandles, type AssembledCandles, type AssembleOptions } from "./assemble-candles.ts";
import type { Finding } from "./finding.ts";
import { qualityReport } from "./quality-report.ts";
import { joinRaw } from "./raw-candles.ts";

const M5 = 300_000;

const OPTIONS: AssembleOptions = {
  source: "test",
  symbol: "T",
  timeframe: "5m",
  calendar: calendar24x7,
  stamp: "open",
  lagMs: 0,
  now: 1e13,
};

const assemble = (rows: readonly Row[], options: Partial<AssembleOptions> = {}): AssembledCandles =>
  assembleCandles(rawOf(rows), { ...OPTIONS, ...options });
const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, line, count, done }) => `${kind} :${line} ×${count} ${done}`);
const slots = ({ series }: AssembledCandles): number[] => Array.from(series.openTime, (t) => t / M5);

const ok = (slot: number): Row => [slot, 2, 3, 1, 2, 5];

describe("assembleCandles", () => {
  it("finds nothing in sound candles", () => {
    const { findings, series } = assemble([ok(10), ok(11), ok(12)]);
    expect([findings, series.symbol, series.source]).toEqual([[], "T", "test"]);
  });

  it("sorts and says every place where time runs backwards", () => {
    const made = assemble([ok(12), ok(10), ok(11), ok(9)]);
    expect(slots(made)).toEqual([9, 10, 11, 12]);
    expect(said(made.findings)).toEqual(["unsorted :5 ×1 sorted", "unsorted :3 ×1 sorted"]);
  });

  it("merges equal duplicates and drops one of two conflicting rows", () => {
    const made = assemble([ok(10), ok(10), ok(11), [11, 2, 3, 1, 2.5, 5]]);
    expect(slots(made)).toEqual([10, 11]);
    expect(made.findings.map((f) => [f.kind, f.done])).toEqual([
      ["duplicate-conflicting", "dropped"],
      ["duplicate-equal", "merged"],
    ]);
    expect(made.findings[0]!.value).toMatch(/open 2, high 3, low 1, close .*; kept a\.csv:\d: open 2/);
  });

  it.each<[string, Row, string]>([
    ["a price of 0", [11, 0, 3, 0, 2, 5], "bad-price"],
    ["a negative price", [11, 2, 3, -1, 2, 5], "bad-price"],
    ["NaN", [11, 2, NaN, 1, 2, 5], "bad-price"],
    ["Infinity", [11, 2, Infinity, 1, 2, 5], "bad-price"],
    ["a high below the open", [11, 2, 1.5, 1, 1, 5], "price-contradiction"],
    ["a low above the close", [11, 2, 3, 1.5, 1.2, 5], "price-contradiction"],
    ["a negative volume", [11, 2, 3, 1, 2, -5], "bad-volume"],
    ["an infinite volume", [11, 2, 3, 1, 2, Infinity], "bad-volume"],
  ])("drops a row with %s, so that its bar is missing", (_, row, kind) => {
    const made = assemble([ok(10), row, ok(12)]);
    expect(slots(made)).toEqual([10, 12]);
    expect(said(made.findings)).toEqual([`${kind} :3 ×1 dropped`, "missing-bars :2 ×1 kept"]);
  });

  it("prefers a sound row to a broken duplicate", () => {
    const made = assemble([[10, 0, 0, 0, 0, 0], ok(10), ok(11)]);
    expect(slots(made)).toEqual([10, 11]);
    expect(said(made.findings)).toEqual(["bad-price :2 ×1 dropped"]);
  });

  it("drops stamps off the grid, one finding each", () => {
    const made = assemble([ok(10), ok(10.5), ok(11)]);
    expect(said(made.findings)).toEqual(["off-grid :3 ×1 dropped"]);
  });

  it("joins a run of bars outside a session into one finding", () => {
    const open = Date.parse("2021-11-26T14:30Z") / M5;
    const rows = [-3, -2, -1, 0, 1, 41, 42, 43].map((k) => ok(open + k));
    const made = assemble(rows, { calendar: calendarUsEquities });
    expect(said(made.findings)).toEqual([
      "missing-bars :6 ×39 kept",
      "outside-session :2 ×3 dropped",
      "outside-session :8 ×2 dropped",
    ]);
  });

  it("refuses candles of which most fit no bar, naming the first", () => {
    expect(() => assemble([ok(10.2), ok(11.2), ok(12)])).toThrow(RhymeError);
    expect(() => assemble([ok(10.2), ok(11.2), ok(12)])).toThrow(
      /a\.csv:2: expected the open of a 5m bar of 24x7/,
    );
    expect(() => assemble([ok(10)], { calendar: calendarUsEquities })).toThrow(/all 1 rows fit no bar/);
  });

  it("refuses a stray stamp of another age, naming its line", () => {
    const rows = [ok(60_000_000), ok(60_000_001), ok(2)];
    expect(() => assemble(rows, { now: 1e15 })).toThrow(/a\.csv:4: .* got 1970-01-01T00:10:00Z/);
  });

  it("drops the bar that is still forming, also while the source lags", () => {
    const now = 12 * M5 + 1;
    expect(slots(assemble([ok(10), ok(11), ok(12)], { now }))).toEqual([10, 11]);
    expect(slots(assemble([ok(10), ok(11), ok(12)], { now, lagMs: 2 }))).toEqual([10]);
    expect(said(assemble([ok(11), ok(12)], { now }).findings)).toEqual(["forming-bar :3 ×1 dropped"]);
  });

  it("drops a bar that the source itself calls incomplete", () => {
    const raw = { ...rawOf([ok(10), ok(11)]), forming: Uint8Array.of(0, 1) };
    const made = assembleCandles(raw, OPTIONS);
    expect([slots(made), said(made.findings)]).toEqual([[10], ["forming-bar :3 ×1 dropped"]]);
  });

  it("calls a bar that opens after now by that name, a run of them once, and keeps none of it", () => {
    const made = assemble([ok(10), ok(11), ok(12), ok(13)], { now: 11 * M5 + 1 });
    expect([slots(made), said(made.findings)]).toEqual([
      [10],
      ["future-stamp :4 ×2 dropped", "forming-bar :3 ×1 dropped"],
    ]);
    const none = assemble([ok(10), ok(11)], { now: 0 });
    expect(said(none.findings)).toEqual(["no-candles :null ×1 kept", "future-stamp :2 ×2 dropped"]);
  });

  it("says of a forming bar that contradicts itself that it does, and repairs it into no closed one", () => {
    const raw = { ...rawOf([ok(10), [11, 2, 1.5, 1, 2, 5]]), forming: Uint8Array.of(0, 1) };
    const made = assembleCandles(raw, { ...OPTIONS, repair: ["price-contradiction"] });
    expect([slots(made), said(made.findings)]).toEqual([[10], ["price-contradiction :3 ×1 dropped"]]);
  });

  it("takes the instant of a row's knowing from the source, and drops what was known before its close", () => {
    const raw = rawOf([ok(10), ok(11), ok(12)]);
    const knownAt = Float64Array.of(12 * M5, 12 * M5 - 1, NaN);
    const made = assembleCandles({ ...raw, knownAt }, { ...OPTIONS, lagMs: 7 });
    expect([slots(made), [...made.series.knownAt]]).toEqual([
      [10, 12],
      [12 * M5, 13 * M5 + 7],
    ]);
    expect(said(made.findings)).toEqual(["known-before-stamp :3 ×1 dropped", "missing-bars :2 ×1 kept"]);
  });

  it("carries spreads and partial marks along, and takes equal rows with another spread for different ones", () => {
    const raw = {
      ...rawOf([ok(11), ok(10), ok(10)]),
      spread: Float64Array.of(0.2, 0.1, 0.1),
      partial: Uint8Array.of(1, 0, 0),
    };
    const made = assembleCandles(raw, OPTIONS);
    expect([[...made.series.spread!], [...made.series.partial], [...made.rows]]).toEqual([
      [0.1, 0.2],
      [0, 1],
      [1, 0],
    ]);
    const other = { ...raw, spread: Float64Array.of(0.2, 0.1, 0.3) };
    expect(assembleCandles(other, OPTIONS).findings.map(({ kind }) => kind)).toContain(
      "duplicate-conflicting",
    );
  });

  it("counts the overlap of two files once, and does not call their order unsorted", () => {
    const [a, b] = [rawOf([ok(10), ok(11), ok(12)], "a.csv"), rawOf([ok(11), ok(12), ok(13)], "b.csv")];
    const made = assembleCandles(joinRaw([a, b]), OPTIONS);
    expect(slots(made)).toEqual([10, 11, 12, 13]);
    expect(said(made.findings)).toEqual(["duplicate-equal :2 ×2 merged"]);
    expect(made.findings[0]!.file).toBe("b.csv");
  });

  it("depends on the set of rows, not on their order or files", () => {
    const price = fc.constantFrom(1, 1.5, 2, 2.5, 0, NaN);
    const row = fc.tuple(
      fc.integer({ min: 0, max: 12 }),
      price,
      price,
      price,
      price,
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.integer(),
        fc.nat(40),
        (rows, seed, cut) => {
          const shuffled = [...rows].sort(
            (a, b) => ((a[0] * 31 + a[1] * 7 + seed) % 13) - ((b[0] * 31 + b[4] + seed) % 13),
          );
          const parts = [rawOf(shuffled.slice(0, cut), "b.csv"), rawOf(shuffled.slice(cut), "a.csv")];
          const [one, other] = [assemble(rows).series, assembleCandles(joinRaw(parts), OPTIONS).series];
          for (const column of ["openTime", "open", "high", "low", "close", "volume", "knownAt"] as const) {
            expect(bitEqual(one[column], other[column]), column).toBe(true);
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("qualityReport", () => {
  it("tells by year how many opens equal the previous close, over neighbouring bars only", () => {
    const { series, ledger, findings } = assemble([ok(10), ok(11), [12, 2.5, 3, 1, 2, 0], ok(14), ok(15)]);
    const report = qualityReport(series, ledger, findings);
    expect(report.years).toEqual([
      { year: 1970, expected: 6, known: 5, missing: 1, openEqualsPreviousClose: 2 / 3, zeroVolume: 1 / 5 },
    ]);
    expect([report.errors, report.warnings, report.counts]).toEqual([0, 1, { "missing-bars": 1 }]);
    expect(report.gaps.longestHoles).toEqual([
      { from: "1970-01-01T01:05:00Z", to: "1970-01-01T01:10:00Z", bars: 1 },
    ]);
  });

  it("counts the closures of a market", () => {
    const days = ["2021-11-24", "2021-11-26", "2021-11-29"].map((d) => Date.parse(d) / M5);
    const { series, ledger, findings } = assemble(days.map(ok), {
      timeframe: "1d",
      calendar: calendarUsEquities,
    });
    const { gaps } = qualityReport(series, ledger, findings);
    expect([gaps.expected, gaps.missing, gaps.closures]).toEqual([3, 0, 2]);
    expect(gaps.closedHours).toBe(41.5 + 68.5);
  });
});
