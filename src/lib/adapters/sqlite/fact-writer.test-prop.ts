import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factStore, seriesOfFacts, takeFacts, type CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { bitEqual } from "../../testing/matchers.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { calendar24x7 } from "../../time/calendar-24x7.ts";
import { CANDLE_VALUES, factDigest, valuesAt } from "./candle-facts.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

const BAR = 300_000;
const SYMBOLS = ["A", "B"] as const;

/** One fact of a bar: known on time where `delay` is 0, else that many bars after its close. */
interface Fact {
  readonly symbol: number;
  readonly bar: number;
  readonly delay: number;
  readonly price: number;
}

/** Few bars, delays and prices, so that facts meet: the same bar, the same instant, the same values. */
const facts: fc.Arbitrary<Fact[]> = fc
  .array(
    fc.record({
      symbol: fc.nat(1),
      bar: fc.nat(7),
      delay: fc.constantFrom(0, 0, 3, 5),
      price: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map(oncePunctual);

/** Of a bar that came on time twice, one. */
function oncePunctual(list: readonly Fact[]): Fact[] {
  const first = (fact: Fact): boolean =>
    list.find(({ symbol, bar, delay }) => delay === 0 && symbol === fact.symbol && bar === fact.bar) === fact;
  return list.filter((fact) => fact.delay > 0 || first(fact));
}

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

const NOW = 1000 * BAR;

/** A list in another order, in portions, some of it twice. */
function* portions<T>(list: readonly T[], order: Iterator<number>): Generator<readonly T[]> {
  const next = (): number => order.next().value as number;
  const keyed = [...list, ...list.slice(0, next() % 6)].map((item) => ({ item, at: next() }));
  const shuffled = keyed.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
  for (let from = 0, to = 0; from < shuffled.length; from = to) {
    to = from + 1 + (next() % 6);
    yield shuffled.slice(from, to);
  }
}

const inOrder = (list: readonly Fact[]): Fact[] =>
  list.toSorted((a, b) => a.bar - b.bar || a.delay - b.delay);

/** What is there in each symbol, with that symbol. */
function perSymbol<T extends Fact>(
  list: readonly T[],
  work: (symbol: number, mine: readonly T[]) => void,
): void {
  for (const symbol of [0, 1]) {
    const mine = list.filter((fact) => fact.symbol === symbol);
    if (mine.length > 0) work(symbol, mine);
  }
}

function inFolder(work: (folder: MemoryFolder) => void): void {
  const at = temporaryFolder();
  const folder = openMemoryFolder(at.path, { mode: "write" });
  try {
    work(folder);
  } finally {
    folder.close();
    at.remove();
  }
}

describe("a set of candle facts", () => {
  it("imported, gives one store, read the same at every instant, in whatever order, portions and repetitions", () => {
    const arrivals = fc.record({ list: facts, order: fc.infiniteStream(fc.nat(1e6)) });
    fc.assert(
      fc.property(arrivals, ({ list, order }) => {
        inFolder((folder) => {
          const bring = (symbol: number, mine: readonly Fact[]): object =>
            folder.importFacts(columnsOf(symbol, inOrder(mine)), NOW);
          for (const portion of portions(list, order)) perSymbol(portion, bring);
          const instants = [...new Set(list.map(({ bar, delay }) => (bar + 1 + delay) * BAR))];
          expectSame(folder.candles, plainStore(list), instants);
          perSymbol(list, (symbol, mine) =>
            expect(bring(symbol, mine)).toMatchObject({ unchanged: mine.length }),
          );
          expect(folder.verify().problems).toEqual([]);
        });
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it("written as its source tells it, gives one store in any portions, series in turn or mixed, portions sent again", () => {
    const arrivals = fc.record({ list: facts, order: fc.infiniteStream(fc.nat(1e6)) });
    fc.assert(
      fc.property(arrivals, ({ list, order }) => {
        const told = list.map((fact) => ({ ...fact, now: (fact.bar + 1 + fact.delay) * BAR }));
        // One word per bar and instant: which of two a source meant is no question of order.
        const words = new Map(told.map((fact) => [[fact.symbol, fact.bar, fact.now].join(), fact]));
        const inTime = [...words.values()].sort((a, b) => a.now - b.now || a.bar - b.bar);
        const state = (deliveries: Iterable<readonly Told[]>): unknown => {
          let read: unknown;
          inFolder((folder) => {
            for (const delivery of deliveries)
              perSymbol(delivery, (symbol, mine) => writeTold(folder, symbol, mine));
            read = stateOf(folder);
          });
          return read;
        };
        const single = state(inTime.map((fact) => [fact]));
        expect(state(instantly(inTime, order))).toEqual(single);
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});

interface Told extends Fact {
  readonly now: number;
}

function writeTold({ candles }: MemoryFolder, symbol: number, mine: readonly Told[]): void {
  const series: CandleSeries = seriesOfFacts(columnsOf(symbol, inOrder(mine)));
  candles.write(series, mine[0]!.now);
}

/** All facts of an instant, in one delivery or several, symbol by symbol or not, some sent again at once. */
function* instantly(inTime: readonly Told[], order: Iterator<number>): Generator<readonly Told[]> {
  for (const now of new Set(inTime.map((fact) => fact.now))) {
    const due = inTime.filter((fact) => fact.now === now);
    const whole = (order.next().value as number) % 2 === 0;
    const parts = whole ? [due] : due.map((fact) => [fact]);
    for (const part of parts) {
      yield part;
      if ((order.next().value as number) % 3 === 0) yield part;
    }
  }
}

function stateOf({ candles }: MemoryFolder): unknown {
  return candles.list().map((key) => ({
    ...key,
    corrections: candles.corrections(key),
    states: Array.from({ length: 16 }, (_, i) => candles.readFacts(key, { asOf: i * BAR })),
  }));
}
