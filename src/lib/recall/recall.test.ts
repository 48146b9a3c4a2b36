import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context/context.ts";
import { extendRecord } from "../evaluation/record.ts";
import type { Pattern } from "../memory/memory.ts";
import { naiveMemory } from "../testing/naive-memory.ts";
import {
  PLANTED_ENCODER,
  PLANTED_HORIZON,
  plantedPatterns,
  plantedState,
  PLANTED_START,
} from "../testing/planted-patterns.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { HOUR } from "../time/units.ts";
import { answerSchema, LEVEL_NAMES, type Answer } from "./answer.ts";
import type { Question } from "./question.ts";
import { recall } from "./recall.ts";
import { recallMany } from "./recall-many.ts";
import type { RecallRecord } from "./record-type.ts";

const ROWS = 800;
const series = { source: "planted", symbol: "TEST", timeframe: "1h" };
const options = { series, calendar: calendar24x7, horizon: PLANTED_HORIZON, encoder: PLANTED_ENCODER };

function ask(row: number, more: Partial<Question> = {}): Question {
  const at = PLANTED_START + row * HOUR;
  return {
    tenant: "default",
    ...series,
    at,
    horizon: PLANTED_HORIZON,
    k: 5,
    encoder: PLANTED_ENCODER,
    ...more,
  };
}

/** The row nearest below `row` in a hidden state. */
function rowIn(state: number, row: number): number {
  while (plantedState(row) !== state) row--;
  return row;
}

