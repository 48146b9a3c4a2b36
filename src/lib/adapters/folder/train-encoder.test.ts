import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RhymeError } from "../../errors.ts";
import { child } from "../../testing/child.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder } from "../sqlite/open-memory.ts";
import { trainEncoder, type TrainWish, type Trained } from "./train-encoder.ts";

const CANDLES = ["AAA", "BBB"].map((symbol, i) =>
  syntheticCandles({ seed: 11 + i, rows: 900, timeframe: "1h", symbol, source: "test" }),
);
const UNTIL = CANDLES[0]!.knownAt[699]!;
const STEPS = 40;
const WISH: TrainWish = {
  series: CANDLES.map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe })),
  ...{ timeframes: ["1h", "4h"], featureSet: "close12", until: UNTIL, seed: 3 },
  ...{ steps: STEPS, every: 7, backend: "wasm" },
};

describe("an encoder that is fitted for a memory", () => {
  const at = temporaryFolder();
  const memory = join(at.path, "memory");
  const jobs = (name: string): string => join(at.path, name);
  let whole: Record<string, string>;

  /** Fits in `jobs(name)` until step `stopAt` has been done, or to the end. */
  const train = async (name: string, stopAt = Infinity, wish: TrainWish = WISH): Promise<Trained> => {
    const folder = openMemoryFolder(memory, { mode: "read" });
    const stop = new AbortController();
    try {
      return await trainEncoder(folder, wish, jobs(name), {
        signal: stop.signal,
        onProgress: ({ done }) => void (done >= stopAt && stop.abort(new Error("stopped"))),
      });
    } finally {
      folder.close();
    }
  };
  const bytesOf = (name: string): Record<string, string> => {
    const folder = join(jobs(name), "encoder");
    return Object.fromEntries(
      readdirSync(folder)
        .sort()
        .map((file) => [file, readFileSync(join(folder, file)).toString("hex")]),
    );
  };
  const checkpoints = (name: string): string[] =>
    readdirSync(jobs(name)).filter((file) => file.endsWith(".ckpt"));

  beforeAll(async () => {
    const folder = openMemoryFolder(memory, { mode: "write" });
    for (const series of CANDLES) folder.candles.write(series, 0);
    folder.close();
    await train("whole");
    whole = bytesOf("whole");
  });
  afterAll(() => at.remove());

  it("knows nothing of what came after its fold", async () => {
    const { encoder } = await train("whole");
    expect(encoder.knownAt).toBe(UNTIL);
    const short = join(at.path, "short");
    const folder = openMemoryFolder(short, { mode: "write" });
    for (const series of CANDLES) {
      const rows = series.knownAt.filter((t) => t <= UNTIL).length;
      const cut = Object.entries(series).map(([name, column]) => [
        name,
        ArrayBuffer.isView(column) ? (column as Float64Array).slice(0, rows) : column,
      ]);
      folder.candles.write(Object.fromEntries(cut) as typeof series, 0);
    }
    folder.close();
    const reading = openMemoryFolder(short, { mode: "read" });
    await trainEncoder(reading, WISH, jobs("short-job"), { signal: new AbortController().signal });
    reading.close();
    expect(bytesOf("short-job")).toEqual(whole);
  });

  it("goes on to the same bytes wherever it was stopped", async () => {
    for (const stopAt of [1, 6, 7, 8, 24, 25, 39]) {
      const name = `stopped-${stopAt}`;
      await expect(train(name, stopAt)).rejects.toThrow("stopped");
      const again = await train(name);
      expect(again.resumedAt).toBe(stopAt);
      expect(bytesOf(name)).toEqual(whole);
      expect(checkpoints(name)).toEqual([]);
    }
  });

  it("goes on to the same bytes however often its process was killed", async () => {
    const name = "killed";
    for (const killAt of [3, 9, 16, 30]) {
      const trainer = child("./encoder-trainer.ts", memory, jobs(name), JSON.stringify(WISH));
      for (let step = 0; step < killAt;) step = Number(await trainer.heard());
      await trainer.kill();
    }
    const { resumedAt } = await train(name);
    expect(resumedAt).toBeGreaterThanOrEqual(28);
    expect(resumedAt! % WISH.every).toBe(0);
    expect(bytesOf(name)).toEqual(whole);
  });

  it("takes the checkpoint before one that is damaged, or has no hash", async () => {
    const damages: readonly ((file: string) => void)[] = [
      (file) => truncateSync(file, 1000),
      (file) => writeFileSync(file, readFileSync(file).fill(0, 5000, 5001)),
      (file) => rmSync(`${file}.sha256`),
    ];
    await expect(train("cut", 30)).rejects.toThrow("stopped"); // leaves steps 28 and 30
    for (const [i, damage] of damages.entries()) {
      cpSync(jobs("cut"), jobs(`damaged-${i}`), { recursive: true });
      damage(join(jobs(`damaged-${i}`), "step-30.ckpt"));
      expect((await train(`damaged-${i}`)).resumedAt).toBe(28);
      expect(bytesOf(`damaged-${i}`)).toEqual(whole);
    }
  });

  it("begins anew where the checkpoint is of another fitting", async () => {
    await expect(train("other", 20, { ...WISH, seed: 4 })).rejects.toThrow("stopped");
    expect((await train("other")).resumedAt).toBe(0);
    expect(bytesOf("other")).toEqual(whole);
  });

  it("does not fit again what is fitted", async () => {
    expect((await train("whole", 1)).resumedAt).toBeNull();
    expect(bytesOf("whole")).toEqual(whole);
  });

  it("refuses a fold in which too little was known", async () => {
    const early = { ...WISH, until: CANDLES[0]!.knownAt[300]! };
    await expect(train("early", Infinity, early)).rejects.toThrow(RhymeError);
    await expect(train("early", Infinity, early)).rejects.toThrow(/at least 500/);
  });
});
