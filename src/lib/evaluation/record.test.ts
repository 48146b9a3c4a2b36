import { describe, expect, it } from "vitest";
import type { Memory } from "../memory/memory.ts";
import { isKept } from "../math/even-thinning.ts";
import { estimate } from "../recall/estimate.ts";
import { manyOf } from "../recall/many.ts";
import { searchOf } from "../recall/question.ts";
import { ledgerOf } from "../recall/ledger.ts";
import { MOST_ROWS, pastOf, thinning } from "../recall/past.ts";
import { recall } from "../recall/recall.ts";
import type { RecallRecord } from "../recall/record-type.ts";
import { naiveMemory } from "../testing/naive-memory.ts";
import {
  PLANTED_ENCODER,
  PLANTED_HORIZON,
  plantedPatterns,
  PLANTED_START,
} from "../testing/planted-patterns.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { HOUR } from "../time/units.ts";
import { chosenStride, extendRecord } from "./record.ts";

const series = { source: "planted", symbol: "TEST", timeframe: "1h" };
const options = { series, calendar: calendar24x7, horizon: PLANTED_HORIZON, encoder: PLANTED_ENCODER };
const patterns = plantedPatterns({ seed: 5, rows: 500, planted: 0.3 });

describe("a record", () => {
  it("grown in steps, through JSON, is the record made in one go", async () => {
    const whole = await extendRecord(naiveMemory(patterns), null, options);
    let grown: RecallRecord | null = null;
    for (const rows of [1, 3, 120, 121, 340, 500, 500]) {
      const memory = naiveMemory(patterns, PLANTED_START + (rows - 1) * HOUR);
      grown = await extendRecord(
        memory,
        grown && (JSON.parse(JSON.stringify(grown)) as RecallRecord),
        options,
      );
    }
    grown = await extendRecord(naiveMemory(patterns), grown, options);
    expect(JSON.stringify(grown)).toBe(JSON.stringify(whole));
  });

  it("stopped by a signal goes on from there", async () => {
    const whole = await extendRecord(naiveMemory(patterns.slice(0, 200)), null, options);
    const stop = new AbortController();
    const onProgress = (done: number): void => {
      if (done === 77) stop.abort();
    };
    const memory = naiveMemory(patterns.slice(0, 200));
    const part = await extendRecord(memory, null, { ...options, signal: stop.signal, onProgress });
    expect(part.matureAt).toHaveLength(77);
    expect(JSON.stringify(await extendRecord(memory, part, options))).toBe(JSON.stringify(whole));
  });

  it("holds what recall would have answered at that time with the record as it stood", async () => {
    const memory = naiveMemory(patterns);
    const record = await extendRecord(memory, null, options);
    const row = 430;
    const at = PLANTED_START + row * HOUR;
    const question = {
      tenant: "default",
      ...series,
      at,
      horizon: PLANTED_HORIZON,
      k: 3,
      encoder: PLANTED_ENCODER,
    };
    const answer = await recall(memory, question, record);
    expect(record.moments.anchor[row]).toBe(at);
    expect(record.moments.residual[row]).toBeCloseTo(answer.forecast!.logAtrRatio.residual, 6);
    expect(record.moments.shrink[row]).toBe(answer.forecast!.logAtrRatio.shrink);
    const quantiles = Object.values(answer.distribution!.return.quantiles).sort((a, b) => a - b);
    expect(record.calibrated["recall.return"].slice(row * 7, row * 7 + 7)).toEqual(
      quantiles.map((q) => Number(q.toPrecision(7))),
    );
  });

  it("begins where the encoder was known, and takes a quarter of the horizon as its stride", async () => {
    const encoder = { version: "v1", knownAt: PLANTED_START + 100 * HOUR };
    const longer = patterns.map((p) => ({
      ...p,
      base: { "12h": p.base[PLANTED_HORIZON]! },
      contexts: { "12h": p.contexts[PLANTED_HORIZON]! },
    }));
    const record = await extendRecord(naiveMemory(longer), null, { ...options, horizon: "12h", encoder });
    expect(record.stride).toBe(3);
    const strides = record.moments.anchor.map((t) => ((t! - PLANTED_START) / HOUR - 100) / 3);
    expect(strides.slice(0, 130).map(Math.floor)).toEqual(Array.from({ length: 130 }, (_, j) => j));
    expect(new Set(strides.map((s) => Math.round((s % 1) * 3)))).toEqual(new Set([0, 1, 2]));
    expect(record.seen).toBe(400);
  });

  it("refuses to go on with another's record", async () => {
    const record = await extendRecord(naiveMemory(patterns.slice(0, 5)), null, options);
    const other = { ...options, series: { ...series, symbol: "OTHER" } };
    await expect(extendRecord(naiveMemory(patterns), record, other)).rejects.toThrow(/OTHER/);
  });
});

describe("the anchors of a record", () => {
  it("are at most 2,000 evenly spaced ones at a time, whatever the length", () => {
    for (const n of [10, 1999, 2000, 2001, 4000, 4001, 9_000, 100_000]) {
      const made = Array.from({ length: n + 1 }, (_, j) => j).filter((j) => chosenStride(j, 1) === j);
      const step = thinning(n);
      const used = made.filter((j) => isKept(j, step));
      const whole = Math.floor((n + 1) / step); // the last cell's may be still to come
      expect(used.slice(0, whole).map((j) => Math.floor(j / step))).toEqual(
        Array.from({ length: whole }, (_, i) => i),
      );
      expect(used.length).toBeLessThanOrEqual(MOST_ROWS + 1);
      expect(used.length).toBeGreaterThan(Math.min(n, MOST_ROWS / 2 - 1));
      expect(made.length).toBeLessThan(
        MOST_ROWS + 1000 * Math.max(0, Math.ceil(Math.log2(n / MOST_ROWS))) + 2,
      );
    }
  });

  it("are in step with no clock: every hour of the week is asked about equally often", () => {
    const counts = new Float64Array(168);
    for (let n = 0; n < 60_000; n++) if (isKept(n, 32) && chosenStride(n, 1) === n) counts[n % 168]!++;
    const mean = 60_000 / 32 / 168;
    expect(Math.max(...counts)).toBeLessThan(mean + 5 * Math.sqrt(mean));
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it("that may be learned from depend only on what had matured", async () => {
    const memory: Memory = naiveMemory(patterns);
    const [short, long] = [
      await extendRecord(naiveMemory(patterns.slice(0, 300)), null, options),
      await extendRecord(memory, null, options),
    ];
    const asOf = PLANTED_START + 250 * HOUR;
    const rows = (record: RecallRecord): number[] => [...pastOf(ledgerOf(record), asOf).rows];
    expect(rows(long)).toEqual(rows(short));
    expect(rows(long).every((r) => long.matureAt[r]! <= asOf)).toBe(true);
    expect(rows(long)).toHaveLength(247);
  });
});

it("an estimate from a memory without outcomes has reasons instead of numbers", async () => {
  const memory = naiveMemory(patterns.slice(0, 2));
  const search = searchOf(patterns[1]!, PLANTED_HORIZON, "all");
  const made = await estimate(memory, patterns[1]!, search, null, await manyOf(memory, search));
  expect(made.tables).toBeNull();
  expect(made.reasons.length).toBeGreaterThan(0);
  expect(made.raw["recall.return"].every(Number.isNaN)).toBe(true);
});
