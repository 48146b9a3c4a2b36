import { describe, expect, it } from "vitest";
import { factsOfSeries } from "../../candles/candle-facts.ts";
import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { HOUR, MINUTE } from "../../time/units.ts";
import { checkHistory, type CheckName } from "./check-history.ts";
import { explain } from "./explain.ts";
import { FEWEST_INSTANTS, JUST_BEFORE, instantsOf, type History } from "./history.ts";
import type { Stated } from "./stated.ts";
import { statedOfRows } from "./stated-rows.ts";
import type { CandlesSubject, StoreSubject, Subject } from "./subject.ts";

const START = Date.UTC(2024, 2, 5);
const history: History = {
  facts: [factsOfSeries(syntheticCandles({ seed: 1, rows: 150, start: START }))],
  timeframes: ["5m", "1h", "4h"],
  seed: 1,
  about: "150 bars",
};

/** A feature of the 5m candles by name. */
function feature(name: string, values: (candles: CandlesByTimeframe) => Float64Array): CandlesSubject {
  const run = (candles: CandlesByTimeframe): Stated => [statedOfRows(name, candles["5m"]!, values(candles))];
  return { name, covers: [], takes: "candles", run };
}

/** The close of the newest 4h bar that had `since` ≤ the time of each 5m bar. */
function asOf(candles: CandlesByTimeframe, since: "openTime" | "knownAt"): Float64Array {
  const higher = candles["4h"]!;
  return candles["5m"]!.knownAt.map((t) => higher.close[higher[since].findLastIndex((s) => s <= t)] ?? NaN);
}

async function found(
  subject: Subject,
  of: History = history,
): Promise<{ check: CheckName; sentence: string }> {
  const { violations } = await checkHistory(of, [subject]);
  expect(violations).toHaveLength(1);
  const { sentence } = await explain(of, subject, violations[0]!);
  return { check: violations[0]!.check, sentence };
}

