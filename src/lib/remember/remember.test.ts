import { afterEach, describe, expect, it } from "vitest";
import { openMemoryFolder, type MemoryFolder } from "../adapters/sqlite/open-memory.ts";
import type { CandleSeries, SeriesKey } from "../candles/candle-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import { knownBy, sliceRows } from "../candles/slice.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { sageFamily } from "../encoder/graph-sage/sage-family.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import type { Pattern } from "../memory/memory.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { remember } from "./remember.ts";

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
  for (const anchor of await memory.anchors(KEY)) all.push((await memory.at(KEY, anchor))!);
  return all;
}

/** What was known at the anchor; the data hash tells the file apart, not the moment. */
const moment = ({ id, anchor, vector, base, atrNow }: Pattern): object => ({
  id,
  anchor,
  vector,
  base,
  atrNow,
});

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
});
