import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../adapters/sqlite/open-memory.ts";
import { factStore, newestFacts, type CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { FEWEST_INSTANTS, instantsOf, type History } from "../../evaluation/look-ahead/history.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { kindsOf } from "./describe-history.ts";
import { historyArbitrary } from "./history-arbitrary.ts";
import { deliveriesOf, historyOf } from "./history-of-plan.ts";
import { OPTIONAL_COLUMNS, planArbitrary, type HistoryPlan } from "./history-plan.ts";

const plans = (numRuns: number, seed = 1): readonly HistoryPlan[] =>
  fc.sample(planArbitrary(), { seed, numRuns, unbiased: true });

const KINDS = [
  "no rows", "one row", "long enough for everything", "base timeframe alone", "close-stamped", "gaps",
  "sent twice and in no order", "two symbols", "constant prices", "extreme prices", "stepping prices", "rounding prices",
  "doubling prices", "constant lag", "growing lag", "outage lag",
  "out of order lag", "known after a bar behind it", ...OPTIONAL_COLUMNS,
  "New York's clocks go forward", "New York's clocks go back", "London's clocks go forward", "London's clocks go back",
  "leap day", "year end", "weekend open", "early close", "before 1970",
  "revised bar", "bar revised twice", "late bar", "earlier history",
  "learned between two bars", "learned with a bar", "learned long after",
]; // prettier-ignore

describe("generated histories", () => {
  it("are of every kind: each at least 5 times in 2,000", () => {
    const counts = new Map(KINDS.map((kind) => [kind, 0]));
    for (const plan of plans(2000)) {
      const kinds = kindsOf(plan, historyOf(plan).facts);
      for (const kind of kinds) counts.set(kind, counts.get(kind)! + 1);
    }
    expect([...counts].filter(([, count]) => !(count >= 5))).toEqual([]);
  });

  it("use every calendar and every unit of time, and higher bars close in them", () => {
    const histories = plans(300, 2).map(historyOf);
    const calendars = new Set(histories.map(({ facts }) => facts[0]!.calendar.name));
    expect(calendars.size).toBe(7);
    const units = new Set(histories.flatMap(({ timeframes }) => timeframes.map((t) => t.replace(/\d+/, ""))));
    expect(units).toEqual(new Set(["m", "h", "d", "w", "mo"]));
    const closes = histories.map(
      ({ facts, timeframes }) =>
        byTimeframe(newestFacts(facts[0]!, Infinity), timeframes)[timeframes[1] ?? timeframes[0]!]!.openTime
          .length,
    );
    expect(closes.filter((count) => count >= 3).length).toBeGreaterThan(240);
  });

  it("are cut at eight instants or more wherever so much became known", () => {
    for (const plan of plans(300, 3)) {
      const history = historyOf(plan);
      const known = new Set(history.facts[0]!.knownAt).size;
      expect(instantsOf(history).length).toBeGreaterThanOrEqual(Math.min(FEWEST_INSTANTS, known));
    }
  });

  it("are read without losing a row, whatever stamps, order and repetitions their files have", () => {
    for (const plan of plans(300, 4)) {
      const delivered = deliveriesOf({ ...plan, late: [] }, "A", plan.seed);
      const rows = delivered.reduce((sum, { series }) => sum + series.openTime.length, 0);
      // Where prices jump by powers of ten, the reader takes some for lost decimal points.
      expect(rows).toBeGreaterThanOrEqual(plan.prices === "extreme" ? 0.8 * plan.rows : plan.rows);
    }
  });

  it("hold facts in order, and bars that a series may hold", () => {
    for (const { facts } of plans(300, 5).map(historyOf))
      for (const one of facts) {
        const { openTime, knownAt } = one;
        for (let row = 1; row < openTime.length; row++)
          expect(openTime[row]! - openTime[row - 1]! || knownAt[row]! - knownAt[row - 1]!).toBeGreaterThanOrEqual(0);
        makeSeries(newestFacts(one, Infinity)); // throws where one is broken
      }
  }); // prettier-ignore

  it("are what a store holds that took the same deliveries", () => {
    const some = plans(120, 6).filter(({ late }) => late.length > 0);
    expect(some.length).toBeGreaterThan(40);
    const at = temporaryFolder();
    try {
      for (const [i, plan] of some.entries()) assertStored(plan, `${at.path}/${i}`);
    } finally {
      at.remove();
    }
  });

  it("are the same for the same seed, and none is like another", () => {
    const draw = (): readonly History[] =>
      fc.sample(historyArbitrary(), { seed: 7, numRuns: 30, unbiased: true });
    const [first, second] = [draw(), draw()];
    expect(second).toEqual(first);
    expect(new Set(first.map(({ about }) => about)).size).toBe(first.length);
  });

  it("shrink to few rows of an ordinary market", () => {
    const found = fc.check(
      fc.property(historyArbitrary(), ({ facts }) => new Set(facts[0]!.openTime).size < 3),
      { seed: 1, numRuns: 20, unbiased: true },
    );
    const [{ facts, about }] = found.counterexample!;
    expect(facts[0]!.openTime).toHaveLength(3);
    expect(about).toBe("5m 15m of 24x7, 3 facts from 2021-06-15T12:00:00Z");
  });

  it("shrink to the one late fact that matters", () => {
    const found = fc.check(
      fc.property(historyArbitrary(), ({ facts }) => !facts[0]!.late.includes(1)),
      { seed: 1, numRuns: 50, unbiased: true },
    );
    const [{ facts }] = found.counterexample!;
    const [own, ...others] = facts;
    expect(others).toEqual([]);
    expect([own!.openTime.length, own!.late.filter((flag) => flag === 1).length]).toEqual([3, 1]);
  });
});

/** Every state of knowledge of the facts equals that of a memory folder. */
function assertStored(plan: HistoryPlan, path: string): void {
  const [facts] = historyOf({ ...plan, second: null }).facts;
  const folder = openMemoryFolder(path, { mode: "write" });
  try {
    for (const { series, now } of deliveriesOf(plan, "A", plan.seed)) folder.candles.write(series, now);
    if (facts!.openTime.length > 0) assertSameStore(folder.candles, factStore([facts!]), facts!);
  } finally {
    folder.close();
  }
}

function assertSameStore(stored: CandleStore, expected: CandleStore, facts: CandleFacts): void {
  expect(stored.corrections(facts)).toEqual(expected.corrections(facts));
  const instants = [...new Set(facts.knownAt)].sort((a, b) => a - b);
  const some = instants.filter((t, i) => i % 7 === 0 || facts.late[facts.knownAt.indexOf(t)] === 1);
  for (const asOf of [...some.flatMap((t) => [t - 1, t]), Infinity]) {
    const [a, b] = [stored.read(facts, { asOf }), expected.read(facts, { asOf })];
    if (b.openTime.length > 0) expect(a).toEqual(b);
    else expect(a.openTime).toHaveLength(0);
  }
}
