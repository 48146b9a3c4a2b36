import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import { openMemoryFolder } from "./open-memory.ts";

const BAR = 300_000;
const NOW = 100 * BAR;
const KEY = { source: "s", symbol: "X", timeframe: "5m" };

interface Fact {
  readonly bar: number;
  readonly price: number;
}

function series(facts: readonly Fact[]): CandleSeries {
  const sorted = [...facts].sort((a, b) => a.bar - b.bar);
  const price = sorted.map((fact) => fact.price);
  return makeSeries({
    ...{ ...KEY, calendar: calendar24x7, openTime: sorted.map((fact) => fact.bar * BAR) },
    ...{ open: price, high: price, low: price, close: price },
  });
}

const batch = fc.uniqueArray(
  fc.record({ bar: fc.integer({ min: 0, max: 12 }), price: fc.integer({ min: 1, max: 3 }) }),
  {
    selector: (fact) => fact.bar,
    minLength: 1,
    maxLength: 8,
  },
);

interface Stored extends Fact {
  readonly knownAt: number;
}

/** The store as a list of facts: what one write adds to it. */
function model(stored: Stored[], facts: readonly Fact[], now: number): void {
  const newest = Math.max(-1, ...stored.map((fact) => fact.bar));
  const added = facts.flatMap((fact) => {
    const same = stored.filter((old) => old.bar === fact.bar).sort((a, b) => a.knownAt - b.knownAt);
    if (same.at(-1)?.price === fact.price) return [];
    return [{ ...fact, knownAt: fact.bar <= newest ? now : (fact.bar + 1) * BAR }];
  });
  stored.push(...added);
}

function readModel(stored: readonly Stored[], asOf: number): Stored[] {
  const bars = new Map<number, Stored>();
  for (const fact of stored) {
    const old = bars.get(fact.bar);
    if (fact.knownAt <= asOf && !(old && old.knownAt > fact.knownAt)) bars.set(fact.bar, fact);
  }
  return [...bars.values()].sort((a, b) => a.bar - b.bar);
}

describe("the candle store of a memory folder", () => {
  it("is what the list of its facts says, at every instant, and the past never changes", () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 6 }), (batches) => {
        const at = temporaryFolder();
        const folder = openMemoryFolder(at.path, { mode: "write" });
        const { candles } = folder;
        try {
          const stored: Stored[] = [];
          const past: CandleSeries[] = [];
          batches.forEach((facts, i) => {
            const now = NOW + i;
            candles.write(series(facts), now);
            model(stored, facts, now);
            const instants = [3 * BAR, 8 * BAR, ...batches.slice(0, i).map((_, j) => NOW + j)];
            // bars that a file brings later may join an instant they say they were known at; none there may change
            past.forEach((old, j) => {
              const again = candles.read(KEY, { asOf: NOW + j });
              const rows = [...old.openTime].map((t) => again.openTime.indexOf(t));
              expect(rows.map((row) => again.close[row])).toEqual([...old.close]);
            });
            past.push(candles.read(KEY, { asOf: now }));
            for (const asOf of [...instants, now, Infinity]) {
              const read = candles.read(KEY, { asOf });
              const expected = readModel(stored, asOf);
              expect([...read.openTime]).toEqual(expected.map((fact) => fact.bar * BAR));
              expect([...read.close]).toEqual(expected.map((fact) => fact.price));
              expect([...read.knownAt]).toEqual(expected.map((fact) => fact.knownAt));
            }
          });
          const late = stored.filter((fact) => fact.knownAt >= NOW).map((fact) => fact.knownAt);
          expect([...candles.corrections(KEY)]).toEqual([...new Set(late)].sort((a, b) => a - b));
        } finally {
          folder.close();
          at.remove();
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("reads the same whatever the order in which facts of different instants arrived", () => {
    const corrections = fc.array(
      fc.record({ bar: fc.integer({ min: 0, max: 5 }), price: fc.integer({ min: 2, max: 9 }) }),
      { minLength: 2, maxLength: 6 },
    );
    fc.assert(
      fc.property(corrections, fc.nat(), (facts, seed) => {
        // each correction says something new, so that none is left out as already known in one of the orders
        const distinct = facts.map((fact, i) => ({
          ...fact,
          price: fact.price + 10 * i,
          now: NOW + Math.floor(i / 2),
        }));
        const shuffled = [...distinct].sort(
          (a, b) => ((a.price * (seed + 3)) % 17) - ((b.price * (seed + 3)) % 17),
        );
        const read = [distinct, shuffled].map((order) => {
          const at = temporaryFolder();
          const folder = openMemoryFolder(at.path, { mode: "write" });
          const { candles } = folder;
          candles.write(series(Array.from({ length: 6 }, (_, bar) => ({ bar, price: 1 }))), NOW);
          for (const { now, ...fact } of order) candles.write(series([fact]), now);
          const states = [NOW - 1, NOW, NOW + 1, Infinity].map((asOf) => candles.read(KEY, { asOf }));
          folder.close();
          at.remove();
          return states;
        });
        expect(read[0]).toEqual(read[1]);
      }),
      { seed: 2, numRuns: 40 },
    );
  });
});
