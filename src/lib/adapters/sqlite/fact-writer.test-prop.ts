import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factStore, takeFacts, type CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import { CANDLE_VALUES, factDigest, valuesAt } from "./candle-facts.ts";
import { addFacts } from "./fact-writer.ts";
import { openStore } from "./open-store.ts";
import { sqliteCandles } from "./sqlite-candles.ts";
import { verifyTallies } from "./verify-tallies.ts";

const BAR = 300_000;
const SYMBOLS = ["A", "B"] as const;

/** One fact of a bar: on time where `delay` is 0, else that many bars after its close. */
interface Fact {
  readonly symbol: number;
  readonly bar: number;
  readonly delay: number;
  readonly price: number;
}

/** Few bars, delays and prices, so that facts meet: the same bar, the same instant, the same values. */
const facts: fc.Arbitrary<Fact[]> = fc.array(
  fc.record({
    symbol: fc.nat(1),
    bar: fc.nat(7),
    delay: fc.constantFrom(0, 0, 3, 5),
    price: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 24 },
);

/** Facts of one symbol as columns, in the order given. */
function columnsOf(symbol: number, list: readonly Fact[]): CandleFacts {
  const one = ({ bar, price }: Fact): ReturnType<typeof makeSeries> =>
    makeSeries({
      ...{ source: "s", symbol: SYMBOLS[symbol]!, timeframe: "5m", calendar: calendar24x7 },
      ...{ openTime: [bar * BAR], open: [price], high: [price], low: [price], close: [price] },
    });
  const bars = list.map(one);
  const column = (
    name: "openTime" | "closeTime" | "open" | "high" | "low" | "close" | "volume",
  ): Float64Array => Float64Array.from(bars, (bar) => bar[name][0]!);
  return {
    ...one({ symbol, bar: 0, delay: 0, price: 1 }),
    ...{ openTime: column("openTime"), closeTime: column("closeTime"), volume: column("volume") },
    ...{ open: column("open"), high: column("high"), low: column("low"), close: column("close") },
    knownAt: Float64Array.from(list, ({ bar, delay }) => (bar + 1 + delay) * BAR),
    partial: new Uint8Array(list.length),
    late: Uint8Array.from(list, ({ delay }) => (delay > 0 ? 1 : 0)),
  };
}

/** The plain truth: the set of facts in the order in which a bar is decided, equal instants by content digest. */
function plainStore(list: readonly Fact[]): CandleStore {
  const digest = factDigest();
  const values: (number | null)[] = new Array(CANDLE_VALUES);
  return factStore(
    SYMBOLS.map((_, symbol) => {
      const mine = columnsOf(symbol, list.filter((fact) => fact.symbol === symbol)); // prettier-ignore
      const digestOf = (row: number): number => {
        valuesAt(mine, row, values);
        return digest(
          [mine.openTime[row]!, mine.closeTime[row]!, mine.knownAt[row]!, mine.late[row]!],
          values,
        );
      };
      const rows = Int32Array.from(mine.openTime.keys()).sort(
        (a, b) =>
          mine.openTime[a]! - mine.openTime[b]! ||
          mine.knownAt[a]! - mine.knownAt[b]! ||
          digestOf(a) - digestOf(b),
      );
      return takeFacts(mine, rows);
    }),
  );
}

/** Everything that can be read of both series, at every instant. */
function expectSame(candles: CandleStore, plain: CandleStore, instants: readonly number[]): void {
  for (const key of plain.list())
    for (const asOf of [...instants, Infinity]) {
      const [mine, theirs] = [candles.read(key, { asOf }), plain.read(key, { asOf })];
      for (const name of ["openTime", "closeTime", "knownAt", "close", "volume"] as const)
        expect(bitEqual(mine[name], theirs[name]), `${name} of ${key.symbol} as of ${asOf}`).toBe(true);
      expect(candles.corrections(key)).toEqual(plain.corrections(key));
    }
  expect(candles.list()).toEqual(plain.list());
}

describe("a set of candle facts", () => {
  it("gives one store, read the same at every instant, in whatever order, portions and repetitions it came", () => {
    const arrivals = fc.record({ list: facts, order: fc.infiniteStream(fc.nat(1e6)), again: fc.nat(5) });
    fc.assert(
      fc.property(arrivals, ({ list, order, again }) => {
        const sent = [...list, ...list.slice(0, again)]; // some twice
        const keyed = sent.map((fact) => ({ fact, at: order.next().value as number }));
        const shuffled = keyed.toSorted((a, b) => a.at - b.at).map(({ fact }) => fact);
        const plain = plainStore(list);
        const instants = [...new Set(list.map(({ bar, delay }) => (bar + 1 + delay) * BAR))];
        const at = temporaryFolder();
        const { store, release } = openStore(at.path, { mode: "write" });
        try {
          for (let from = 0; from < shuffled.length;) {
            const to = from + 1 + ((order.next().value as number) % 6);
            const chunk = shuffled.slice(from, to);
            for (const symbol of [0, 1]) {
              const mine = chunk.filter((fact) => fact.symbol === symbol);
              if (mine.length > 0) addFacts(store, columnsOf(symbol, mine));
            }
            from = to;
          }
          expectSame(sqliteCandles(store), plain, instants);
          for (const symbol of [0, 1]) {
            const mine = list.filter((fact) => fact.symbol === symbol);
            if (mine.length > 0) expect(addFacts(store, columnsOf(symbol, mine))).toBe(0);
          }
          expect(verifyTallies(store)).toEqual([]);
        } finally {
          release();
          at.remove();
        }
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});