describe("a memory that knows what the base forecast misses", () => {
  const patterns = plantedPatterns({ seed: 1, rows: ROWS, planted: 0.3 });
  const memory = naiveMemory(patterns);
  let record: RecallRecord;
  beforeAll(async () => {
    record = await extendRecord(memory, null, options);
  });

  it("is believed, and moves the forecast by about what was planted", async () => {
    for (const state of [-1, 0, 1]) {
      const row = rowIn(state, ROWS - 1);
      const { forecast } = await recall(memory, ask(row), record);
      const { base, shrink, residual, value } = forecast!.logAtrRatio;
      expect(base).toBe(patterns[row]!.base[PLANTED_HORIZON]);
      expect(shrink).toBeGreaterThanOrEqual(0.8);
      expect(value).toBe(base + shrink * residual);
      expect(Math.abs(residual - 0.3 * state)).toBeLessThan(0.1);
    }
  });

  it("answers in the declared shape, with weights that sum to one and one neighbour per episode", async () => {
    const answer = await recall(memory, ask(ROWS - 1), record);
    answerSchema.parse(answer);
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    const weights = answer.neighbours.map((n) => n.weight);
    expect(Math.abs(weights.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
    expect(answer.effectiveSampleSize).toBeCloseTo(1 / weights.reduce((a, w) => a + w * w, 0), 12);
    expect(answer.neighbours).toHaveLength(5);
    for (const a of answer.neighbours)
      for (const b of answer.neighbours)
        if (a !== b) expect(a.matureAt <= b.anchor || b.matureAt <= a.anchor).toBe(true);
  });

  it("states ascending quantiles, and roc and atr that agree with return and logAtrRatio", async () => {
    const { distribution } = await recall(memory, ask(ROWS - 1), record);
    const { direction, barrier, ...labels } = distribution!;
    for (const { quantiles, calibrated } of Object.values(labels)) {
      const values = LEVEL_NAMES.map((level) => quantiles[level]);
      expect(calibrated).toBe(true);
      expect(values.every((v, i) => i === 0 || v >= values[i - 1]!)).toBe(true);
    }
    expect(labels.roc.quantiles["0.9"]).toBe(Math.expm1(labels.return.quantiles["0.9"]));
    expect(labels.atr.quantiles["0.1"]).toBe(
      patterns[ROWS - 1]!.atrNow * Math.exp(labels.logAtrRatio.quantiles["0.1"]),
    );
    for (const { probabilities, calibrated } of [direction, barrier]) {
      expect(probabilities["-1"] + probabilities["0"] + probabilities["1"]).toBeCloseTo(1, 12);
      expect(calibrated).toBe(false);
    }
  });

  it("widens the range where the neighbours say that more will happen than the base expects", async () => {
    const width = async (state: number): Promise<number> => {
      const row = rowIn(state, ROWS - 1);
      const { distribution } = await recall(memory, ask(row), record);
      const { quantiles } = distribution!.return;
      const { atrNow, base } = patterns[row]!;
      return (quantiles["0.9"] - quantiles["0.1"]) / (atrNow * Math.exp(base[PLANTED_HORIZON]!));
    };
    const [calm, wild] = [await width(-1), await width(1)];
    expect(wild / calm).toBeGreaterThan(Math.exp(0.3));
    expect(wild / calm).toBeLessThan(Math.exp(0.8));
  });

  it("gives the same bytes for the same question, with the record as it is or read back from JSON", async () => {
    const first = JSON.stringify(await recall(memory, ask(750), record));
    const reread = JSON.parse(JSON.stringify(record)) as RecallRecord;
    const other = naiveMemory([...patterns]);
    expect(JSON.stringify(await recall(other, ask(750), reread))).toBe(first);
    expect(JSON.stringify(await recall(memory, ask(750, { at: ask(750).at + 10 }), record))).toBe(first);
  });

  it("does not see the future: later patterns and outcomes replaced by garbage change nothing but `happened`", async () => {
    for (const row of [300, 700]) {
      const asOf = PLANTED_START + row * HOUR;
      const garbled = naiveMemory(garble(patterns, asOf));
      const garbledRecord = await extendRecord(garbled, null, options);
      const [honest, leaky] = [
        await recall(memory, ask(row), record),
        await recall(garbled, ask(row), garbledRecord),
      ];
      const cut = naiveMemory(patterns, asOf);
      const blind = await recall(cut, ask(row), await extendRecord(cut, null, options));
      expect(bytes(leaky)).toBe(bytes(honest));
      expect(bytes(blind)).toBe(bytes(honest));
      expect(blind.happened).toBeNull();
      expect(honest.happened!.return).toBe(patterns[row]!.contexts[PLANTED_HORIZON]!.return);
      expect(leaky.happened!.return).not.toBe(honest.happened!.return);
    }
  });

  it("says nothing calibrated and nothing trusted without a record", async () => {
    const answer = await recall(memory, ask(750));
    expect(answer.trust).toBeNull();
    expect(answer.forecast!.logAtrRatio.shrink).toBe(0);
    expect(Object.values(answer.distribution!).every((d) => !d.calibrated)).toBe(true);
  });

  it("leaves a record aside that was made over other memories", async () => {
    const answer = await recall(memory, ask(750, { among: "same" }), record);
    expect(answer.trust).toBeNull();
    expect(answer.question.among).toBe("same");
  });

  it("answers many questions as columns equal to the single answers", async () => {
    const questions = [ask(600), ask(30), ask(790)];
    const columns = await recallMany(memory, questions, record);
    for (const [i, question] of questions.entries()) {
      const answer = await recall(memory, question, record);
      expect(columns.id[i]).toBe(answer.id);
      expect(columns.abstained[i]).toBe(answer.abstained ? 1 : 0);
      expect(columns.value[i]).toBe(answer.forecast!.logAtrRatio.value);
      expect(columns.quantiles.return[i * 7 + 3]).toEqual(
        answer.distribution?.return.quantiles["0.5"] ?? NaN,
      );
    }
  });
});

describe("a question asked with later knowledge", () => {
  const patterns = plantedPatterns({ seed: 6, rows: 500, planted: 0.3 });
  const memory = naiveMemory(patterns);
  const row = 300;
  const [from, to] = [ask(row).at, ask(row + 4).at];
  const later = (asOf: number, corrections: readonly number[] = []): Question => {
    const pattern = { ...patterns[row]!, revision: corrections.length, atrNow: 0.02 };
    return ask(row, { asOf, k: 20, moment: { pattern, corrections, horizonEnd: to } });
  };

  it("is about the moment as it was known then, and says so", async () => {
    const answer = await recall(memory, later(ask(400).at, [ask(301).at, ask(350).at]));
    expect(answerSchema.parse(answer)).toEqual(answer);
    expect(answer.later).toEqual({
      revision: 2,
      corrections: ["2020-01-13T13:00:00Z", "2020-01-15T14:00:00Z"],
    });
    expect(answer.question).toMatchObject({ anchor: "2020-01-13T12:00:00Z", asOf: "2020-01-17T16:00:00Z" });
    const then = await recall(memory, ask(row));
    const width = ({ distribution }: Answer): number =>
      distribution!.return.quantiles["0.9"] - distribution!.return.quantiles["0.1"];
    expect(width(answer)).toBeGreaterThan(width(then));
    expect(then.later).toBeUndefined();
  });

  it("is answered by nothing that shares time with it: no neighbour, no row of its tables or of its record", async () => {
    const asOf = ask(420).at;
    const shares = (anchor: number, matureAt: number): boolean => anchor < to && from < matureAt;
    const spoilt = patterns.map((p) => {
      const context = p.contexts[PLANTED_HORIZON]!;
      if (!shares(p.anchor, context.matureAt)) return p;
      const wild = {
        ...context,
        return: 9,
        logAtrRatio: 9,
        maxGain: 9,
        realisedVolatility: 9,
        direction: 1,
        barrier: 1,
      };
      return { ...p, contexts: { [PLANTED_HORIZON]: wild } };
    });
    expect(spoilt.filter((p, i) => p !== patterns[i])).toHaveLength(7);
    const record = await extendRecord(memory, null, options);
    const wildRecord = {
      ...record,
      outcomes: {
        ...record.outcomes,
        return: record.outcomes.return.map((y, r) =>
          shares(record.moments.anchor[r]!, record.matureAt[r] ?? Infinity) ? 9 : y,
        ),
      },
    };
    const honest = await recall(memory, later(asOf), record);
    expect(bytes(await recall(naiveMemory(spoilt), later(asOf), wildRecord))).toBe(bytes(honest));
    expect(honest.trust!.to > honest.question.anchor).toBe(true);
    expect(honest.neighbours.some((n) => n.anchor > honest.question.anchor)).toBe(true);
  });
});

it("what the base forecast always misses is counted once, not by the tables and again by the neighbours", async () => {
  const patterns = plantedPatterns({ seed: 4, rows: ROWS, planted: 0.3 }).map((p) => ({
    ...p,
    base: { [PLANTED_HORIZON]: p.base[PLANTED_HORIZON]! - 0.5 },
  }));
  const memory = naiveMemory(patterns);
  const record = await extendRecord(memory, null, options);
  for (const state of [-1, 0, 1]) {
    const row = rowIn(state, ROWS - 1);
    const { distribution } = await recall(memory, ask(row), record);
    const truth = patterns[row]!.base[PLANTED_HORIZON] + 0.5 + 0.3 * state;
    expect(Math.abs(distribution!.logAtrRatio.quantiles["0.5"] - truth)).toBeLessThan(0.15);
  }
});

describe("an answer abstains", () => {
  const patterns = plantedPatterns({ seed: 2, rows: 600, planted: 0.3 });
  const recordOf = (list: readonly Pattern[]): Promise<RecallRecord> =>
    extendRecord(naiveMemory(list), null, options);

  const usualRecord = recordOf(patterns);

  it("where too little had matured, and still shows its neighbours", async () => {
    const answer = await recall(naiveMemory(patterns), ask(100));
    expect(answer).toMatchObject({ abstained: true, distribution: null });
    expect(answer.reason).toContain("too few remembered moments had matured: 9 neighbours");
    expect(answer.neighbours.length).toBe(5);
    expect(answer.forecast).not.toBeNull();
  });

  it("where nothing in memory is near", async () => {
    const strange = { ...patterns[599]!, vector: Float32Array.of(-1, 0, 0, 0) };
    const list = [...patterns.slice(0, 599), strange];
    const answer = await recall(naiveMemory(list), ask(599), await recordOf(list));
    expect(answer.reason).toMatch(/^nothing in memory is near/);
    expect(answer.distribution).toBeNull();
    const usual = await recall(naiveMemory(patterns), ask(599), await usualRecord);
    expect(usual.abstained).toBe(false);
  });

  it("where the neighbours disagree", async () => {
    const split = patterns.map((p, i) => {
      if (i >= 590 || plantedState(i) !== plantedState(599) || i < 400) return p;
      const context = p.contexts[PLANTED_HORIZON]!;
      return {
        ...p,
        contexts: { [PLANTED_HORIZON]: { ...context, logAtrRatio: context.logAtrRatio! + (i % 2 ? 3 : -3) } },
      };
    });
    const answer = await recall(naiveMemory(split), ask(599), await usualRecord);
    expect(answer.reason).toContain("the neighbours disagree");
  });

  it("where what followed leaps by more than a number can hold", async () => {
    const wild = patterns.map((p) => ({ ...p, atrNow: p.atrNow * 1e5 }));
    const followed = wild.map((p) => {
      const context = p.contexts[PLANTED_HORIZON]!;
      return { ...p, contexts: { [PLANTED_HORIZON]: { ...context, return: context.return! * 1e6 } } };
    });
    const answer = await recall(naiveMemory(followed), ask(599));
    expect(answer).toMatchObject({ abstained: true, distribution: null });
    expect(answer.reason).toBe("what followed such moments leaps by more than a number can hold");
  });

  it("where there is no base forecast", async () => {
    const list = [...patterns.slice(0, 599), { ...patterns[599]!, base: { [PLANTED_HORIZON]: NaN } }];
    const answer = await recall(naiveMemory(list), ask(599));
    expect(answer.reason).toContain("no base forecast");
    expect(answer.forecast).toBeNull();
    answerSchema.parse(answer);
  });
});

describe("a question that cannot be asked is refused with what to do", () => {
  const memory = naiveMemory(plantedPatterns({ seed: 3, rows: 60, planted: 0 }));
  it.each<[string, Question, RegExp]>([
    ["k of 0", ask(50, { k: 0 }), /^k: expected a whole number/],
    ["k larger than the memory", ask(50, { k: 61 }), /at most 60/],
    ["a moment before the first pattern", ask(-1), /a moment from 2020-01-01T00:00:00Z on/],
    ["an unknown symbol", ask(50, { symbol: "NONE" }), /Remember its candles first/],
    ["another tenant", ask(50, { tenant: "other" }), /tenant/],
    ["another encoder", ask(50, { encoder: { version: "v2", knownAt: 0 } }), /encoder/],
    [
      "a moment the encoder was fitted on",
      ask(50, { encoder: { version: "v1", knownAt: ask(51).at } }),
      /in hindsight/,
    ],
    ["nobody to search", ask(50, { among: [] }), /at least one symbol/],
    ["no instant", ask(NaN), /ISO 8601/],
    ["less than was known at its moment", ask(50, { asOf: ask(49).at }), /asOf: expected an instant from/],
    ["knowledge without end", ask(50, { asOf: Infinity }), /asOf: expected an instant from/],
    ["later knowledge without the moment as it was known then", ask(50, { asOf: ask(51).at }), /recallAsOf/],
  ])("%s", async (_, question, message) => {
    await expect(recall(memory, question)).rejects.toThrow(message);
    await expect(recall(memory, question)).rejects.toMatchObject({ name: "RhymeError" });
  });

  it("unless hindsight is asked for, and then the answer says so", async () => {
    const encoder = { version: "v1", knownAt: ask(51).at };
    const answer = await recall(memory, ask(50, { encoder, hindsight: true }));
    expect(answer.encoder.hindsight).toBe(true);
    expect((await recall(memory, ask(51, { encoder, hindsight: true }))).encoder.hindsight).toBe(false);
  });
});

function bytes(answer: Answer): string {
  return JSON.stringify({ ...answer, happened: null });
}

/** Everything known after `asOf` replaced: later vectors, bases and outcomes, and outcomes that matured later. */
function garble(patterns: readonly Pattern[], asOf: number): Pattern[] {
  const spoil = (context: Context, i: number): Context => {
    if (context.matureAt <= asOf) return context;
    const wrong = {
      return: 9 + i,
      roc: 9,
      atr: 7,
      logAtrRatio: -4,
      realisedVolatility: 5,
      rvi: 1,
      maxGain: 8,
      maxLoss: -8,
    };
    return { ...context, ...wrong, matureAt: context.matureAt + (i % 7) * HOUR };
  };
  return patterns.map((p, i) => {
    const contexts = { [PLANTED_HORIZON]: spoil(p.contexts[PLANTED_HORIZON]!, i) };
    if (p.anchor <= asOf) return { ...p, contexts };
    return { ...p, contexts, vector: Float32Array.of(0, 0, 0, 1), base: { [PLANTED_HORIZON]: 3 }, atrNow: 1 };
  });
}
