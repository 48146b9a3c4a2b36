import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsKnownBy, factStore, type CandleFacts } from "../candles/candle-facts.ts";
import type { SeriesKey } from "../candles/candle-series.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { randomEncoder } from "../testing/replay-world.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { correctedHistory, type Change } from "../testing/corrected-history.ts";
import { remember } from "./remember.ts";

const ROWS = 150;
const HORIZONS = ["20m", "1h"];
const KEY: SeriesKey = { source: "synthetic", symbol: "TEST", timeframe: "5m" };
const before = syntheticCandles({ seed: 4, rows: 400, start: Date.UTC(2020, 0, 6) });
const encoder = randomEncoder([before], Infinity);

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ row: fc.nat(ROWS - 20), after: fc.integer({ min: 1, max: 60 }), late: fc.boolean() }),
  { minLength: 1, maxLength: 3 },
);

function historyOf(seed: number, list: readonly Change[]): CandleFacts {
  return correctedHistory(syntheticCandles({ seed, rows: ROWS }), seed, list);
}

function emptyMemory(): Memory {
  return ramMemory({ tenant: "default", encoderVersion: encoder.version, dim: encoder.dim });
}

async function remembered(facts: CandleFacts, into = emptyMemory()): Promise<Memory> {
  await remember(factStore([facts]), into, encoder, KEY, { horizons: HORIZONS });
  return into;
}

/** All that a memory says as of an instant. */
async function saidAt(memory: Memory, asOf: number): Promise<unknown> {
  const patterns: (Pattern | null)[] = [];
  for (const anchor of await memory.anchors(KEY)) {
    const pattern = anchor <= asOf ? await memory.at(KEY, anchor, asOf) : null;
    if (!pattern) continue;
    expect(await memory.get(pattern.id, asOf)).toEqual(pattern);
    patterns.push(pattern);
  }
  const query = { vector: patterns[0]?.vector ?? new Float32Array(encoder.dim).fill(1), k: 500 };
  const answers: unknown[] = [patterns];
  for (const horizon of HORIZONS) {
    const of = { asOf, horizon, among: "all" as const, timeframe: "5m" };
    answers.push(
      await memory.query({ ...query, ...of, distinctEpisodes: false }),
      await memory.query({ ...query, ...of, distinctEpisodes: true }),
      await memory.queryColumns({ ...query, ...of, apart: { from: asOf - 3e6, to: asOf } }),
      await memory.matured({ series: KEY, horizon, asOf, limit: 60 }),
      await memory.countMatured({ ...of, maturedBy: asOf - 2e6 }),
    );
  }
  return answers;
}

const worlds = fc.record({ seed: fc.nat(1e6), list: changes, cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }) }); // prettier-ignore

/** Instants of a history at the given shares of its span, ascending. */
function instantsOf({ knownAt }: CandleFacts, shares: readonly number[]): number[] {
  const sorted = knownAt.toSorted();
  return shares.toSorted((a, b) => a - b).map((share) => sorted[Math.floor(share * (sorted.length - 1))]!);
}

describe("a memory of a history with corrections and late bars", () => {
  it("says as of any time what the memory of the facts known by then says now, to the bit", async () => {
    let revised = 0;
    await fc.assert(
      fc.asyncProperty(worlds, async ({ seed, list, cuts }) => {
        const facts = historyOf(seed, list);
        const whole = await remembered(facts);
        for (const t of instantsOf(facts, cuts)) {
          const then = await remembered(factsKnownBy(facts, t));
          expect(await saidAt(whole, t)).toEqual(await saidAt(then, t));
        }
        for (const { context, matureAt } of await whole.query({ ...ALL, horizon: "1h" }))
          if (context.matureAt > matureAt) revised++;
      }),
      { seed: 1, numRuns: 25 },
    );
    expect(revised).toBeGreaterThan(200); // the histories do revise outcomes
  });

  it("is the same however often it was remembered in between", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ seed, list, cuts }) => {
        const facts = historyOf(seed, list);
        const once = await remembered(facts);
        const often = emptyMemory();
        for (const t of instantsOf(facts, cuts)) await remembered(factsKnownBy(facts, t), often);
        await remembered(facts, often);
        await remembered(facts, often);
        const arrivals = [...new Set(facts.knownAt.filter((_, row) => facts.late[row] === 1))];
        for (const asOf of [...arrivals, ...instantsOf(facts, cuts), END])
          expect(await saidAt(often, asOf)).toEqual(await saidAt(once, asOf));
      }),
      { seed: 2, numRuns: 25 },
    );
  });
});

const END = Date.UTC(2022, 0, 1);
const ALL = {
  vector: new Float32Array(encoder.dim).fill(1),
  ...{ asOf: END, k: 500, among: "all" as const, timeframe: "5m", distinctEpisodes: false },
};
