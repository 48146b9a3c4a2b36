import { afterEach, describe, expect, it, vi } from "vitest";
import { openMemoryFolder, type MemoryFolder } from "../adapters/sqlite/open-memory.ts";
import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import { knownBy, sliceRows, takeRows } from "../candles/slice.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { sageFamily } from "../encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import type { Pattern } from "../memory/memory.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { memoryContent } from "../testing/memory-content.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { reembedder } from "./reembed.ts";
import { remember } from "./remember.ts";
import { newestOnTime, viewAt } from "./views.ts";

const TIMEFRAMES = ["5m", "30m", "1h"];
const HORIZONS = ["30m", "2h"];
const NOW = Date.UTC(2026, 0, 1);
const candles = syntheticCandles({ seed: 5, rows: 1_200, gapShare: 0.01, symbol: "S", source: "test" });
const KEY: SeriesKey = { source: "test", symbol: "S", timeframe: "5m" };
const features = featureSetByName("candle16");
const encoder: Encoder = sageFamily.untrained([featureTables(features, byTimeframe(candles, TIMEFRAMES))], {
  design: defaultDesign(TIMEFRAMES),
  featureSet: features,
  hidden: 8,
  dim: 8,
});

const opened: (() => void)[] = [];
afterEach(() => opened.splice(0).forEach((close) => close()));

function folder(): MemoryFolder {
  const at = temporaryFolder();
  const memory = openMemoryFolder(at.path, { mode: "write" });
  opened.push(() => {
    memory.close();
    at.remove();
  });
  return memory;
}

async function remembered(
  into: MemoryFolder,
  parts: readonly [CandleSeries, number][],
): Promise<MemoryFolder> {
  for (const [part, now] of parts) {
    into.candles.write(part, now);
    await remember(into.candles, into.memory("default", encoder), encoder, KEY, { horizons: HORIZONS });
  }
  return into;
}

async function patterns(of: MemoryFolder): Promise<Pattern[]> {
  const memory = of.memory("default", encoder);
  const all: Pattern[] = [];
  for (const anchor of await memory.anchors(KEY)) all.push((await memory.at(KEY, anchor, Infinity))!);
  return all;
}

/** Every table of a folder but the log of what was written when. */
function contentOf(of: MemoryFolder): Record<string, string> {
  const { bytes: _, ...content } = memoryContent(of.path);
  const logs = new Set(["table changes", "table sqlite_sequence", "rhyme.sqlite-shm", "rhyme.sqlite-wal"]);
  return Object.fromEntries(Object.entries(content).filter(([name]) => !logs.has(name)));
}

/** All that was known at the anchor: everything but what followed. */
const moment = (pattern: Pattern): object => ({ ...pattern, contexts: null, matureAt: null });

