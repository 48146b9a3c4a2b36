import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { TrainJob } from "../job.ts";
import { trainLocally } from "../local-jobs.ts";
import { digestOf, HORIZON, inFolder, NO_ONE, rememberedWorld, type RememberedWorld } from "../testing/remembered-world.ts"; // prettier-ignore
import type { TrainResult } from "./activities.ts";

const STEPS = ["openTrain", "fitEncoder", "registerEncoder", "trustEncoder", "endTrain"];

/** Threads begin anew with every run. */
const LONG_MS = 240_000;

describe("a job that trains an encoder", () => {
  const at = temporaryFolder();
  let world: RememberedWorld;
  let wanted: Omit<TrainJob, "now">;
  let whole: { readonly result: TrainResult; readonly digest: object };
  let made = 0;

  beforeAll(async () => {
    world = await rememberedWorld(at.path, { rows: 860 });
    wanted = {
      ...{ kind: "train", tenant: "default", given: {}, calendars: [], series: world.keys },
      ...{ timeframes: ["1h"], featureSet: "close12", until: world.candles[0]!.knownAt[559]! },
      ...{ seed: 1, steps: 20, every: 5, fits: "wasm", trust: [HORIZON] },
    };
    const memory = copy();
    whole = { result: await train(memory), digest: digestOf(memory) };
  }, LONG_MS);
  afterAll(() => at.remove());

  const copy = (): string => {
    const memory = join(at.path, `memory-${made++}`);
    cpSync(world.memory, memory, { recursive: true });
    return memory;
  };
  const train = (
    memory: string,
    signal = NO_ONE,
    onStep: (activity: string) => void = () => {},
    onTold: (activity: string, told: unknown) => void = () => {},
    job = wanted,
  ): Promise<TrainResult> => trainLocally(keepJob(memory, job, 1), { signal, threads: 1, onStep, onTold });

  it("puts it onto the memory's shelf, with where it comes from and how its answers fared", () => {
    const { encoder, knownAt, validationLoss, validationLossOfMean, trust } = whole.result;
    expect(Date.parse(knownAt)).toBe(wanted.until);
    expect(validationLoss).toBeLessThan(validationLossOfMean);
    expect(trust).toMatchObject([{ horizon: HORIZON, sentence: expect.stringContaining("CRPS") }]);
    expect(trust[0]!.answered).toBeGreaterThan(100);
    const memory = join(at.path, "memory-0");
    expect(inFolder(memory, (folder) => folder.encoders.list()).map(({ version }) => version)).toContain(
      encoder,
    );
    const shelf = join(memory, "artefacts", "encoders", encoder);
    const lineage = JSON.parse(readFileSync(join(shelf, "lineage.json"), "utf8")) as object;
    expect(lineage).toMatchObject({
      schema: "rhyme.lineage/1",
      version: encoder,
      wish: { seed: 1, backend: "wasm" },
    });
    const report = JSON.parse(readFileSync(join(shelf, `trust-${HORIZON}.json`), "utf8")) as { from: string };
    expect(Date.parse(report.from)).toBeGreaterThanOrEqual(wanted.until);
    expect(readdirSync(join(memory, "artefacts", "jobs"))).toEqual([]);
  });

  it(
    "ends with the same bytes however often it was ended, behind every step once",
    async () => {
      const memory = copy();
      for (const last of STEPS) {
        const stop = new AbortController();
        const cut = (activity: string): void => {
          if (activity === last) stop.abort(new Error("power cut"));
        };
        if (last === "endTrain") await train(memory, stop.signal, cut);
        else await expect(train(memory, stop.signal, cut)).rejects.toThrow("power cut");
      }
      expect(digestOf(memory)).toEqual(whole.digest);
      expect(await train(memory)).toEqual(whole.result); // begun anew when it was through
      expect(digestOf(memory)).toEqual(whole.digest);
    },
    LONG_MS,
  );

  it(
    "goes on from a checkpoint where it was stopped in the middle of a fitting",
    async () => {
      // Long enough for what it tells, twice a second, to arrive before it is through.
      const longer = { ...wanted, steps: 600, trust: [] };
      const run = (memory: string, signal?: AbortSignal, onTold?: typeof cut): Promise<TrainResult> =>
        train(memory, signal, () => {}, onTold, longer);
      const stop = new AbortController();
      const cut = (_activity: string, told: unknown): void => {
        const done = (told as { readonly done?: number } | null)?.done ?? 0;
        if (done >= 12) stop.abort(new Error("power cut"));
      };
      const undisturbed = copy();
      const expected = await run(undisturbed);
      const memory = copy();
      await expect(run(memory, stop.signal, cut)).rejects.toThrow("power cut");
      const { job } = keepJob(memory, longer, 1);
      expect(existsSync(join(memory, "artefacts", "jobs", job, "encoder"))).toBe(false);
      expect(await run(memory)).toEqual(expected);
      expect(digestOf(memory)).toEqual(digestOf(undisturbed));
    },
    LONG_MS,
  );
});
