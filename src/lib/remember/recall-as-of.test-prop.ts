import fc from "fast-check";
import { expect, it } from "vitest";
import { factsKnownBy, factStore, type CandleFacts } from "../candles/candle-facts.ts";
import type { CandleSeries } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { knownBy, sliceRows } from "../candles/slice.ts";
import { extendRecord } from "../evaluation/record.ts";
import type { Memory } from "../memory/memory.ts";
import type { Answer } from "../recall/answer.ts";
import type { Question } from "../recall/question.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { asCorrected, correctedFacts, type TestCorrection } from "../testing/corrected-world.ts";
import { bitEqual } from "../testing/matchers.ts";
import { randomEncoder, rememberedIn } from "../testing/replay-world.ts";
import { HOUR } from "../time/units.ts";
import { momentAsOf } from "./moment-as-of.ts";
import { recallAsOf } from "./recall-as-of.ts";

const ROWS = 480;
const FITTED = 300;
const HORIZON = "4h";
const hourly = (seed: number, symbol: string): CandleSeries =>
  syntheticCandles({ seed, rows: ROWS, timeframe: "1h", symbol });
const [onTime, other] = [hourly(1, "A"), hourly(2, "B")];
const own = onTime;
const encoder = randomEncoder([knownBy(own, own.knownAt[FITTED]!)], own.knownAt[FITTED]!);
const keyOf = ({ source, symbol, timeframe }: CandleSeries) => ({ source, symbol, timeframe });
const key = keyOf(own);

interface World {
  readonly store: CandleStore;
  readonly memory: Memory;
}

async function worldOf(facts: readonly CandleFacts[]): Promise<World> {
  const store = factStore(facts);
  return { store, memory: await rememberedIn(store, encoder, facts.map(keyOf), HORIZON) };
}

const questionAt = (row: number, more: Partial<Question> = {}) => ({
  ...{ tenant: "default", ...key, at: own.knownAt[row]!, horizon: HORIZON, k: 5, ...more },
  encoder,
});