describe("remembering a series", () => {
  it("stores every anchor of the encoder and labels those that matured", async () => {
    const stored = await patterns(await remembered(folder(), [[candles, NOW]]));
    const tables = featureTables(features, byTimeframe(candles, TIMEFRAMES));
    expect(stored.map((p) => p.anchor)).toEqual([...encoder.encodeHistory(tables).anchors]);
    expect(Object.keys(stored[0]!.contexts).sort((a, b) => (a < b ? -1 : 1))).toEqual(["2h", "30m"]);
    expect(stored.at(-1)!.contexts).toEqual({});
  });

  it("adds nothing the second time", async () => {
    const into = await remembered(folder(), [[candles, NOW]]);
    const before = await patterns(into);
    const memory = into.memory("default", encoder);
    const again = await remember(into.candles, memory, encoder, KEY, { horizons: HORIZONS });
    expect(again).toMatchObject({ written: 0, labelled: { "30m": 0, "2h": 0 }, anchors: before.length });
    expect(await patterns(into)).toEqual(before);
  });

  it("gives patterns that are stored already what a new horizon needs", async () => {
    const into = await remembered(folder(), [[candles, NOW]]);
    const memory = into.memory("default", encoder);
    const report = await remember(into.candles, memory, encoder, KEY, { horizons: ["30m", "1h"] });
    expect(report.written).toBe(0);
    expect(report.labelled["1h"]).toBeGreaterThan(800);
    expect((await patterns(into)).at(-1)!.base["1h"]).toBeTypeOf("number");
  });

  it("says at every anchor what it would have said had history ended there", async () => {
    const whole = await patterns(await remembered(folder(), [[candles, NOW]]));
    const cut = candles.knownAt[700]!;
    const early = await patterns(await remembered(folder(), [[knownBy(candles, cut), NOW]]));
    expect(early.length).toBeGreaterThan(300);
    expect(early.map(moment)).toEqual(whole.filter((p) => p.anchor <= cut).map(moment));
  });

  it("gives the same memory in two steps as in one", async () => {
    const one = await patterns(await remembered(folder(), [[candles, NOW]]));
    const steps: [CandleSeries, number][] = [
      [sliceRows(candles, 0, 600), NOW],
      [candles, NOW + 1],
    ];
    const two = await patterns(await remembered(folder(), steps));
    expect(two.map(moment)).toEqual(one.map(moment));
    expect(two.map((p) => p.contexts)).toEqual(one.map((p) => p.contexts));
  });

  it("lets a correction count from its arrival on and leaves earlier anchors as they were", async () => {
    const arrival = candles.knownAt[800]! + 1;
    const high = candles.high.slice();
    high[500] = high[500]! * 1.5;
    const corrected = sliceRows({ ...candles, high }, 500, 501);
    const into = await remembered(folder(), [
      [sliceRows(candles, 0, 801), NOW],
      [corrected, arrival],
      [sliceRows(candles, 801, 1_200), NOW + 1],
    ]);
    const plain = await patterns(await remembered(folder(), [[candles, NOW]]));
    const now = await patterns(into);
    const until = (all: Pattern[], from: number, to: number): object[] =>
      all.filter((p) => p.anchor >= from && p.anchor < to).map(moment);
    expect(until(now, 0, arrival)).toEqual(until(plain, 0, arrival));
    expect(now.map((p) => p.anchor)).toEqual(plain.map((p) => p.anchor));
    expect(until(now, arrival, Infinity)).not.toEqual(until(plain, arrival, Infinity));
  });

  it("refuses a fact that would arrive in a past that is told, as when a clock was set back, and goes on after it", async () => {
    const into = await remembered(folder(), [
      [candles, NOW],
      [correction()[1]![0], NOW + 5],
    ]);
    const before = await patterns(into);
    const low = candles.low.map((x) => x / 2);
    const late = sliceRows({ ...candles, low }, 600, 601);
    for (const now of [NOW + 4, candles.knownAt[1_100]!])
      expect(() => into.candles.write(late, now)).toThrow(
        "late facts that arrive at 2026-01-01T00:00:00.005Z",
      );
    expect(await patterns(await remembered(into, [[candles, NOW + 6]]))).not.toEqual(before);
  });

  /** A bar of row 500 with a higher high, which comes after row 800. */
  const correction = (): [CandleSeries, number][] => {
    const high = candles.high.slice();
    high[500] = high[500]! * 1.5;
    return [
      [sliceRows(candles, 0, 801), candles.knownAt[800]!],
      [sliceRows({ ...candles, high }, 500, 501), candles.knownAt[800]! + 1],
      [sliceRows(candles, 801, 1_200), candles.knownAt[1_199]!],
    ];
  };

  it("keeps the outcome that was known first and what a correction made of it, each from its instant on", async () => {
    const into = await remembered(folder(), correction());
    const memory = into.memory("default", encoder);
    const arrival = candles.knownAt[800]! + 1;
    const { anchor } = (await memory.at(KEY, candles.knownAt[498]!, Infinity))!;
    const said = async (asOf: number): Promise<number> =>
      (await memory.at(KEY, anchor, asOf))!.contexts["30m"]!.maxGain!;
    expect(await said(arrival)).toBeGreaterThan((await said(arrival - 1)) + 0.3);
    const now = (await memory.at(KEY, anchor, Infinity))!;
    expect(now.contexts["30m"]!.matureAt).toBe(arrival);
    expect(now.matureAt["30m"]).toBe((await memory.at(KEY, anchor, arrival - 1))!.matureAt["30m"]);
    const far = (await memory.at(KEY, candles.knownAt[480]!, Infinity))!; // well before the corrected bar
    expect(far.contexts["30m"]!.matureAt).toBe(far.matureAt["30m"]);
  });

  it("writes the same rows whether it ran after every file or once at the end, and none when it runs again", async () => {
    const often = folder();
    const once = folder();
    await remembered(often, correction());
    for (const [part, now] of correction()) once.candles.write(part, now);
    const run = (into: MemoryFolder): ReturnType<typeof remember> =>
      remember(into.candles, into.memory("default", encoder), encoder, KEY, { horizons: HORIZONS });
    const report = await run(once);
    expect(report.revised["30m"]).toBeGreaterThan(0);
    const rows = contentOf(once);
    expect(contentOf(often)).toEqual(rows);
    expect(await run(once)).toMatchObject({
      written: 0,
      labelled: { "30m": 0 },
      revised: { "30m": 0, "2h": 0 },
    });
    once.candles.write(sliceRows(candles, 801, 1_200), NOW);
    expect(await run(once)).toMatchObject({ written: 0, revised: { "30m": 0, "2h": 0 } });
    expect(contentOf(once)).toEqual(rows);
  });

  it("encodes nothing again of what is stored, however many corrections came", async () => {
    const into = await remembered(folder(), correction());
    expect(into.candles.corrections(KEY).length).toBeGreaterThan(0);
    const encode = vi.spyOn(encoder, "encodeHistory");
    opened.push(() => encode.mockRestore());
    const memory = into.memory("default", encoder);
    const run = (horizons: readonly string[]): ReturnType<typeof remember> =>
      remember(into.candles, memory, encoder, KEY, { horizons });
    expect(await run(HORIZONS)).toMatchObject({ written: 0 });
    expect(encode).toHaveBeenCalledTimes(1); // the beginning of history, of which no encoder makes anything
    await run([...HORIZONS, "4h"]); // every pattern gets another base forecast
    expect(encode).toHaveBeenCalledTimes(1 + 1 + into.candles.corrections(KEY).length);
  });

  it("takes a bar that its source knew after bars behind it for a late one, and goes on for ever after", async () => {
    const known = candles.knownAt.map((t, row) => (row === 700 ? candles.knownAt[750]! + 1 : t));
    const odd = { ...candles, knownAt: known };
    const into = await remembered(folder(), [[sliceRows(odd, 0, 1_000), NOW]]);
    expect([...into.candles.corrections(KEY)]).toEqual([known[700]]);
    await remembered(into, [[odd, NOW + 1]]);
    const stored = await patterns(into);
    expect(stored.map(({ anchor }) => anchor)).not.toContain(known[700]);
    // Who stood between had not got the bar: as if it did not exist.
    const rows = Int32Array.from([...Array(740).keys()].filter((row) => row !== 700));
    const without = await patterns(await remembered(folder(), [[takeRows(candles, rows), NOW]]));
    const [last, same] = [without.at(-1)!, stored.find(({ anchor }) => anchor === without.at(-1)!.anchor)!];
    expect(same.vector).toEqual(last.vector);
    expect(same.base).toEqual(last.base);
  });

  it("takes bars that say they were known before what was remembered for late ones", async () => {
    const known = candles.knownAt.map((t, row) => (row === 599 ? candles.knownAt[650]! : t));
    const odd = { ...candles, knownAt: known };
    const first = await remembered(folder(), [[sliceRows(odd, 0, 600), NOW]]);
    const before = (await patterns(first)).map(moment);
    await remembered(first, [[sliceRows(odd, 600, 1_200), NOW]]);
    const after = (await patterns(first)).map(moment);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length + 400);
    expect([...first.candles.corrections(KEY)]).toEqual([NOW]);
  });

  it("completes what followed when a late bar fills the hole, and not before it came", async () => {
    const without = takeRows(candles, Int32Array.from([...Array(1_200).keys()].filter((row) => row !== 900)));
    const into = await remembered(folder(), [[without, NOW]]);
    const open = (all: Pattern[]): number => all.filter((p) => !p.contexts["30m"]).length;
    const before = open(await patterns(into));
    await remembered(into, [[sliceRows(candles, 900, 901), NOW]]);
    const after = await patterns(into);
    expect(open(after)).toBeLessThan(before);
    const late = after.filter((p) => p.matureAt["30m"] === NOW);
    expect(late.length).toBeGreaterThan(0);
    expect(late.every((p) => p.anchor <= candles.openTime[900]!)).toBe(true);
  });

  it("can make a stored embedding again, and notices one that is not what the candles say", async () => {
    const into = await remembered(folder(), [[candles, NOW]]);
    const again = reembedder(into.candles, encoder);
    const stored = await patterns(into);
    for (const { anchor, vector } of [stored[0]!, stored[500]!, stored.at(-1)!])
      expect(again(KEY, anchor)).toEqual(vector);
    expect(again(KEY, stored[3]!.anchor + 1)).toBeNull();
    const reembed = ({ series, anchor }: { series: SeriesKey; anchor: number }): Float32Array | null =>
      again(series, anchor);
    expect(into.verify({ reembed, sample: 5 }).problems).toEqual([]);
    const wrong = (): Float32Array => new Float32Array(8).fill(0.5);
    expect(into.verify({ reembed: wrong, sample: 5 }).problems).toHaveLength(5);
  });
});

