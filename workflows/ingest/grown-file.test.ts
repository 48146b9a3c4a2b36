import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { sliceRows } from "../../src/lib/candles/slice.ts";
import { drawnEncoder, featuresOf } from "../../src/lib/evaluation/look-ahead/subjects/drawn-encoder.ts";
import { featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { remember } from "../../src/lib/remember/remember.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { HOUR } from "../../src/lib/time/units.ts";
import { fixtureCandles, keepFixture, writeCandles } from "../testing/backfill-fixture.ts";
import { clock, tools } from "../testing/live-steps.ts";
import { ingestSeries, type Ingested } from "./tasks.ts";

const candles = fixtureCandles("S", 600);
/** Just before the bar behind the first `rows` closes. */
const asOf = (rows: number): number => candles.knownAt[rows]! - 1;

let at: TemporaryFolder;
let memory: string;
beforeEach(() => {
  at = temporaryFolder();
  memory = path.join(at.path, "memory");
});
afterEach(() => at.remove());

const write = (rows: number, closes: Readonly<Record<number, number>> = {}): Record<string, string> => ({
  S: writeCandles(at.path, sliceRows(candles, 0, rows), undefined, closes),
});

/** What a job takes in that is begun, or begun again, at an instant. */
function ingested(files: Readonly<Record<string, string>>, now: number, chunk = 300): Promise<Ingested> {
  return ingestSeries({ ...keepFixture(memory, files, { now, chunk }), series: 0 }, tools());
}

function closes(): readonly number[] {
  const folder = openMemoryFolder(memory, { mode: "read" });
  const series = folder.candles.read({ source: "file", symbol: "S", timeframe: "5m" }, { asOf: Infinity });
  folder.close();
  return [...series.close];
}

describe("a file that grows under a job", () => {
  it("is taken in as of the instant at which the job is begun again", async () => {
    keepFixture(memory, write(100), { now: asOf(100) }); // and ended before it did anything
    expect(await ingested(write(150), asOf(149) + HOUR)).toMatchObject({ added: 150 });
  });

  it("gives what had not closed when its bytes were taken in, to a later job too", async () => {
    const files = write(150);
    expect(await ingested(files, asOf(100))).toMatchObject({ added: 100 });
    expect(await ingested(files, asOf(120))).toMatchObject({ added: 20, corrected: 0 });
    expect(await ingested(files, asOf(149) + HOUR, 301)).toMatchObject({ added: 30, corrected: 0 });
    expect(await ingested(files, asOf(149) + HOUR + 1)).toMatchObject({ added: 0, corrected: 0 });
    expect(closes()).toEqual([...candles.close.slice(0, 150)]);
  });

  it("never takes a correction back with the rows that it gave before", async () => {
    const files = write(150);
    await ingested(files, asOf(100));
    const fix = writeCandles(at.path, sliceRows(candles, 0, 100), "S-5m-fix.csv", { 50: 101 });
    expect(await ingested({ S: fix }, asOf(110))).toMatchObject({ corrected: 1, added: 0 });
    expect(await ingested(files, asOf(149) + HOUR)).toMatchObject({ added: 50, corrected: 0 });
    expect(closes()[50]).toBe(101);
  });

  it("is refused in words that name the job where a newer fact was told meanwhile, and the same command mends it", async () => {
    await ingested(write(560), asOf(550));
    const told = openMemoryFolder(memory, { mode: "write" });
    const key = { source: "file", symbol: "S", timeframe: "5m" };
    const features = featuresOf(featureSetByName("close12"));
    const encoder = drawnEncoder({ seed: 1, first: 20, design: defaultDesign(["5m"]), features });
    await remember(told.candles, told.memory("default", encoder), encoder, key, { horizons: ["1h"] });
    told.candles.write({ ...sliceRows(candles, 551, 600), ...key }, asOf(599) + HOUR); // by somebody else, later
    told.close();
    clock.now = asOf(599) + 2 * HOUR;
    const late = writeCandles(at.path, sliceRows(candles, 0, 100), "S-5m-fix.csv", { 50: 101 });
    await expect(ingested({ S: late }, asOf(550))).rejects.toThrow(/the job [0-9a-f]+: .*it takes in candles as of .*Start the same command again/); // prettier-ignore
    expect(await ingested({ S: late }, clock.now)).toMatchObject({ corrected: 1 });
  });
});