/** Corrections of a series, each of a bar that had closed when it became known; no two of one bar at one instant. */
const corrections: fc.Arbitrary<readonly TestCorrection[]> = fc
  .uniqueArray(
    fc.record({
      row: fc.integer({ min: 150, max: ROWS - 30 }),
      later: fc.integer({ min: 1, max: 120 }),
      aside: fc.constantFrom(0, 1, 90_000),
      scale: fc.constantFrom(0.97, 0.995, 1.004, 1.05),
      late: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 5, selector: ({ row }) => row },
  )
  .map((list) =>
    list.map(({ row, later, aside, scale, late }) => ({
      ...{ row, scale, late },
      knownAt: own.knownAt[Math.min(ROWS - 1, row + later)]! + aside,
    })),
  );

const said = (answer: Answer): string => JSON.stringify({ ...answer, happened: null });
/** What is said, without what it was asked with. */
const substance = ({ id: _id, later: _later, question, ...rest }: Answer): unknown => ({
  ...{ ...rest, happened: null },
  question: { ...question, asOf: "" },
});

it("corrections that come later never change an answer, whatever it was asked as of", async () => {
  const plan = fc.record({
    ofOwn: corrections,
    ofOther: corrections,
    row: fc.integer({ min: FITTED + 40, max: ROWS - 30 }),
    later: fc.constantFrom(0, 3, 25),
  });
  let corrected = 0;
  await fc.assert(
    fc.asyncProperty(plan, async ({ ofOwn, ofOther, row, later }) => {
      const facts = [correctedFacts(own, ofOwn), correctedFacts(other, ofOther)];
      const [anchor, asOf] = [own.knownAt[row]!, own.knownAt[row + later]!];
      fc.pre(!ofOwn.some((one) => one.late && one.row === row));
      const [whole, then] = [await worldOf(facts), await worldOf(facts.map((f) => factsKnownBy(f, asOf)))];
      const ask = async ({ store, memory }: World): Promise<Answer> => {
        const of = { series: key, calendar: own.calendar, horizon: HORIZON, encoder };
        return recallAsOf(store, memory, { ...questionAt(row), asOf }, await extendRecord(memory, null, of));
      };
      const answer = await ask(whole);
      expect(answer.question.anchor).toBe(new Date(anchor).toISOString().replace(".000", ""));
      expect(said(answer)).toBe(said(await ask(then)));
      corrected += answer.later?.revision ?? 0;
    }),
    { seed: 1, numRuns: 5 },
  );
  expect(corrected).toBeGreaterThan(0); // moments that had been corrected were among them
});

it("a corrected moment is the one that a memory of the corrected candles alone holds, to the bit", async () => {
  const plan = fc.record({
    fixes: corrections,
    row: fc.integer({ min: FITTED, max: ROWS - 2 }),
    lag: fc.constantFrom(0, 700),
  });
  let revised = 0;
  await fc.assert(
    fc.asyncProperty(plan, async ({ fixes, row, lag }) => {
      const own = { ...onTime, knownAt: onTime.knownAt.map((t) => t + lag) };
      fc.pre(!fixes.some((one) => one.late && one.row === row));
      const anchor = own.knownAt[row]!;
      const asOf = own.knownAt[ROWS - 1]! + HOUR;
      const { store, memory } = await worldOf([correctedFacts(own, fixes)]);
      const of = { series: key, anchor, asOf, horizon: HORIZON };
      const { pattern, corrections: instants } = await momentAsOf(store, memory, encoder, of);
      const late = new Set(
        fixes.filter((one) => one.row <= row && one.knownAt > anchor).map((one) => one.knownAt),
      );
      expect(instants).toEqual([...late].sort((a, b) => a - b));
      expect(pattern.revision).toBe(late.size);
      const truth = asCorrected(
        own,
        fixes.filter((one) => one.knownAt <= asOf),
      );
      const alone = await worldOf([correctedFacts(truth, [])]);
      const expected = (await alone.memory.at(key, anchor, Infinity))!;
      if (late.size === 0) expect(pattern).toEqual(await memory.at(key, anchor, asOf));
      else {
        revised++;
        expect(bitEqual(pattern.vector, expected.vector)).toBe(true);
        expect([pattern.atrNow, pattern.base, pattern.lineage]).toEqual([
          expected.atrNow,
          expected.base,
          expected.lineage,
        ]);
        expect(await memory.get(pattern.id, Infinity)).toBeNull(); // nobody finds it
      }
    }),
    { seed: 2, numRuns: 40 },
  );
  expect(revised).toBeGreaterThan(5);
});

it("asked after a correction of its own bar, it is what a memory of the corrected candles alone says", async () => {
  const plan = fc.record({
    row: fc.integer({ min: 400, max: ROWS - 1 }),
    scale: fc.constantFrom(0.98, 1.03),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ row, scale }) => {
      const until = sliceRows(own, 0, row + 1); // after it nothing else differs
      const fix = { row, scale, knownAt: own.knownAt[row]! + 10 * HOUR };
      const corrected = await worldOf([correctedFacts(until, [fix])]);
      const alone = await worldOf([correctedFacts(asCorrected(until, [fix]), [])]);
      const asked = await recallAsOf(corrected.store, corrected.memory, {
        ...questionAt(row),
        asOf: fix.knownAt,
      });
      const expected = await recallAsOf(alone.store, alone.memory, questionAt(row));
      expect(asked.later).toEqual({ revision: 1, corrections: [asked.question.asOf] });
      expect(substance(asked)).toEqual(substance(expected));
      expect(expected.later).toBeUndefined();
    }),
    { seed: 3, numRuns: 6 },
  );
});

it("later knowledge of the moments of that time alone is the answer of that time, where nothing was corrected", async () => {
  const { store, memory } = await worldOf([own, other].map((series) => correctedFacts(series, [])));
  const ask = (row: number, more: Partial<Question>): Promise<Answer> =>
    recallAsOf(store, memory, questionAt(row, more));
  const plan = fc.record({
    row: fc.integer({ min: 320, max: ROWS - 10 }),
    later: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ row, later }) => {
      const [maturedBy, asOf] = [own.knownAt[row]!, own.knownAt[row + later]!];
      expect(substance(await ask(row, { asOf, maturedBy }))).toEqual(substance(await ask(row, {})));
    }),
    { seed: 4, numRuns: 20 },
  );
});

it("asked later, nothing that shares time with the question's own horizon answers, of whatever symbol", async () => {
  const { store, memory } = await worldOf([own, other].map((series) => correctedFacts(series, [])));
  const asOf = own.knownAt[ROWS - 1]!;
  let younger = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 320, max: ROWS - 40 }), async (row) => {
      const { neighbours } = await recallAsOf(store, memory, questionAt(row, { asOf, k: 20 }));
      const [from, to] = [own.knownAt[row]!, own.knownAt[row]! + 4 * HOUR];
      expect(neighbours).toHaveLength(20);
      for (const n of neighbours)
        expect(Date.parse(n.matureAt) <= from || Date.parse(n.anchor) >= to).toBe(true);
      younger += neighbours.filter((n) => Date.parse(n.anchor) >= to).length;
    }),
    { seed: 5, numRuns: 20 },
  );
  expect(younger).toBeGreaterThan(20);
});
