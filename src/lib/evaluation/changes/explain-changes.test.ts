import { beforeAll, describe, expect, it } from "vitest";
import { factStore } from "../../candles/candle-facts.ts";
import { knownBy } from "../../candles/slice.ts";
import { contextAt } from "../../context/context-at.ts";
import { labelHorizon } from "../../context/label.ts";
import type { Memory } from "../../memory/memory.ts";
import type { Answer } from "../../recall/answer.ts";
import { recall } from "../../recall/recall.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { recallAsOf } from "../../remember/recall-as-of.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { asCorrected, correctedFacts, type TestCorrection } from "../../testing/corrected-world.ts";
import { randomEncoder, rememberedIn } from "../../testing/replay-world.ts";
import { HOUR, iso } from "../../time/units.ts";
import { extendRecord } from "../record.ts";
import type { ChangeReport } from "./change-report.ts";
import { explainChanges, type ExplainOptions } from "./explain-changes.ts";

const HORIZON = "4h";
const ROW = 440;
const hourly = (seed: number, symbol: string) =>
  syntheticCandles({ seed, rows: 480, timeframe: "1h", symbol });
const [own, other] = [hourly(1, "A"), hourly(2, "B")];
const keys = [own, other].map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe }));
const encoder = randomEncoder([knownBy(own, own.knownAt[300]!)], own.knownAt[300]!);
const anchor = own.knownAt[ROW]!;
const end = own.knownAt[479]!;
const question = {
  ...{ tenant: "default", ...keys[0]!, at: anchor, horizon: HORIZON, k: 6, encoder },
};

/** The answer as it was said before any correction came. */
let said: Answer;
let record: RecallRecord;
/** A neighbour of the other symbol. */
let neighbour: Answer["neighbours"][number];
let fixes: { readonly own: readonly TestCorrection[]; readonly other: readonly TestCorrection[] };
let memory: Memory;
let options: ExplainOptions;
let report: ChangeReport;

const recordOf = (of: Memory): Promise<RecallRecord> =>
  extendRecord(of, null, { series: keys[0]!, calendar: own.calendar, horizon: HORIZON, encoder });

beforeAll(async () => {
  const before = await rememberedIn(
    factStore([own, other].map((series) => correctedFacts(series, []))),
    encoder,
    keys,
    HORIZON,
  );
  record = await recordOf(before);
  said = await recall(before, question, record);
  neighbour = said.neighbours.find((n) => n.symbol === "B")!;
  const row = other.knownAt.indexOf(Date.parse(neighbour.anchor));
  fixes = {
    own: [
      { row: ROW - 3, scale: 1.03, knownAt: end + 2 * HOUR },
      { row: ROW + 2, scale: 0.97, knownAt: end + 4 * HOUR }, // after the moment: what happened, not what was said
      { row: ROW + 20, scale: 0.5, knownAt: end + 5 * HOUR }, // not even that
    ],
    other: [
      { row: row + 2, scale: 1.04, knownAt: end + HOUR },
      { row: row - 2, scale: 1, volume: 3, knownAt: end + 3 * HOUR },
    ],
  };
  const store = factStore([correctedFacts(own, fixes.own), correctedFacts(other, fixes.other)]);
  memory = await rememberedIn(store, encoder, keys, HORIZON);
  options = {
    store,
    memory,
    encoder,
    answer: said,
    record: await recordOf(memory),
    members: keys,
    until: Infinity,
  };
  report = await explainChanges(options);
});