describe("the view of an instant", () => {
  it("knows a correction from its arrival on, also for a fitting", () => {
    const into = folder();
    into.candles.write(candles, NOW);
    const high = candles.high.map((x) => x * 2);
    into.candles.write(sliceRows({ ...candles, high }, 100, 200), NOW);
    const then = viewAt(into.candles, KEY, candles.knownAt[400]!).series;
    expect(then.high).toEqual(candles.high);
    const now = viewAt(into.candles, KEY, NOW).series;
    expect(now.high[150]).toBe(candles.high[150]! * 2);
    expect(now.knownAt).toEqual(candles.knownAt); // set back: it lies in the past of this view
    expect(newestOnTime(viewAt(into.candles, KEY, NOW))).toBe(candles.knownAt.at(-1));
  });

  it("gives late bars before all others no lag, for it would be that of a later row", () => {
    const into = folder();
    const lagging = { ...candles, knownAt: candles.closeTime.map((t) => t + 1_000) };
    into.candles.write(sliceRows(lagging, 100, 200), NOW);
    into.candles.write(sliceRows(lagging, 0, 100), NOW);
    const { series, isAnchor } = viewAt(into.candles, KEY, NOW);
    expect(series.knownAt[0]).toBe(candles.closeTime[0]!);
    expect(isAnchor.includes(1)).toBe(false);
  });
});
