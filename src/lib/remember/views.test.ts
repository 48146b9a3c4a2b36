import { describe, expect, it } from "vitest";
import { factsKnownBy, factStore, type CandleFacts } from "../candles/candle-facts.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { MINUTE, SECOND } from "../time/units.ts";
import { newestOnTime, seriesAsOf, viewAt, views } from "./views.ts";

const KEY = { source: "test", symbol: "S", timeframe: "5m" };

/** [slot of 5 minutes, seconds at which it was known, whether it came late]; the close counts up. */
function facts(...rows: readonly (readonly [slot: number, knownAt: number, late?: "late"])[]): CandleFacts {
  const column = (value: (row: (typeof rows)[number], i: number) => number): Float64Array =>
    Float64Array.from(rows, value);
  const price = column((_, i) => 100 + i);
  return {
    ...KEY,
    calendar: calendar24x7,
    openTime: column(([slot]) => slot * 5 * MINUTE),
    closeTime: column(([slot]) => (slot + 1) * 5 * MINUTE),
    knownAt: column(([, known]) => known * SECOND),
    ...{ open: price, high: price, low: price, close: price, volume: price },
    partial: new Uint8Array(rows.length),
    late: Uint8Array.from(rows, ([, , late]) => (late ? 1 : 0)),
  };
}

const seconds = (times: Float64Array): number[] => [...times].map((t) => t / SECOND);

describe("the view of an instant", () => {
  it("places a late row by what came before it, never by the lag of a row that is known later", () => {
    const all = facts([0, 303], [0, 400, "late"], [1, 603]);
    const then = factsKnownBy(all, 400 * SECOND);
    for (const known of [all, then])
      expect(seconds(seriesAsOf(factStore([known]), KEY, 400 * SECOND).knownAt)).toEqual([300]);
  });

  it("keeps rows in the order in which they became known where a feed was out and late rows lie between", () => {
    const out = facts([0, 900], [1, 900], [1, 905, "late"], [2, 910], [3, 1200]);
    const { series } = viewAt(factStore([out]), KEY, 1200 * SECOND);
    expect(seconds(series.knownAt)).toEqual([900, 905, 910, 1200]);
    const overshooting = facts([0, 900], [1, 901], [1, 905, "late"], [2, 903], [3, 1200]);
    const { knownAt } = viewAt(factStore([overshooting]), KEY, 1200 * SECOND).series;
    expect(seconds(knownAt)).toEqual([900, 903, 903, 1200]);
  });

  it("has one anchor per instant, the last of the bars that became known together", () => {
    const { isAnchor } = viewAt(
      factStore([facts([0, 900], [1, 900], [2, 900], [3, 1200])]),
      KEY,
      1200 * SECOND,
    );
    expect([...isAnchor]).toEqual([0, 0, 1, 1]);
  });

  it("takes a bar that came on time at the instant of a correction for an anchor", () => {
    const all = views(factStore([facts([0, 300], [0, 660, "late"], [1, 660], [2, 900])]), KEY);
    expect(Array.from(all, ({ isAnchor }) => [...isAnchor])).toEqual([[1], [0, 1, 1]]);
  });

  it("knows the newest bar that came on time, and that there may be none", () => {
    expect(newestOnTime(viewAt(factStore([facts([0, 300], [1, 900, "late"])]), KEY, Infinity))).toBe(300_000);
    expect(newestOnTime(viewAt(factStore([facts([0, 900, "late"])]), KEY, Infinity))).toBe(-Infinity);
  });
});