describe("which correction changed what", () => {
  it("asks again as of the answer's own time, and that is the same answer", () => {
    expect(report.again).toEqual({ id: said.id, same: true, parts: [], withRecord: true });
    expect(report.answer).toEqual({ id: said.id, question: said.question });
  });

  it("lists the corrections of bars that the answer rests on, in the order in which they became known", () => {
    expect(report.corrections.map((step) => step.knownAt)).toEqual([1, 2, 3].map((h) => iso(end + h * HOUR)));
    const [first, second, third] = report.corrections.map((step) => step.series[0]!);
    expect(first).toMatchObject({ symbol: "B", bars: 1, ofMoment: false });
    expect(first!.ofNeighbours).toContain(neighbour.id);
    expect(second).toMatchObject({ symbol: "A", bars: 1, ofMoment: true });
    expect(second!.first[0]!.before!.close).toBe(own.close[ROW - 3]);
    expect(second!.first[0]!.after.close).toBe(own.close[ROW - 3]! * 1.03);
    expect(third!.first[0]).toMatchObject({ before: { volume: other.volume[fixes.other[1]!.row] } });
  });

  it("shows what followed a neighbour before and after: the label of the corrected candles", () => {
    const { difference } = report.corrections[0]!;
    const told = difference!.neighbours.relabelled.find((n) => n.id === neighbour.id)!;
    const row = other.knownAt.indexOf(Date.parse(neighbour.anchor));
    const truth = contextAt(labelHorizon(asCorrected(other, fixes.other.slice(0, 1)), HORIZON), row)!;
    expect(told.labels.maxGain).toEqual({ before: neighbour.context.maxGain, after: truth.maxGain });
    expect(told.labels.rvi).toEqual({ before: neighbour.context.rvi, after: truth.rvi });
    expect(difference!.moment).toBeNull();
    expect(difference!.neighbours.gone).toEqual([]);
  });

  it("shows what became of the moment itself, its neighbours and the band", () => {
    const { moment, neighbours, band80, forecast } = report.corrections[1]!.difference!;
    expect(moment!.revision).toEqual({ before: 0, after: 1 });
    expect(moment!.distance).toBeGreaterThan(0);
    expect(moment!.atrNow.after).toBeGreaterThan(moment!.atrNow.before!);
    expect(moment!.base.before).toBe(said.forecast!.logAtrRatio.base);
    expect(forecast!.before).toMatchObject({ base: said.forecast!.logAtrRatio.base });
    const quantiles = said.distribution!.roc.quantiles;
    expect(band80!.before).toEqual({ low: quantiles["0.1"], high: quantiles["0.9"] });
    expect(band80!.after!.high - band80!.after!.low).toBeGreaterThan(quantiles["0.9"] - quantiles["0.1"]);
    expect(neighbours.gone).toHaveLength(neighbours.came.length);
    expect(neighbours.came.every((n) => Date.parse(n.anchor) < anchor)).toBe(true); // no time has passed
  });

  it("says of a correction that changes nothing that it changes nothing", () => {
    expect(report.corrections[2]!.difference).toBeNull();
  });

  it("tells how the answer stands after all of them", () => {
    const { altogether } = report;
    expect(altogether!.moment!.revision).toEqual({ before: 0, after: 1 });
    expect(altogether!.band80).toEqual(report.corrections[1]!.difference!.band80);
  });

  it("leaves out what became known later than is asked for, and refuses less than the answer knew", async () => {
    const early = await explainChanges({ ...options, until: end + HOUR });
    expect(early.corrections).toEqual(report.corrections.slice(0, 1));
    const none = await explainChanges({ ...options, until: end });
    expect([none.corrections, none.altogether]).toEqual([[], null]);
    await expect(explainChanges({ ...options, until: anchor - 1 })).rejects.toThrow(/known-at: expected/);
  });

  it("looks at the symbols alone that could answer", async () => {
    const same = await recall(memory, { ...question, among: "same" });
    const told = await explainChanges({ ...options, answer: same, record: null });
    expect(told.again.same).toBe(true);
    expect(told.corrections.map((step) => step.knownAt)).toEqual([iso(end + 2 * HOUR)]);
  });

  it("explains an answer that was asked with later knowledge from there on", async () => {
    const asOf = end + 2 * HOUR;
    const later = await recallAsOf(options.store, memory, { ...question, asOf }, options.record);
    const told = await explainChanges({ ...options, answer: later });
    expect(told.again.same).toBe(true);
    const instants = [3, 4, 5].map((h) => iso(end + h * HOUR)); // younger moments may answer it
    expect(told.corrections.map((step) => step.knownAt)).toEqual(instants);
    expect(told.corrections[1]!.difference!.happened).not.toBeNull();
    expect(told.corrections.every(({ difference }) => !difference?.moment)).toBe(true);
  });

  it("asks without a record what was asked without, and says where another answer comes from", async () => {
    const bare = await recall(memory, question);
    const told = await explainChanges({ ...options, answer: bare });
    expect(told.again).toMatchObject({ same: true, withRecord: false });
    const odd = await explainChanges({
      ...options,
      answer: { ...said, id: neighbour.id, effectiveSampleSize: 1 },
    });
    expect(odd.again).toMatchObject({ same: false, parts: ["effectiveSampleSize"] });
  });

  it("stops where it is told to, before the next correction", async () => {
    const stop = new AbortController();
    const asked = explainChanges({
      ...options,
      signal: stop.signal,
      onProgress: (done) => (done === 1 ? stop.abort(new Error("enough")) : undefined),
    });
    await expect(asked).rejects.toThrow("enough");
  });
});