describe("the check of a history", () => {
  it("cuts it at every close of a higher bar, and at eight instants at least", () => {
    const [facts] = history.facts;
    const hours = [...facts!.knownAt].filter((t) => t % HOUR === 0);
    expect([...instantsOf(history)]).toEqual(expect.arrayContaining(hours));
    const alone = { ...history, timeframes: ["5m"] };
    expect(instantsOf(alone)).toHaveLength(FEWEST_INSTANTS + JUST_BEFORE);
    expect(instantsOf(alone).at(-1)).toBe(facts!.knownAt.at(-1));
  });

  it("finds nothing in what looks back, and says how many values it compared", async () => {
    const clean = [
      feature("change", ({ "5m": base }) => base!.close.map((x, i) => x / (base!.close[i - 1] ?? NaN))),
      feature("closed 4h", (candles) => asOf(candles, "knownAt")),
    ];
    const { violations, tallies } = await checkHistory(history, clean);
    expect(violations).toEqual([]);
    const { calls, instants, values } = tallies.get("change")!;
    expect(instants).toBe(instantsOf(history).length);
    expect(calls).toBe(2 + 2 * instants);
    expect(values.get("change")).toBeGreaterThan(900);
  });

  it("names the open bar that a merge as of openTime uses", async () => {
    expect(await found(feature("h4", (candles) => asOf(candles, "openTime")))).toEqual({
      check: "prefix",
      sentence: "h4 uses the 4h bar of 00:00, which is known at 04:00, at 00:05",
    });
  });

  it("names the next bar where a window reaches one too far", async () => {
    const ahead = feature("ahead", ({ "5m": base }) => base!.close.map((_, i) => base!.close[i + 1] ?? NaN));
    const { sentence } = await found(ahead);
    expect(sentence).toBe("ahead uses the 5m bar of 01:00, which is known at 01:05, at 01:00");
  });

  it("finds what only the future's size gives away, and what changes with the future's prices alone", async () => {
    const sized = feature("sized", ({ "5m": base }) => base!.close.map(() => base!.close.length));
    expect((await found(sized)).check).toBe("prefix");
    // Only where some later bar is absurd: real futures never show it.
    const shy = feature("shy", ({ "5m": base }) =>
      base!.close.map((x) => (base!.high.some((high) => high > 50_000) ? 0 : x)),
    );
    expect((await found(shy)).check).toBe("garbage");
  });

  it("finds what leaks only where there are rows enough to say anything", async () => {
    const rows = history.facts[0]!.close.length;
    const silent = ({ "5m": base }: CandlesByTimeframe): Stated =>
      base!.close.length < rows
        ? []
        : [statedOfRows("ahead", base!, base!.close.with(0, base!.close.at(-1)!))];
    const subject: CandlesSubject = { name: "silent", covers: [], takes: "candles", run: silent };
    expect((await found(subject)).check).toBe("prefix");
  });

  it("finds what is said before it is known", async () => {
    const early: CandlesSubject = {
      ...feature("early", ({ "5m": base }) => base!.close),
      run: ({ "5m": base }) => [
        { ...statedOfRows("early", base!, base!.close), knownAt: base!.knownAt.map((t) => t + MINUTE) },
      ],
    };
    expect(await found(early)).toMatchObject({ check: "early" });
  });

  it("finds a stream that says something else, a call that does not repeat, an input that was changed, a throw", async () => {
    const close = feature("close", ({ "5m": base }) => base!.close);
    const streamed: CandlesSubject = {
      ...close,
      stream: ({ "5m": base }) => [statedOfRows("close", base!, base!.open)],
    };
    expect((await found(streamed)).check).toBe("stream");
    let calls = 0;
    expect((await found(feature("count", ({ "5m": base }) => base!.close.map(() => calls++)))).check).toBe(
      "repeat",
    );
    const spoils = feature("spoils", ({ "5m": base }) => {
      const before = base!.volume.slice();
      base!.volume.fill(1);
      return before.map(() => 1);
    });
    const copy = {
      ...history,
      facts: [factsOfSeries(syntheticCandles({ seed: 1, rows: 150, start: START }))],
    };
    expect((await found(spoils, copy)).check).toBe("input");
    const throws = feature("throws", () => {
      throw new Error("no");
    });
    expect(await found(throws)).toEqual({ check: "throws", sentence: "Error: no" });
  });

  it("lets NaN equal NaN and tells 0 from −0", async () => {
    const nothing = feature("nothing", ({ "5m": base }) => base!.close.map(() => NaN));
    expect((await checkHistory(history, [nothing])).violations).toEqual([]);
    const signed = feature("signed", ({ "5m": base }) =>
      base!.close.map(() => (base!.close.length > 100 ? 0 : -0)),
    );
    expect((await found(signed)).check).toBe("prefix");
  });

  it("lets a function of facts see a correction from its arrival on, and names the one that came too early", async () => {
    const base = syntheticCandles({ seed: 2, rows: 40, start: START });
    const arrival = base.knownAt[30]! + MINUTE;
    const row = 10;
    const at = (xs: Float64Array, value: number): Float64Array =>
      Float64Array.from([...xs.slice(0, row + 1), value, ...xs.slice(row + 1)]);
    const facts = {
      ...base,
      ...{
        openTime: at(base.openTime, base.openTime[row]!),
        closeTime: at(base.closeTime, base.closeTime[row]!),
      },
      ...{
        open: at(base.open, base.open[row]!),
        high: at(base.high, 999),
        low: at(base.low, base.low[row]!),
      },
      ...{
        close: at(base.close, base.close[row]!),
        volume: at(base.volume, 7),
        knownAt: at(base.knownAt, arrival),
      },
      partial: new Uint8Array(41),
      late: Uint8Array.from({ length: 41 }, (_, i) => (i === row + 1 ? 1 : 0)),
    };
    const corrected: History = { facts: [facts], timeframes: ["5m", "1h"], seed: 1, about: "a correction" };
    const sumOfHighs = (cheating: boolean): StoreSubject => ({
      name: "highs",
      covers: [],
      takes: "store",
      run: (store, { series: [key] }) => {
        const all = store.read(key!, { asOf: Infinity });
        const known = all.openTime.map(
          (open, i) => base.knownAt[base.openTime.indexOf(open)] ?? all.knownAt[i]!,
        );
        const values = known.map((t) => {
          const then = cheating ? all : store.read(key!, { asOf: t });
          const rows = [...then.high.keys()].filter((i) => then.openTime[i]! < t);
          return rows.reduce((sum, i) => sum + then.high[i]!, 0);
        });
        return [{ name: "sum", key: all.openTime, knownAt: known, values }];
      },
    });
    expect((await checkHistory(corrected, [sumOfHighs(false)])).violations).toEqual([]);
    const { sentence } = await found(sumOfHighs(true), corrected);
    expect(sentence).toBe(
      "sum uses the late fact about the 5m bar of 00:50 of TEST, which is known at 02:36, at 00:55",
    );
  });
});
