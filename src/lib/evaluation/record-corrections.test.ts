import { expect, it } from "vitest";
import { factsKnownBy, factStore } from "../candles/candle-facts.ts";
import { knownBy } from "../candles/slice.ts";
import type { Memory } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import type { RecallRecord } from "../recall/record-type.ts";
import { remember } from "../remember/remember.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { correctedFacts } from "../testing/corrected-world.ts";
import { randomEncoder } from "../testing/replay-world.ts";
import { HOUR } from "../time/units.ts";
import { extendRecord } from "./record.ts";

const HORIZON = "4h";
const series = syntheticCandles({ seed: 5, rows: 480, timeframe: "1h", symbol: "A" });
const { source, symbol, timeframe, calendar, knownAt } = series;
const key = { source, symbol, timeframe };
const encoder = randomEncoder([knownBy(series, knownAt[300]!)], knownAt[300]!);
const facts = correctedFacts(series, [
  { row: 330, scale: 1.2, knownAt: knownAt[331]! + 1 }, // before the outcomes that rest on it were known
  { row: 350, scale: 0.9, knownAt: knownAt[420]! + 1 }, // long after
  { row: 352, scale: 1.1, knownAt: knownAt[420]! + 1 },
  { row: 400, scale: 1, knownAt: knownAt[440]! + 1, late: true }, // outcomes that had no end until then
]);

async function rememberInto(memory: Memory, until: number): Promise<Memory> {
  await remember(factStore([factsKnownBy(facts, until)]), memory, encoder, key, { horizons: [HORIZON] });
  return memory;
}

const empty = (): Memory =>
  ramMemory({ tenant: "default", encoderVersion: encoder.version, dim: encoder.dim });
const extended = (memory: Memory, record: RecallRecord | null): Promise<RecallRecord> =>
  extendRecord(memory, record, { series: key, calendar, horizon: HORIZON, encoder });

it("a record grown while corrections came in is the one made anew after the last of them", async () => {
  const growing = empty();
  let record: RecallRecord | null = null;
  for (const row of [340, 410, 425, 441, 479])
    record = await extended(await rememberInto(growing, knownAt[row]! + HOUR / 2), record);
  const whole = await rememberInto(empty(), Infinity);
  expect(JSON.stringify(record)).toBe(JSON.stringify(await extended(whole, null)));
});

it("a row keeps the outcome that was known first, though a correction has revised it since", async () => {
  const memory = await rememberInto(empty(), Infinity);
  const record = await extended(memory, null);
  const anchor = knownAt[349]!;
  const row = record.moments.anchor.indexOf(anchor);
  const [first, newest] = [
    await memory.at(key, anchor, knownAt[353]!),
    await memory.at(key, anchor, Infinity),
  ];
  expect(record.outcomes.return[row]).toBe(first!.contexts[HORIZON]!.return);
  expect(record.matureAt[row]).toBe(knownAt[353]);
  expect(newest!.contexts[HORIZON]!.maxGain).not.toBe(first!.contexts[HORIZON]!.maxGain);
  expect(record.outcomes.maxGain[row]).toBe(first!.contexts[HORIZON]!.maxGain);
});
