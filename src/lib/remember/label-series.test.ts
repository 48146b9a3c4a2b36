import { afterEach, describe, expect, it } from "vitest";
import { openMemoryFolder, type MemoryFolder } from "../adapters/sqlite/open-memory.ts";
import { byTimeframe } from "../candles/resample.ts";
import { sliceRows } from "../candles/slice.ts";
import { sageFamily } from "../encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { labelSeries, type LabelledSeries, type LabelSeriesOptions } from "./label-series.ts";
import { remember } from "./remember.ts";

const NOW = Date.UTC(2026, 0, 1);
const KEY = { source: "test", symbol: "S", timeframe: "5m" };
const candles = syntheticCandles({ seed: 5, rows: 900, gapShare: 0.01, symbol: "S", source: "test" });
const features = featureSetByName("candle16");
const encoder = sageFamily.untrained([featureTables(features, byTimeframe(candles, ["5m", "30m"]))], {
  ...{ design: defaultDesign(["5m", "30m"]), featureSet: features, hidden: 8, dim: 8 },
});

const opened: (() => void)[] = [];
afterEach(() => opened.splice(0).forEach((close) => close()));

/** A memory with moments and outcomes over these horizons, some of the candles corrected after the first time. */
async function remembered(horizons: readonly string[], isCorrected: boolean): Promise<MemoryFolder> {
  const at = temporaryFolder();
  const folder = openMemoryFolder(at.path, { mode: "write" });
  opened.push(() => {
    folder.close();
    at.remove();
  });
  const all = [candles, { ...sliceRows(candles, 600, 604), close: sliceRows(candles, 600, 604).high }];
  for (const [i, part] of (isCorrected ? all : all.slice(0, 1)).entries()) {
    folder.candles.write(part, NOW + i);
    await remember(folder.candles, folder.memory("default", encoder), encoder, KEY, { horizons });
  }
  return folder;
}

const label = (folder: MemoryFolder, options: LabelSeriesOptions = {}): Promise<LabelledSeries> =>
  labelSeries(folder.candles, folder.memory("default", encoder), KEY, "2h", options);

const labelledUntil = (folder: MemoryFolder): number =>
  folder.labelledUntil({ tenant: "default", encoder: encoder.version, horizon: "2h", series: KEY });

describe("labelling a series apart from its moments", () => {
  for (const isCorrected of [false, true])
    it(`stores what remember stores${isCorrected ? ", corrections and all" : ""}, and nothing twice`, async () => {
      const whole = await remembered(["30m", "2h"], isCorrected);
      const apart = await remembered(["30m"], isCorrected);
      expect(apart.digest().contexts).not.toBe(whole.digest().contexts);
      const { labelled, revised } = await label(apart);
      expect([labelled > 500, revised > 0]).toEqual([true, isCorrected]);
      expect(apart.digest().contexts).toBe(whole.digest().contexts);
      expect(await label(apart)).toEqual({ labelled: 0, revised: 0 });
    });

  it("stores nothing that became known after the instant it is asked about", async () => {
    const folder = await remembered(["30m"], false);
    const until = candles.knownAt[700]!;
    const first = await label(folder, { until });
    expect(labelledUntil(folder)).toBe(until);
    const second = await label(folder, { after: labelledUntil(folder) });
    expect(first.labelled).toBeGreaterThan(300);
    expect(second.labelled).toBeGreaterThan(100);
    const whole = await remembered(["30m", "2h"], false);
    expect(folder.digest().contexts).toBe(whole.digest().contexts);
  });
});
