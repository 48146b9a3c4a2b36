import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factStore, takeFacts, type CandleFacts } from "../candles/candle-facts.ts";
import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import { sageFamily } from "../encoder/gnn/gnn-family.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { createRng } from "../math/rng.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { syntheticCandles, type SyntheticCandles } from "../testing/candles.ts";
import { correctedHistory, type Change } from "../testing/corrected-history.ts";
import { calendarByName } from "../time/calendars.ts";
import { startLive, storeLive, type LiveSeries } from "./live-series.ts";
import { remember } from "./remember.ts";

interface World {
  readonly candles: Omit<SyntheticCandles, "seed">;
  readonly timeframes: readonly string[];
  readonly horizons: readonly string[];
}

const WORLDS: Readonly<Record<string, World>> = {
  "one timeframe, late by a second": {
    candles: { rows: 420, timeframe: "5m", lagMs: 1_000 },
    timeframes: ["5m"],
    horizons: ["20m", "1h"],
  },
  "four timeframes with holes": {
    candles: { rows: 700, timeframe: "5m", gapShare: 0.02 },
    timeframes: ["5m", "15m", "1h", "2h"],
    horizons: ["15m", "2h"],
  },
  "shares over days, across months": {
    candles: { rows: 420, timeframe: "1h", gapShare: 0.01, calendar: calendarByName("us-equities") },
    timeframes: ["1h", "1d"],
    horizons: ["2h", "2d"],
  },
  "daily bars, weeks and months": {
    candles: { rows: 950, timeframe: "1d", gapShare: 0.01 },
    timeframes: ["1d", "1w", "1mo"],
    horizons: ["1d", "5d"],
  },
};

function encoderOf({ candles, timeframes }: World): Encoder {
  const featureSet = featureSetByName("candle16");
  const known = syntheticCandles({ ...candles, rows: 1_400, seed: 4, start: Date.UTC(2010, 0, 6) });
  const tables = [featureTables(featureSet, byTimeframe(known, timeframes))];
  const design = { ...defaultDesign(timeframes), windows: Object.fromEntries(timeframes.map((t) => [t, 8])) };
  return sageFamily.untrained(tables, { design, featureSet, hidden: 8, dim: 8 });
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ row: fc.nat(400), after: fc.integer({ min: 1, max: 60 }), late: fc.boolean() }),
  { maxLength: 3 },
);

/** Facts in the order in which they are delivered: by when they were known; some that came on time are held up. */
function* delivered(facts: CandleFacts, seed: number): Generator<CandleFacts> {
  const rng = createRng(seed);
  const order = [...facts.knownAt.keys()].sort(
    (a, b) => facts.knownAt[a]! - facts.knownAt[b]! || facts.openTime[a]! - facts.openTime[b]!,
  );
  let heldUp = 0;
  const queue = [...order];
  const given: number[] = queue.splice(0, Math.floor(order.length * 0.6));
  while (queue.length > 0) {
    const late = queue.findIndex((row) => facts.late[row] === 1);
    // A correction overtakes the bars that the source delivers after a pause.
    if (late > 0 && late < 12 && rng.next() < 0.5 && heldUp++ < 2) given.push(...queue.splice(late, 1));
    else given.push(...queue.splice(0, rng.next() < 0.8 ? 1 : 1 + rng.int(15)));
    yield takeFacts(facts, Int32Array.from(given).sort());
  }
}

async function contents(memory: Memory, key: SeriesKey): Promise<(Pattern | null)[]> {
  const anchors = await memory.anchors(key);
  const found: (Pattern | null)[] = [];
  for (const anchor of anchors) found.push(await memory.at(key, anchor, Infinity));
  return found;
}

function emptyMemory(encoder: Encoder): Memory {
  return ramMemory({ tenant: "default", encoderVersion: encoder.version, dim: encoder.dim });
}

/** What a memory holds that followed the deliveries, and how often it had to start afresh. */
async function followed(
  deliveries: Iterable<CandleFacts>,
  { encoder, key, horizons }: { encoder: Encoder; key: SeriesKey; horizons: readonly string[] },
): Promise<{ memory: Memory; starts: number; steps: number; given: CandleFacts | null }> {
  const memory = emptyMemory(encoder);
  let live: LiveSeries | null = null;
  let [starts, steps, given] = [0, 0, null as CandleFacts | null];
  for (const facts of deliveries) {
    given = facts;
    steps++;
    const store = factStore([facts]);
    const batch = live?.next(store) ?? null;
    if (batch !== null) await storeLive(memory, batch);
    else {
      live = (await startLive(store, memory, encoder, key, { horizons })).live;
      starts++;
    }
  }
  return { memory, starts, steps, given };
}

const worlds = fc.record({ seed: fc.nat(1e6), list: changes });

describe.each(Object.entries(WORLDS))("a series followed candle by candle: %s", (_name, world) => {
  const encoder = encoderOf(world);
  const keyOf = ({ source, symbol, timeframe }: CandleSeries): SeriesKey => ({ source, symbol, timeframe });

  it("holds what remembering every delivery holds, to the bit", async () => {
    let [starts, steps, late] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(worlds, async ({ seed, list }) => {
        const series = syntheticCandles({ ...world.candles, seed });
        const key = keyOf(series);
        const facts = correctedHistory(series, seed, list);
        const { horizons } = world;
        const live = await followed(delivered(facts, seed), { encoder, key, horizons });
        const plain = emptyMemory(encoder);
        await remember(factStore([facts]), plain, encoder, key, { horizons });
        const [mine, theirs] = [await contents(live.memory, key), await contents(plain, key)];
        expect(mine.length).toBeGreaterThan(100);
        expect(mine.at(-1)!.base[horizons[0]!]).not.toBeNaN(); // the forecaster speaks by then
        expect(mine).toEqual(theirs);
        starts += live.starts;
        steps += live.steps;
        late += list.length > 0 ? 1 : 0;
      }),
      { seed: 5, numRuns: 4 },
    );
    expect(late).toBeGreaterThan(1); // some histories are corrected,
    expect(starts).toBeLessThan(steps / 10); // and nearly all candles are simply gone on from
  });
});
